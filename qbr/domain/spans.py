"""The days that a review looks at, as far as they have come, and how its charts part them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

WEEK: Final = dt.timedelta(days=7)
DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The days [since, until) of which something can be known; none where the period has not begun."""

    since: dt.date
    until: dt.date

    @property
    def last(self) -> dt.date:
        """The last of the days; the one before the first where there is none."""
        return self.until - DAY

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.until - self.since).days

    @property
    def weeks(self) -> tuple[dt.date, ...]:
        """First days of weeks of seven days, the last of which ends with the span, as the account's page counts them.

        They cover it whole: the first one may begin before it.
        """
        count = -(-self.days // 7)
        return tuple(self.until - WEEK * back for back in range(count, 0, -1))

    @property
    def months(self) -> tuple[dt.date, ...]:
        """First days of the calendar months that it touches."""
        found, month = [], self.since.replace(day=1)
        while month < self.until and self.days:
            found.append(month)
            month = (month + dt.timedelta(days=31)).replace(day=1)
        return tuple(found)


def span_of(since: dt.date, until: dt.date, *, today: dt.date) -> Span:
    """The days of the period [since, until) that have come, today among them."""
    return Span(since, max(since, min(until, today + DAY)))
