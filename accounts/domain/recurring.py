"""When a task that repeats comes again: a rule over days of the calendar, and the moment on such a day.

A rule counts from its first day, so a task done late or early does not shift those that follow.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# The day of the month that stands for its last one; with 29 and 30, shorter months end before it is reached.
LAST_DAY_OF_MONTH: Final = 31
MONTHS_OF_QUARTER: Final = 3
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Unit(StrEnum):
    """What a rule counts, named as the model stores it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Rule:
    """Every so many (1 or more) days, weeks, months or quarters, counted from `first`.

    `weekday` (0 is Monday) belongs to weeks, `day` (1 to 31) to months and quarters; where it is None, it is that of
    `first`. A month that has no such day has it on its last one.
    """

    unit: Unit
    every: int
    first: dt.date
    weekday: int | None = None
    day: int | None = None

    def next_after(self, day: dt.date) -> dt.date:
        """The first day of the rule that comes after a day, which must not be before `first`."""
        match self.unit:
            case Unit.DAY:
                return self._stepped(self.first, self.every, day)
            case Unit.WEEK:
                weekday = self.first.weekday() if self.weekday is None else self.weekday
                start = self.first + dt.timedelta(days=weekday - self.first.weekday())
                return self._stepped(start, 7 * self.every, day)
            case Unit.MONTH:
                return self._by_month(self.every, day)
            case Unit.QUARTER:
                return self._by_month(MONTHS_OF_QUARTER * self.every, day)

    def in_words(self) -> str:
        """Like "Every 2 weeks on Monday"."""
        often = f"Every {self.unit}" if self.every == 1 else f"Every {self.every} {self.unit}s"
        if self.unit is Unit.DAY:
            return often
        if self.unit is Unit.WEEK:
            return f"{often} on {WEEKDAYS[self.first.weekday() if self.weekday is None else self.weekday]}"
        day = self.day or self.first.day
        return f"{often} on the {'last day' if day == LAST_DAY_OF_MONTH else ordinal(day)}"

    @staticmethod
    def _stepped(start: dt.date, step: int, after: dt.date) -> dt.date:
        return start + dt.timedelta(days=((after - start).days // step + 1) * step)

    def _by_month(self, step: int, after: dt.date) -> dt.date:
        begin = _month_number(self.first)
        month = begin + (_month_number(after) - begin) // step * step
        day = self.day or self.first.day
        found = _day_of_month(month, day)
        return found if found > after else _day_of_month(month + step, day)


def moment_on(day: dt.date, at: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """That hour of that day in a zone, in UTC.

    Where the clocks go forward over it, it is as much later as they leap; where it comes twice, the first one is meant.
    """
    return dt.datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(dt.UTC)


def ordinal(number: int) -> str:
    """Like 1st, 22nd, 13th."""
    tail = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _month_number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _day_of_month(number: int, day: int) -> dt.date:
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
