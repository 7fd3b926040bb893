"""Periods of reports: half-open spans of days [since, until) along the calendar."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """How long one period of a report is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS: Final = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}
YEAR_MONTHS: Final = 12
# Fifty years of months; who asks for more has mistyped a year.
MOST_PERIODS: Final = 600


class PeriodError(ValueError):
    """Periods that cannot be reported; the message is one line that says why."""


@dataclass(frozen=True)
class Period:
    """The days from `since` on, up to the one before `until`. Raises `PeriodError` where there are none."""

    since: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        if self.since >= self.until:
            raise PeriodError(f"the period [{self.since}, {self.until}) holds no day: it must start before it ends")

    @property
    def last(self) -> dt.date:
        """The last day of it."""
        return self.until - dt.timedelta(days=1)

    def steps(self, by: Step) -> list[Period]:
        """The period cut at the first days of calendar months, quarters or years; its two ends may be cut short.

        Raises `PeriodError` for more than `MOST_PERIODS`.
        """
        bounds = [self.since]
        for day in _first_days(self.since, MONTHS[by]):
            if day >= self.until:
                break
            bounds.append(day)
            if len(bounds) > MOST_PERIODS:
                raise PeriodError(
                    f"more than {MOST_PERIODS} periods of a {by} lie between {self.since} and {self.until}"
                )
        return [Period(one, other) for one, other in zip(bounds, [*bounds[1:], self.until], strict=True)]


def trailing_year(until: dt.date) -> Period:
    """The twelve months before a day."""
    return Period(add_months(until, -YEAR_MONTHS), until)


def trailing_years(period: Period) -> list[Period]:
    """The twelve months before each month's end within the period, one a month: a rate that no season moves."""
    return [trailing_year(one.until) for one in period.steps(Step.MONTH)]


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or the last one of a month that is shorter."""
    year, month = divmod(day.year * YEAR_MONTHS + day.month - 1 + months, YEAR_MONTHS)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _first_days(after: dt.date, months: int) -> Iterator[dt.date]:
    """The first days of the spans of so many months that begin after a day, to the end of the calendar."""
    count = after.year * YEAR_MONTHS + after.month - 1
    while True:
        count += months - count % months
        if count // YEAR_MONTHS > dt.MAXYEAR:
            return
        yield dt.date(count // YEAR_MONTHS, count % YEAR_MONTHS + 1, 1)
