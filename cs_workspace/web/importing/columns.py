"""Columns: what their cells say together, and the reader that turns each cell into a value.

A reader is a dictionary from texts to values that works out what it does not know yet. Most columns repeat a few
thousand texts over a million rows, so a batch is read at the speed of looking up.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cs_workspace.web.importing import dates, numbers
from cs_workspace.web.importing.dates import DateError, Order, OrderEvidence
from cs_workspace.web.importing.kinds import Field, Reading
from cs_workspace.web.importing.mapping import Column
from cs_workspace.web.importing.numbers import Mark, MarkEvidence, NumberError

REMEMBERED = 20_000
TOO_LARGE = Decimal("1e15")
TRUTHS: Final = {"true": True, "t": True, "yes": True, "y": True, "1": True, "1.0": True, "x": True, "on": True}
FALSEHOODS: Final = {"false": False, "f": False, "no": False, "n": False, "0": False, "0.0": False, "off": False}
FLAGS: Final = TRUTHS | FALSEHOODS
LIST_SEPARATORS = re.compile(r"[,;|]")
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


@dataclass(frozen=True)
class Wrong:
    """In place of a value: the cell cannot be read. `summary` is alike for all such cells, `detail` is not."""

    summary: str
    detail: str = ""


class Survey:
    """The first pass over one column: the order of its dates, the mark of its numbers, and its newest day."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self.order_evidence = OrderEvidence()
        self.mark_evidence = MarkEvidence()
        self._newest: dict[Order, dt.date] = {}
        self._seen: set[str] = set()

    def see(self, texts: tuple[str, ...], lines: list[int], *, newest: bool) -> None:
        """Takes a batch into account; `newest` asks for the newest day too."""
        if not self.column.is_dated and not self.column.is_counted:
            return
        fresh = set(texts) - self._seen
        if not fresh:
            return
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen |= fresh
        for text, line in zip(texts, lines, strict=True):
            if text not in fresh:
                continue
            fresh.remove(text)
            if self.column.is_counted:
                self.mark_evidence.see(text.strip(), line)
            else:
                self.order_evidence.see(text.strip(), line)
                if newest and self.column.anchor:
                    self._see_day(text.strip())

    def _see_day(self, text: str) -> None:
        for order in (self.column.order,) if self.column.order else tuple(Order):
            try:
                day = dates.date(text, order)
            except DateError:
                continue
            self._newest[order] = max(day, self._newest.get(order, day))

    def order(self) -> Order | None:
        """What the mapping says, else what the cells say. Raises DateError where they leave it open."""
        return self.column.order or self.order_evidence.verdict()

    def mark(self) -> Mark | None:
        """What the mapping says, else what the cells say. Raises NumberError where they leave it open."""
        return self.column.mark or self.mark_evidence.verdict()

    def newest(self) -> dt.date | None:
        """The newest day among the cells, in the order that was found."""
        return self._newest.get(self.order() or Order.DAY_FIRST)


class Reader(dict[str, object]):
    """Turns cells into values; what cannot be read becomes `Wrong`, and `erred` says that this has happened."""

    def __init__(self, field: Field, convert: Callable[[str], object]) -> None:
        super().__init__()
        self._field = field
        self._convert = convert
        self.erred = False

    def __missing__(self, cell: str) -> object:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self[cell] = self._read(cell.strip())
        return value

    def _read(self, text: str) -> object:
        try:
            if not text:
                return self._field.empty if not self._field.required else self._fail("is empty")
            return self._convert(text)
        except (DateError, NumberError) as error:
            return self._fail(str(error))
        except CellError as error:
            return self._fail(*error.args)

    def _fail(self, summary: str, detail: str = "") -> Wrong:
        self.erred = True
        return Wrong(summary, detail)


class CellError(ValueError):
    """A cell that cannot be read: the summary, and perhaps a detail."""


