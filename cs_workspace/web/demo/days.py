"""The span of a history and the rhythm of work in it: weekdays, holidays, the quiet weeks of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

HISTORY_DAYS = 400  # a year, and the month before it that seasonal accounts are compared with

# Share of a usual workday's activity, Monday first.
WEEK = np.array([1.0, 1.03, 1.02, 1.0, 0.88, 0.055, 0.04], np.float32)
HOLIDAYS_OF_ALL = ((1, 1), (12, 25), (12, 26))
HOLIDAYS = {
    "Austria": ((5, 1), (10, 26), (1, 6)),
    "Canada": ((7, 1), (11, 11)),
    "Denmark": ((6, 5),),
    "Finland": ((12, 6), (5, 1), (1, 6)),
    "France": ((7, 14), (5, 1), (5, 8), (11, 1), (11, 11)),
    "Germany": ((10, 3), (5, 1)),
    "Ireland": ((3, 17),),
    "Italy": ((4, 25), (5, 1), (6, 2), (8, 15)),
    "Netherlands": ((4, 27),),
    "Norway": ((5, 17), (5, 1)),
    "Poland": ((5, 1), (5, 3), (11, 11)),
    "Spain": ((10, 12), (5, 1), (1, 6), (8, 15)),
    "Sweden": ((6, 6), (5, 1), (1, 6)),
    "Switzerland": ((8, 1),),
    "United States": ((7, 4), (11, 11)),
}
HOLIDAY = 0.08
BETWEEN_THE_YEARS = 0.4
SUMMER = 0.9


@dataclass(frozen=True)
class Days:
    """Days `0` to `count - 1`; the last one is the day before `as_of`, on which nothing has happened yet."""

    as_of: dt.date
    count: int = HISTORY_DAYS

    @property
    def first(self) -> dt.date:
        """The oldest day."""
        return self.as_of - dt.timedelta(days=self.count)

    def day(self, index: int) -> dt.date:
        """The day of that index; may lie before or after the history."""
        return self.first + dt.timedelta(days=int(index))

    def index(self, day: dt.date) -> int:
        """The index of a day; negative before the history."""
        return (day - self.first).days

    @cached_property
    def dates(self) -> np.ndarray:
        """All days, as NumPy writes them."""
        return np.datetime64(self.first, "D") + np.arange(self.count)

    @cached_property
    def weekday(self) -> np.ndarray:
        """0 is Monday."""
        return (np.arange(self.count) + self.first.weekday()) % 7

    @cached_property
    def month(self) -> np.ndarray:
        """1 to 12."""
        return self.dates.astype("datetime64[M]").astype(int) % 12 + 1

    @cached_property
    def months(self) -> list[tuple[dt.date, slice]]:
        """Each month's first day and its slice of the history; the first and last may be cut."""
        starts = np.flatnonzero(np.diff(self.month, prepend=0)).tolist()
        ends = [*starts[1:], self.count]
        return [(self.day(start).replace(day=1), slice(start, end)) for start, end in zip(starts, ends, strict=True)]

    def rhythm(self, countries: Sequence[str]) -> np.ndarray:
        """Share of a usual workday's activity, countries × days."""
        week = WEEK[self.weekday] * np.where(np.isin(self.month, (7, 8)), np.float32(SUMMER), np.float32(1))
        result = np.tile(week, (len(countries), 1))
        for index in range(self.count):
            day = self.day(index)
            if (day.month, day.day) in HOLIDAYS_OF_ALL:
                result[:, index] *= HOLIDAY
            elif (day.month, day.day) >= (12, 22):
                result[:, index] *= BETWEEN_THE_YEARS
            else:
                off = [(day.month, day.day) in HOLIDAYS.get(country, ()) for country in countries]
                result[off, index] *= HOLIDAY
        return result
