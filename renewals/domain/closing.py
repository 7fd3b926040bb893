"""What a renewal is closed with: what was signed or why nothing was; what is wrong with it, and what it comes to.

Lines are in the currency of their contract; figures are in that of the workspace. The end of a contract is the first
day without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from accounts.domain.contracts import MOST_NOTICE
from renewals.domain.churn import Preventable, SubReason
from renewals.domain.periods import YEAR_MONTHS, add_months
from renewals.domain.stages import Outcome, outcome_of

CENT: Final = Decimal("0.01")
MOST_LINES: Final = 20
MOST_MONTHS: Final = 120
MOST_MONEY: Final = Decimal(10) ** 12  # the widest column holds no more
MOST_SEATS: Final = 2**31 - 1
# The check on customers, and the time within which a closing can be taken back.
SATISFACTION_DAYS: Final = 30
TAKEN_BACK_WITHIN: Final = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Line:
    """One product of a contract. Its ARR is what counts; a price, where there is one, must come to it."""

    product_id: int
    arr: Decimal
    seats: int | None = None
    unit_price: Decimal | None = None
    """Of a seat and a year, or of a year where it is not sold by seat."""
    discount: Decimal = Decimal(0)
    """A share: 0.10 for 10 %."""


@dataclass(frozen=True)
class Signed:
    """The contract that follows, over the half-open period [start, end)."""

    signed_on: dt.date
    start: dt.date
    end: dt.date
    lines: tuple[Line, ...]
    currency: str
    auto_renew: bool = False
    notice_days: int = 0
    billing: str = "yearly"
    number: str = ""
    competitor: str = ""
    reason: str = ""
    """Why it ended so, in a sentence."""
    less_reason: SubReason | None = None
    """Why the customer takes less than before; with it, what was given up gets a churn record."""

    @property
    def term_months(self) -> int | None:
        """The period in months; None where it is no whole number of them."""
        months = (self.end.year - self.start.year) * YEAR_MONTHS + self.end.month - self.start.month
        return months if months > 0 and add_months(self.start, months) == self.end else None


@dataclass(frozen=True)
class Lost:
    """Nothing follows. `last_day` is the last one under contract."""

    sub_reason: SubReason
    last_day: dt.date
    competitor: str = ""
    reason: str = ""
    notes: str = ""
    preventable: Preventable | None = None
    """How far we could have done something about it; None for what its category says."""

    @property
    def end(self) -> dt.date:
        """The first day without the contract."""
        return self.last_day + dt.timedelta(days=1)


ClosingTerms = Signed | Lost


@dataclass(frozen=True)
class Current:
    """The contract that is up for renewal."""

    start: dt.date
    end: dt.date
    currency: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Taken:
    """A product that another contract of the account holds over a half-open period; without end for ever."""

    product_id: int
    start: dt.date
    end: dt.date | None
    contract: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field, in words for whoever typed it; `line` is the place of its line, from 0 on."""

    field: str
    words: str
    line: int | None = None


@dataclass(frozen=True)
class Figures:
    """What the contract was worth a year and what follows on it, in workspace currency."""

    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """What is added, negative for what is lost."""
        return self.after - self.before

    @property
    def outcome(self) -> Outcome:
        """How the renewal ends by them."""
        return outcome_of(self.before, self.after)


@dataclass(frozen=True)
class Growth:
    """Something that the customer did not have: a product, or `seats` more of one."""

    product_id: int
    seats: int | None
    is_new: bool


def line_arr(seats: int | None, unit_price: Decimal, discount: Decimal) -> Decimal:
    """What a line comes to in a year, rounded to cents once."""
    return (unit_price * (1 if seats is None else seats) * (1 - discount)).quantize(CENT, ROUND_HALF_EVEN)


def worth(lines: Iterable[Line], rate: Decimal) -> Decimal:
    """What lines come to in workspace currency: each is converted and rounded, as in the ledger."""
    return sum((round(line.arr * rate, 2) for line in lines), Decimal(0))


def figures_of(current: Current, lines: Sequence[Line], currency: str, rates: Mapping[str, Decimal]) -> Figures:
    """The figures before and after; `rates` by currency, one that is missing counts one to one."""
    before, after = (rates.get(code, Decimal(1)) for code in (current.currency, currency))
    return Figures(before=worth(current.lines, before), after=worth(lines, after))


def given_up(
    current: Current, lines: Sequence[Line], currency: str, rates: Mapping[str, Decimal]
) -> dict[int, Decimal]:
    """By how much each product falls that is worth less afterwards, in workspace currency, by the key of the product.

    It may come to more than the figures fall, where another product grows.
    """
    before, after = (rates.get(code, Decimal(1)) for code in (current.currency, currency))
    had, has = _worth_by_product(current.lines, before), _worth_by_product(lines, after)
    fallen = {product: arr - has.get(product, Decimal(0)) for product, arr in sorted(had.items())}
    return {product: arr for product, arr in fallen.items() if arr > 0}


def growth_of(current: Current, lines: Sequence[Line]) -> list[Growth]:
    """What must be handed over to whoever brings it into use, in the order of the products."""
    had, has = _seats_by_product(current.lines), _seats_by_product(lines)
    found = []
    for product, seats in sorted(has.items()):
        if product not in had:
            found.append(Growth(product, seats, is_new=True))
        elif seats is not None and (more := seats - (had[product] or 0)) > 0 and had[product] is not None:
            found.append(Growth(product, more, is_new=False))
    return found


