"""What a proposal offers and what it comes to; the states that it goes through, and what leads from one to another.

Amounts are of one currency, the contract's. The rule of rounding: the price of a line for a year is rounded to cents
once, half to even, with every discount taken off; everything above it is a sum of such amounts, and what a term comes
to is the price of a year times its months by twelve, rounded the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from math import ceil
from typing import Final

CENT: Final = Decimal("0.01")
# Discounts are told and compared in hundredths of a percent.
BASIS_POINT: Final = Decimal("0.0001")
# Of a price: what is paid for a contract can be told by the seat for up to a million of them, without losing a cent.
PRICE: Final = Decimal("0.00000001")
YEAR_MONTHS: Final = 12
MOST_OPTIONS: Final = 4
MOST_LINES: Final = 40
MOST_TERM: Final = 120
MOST_SEATS: Final = 1_000_000
# How the options of a new proposal grow: by ten percent at least, by a quarter for everyone; and to so many seats that
# those in use are four fifths of them, from where on a customer is about to need more (renewals.md §2).
MODEST: Final = Decimal("0.10")
FULL: Final = Decimal("0.25")
ROOMY: Final = Decimal("0.80")
MULTI_YEAR: Final = 36


class State(StrEnum):
    """Where a proposal stands, named as the model stores it."""

    DRAFT = "draft"
    AWAITING = "awaiting"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What happens to a proposal."""

    EDIT = "edit"
    ASK = "ask"
    APPROVE = "approve"
    REFUSE = "refuse"
    SEND = "send"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


STATE_LABELS: Final = {
    State.DRAFT: "Draft",
    State.AWAITING: "Awaiting approval",
    State.APPROVED: "Approved",
    State.SENT: "Sent",
    State.ACCEPTED: "Accepted",
    State.DECLINED: "Declined",
    State.WITHDRAWN: "Withdrawn",
}
# What the customer has or had in hand: it stays as it was sent.
FROZEN: Final = frozenset({State.SENT, State.ACCEPTED, State.DECLINED, State.WITHDRAWN})


class Return(StrEnum):
    """What the customer gives for a discount."""

    TERM = "term"
    CASE_STUDY = "case_study"
    REFERRAL = "referral"
    PREPAYMENT = "prepayment"


RETURN_LABELS: Final = {
    Return.TERM: "A longer term",
    Return.CASE_STUDY: "A case study",
    Return.REFERRAL: "A referral",
    Return.PREPAYMENT: "Payment in advance",
}


@dataclass(frozen=True)
class Refusal:
    """Why an action is not possible, in words for the person who tried."""

    reason: str


_NOT_ASKED = Refusal("Nobody asked for an approval of it.")
_NOT_SENT = Refusal("The customer does not have it yet. Send it first.")
_SENT = Refusal("The customer has it, so it stays as it is. Make a new version to change it.")
_ANSWERED = Refusal("The customer has answered. Make a new version to go on.")
_WITHDRAWN = Refusal("It was withdrawn. Make a new version to go on.")

