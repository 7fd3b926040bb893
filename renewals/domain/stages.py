"""The way of a renewal: its stages, how it can end, and which move is possible with what is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a renewal stands; the order is the way that it goes."""

    UPCOMING = "upcoming"
    KICK_OFF = "kick_off"
    VALUE_REVIEW = "value_review"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    CONTRACT_OUT = "contract_out"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a renewal ended."""

    FLAT = "flat"
    EXPANDED = "expanded"
    CONTRACTED = "contracted"
    LOST = "lost"


class Category(StrEnum):
    """What its owner says of it in the forecast."""

    COMMIT = "commit"
    BEST_CASE = "best_case"
    AT_RISK = "at_risk"
    OMITTED = "omitted"


STAGE_LABELS: Final = {
    Stage.UPCOMING: "Upcoming",
    Stage.KICK_OFF: "Kick-off",
    Stage.VALUE_REVIEW: "Value review",
    Stage.PROPOSAL: "Proposal",
    Stage.NEGOTIATION: "Negotiation",
    Stage.CONTRACT_OUT: "Contract out",
    Stage.CLOSED: "Closed",
}
OUTCOME_LABELS: Final = {
    Outcome.FLAT: "Renewed flat",
    Outcome.EXPANDED: "Renewed and expanded",
    Outcome.CONTRACTED: "Renewed and contracted",
    Outcome.LOST: "Lost",
}
CATEGORY_LABELS: Final = {
    Category.COMMIT: "Commit",
    Category.BEST_CASE: "Best case",
    Category.AT_RISK: "At risk",
    Category.OMITTED: "Omitted",
}
OPEN_STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
# From a proposal on there is something on the table.
NEEDS_OPTION: Final = frozenset({Stage.PROPOSAL, Stage.NEGOTIATION, Stage.CONTRACT_OUT})


@dataclass(frozen=True)
class Refusal:
    """Why a move is not possible, in words for the person who tried."""

    reason: str


def move_refused(now: Stage, to: Stage, *, options: int) -> Refusal | None:
    """Why an open renewal cannot be moved to a stage; None where it can. `options` counts those of its proposals.

    Moves back are possible: talks that failed begin again. Closing has a form of its own, which asks for the figures.
    """
    if now is Stage.CLOSED:
        return Refusal("This renewal is closed. Take the closing back first.")
    if to is Stage.CLOSED:
        return Refusal("Close it with the day of the signature and the figures.")
    if to is now:
        return Refusal(f"It stands at “{STAGE_LABELS[now]}” already.")
    if to in NEEDS_OPTION and not options:
        return Refusal(f"“{STAGE_LABELS[to]}” needs a proposal with at least one option.")
    return None


def outcome_of(current_arr: Decimal, closed_arr: Decimal) -> Outcome:
    """How a renewal ended by the ARR before and after it, in workspace currency; nothing left means lost."""
    if closed_arr <= 0:
        return Outcome.LOST
    if closed_arr == current_arr:
        return Outcome.FLAT
    return Outcome.EXPANDED if closed_arr > current_arr else Outcome.CONTRACTED


def decision_day(end: dt.date, notice_days: int) -> dt.date | None:
    """The last day on which notice can be given; None where the contract has no notice period."""
    return end - dt.timedelta(days=notice_days) if notice_days else None