def reader_of(column: Column, order: Order | None, mark: Mark | None, zone: ZoneInfo, shift: dt.timedelta) -> Reader:
    """The reader of one column, with what was found out about it; days and moments are moved by `shift`."""
    known = column.field
    converters: dict[Reading, Callable[[str], object]] = {
        Reading.TEXT: _text(column),
        Reading.INTEGER: _integer(column, mark),
        Reading.DECIMAL: _decimal(column, mark),
        Reading.DATE: lambda text: _in_time(known, dates.date(text, order) + shift),
        Reading.DATETIME: lambda text: _moment(known, dates.moment(text, order, zone), shift),
        Reading.BOOLEAN: _chosen(column, FLAGS, ("true", "false")),
        Reading.CHOICE: _chosen(column, {choice: choice for choice in known.choices}, known.choices),
        Reading.LIST: lambda text: _list(known, text),
        Reading.EMAIL: lambda text: _matching(text, EMAIL, "is not an e-mail address"),
        Reading.CURRENCY: lambda text: _matching(text.upper(), re.compile("[A-Z]{3}"), "is not a currency code"),
        Reading.ZONE: _zone_name,
    }
    return Reader(known, converters[known.reading])


def _text(column: Column) -> Callable[[str], object]:
    choices, longest = column.choices, column.field.longest

    def read(text: str) -> object:
        if len(text) > longest:
            raise CellError(f"is longer than {longest} characters", f"{len(text)}")
        if "\x00" in text:
            raise CellError("holds a NUL character")
        return text if choices is None else choices.get(text.casefold(), text)

    return read


def _integer(column: Column, mark: Mark | None) -> Callable[[str], object]:
    def read(text: str) -> object:
        number = numbers.whole(text, mark) * column.times / column.divided_by
        return _bounded(column.field, int(number.to_integral_value()))

    def read_plainly(text: str) -> object:
        return _bounded(column.field, numbers.whole(text, mark))

    return read if column.times != column.divided_by else read_plainly


def _decimal(column: Column, mark: Mark | None) -> Callable[[str], object]:
    def read(text: str) -> object:
        return _bounded(column.field, numbers.decimal(text, mark) * column.times / column.divided_by)

    return read


def _bounded(known: Field, number: Decimal | int) -> Decimal | int:
    if known.least is not None and number < known.least:
        if known.least == 0:
            raise CellError("is negative")
        raise CellError(f"is below {known.least:,.15g}")
    if known.most is not None and number > known.most:
        raise CellError(f"is above {known.most:,.15g}")
    if not -TOO_LARGE <= number <= TOO_LARGE:
        raise CellError("is too large")
    return number


def _in_time(known: Field, day: dt.date) -> dt.date:
    if known.earliest and day < known.earliest:
        raise CellError(f"is before {known.earliest.year}")
    if day >= dates.LATEST:
        raise CellError(f"lies after {dates.LATEST.year - 1} once it is moved")
    return day


def _moment(known: Field, moment: dt.datetime, shift: dt.timedelta) -> dt.datetime:
    # Moved as a wall clock, so that nine o'clock stays nine o'clock over a change to summer time.
    moved = moment + shift
    _in_time(known, moved.date())
    return moved.astimezone(dt.UTC)


def _chosen(column: Column, usual: Mapping[str, object], shown: tuple[str, ...]) -> Callable[[str], object]:
    """By the mapping's own choices where it gives them, else by the names of the field's choices."""
    choices: Mapping[str, object] = column.choices if column.choices is not None else usual
    expected = ", ".join(column.choices if column.choices is not None else shown)

    def read(text: str) -> object:
        folded = text.casefold()
        for name in (folded, re.sub(r"[\s-]+", "_", folded)):
            if name in choices:
                return choices[name]
        raise CellError(f"is none of {expected}")

    return read


def _list(known: Field, text: str) -> tuple[str, ...]:
    found = []
    for part in LIST_SEPARATORS.split(text):
        name = part.strip()
        if known.choices:
            name = re.sub(r"[\s-]+", "_", name.casefold())
            if name and name not in known.choices:
                raise CellError(f"holds what is none of {', '.join(known.choices)}", part.strip())
        if len(name) > known.longest:
            raise CellError(f"holds a word of more than {known.longest} characters")
        if "\x00" in name:
            raise CellError("holds a NUL character")
        if name and name not in found:
            found.append(name)
    return tuple(found)


def _matching(text: str, pattern: re.Pattern[str], otherwise: str) -> str:
    if len(text) > 254 or "\x00" in text or not pattern.fullmatch(text):
        raise CellError(otherwise)
    return text


def _zone_name(text: str) -> str:
    if text not in available_timezones():
        raise CellError("is no time zone")
    return text
