"""When a task that repeats comes again: a rule over days of the calendar, and the moment on such a day.

A rule counts from its first day, so a task done late or early does not shift those that follow.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# The day that stands for the last one of every month.
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
    """Every so many (1 or more) days, weeks, months or quarters.

    Weeks have a `weekday` (0 is Monday), months and quarters a `day` (1 to 31); a month without such a day has it on
    its last one.
    """

    unit: Unit
    every: int
    weekday: int | None = None
    day: int | None = None

    def next_after(self, day: dt.date, *, first: dt.date) -> dt.date:
        """The first day of the rule after a day that is not before `first`, from which the rule counts."""
        match self.unit:
            case Unit.DAY:
                return _stepped(first, self.every, day)
            case Unit.WEEK:
                start = first + dt.timedelta(days=(self.weekday or 0) - first.weekday())
                return _stepped(start, 7 * self.every, day)
            case Unit.MONTH:
                return self._by_month(self.every, day, first)
            case Unit.QUARTER:
                return self._by_month(MONTHS_OF_QUARTER * self.every, day, first)

    def in_words(self) -> str:
        """Like "Every 2 weeks on Monday"."""
        often = f"Every {self.unit}" if self.every == 1 else f"Every {self.every} {self.unit}s"
        if self.weekday is not None:
            return f"{often} on {WEEKDAYS[self.weekday]}"
        if self.day is not None:
            return f"{often} on the {'last day' if self.day == LAST_DAY_OF_MONTH else ordinal(self.day)}"
        return often

    def _by_month(self, step: int, after: dt.date, first: dt.date) -> dt.date:
        begin, day = _month_number(first), self.day or first.day
        month = begin + (_month_number(after) - begin) // step * step
        found = _day_of_month(month, day)
        return found if found > after else _day_of_month(month + step, day)


def rule_from(unit: Unit, every: int, *, first: dt.date, weekday: int | None = None, day: int | None = None) -> Rule:
    """The rule whose weekday or day, where none is given, is that of its first day."""
    match unit:
        case Unit.DAY:
            return Rule(unit, every)
        case Unit.WEEK:
            return Rule(unit, every, weekday=first.weekday() if weekday is None else weekday)
        case _:
            return Rule(unit, every, day=day or first.day)


def moment_on(day: dt.date, at: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """That hour of that day in a zone, in UTC.

    Where the clocks go forward over it, it is as much later as they leap; where it comes twice, the first one is meant.
    """
    return dt.datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(dt.UTC)


def ordinal(number: int) -> str:
    """Like 1st, 22nd, 13th."""
    tail = "th" if 11 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tail}"


def _stepped(start: dt.date, step: int, after: dt.date) -> dt.date:
    return start + dt.timedelta(days=((after - start).days // step + 1) * step)


def _month_number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _day_of_month(number: int, day: int) -> dt.date:
    year, month = number // 12, number % 12 + 1
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