def problems_of(
    terms: ClosingTerms,
    *,
    current: Current,
    taken: Sequence[Taken],
    rates: Mapping[str, Decimal],
    today: dt.date,
) -> list[Problem]:
    """All that is wrong with what a renewal is to be closed with; nothing where it can be closed.

    `rates` holds what a unit of each known currency is worth, that of the workspace among them.
    """
    if isinstance(terms, Lost):
        return list(_of_loss(terms, current))
    return [
        *_of_days(terms, current, today),
        *_of_contract(terms, rates),
        *(problem for place, line in enumerate(terms.lines) for problem in _of_line(place, line)),
        *_of_overlaps(terms, taken),
        *_of_less(terms, current, rates),
    ]


def _of_loss(lost: Lost, current: Current) -> Iterator[Problem]:
    if lost.end <= current.start:
        yield Problem("last_day", f"The contract began on {current.start:%d %b %Y}.")
    elif lost.end > current.end:
        last = current.end - dt.timedelta(days=1)
        yield Problem("last_day", f"{last:%d %b %Y} is the last day under this contract.")


def _of_days(signed: Signed, current: Current, today: dt.date) -> Iterator[Problem]:
    if signed.signed_on > today:
        yield Problem("signed_on", "That day is still to come.")
    elif signed.signed_on < current.start:
        yield Problem("signed_on", f"The contract that it renews began on {current.start:%d %b %Y}.")
    if signed.start < current.end:
        yield Problem("start", f"The contract until then runs to {current.end:%d %b %Y}.")
    if signed.end <= signed.start:
        yield Problem("end", "It must end after it has begun.")
    elif signed.end > add_months(signed.start, MOST_MONTHS):
        yield Problem("end", f"A contract lasts {MOST_MONTHS // YEAR_MONTHS} years at most.")


def _of_contract(signed: Signed, rates: Mapping[str, Decimal]) -> Iterator[Problem]:
    if signed.currency not in rates:
        yield Problem("currency", f"There is no exchange rate for {signed.currency or 'it'} yet. Ask an admin for one.")
    if not 0 <= signed.notice_days <= MOST_NOTICE:
        yield Problem("notice_days", f"Give between 0 and {MOST_NOTICE:,} days.")
    if not signed.lines:
        yield Problem("lines", "Name what was signed: at least one product.")
    elif len(signed.lines) > MOST_LINES:
        yield Problem("lines", f"A contract has {MOST_LINES} lines at most.")
    elif sum(line.arr for line in signed.lines) <= 0:
        yield Problem("lines", "These lines come to nothing. If the customer leaves, the renewal is lost.")


def _of_line(place: int, line: Line) -> Iterator[Problem]:
    found = list(_out_of_range(place, line))
    yield from found
    if line.unit_price is not None and not found:
        comes_to = line_arr(line.seats, line.unit_price, line.discount)
        if abs(comes_to - line.arr) > CENT:
            yield Problem("arr", f"Seats, price and discount come to {comes_to:,.2f}. Leave one of them empty.", place)


def _out_of_range(place: int, line: Line) -> Iterator[Problem]:
    if line.seats is not None and not 0 <= line.seats <= MOST_SEATS:
        yield Problem("seats", "Seats cannot be negative." if line.seats < 0 else "So many seats do not exist.", place)
    if not 0 <= line.discount <= 1:
        yield Problem("discount", "A discount is between 0 and 100 %.", place)
    for name, amount in (("unit_price", line.unit_price), ("arr", line.arr)):
        if amount is not None and not 0 <= amount < MOST_MONEY:
            yield Problem(name, "Give an amount of 0 or more." if amount < 0 else "That is too much.", place)


def _of_overlaps(signed: Signed, taken: Sequence[Taken]) -> Iterator[Problem]:
    for place, line in enumerate(signed.lines):
        for other in taken:
            begun = other.start < signed.end and (other.end is None or other.end > signed.start)
            if other.product_id == line.product_id and begun:
                until = f" until {other.end:%d %b %Y}" if other.end else ""
                words = f"{other.contract} holds it from {other.start:%d %b %Y}{until}."
                yield Problem("product", words, place)
                break


def _of_less(signed: Signed, current: Current, rates: Mapping[str, Decimal]) -> Iterator[Problem]:
    figures = figures_of(current, signed.lines, signed.currency, rates)
    if signed.less_reason is not None and figures.difference >= 0:
        yield Problem("less_reason", "They do not take less than before: leave it empty.")


def _worth_by_product(lines: Iterable[Line], rate: Decimal) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in lines:
        found[line.product_id] = found.get(line.product_id, Decimal(0)) + round(line.arr * rate, 2)
    return found


def _seats_by_product(lines: Iterable[Line]) -> dict[int, int | None]:
    """Seats of each product; None where one of its lines is not sold by seat."""
    found: dict[int, int | None] = {}
    for line in lines:
        held = found.get(line.product_id, 0)
        found[line.product_id] = None if line.seats is None or held is None else held + line.seats
    return found
