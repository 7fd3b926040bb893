"""A ledger as a CSV file in, and retention as a document (JSON) out: what programs exchange."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from renewals.domain.movements import GAINS, LOSSES, PLACE, Kind, Movements
from renewals.domain.retention import Retention

COLUMNS: Final = ("account", "day", "kind", "amount")
AMOUNT: Final = re.compile(r"[+-]?(\d*)(?:\.(\d*))?", re.ASCII)
MOST_DIGITS, MOST_DECIMALS = 18, 6  # before and after the point
# Sums are whole numbers of 64 bits.
MOST_UNITS: Final = 2**62
SHOWN: Final = 40  # characters of what was wrong


class LedgerFileError(ValueError):
    """A file that is no ledger; the message is one line and says where."""


@dataclass(frozen=True)
class _Row:
    """One entry of the file, and the line it stands on."""

    line: int
    account: str
    day: dt.date
    kind: Kind
    amount: Decimal


def read_ledger_file(text: str) -> Movements:
    """The movements of a CSV text with a header; columns beyond `COLUMNS` are passed over.

    Amounts of contraction and churn are negative, of the other kinds but corrections positive. Raises `LedgerFileError`
    for anything else, and for an account whose ARR would fall below zero.
    """
    rows = list(_rows(text))
    places = {name: place for place, name in enumerate(dict.fromkeys(row.account for row in rows))}
    decimals = max((-int(row.amount.as_tuple().exponent) for row in rows), default=0)
    unit = Decimal(1).scaleb(-max(decimals, 2))
    units = [int(row.amount.scaleb(-unit.adjusted())) for row in rows]
    if sum(map(abs, units)) > MOST_UNITS:
        raise LedgerFileError("holds amounts that are too large to be added up")
    movements = Movements.of(
        len(places),
        np.array([places[row.account] for row in rows], dtype=np.int64),
        np.array([row.day.toordinal() for row in rows], dtype=np.int64),
        np.array([PLACE[row.kind] for row in rows], dtype=np.int64),
        np.array(units, dtype=np.int64),
        unit,
    )
    wrong = movements.below_zero()
    if wrong:
        place, day, arr = wrong
        name = list(places)[place]
        raise LedgerFileError(f"the ARR of account {_shown(name)} falls to {arr} on {day}; it cannot be below 0")
    return movements


def retention_document(total: Retention, periods: Sequence[Retention] = ()) -> dict[str, Any]:
    """Figures as the `retention` command gives them: money as numbers, losses negative, rates as fractions or null."""
    return _figures(total) | {"periods": [_figures(one) for one in periods]}


def _figures(found: Retention) -> dict[str, Any]:
    return {
        "from": found.period.since.isoformat(),
        "to": found.period.until.isoformat(),
        "start_arr": _number(found.start_arr),
        **{kind.value: _number(amount) for kind, amount in found.movements.items()},
        "end_arr": _number(found.end_arr),
        "start_logos": found.start_logos,
        "lost_logos": found.lost_logos,
        "end_logos": found.end_logos,
        "compared": {
            "expansion": _number(found.compared.expansion),
            "contraction": _number(found.compared.contraction),
            "churn": _number(found.compared.churn),
        },
        "grr": _number(found.grr),
        "nrr": _number(found.nrr),
        "logo_retention": _number(found.logo_retention),
        "logo_churn": _number(found.logo_churn),
        "revenue_churn": _number(found.revenue_churn),
    }


def _number(value: Decimal | None) -> int | float | None:
    """As JSON writes it: whole amounts without a point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _rows(text: str) -> Iterator[_Row]:
    if "\0" in text:
        raise LedgerFileError("holds null characters, which no text file does")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise LedgerFileError(f"is empty; it needs the columns {', '.join(COLUMNS)}")
        place = _places(header)
        for values in reader:
            if any(value.strip() for value in values):
                yield _row(reader.line_num, values, place, len(header))
    except csv.Error as error:
        raise LedgerFileError(f"line {reader.line_num}: is not CSV: {error}") from None


def _places(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    for name in COLUMNS:
        if names.count(name) != 1:
            what = "lacks the column" if name not in names else "has more than one column"
            raise LedgerFileError(f"{what} “{name}”; it needs {', '.join(COLUMNS)}")
    return {name: names.index(name) for name in COLUMNS}


def _row(line: int, values: list[str], place: dict[str, int], width: int) -> _Row:
    if len(values) != width:
        raise LedgerFileError(f"line {line}: has {len(values)} values where the header has {width}")
    account, day, kind, amount = (values[place[name]].strip() for name in COLUMNS)
    if not account:
        raise LedgerFileError(f"line {line}: names no account")
    if kind not in PLACE:
        raise LedgerFileError(f"line {line}: “{_shown(kind)}” is no kind (there are: {', '.join(Kind)})")
    return _Row(line, account, _day(line, day), Kind(kind), _amount(line, Kind(kind), amount))


def _day(line: int, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise LedgerFileError(f"line {line}: “{_shown(text)}” is no day; days are written like 2026-03-31")
    return day


def _amount(line: int, kind: Kind, text: str) -> Decimal:
    found = AMOUNT.fullmatch(text)
    whole, fraction = ((found[1] or "").lstrip("0"), (found[2] or "").rstrip("0")) if found else ("", "")
    if not found or not any(char.isdigit() for char in text):
        raise LedgerFileError(f"line {line}: “{_shown(text)}” is no amount; amounts are written like -1250.50")
    if len(whole) > MOST_DIGITS:
        raise LedgerFileError(f"line {line}: the amount is too large")
    if len(fraction) > MOST_DECIMALS:
        raise LedgerFileError(f"line {line}: an amount has at most {MOST_DECIMALS} decimals")
    amount = Decimal(f"{'-' if text.startswith('-') else ''}{whole or 0}.{fraction or 0}")
    if kind in GAINS and amount < 0:
        raise LedgerFileError(f"line {line}: {kind} is a gain and cannot be negative")
    if kind in LOSSES and amount > 0:
        raise LedgerFileError(f"line {line}: {kind} is a loss and must be negative")
    return amount


def _shown(text: str) -> str:
    """A value from the file as it fits into one line."""
    return "".join(char if char.isprintable() else "·" for char in text[:SHOWN])
