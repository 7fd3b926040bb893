"""Quiet hours: when e-mail to a person waits. Hours of the person's own day, whatever the clocks do."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SATURDAY = 5
# A night can lead into a weekend and that into a night: three spans, and no chain is longer.
LONGEST_CHAIN = 4


@dataclass(frozen=True)
class QuietHours:
    """From `start` to `end` of each day (over midnight where `end` is the earlier), and weekends if wanted.

    Times are those of `zone`. A span is fixed by its two moments, so an hour that comes twice, when the clocks go back,
    belongs to the span as a whole, and one that is skipped shortens it.
    """

    zone: ZoneInfo
    start: dt.time | None = None
    end: dt.time | None = None
    weekends: bool = False

    def until(self, moment: dt.datetime) -> dt.datetime | None:
        """When it is over, for an aware moment that is quiet, in UTC; None for one that is not.

        What ends as another span begins goes on: from a Friday night to Monday morning it is one quiet.
        """
        end = None
        for _ in range(LONGEST_CHAIN):
            later = max((to for since, to in self._spans(end or moment) if since <= (end or moment) < to), default=None)
            if later is None:
                break
            end = later
        return end

    def hold_hour(self, hour: int) -> bool:
        """Whether every day's `hour` is quiet, weekends aside."""
        if self.start is None or self.end is None:
            return False
        at = dt.time(hour)
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def _spans(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Every span that may hold the moment, as two moments in UTC."""
        today = moment.astimezone(self.zone).date()
        for day in (today - dt.timedelta(days=1), today):
            if self.start is not None and self.end is not None:
                over_midnight = self.end <= self.start
                yield self._at(day, self.start), self._at(day + dt.timedelta(days=over_midnight), self.end)
        if self.weekends and today.weekday() >= SATURDAY:
            saturday = today - dt.timedelta(days=today.weekday() - SATURDAY)
            yield self._at(saturday, dt.time.min), self._at(saturday + dt.timedelta(days=2), dt.time.min)

    def _at(self, day: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, time, tzinfo=self.zone).astimezone(dt.UTC)
