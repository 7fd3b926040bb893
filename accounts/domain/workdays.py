"""Working days: counted in the calendar of a person, which is a time zone, Monday to Friday, less the days off.

Days are days on that calendar, whatever the length that a change of the clocks gives them; moments go in and out in
UTC or any other zone.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# When a working day begins and ends: what waits for a day begins with it, what is due on a day is due at its end.
START_OF_WORK: Final = dt.time(8, 0)
END_OF_WORK: Final = dt.time(17, 0)
WEEKEND: Final = frozenset({5, 6})


class Unit(StrEnum):
    """What an offset counts."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Calendar:
    """The days of a person: their zone, and the days on which nobody works, beside Saturdays and Sundays."""

    zone: dt.tzinfo
    holidays: frozenset[dt.date] = frozenset()

    def is_working(self, day: dt.date) -> bool:
        """Whether people work on a day."""
        return day.weekday() not in WEEKEND and day not in self.holidays

    def working_day_from(self, day: dt.date) -> dt.date:
        """The day itself where it is a working day, otherwise the next one that is."""
        while not self.is_working(day):
            day += dt.timedelta(days=1)
        return day

    def add_working_days(self, day: dt.date, number: int) -> dt.date:
        """The working day that comes `number` working days after a day; before it where `number` is negative.

        With 0 it is the day itself or, where nobody works then, the next working day.
        """
        if number == 0:
            return self.working_day_from(day)
        step = dt.timedelta(days=1 if number > 0 else -1)
        left = abs(number)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def add(self, day: dt.date, number: int, unit: Unit) -> dt.date:
        """The day so many days after a day, by whichever days the unit counts."""
        return self.add_working_days(day, number) if unit is Unit.WORKING else day + dt.timedelta(days=number)

    def due_at(self, moment: dt.datetime, number: int, unit: Unit) -> dt.datetime:
        """When something given at a moment with so many days' time is due: at the end of work, in UTC.

        On a day whose work is over, the count begins with the next day, so that it is never due before it was given.
        """
        local = moment.astimezone(self.zone)
        is_over = local >= dt.datetime.combine(local.date(), END_OF_WORK, tzinfo=self.zone)
        day = local.date() + dt.timedelta(days=is_over)
        return self._at(self.add(day, number, unit), END_OF_WORK)

    def resumes_at(self, moment: dt.datetime, number: int, unit: Unit) -> dt.datetime:
        """When a wait of so many days (1 or more) that begins at a moment is over: at the start of work, in UTC."""
        return self._at(self.add(moment.astimezone(self.zone).date(), number, unit), START_OF_WORK)

    def _at(self, day: dt.date, hour: dt.time) -> dt.datetime:
        return dt.datetime.combine(day, hour, tzinfo=self.zone).astimezone(dt.UTC)