TRANSITIONS: Final[dict[State, dict[Action, State | Refusal]]] = {
    State.DRAFT: {
        Action.EDIT: State.DRAFT,
        Action.ASK: State.AWAITING,
        Action.APPROVE: _NOT_ASKED,
        Action.REFUSE: _NOT_ASKED,
        Action.SEND: State.SENT,
        Action.ACCEPT: _NOT_SENT,
        Action.DECLINE: _NOT_SENT,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.AWAITING: {
        Action.EDIT: State.DRAFT,
        Action.ASK: Refusal("It waits for an approval already."),
        Action.APPROVE: State.APPROVED,
        Action.REFUSE: State.DRAFT,
        Action.SEND: Refusal("It waits for the approval of its discount."),
        Action.ACCEPT: _NOT_SENT,
        Action.DECLINE: _NOT_SENT,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.APPROVED: {
        Action.EDIT: State.DRAFT,
        Action.ASK: Refusal("Its discount is approved already."),
        Action.APPROVE: Refusal("Its discount is approved already."),
        Action.REFUSE: Refusal("Its discount is approved already."),
        Action.SEND: State.SENT,
        Action.ACCEPT: _NOT_SENT,
        Action.DECLINE: _NOT_SENT,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    State.SENT: {
        Action.EDIT: _SENT,
        Action.ASK: _SENT,
        Action.APPROVE: _SENT,
        Action.REFUSE: _SENT,
        Action.SEND: Refusal("It is sent already."),
        Action.ACCEPT: State.ACCEPTED,
        Action.DECLINE: State.DECLINED,
        Action.WITHDRAW: State.WITHDRAWN,
    },
    # An acceptance can be called off, as long as nothing is signed.
    State.ACCEPTED: dict.fromkeys(Action, _ANSWERED) | {Action.WITHDRAW: State.WITHDRAWN},
    State.DECLINED: dict.fromkeys(Action, _ANSWERED),
    State.WITHDRAWN: dict.fromkeys(Action, _WITHDRAWN),
}


def outcome_of(state: str, action: Action) -> State | Refusal:
    """The state that an action leads to, or why it is not possible."""
    return TRANSITIONS[State(state)][action]


@dataclass(frozen=True)
class Held:
    """A line of the contract as it is today: the product's key, seats where it is sold by seat, and its ARR."""

    product: int
    arr: Decimal
    seats: int | None = None
    seats_assigned: int | None = None

    @property
    def price(self) -> Decimal:
        """What is paid for a seat and a year, or for a year where it is not sold by seat; of today, so less what was
        agreed then."""
        return (self.arr / (self.seats or 1)).quantize(PRICE, ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Line:
    """What is offered of one product: `price` as `Held.price` counts it, `today_price` likewise, None for what the
    customer does not have. `discount` is a share."""

    product: int
    price: Decimal
    seats: int | None = None
    discount: Decimal = Decimal(0)
    today_price: Decimal | None = None

    @property
    def full(self) -> Decimal:
        """A year without discount, not rounded. A price below today's is a discount by another name."""
        return (self.seats or 1) * max(self.price, self.today_price or self.price)

    def net(self, discount: Decimal) -> Decimal:
        """A year with the line's discount and the option's taken off, not rounded."""
        return (self.seats or 1) * self.price * (1 - self.discount) * (1 - discount)


@dataclass(frozen=True)
class Option:
    """One of the ways that a proposal offers; `discount` is a share of all its lines."""

    title: str
    term_months: int
    billing: str
    lines: tuple[Line, ...]
    note: str = ""
    is_recommended: bool = False
    discount: Decimal = Decimal(0)
    in_return: str = ""


@dataclass(frozen=True)
class Figures:
    """What an option comes to. Money is in the proposal's currency, by the rule of rounding above.

    `amounts` are those of the lines for a year, `arr` is their sum and `full` what it would be without discount.
    `discount` is the share of the whole that is taken off, in hundredths of a percent. `change` is ARR beside today's.
    """

    amounts: tuple[Decimal, ...]
    full: Decimal
    arr: Decimal
    discount: Decimal
    over_term: Decimal
    change: Decimal
    change_over_term: Decimal
    roi: Decimal | None
    """What the customer says it brings in a year, less its price, by its price; None where that is not known."""

    @property
    def saved(self) -> Decimal:
        """What the discounts take off in a year."""
        return self.full - self.arr


def figures_of(option: Option, *, today_arr: Decimal, worth: Decimal | None) -> Figures:
    """What an option comes to beside `today_arr` and `worth`, what the customer confirmed that a year brings."""
    amounts = tuple(_cents(line.net(option.discount)) for line in option.lines)
    arr = sum(amounts, Decimal(0))
    return Figures(
        amounts=amounts,
        full=sum((_cents(line.full) for line in option.lines), Decimal(0)),
        arr=arr,
        discount=discount_of(option),
        over_term=over_term(arr, option.term_months),
        change=arr - today_arr,
        change_over_term=over_term(arr - today_arr, option.term_months),
        roi=(worth - arr) / arr if worth is not None and arr else None,
    )


def discount_of(option: Option) -> Decimal:
    """The share of the whole that is taken off, 0 to 1, in hundredths of a percent; reckoned before amounts are
    rounded, so that ten percent of odd amounts are ten percent."""
    full = sum((line.full for line in option.lines), Decimal(0))
    net = sum((line.net(option.discount) for line in option.lines), Decimal(0))
    return (1 - net / full).quantize(BASIS_POINT, ROUND_HALF_EVEN) if full else Decimal(0)


def lacks_return(option: Option) -> bool:
    """Whether it gives a discount for nothing."""
    return not option.in_return and discount_of(option) > 0


def over_term(yearly: Decimal, months: int) -> Decimal:
    """What a yearly amount comes to over a term."""
    return _cents(yearly * months / YEAR_MONTHS)


def price_today(held: Sequence[Held], product: int, seats: int | None) -> Decimal | None:
    """What the customer pays today for the same, None for a product that they do not have.

    The lowest of what they pay, where a product stands in several lines. Where it is sold by seat in one and as a whole
    in the other, whole is compared with whole: nobody gives a discount by another way of counting.
    """
    same = [line for line in held if line.product == product]
    alike = [line.price for line in same if (line.seats is None) == (seats is None)]
    if alike:
        return min(alike)
    whole = sum((line.arr for line in same), Decimal(0))
    return (whole / (seats or 1)).quantize(PRICE, ROUND_HALF_EVEN) if same else None


def beside_today(option: Option, held: Sequence[Held]) -> Option:
    """The option with what the customer pays today on each of its lines."""
    lines = (replace(line, today_price=price_today(held, line.product, line.seats)) for line in option.lines)
    return replace(option, lines=tuple(lines))


def first_options(held: Sequence[Held], *, term_months: int, billing: str) -> list[Option]:
    """The three options with which a proposal begins; prices are those of today, without a new discount."""
    return [
        Option(
            "Renew as is",
            term_months,
            billing,
            _lines(held, [line.seats for line in held]),
            note="What you have today, at today’s prices.",
        ),
        Option(
            "Renew and grow",
            term_months,
            billing,
            _lines(held, [_seats(line, MODEST) for line in held], MODEST),
            note="Room for the people who are to join next.",
            is_recommended=True,
        ),
        Option(
            "Grow over three years",
            MULTI_YEAR,
            billing,
            _lines(held, [_seats(line, FULL) for line in held], FULL),
            note="Room for everyone, at a price that is settled for three years.",
        ),
    ]


def _seats(line: Held, growth: Decimal) -> int | None:
    """Seats grown by a share at least, and to so many that those in use today are `ROOMY` of them."""
    if line.seats is None:
        return None
    return max(ceil(line.seats * (1 + growth)), ceil((line.seats_assigned or 0) / ROOMY))


def _lines(held: Sequence[Held], seats: Sequence[int | None], growth: Decimal = Decimal(0)) -> tuple[Line, ...]:
    """Lines at today's prices. Where nothing is sold by seat, what grows is the volume, and the price with it."""
    factor = 1 + growth if all(count is None for count in seats) else Decimal(1)
    return tuple(
        Line(line.product, (line.price * factor).quantize(PRICE, ROUND_HALF_EVEN), count, today_price=line.price)
        for line, count in zip(held, seats, strict=True)
    )


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN)
