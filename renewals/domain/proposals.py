"""What a proposal offers and what it comes to; the states that it goes through, and what leads from one to another.

Amounts are of one currency, the contract's. The rule of rounding: the price of a line for a year is rounded to cents
once, half to even, with every discount taken off; everything above it is a sum of such amounts, and what a term comes
to is the price of a year times its months by twelve, rounded the same way.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

CENT: Final = Decimal("0.01")
# Discounts are told and compared in hundredths of a percent.
BASIS_POINT: Final = Decimal("0.0001")
YEAR_MONTHS: Final = 12
MOST_OPTIONS: Final = 4
MOST_LINES: Final = 20
MOST_TERM: Final = 120


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
