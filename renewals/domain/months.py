"""Months as a calendar draws them: whole weeks, Monday first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

WEEK: Final = dt.timedelta(days=7)
MONTHS_OF_YEAR: Final = 12
# Outside of these nobody plans a renewal, and some databases read no days.
FIRST_YEAR, LAST_YEAR = 1970, 2199


@dataclass(frozen=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def before(self) -> Month | None:
        """The month before it; None where the calendar ends."""
        return self._moved(-1)

    @property
    def after(self) -> Month | None:
        """The month after it; None where the calendar ends."""
        return self._moved(1)

    @property
    def key(self) -> str:
        """As addresses name it: 2026-12."""
        return f"{self.year}-{self.number:02}"

    def has(self, day: dt.date) -> bool:
        """Whether a day belongs to it."""
        return (day.year, day.month) == (self.year, self.number)

    def grid_bounds(self) -> tuple[dt.date, dt.date]:
        """The days [first, after) of the weeks that it touches."""
        last = (self.first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        first = self.first - dt.timedelta(days=self.first.weekday())
        return first, last - dt.timedelta(days=last.weekday()) + WEEK

    def grid(self) -> list[dt.date]:
        """All days of these weeks."""
        first, after = self.grid_bounds()
        return [first + dt.timedelta(days=number) for number in range((after - first).days)]

    def _moved(self, months: int) -> Month | None:
        whole = self.year * MONTHS_OF_YEAR + self.number - 1 + months
        year, place = divmod(whole, MONTHS_OF_YEAR)
        return Month(year, place + 1) if FIRST_YEAR <= year <= LAST_YEAR else None


def month_of(day: dt.date) -> Month:
    """The month of a day."""
    return Month(day.year, day.month)


def month_from(text: str) -> Month | None:
    """The month that an address names; None where it names none."""
    year, dash, number = text.partition("-")
    if not (dash and year.isascii() and year.isdecimal() and number.isascii() and number.isdecimal()):
        return None
    if len(year) != len("2026") or len(number) != len("12"):
        return None
    is_real = FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(number) <= MONTHS_OF_YEAR
    return Month(int(year), int(number)) if is_real else None
