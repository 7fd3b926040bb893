"""Dates as files write them. The order of day and month is read off a whole column, never off one value.

`2024-10-16` says its order by itself. `16/10/2024` does too, for there is no 16th month; `05/06/2024` does not. A
column is recognised when its values leave one order; where they leave two, the importer asks.
"""

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2100, 1, 1)

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
NAMED = "|".join(MONTHS)
CLOCK = (
    r"(?:(?:[T ]|,\s*)\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
WORDED = re.ASCII | re.IGNORECASE
YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}}){CLOCK}", re.ASCII
)
COMPACT = re.compile(rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}}){CLOCK}", re.ASCII)
YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<gap>[-/.])(?P<then>\d{{1,2}})(?P=gap)(?P<year>\d{{4}}){CLOCK}", re.ASCII
)
DAY_NAMED = re.compile(rf"(?P<day>\d{{1,2}})[- ](?P<named>{NAMED})[a-z]*\.?[- ,]\s*(?P<year>\d{{4}}){CLOCK}", WORDED)
MONTH_NAMED = re.compile(
    rf"(?P<named>{NAMED})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){CLOCK}", WORDED
)
SHAPES = (YEAR_FIRST, YEAR_LAST, COMPACT, DAY_NAMED, MONTH_NAMED)


class Order(StrEnum):
    """In which order day and month stand where the year comes last."""

    DAY_FIRST = "DMY"
    MONTH_FIRST = "MDY"


class DateError(ValueError):
    """A text that is no date; the message says why."""


def moment(text: str, order: Order | None, zone: ZoneInfo) -> dt.datetime:
    """The aware moment that `text` names; a bare date is its first moment, and what names no zone is in `zone`.

    Raises DateError for what is no date, names a day that the calendar lacks, or lies out of range.
    """
    found = _shape(text)
    parts = found.groupdict()
    day = _day(parts, order)
    hour, minute, second = _hour(parts), int(parts["minute"] or 0), int(parts["second"] or 0)
    try:
        clock = dt.time(hour, minute, second, int((parts["fraction"] or "0").ljust(6, "0")[:6]))
    except ValueError:
        raise DateError("is not a time of day") from None
    return dt.datetime.combine(day, clock, tzinfo=_zone(parts["zone"], zone))


def date(text: str, order: Order | None) -> dt.date:
    """The day that `text` names, whatever its time of day. Raises DateError."""
    return _day(_shape(text).groupdict(), order)


def _shape(text: str) -> re.Match[str]:
    for shape in SHAPES:
        if found := shape.fullmatch(text):
            return found
    if re.fullmatch(r"[3-5]\d{4}(\.0+)?", text):
        raise DateError("is a spreadsheet's day number; format the column as a date and export it again")
    raise DateError("is not a date")


def _day(parts: dict[str, str | None], order: Order | None) -> dt.date:
    year = int(parts["year"] or 0)
    if parts.get("named"):
        month, day = MONTHS[str(parts["named"])[:3].lower()], int(parts["day"] or 0)
    elif "first" in parts:
        first, second = int(parts["first"] or 0), int(parts["then"] or 0)
        month_first = order is Order.MONTH_FIRST or (order is None and second > 12)
        month, day = (first, second) if month_first else (second, first)
    else:
        month, day = int(parts["month"] or 0), int(parts["day"] or 0)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise DateError("is a day that the calendar does not have") from None
    if not EARLIEST <= found < LATEST:
        raise DateError(f"is out of range: years from {EARLIEST.year} to {LATEST.year - 1} are taken")
    return found


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "")[:1].lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise DateError("is not a time of day")
    return hour % 12 + (12 if half == "p" else 0)


def _zone(text: str | None, default: ZoneInfo) -> dt.tzinfo:
    if not text:
        return default
    if text in ("Z", "UTC", "GMT"):
        return dt.UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise DateError("is not a time of day")
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if text[0] == "-" else offset)


@dataclass
class OrderEvidence:
    """What the values of one column say about the order of day and month; lines are where they say it."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    example: str = ""

    def see(self, text: str, line: int) -> None:
        """Takes one value into account; what is no date says nothing."""
        found = YEAR_LAST.fullmatch(text)
        if found is None:
            return
        first, second = int(found["first"]), int(found["then"])
        if first > 12 >= second >= 1:
            self.day_first = self.day_first or line
        elif second > 12 >= first >= 1:
            self.month_first = self.month_first or line
        elif first != second and not self.either:
            self.either, self.example = line, text

    def verdict(self) -> Order | None:
        """The order that the values leave; None where none of them needs one.

        Raises DateError where they leave both orders, or prove both.
        """
        if self.day_first and self.month_first:
            raise DateError(
                f"writes the day first in line {self.day_first} and the month first in line {self.month_first}"
            )
        if self.day_first:
            return Order.DAY_FIRST
        if self.month_first:
            return Order.MONTH_FIRST
        if self.either:
            raise DateError(
                f"can be read day first or month first throughout, as “{self.example}” in line {self.either}"
            )
        return None
