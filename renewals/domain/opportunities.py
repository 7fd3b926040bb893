"""The way of an opportunity: its kinds and stages, how likely each is won, and which move is possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What would be bought."""

    SEATS = "seats"
    TIER = "tier"
    CROSS_SELL = "cross_sell"
    SERVICES = "services"
    DEPARTMENT = "department"


class Stage(StrEnum):
    """Where an opportunity stands; the order is the way that it goes."""

    IDENTIFIED = "identified"
    QUALIFIED = "qualified"
    PROPOSED = "proposed"
    NEGOTIATION = "negotiation"
    WON = "won"
    LOST = "lost"


KIND_LABELS: Final = {
    Kind.SEATS: "Seats",
    Kind.TIER: "Tier upgrade",
    Kind.CROSS_SELL: "Cross-sell product",
    Kind.SERVICES: "Services",
    Kind.DEPARTMENT: "New department",
}
STAGE_LABELS: Final = {
    Stage.IDENTIFIED: "Identified",
    Stage.QUALIFIED: "Qualified",
    Stage.PROPOSED: "Proposed",
    Stage.NEGOTIATION: "Negotiation",
    Stage.WON: "Won",
    Stage.LOST: "Lost",
}
OPEN_STAGES: Final = (Stage.IDENTIFIED, Stage.QUALIFIED, Stage.PROPOSED, Stage.NEGOTIATION)
# How many of a hundred are won from there: what is assumed until an owner says otherwise.
STAGE_PROBABILITY: Final = {
    Stage.IDENTIFIED: Decimal("0.10"),
    Stage.QUALIFIED: Decimal("0.25"),
    Stage.PROPOSED: Decimal("0.50"),
    Stage.NEGOTIATION: Decimal("0.75"),
    Stage.WON: Decimal(1),
    Stage.LOST: Decimal(0),
}
# What was sold is to be in use so many days later.
ROLL_OUT_DAYS: Final = 7
# Of fewer that were decided, a win rate says nothing.
LEAST_CASES: Final = 5


@dataclass(frozen=True)
class Share:
    """A part of a whole, with both beside it: `share` is None where there are too few cases to say."""

    part: Decimal | int
    whole: Decimal | int
    least: Decimal | int = 1

    @property
    def share(self) -> float | None:
        """Part ÷ whole, 0.20 for 20 %; None where the whole is smaller than `least`."""
        return float(self.part / self.whole) if self.whole >= self.least and self.whole > 0 else None


def probability_of(stage: Stage, chosen: Decimal | None) -> Decimal:
    """The share that counts: the owner's while it is open and where there is one, otherwise that of the stage."""
    return chosen if chosen is not None and stage in OPEN_STAGES else STAGE_PROBABILITY[stage]


def weighted(worth: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Σ value × probability, in the currency of the values, to the cent."""
    return sum((value * share for value, share in worth), Decimal(0)).quantize(Decimal("0.01"))


def win_rate(won: int, lost: int) -> Share:
    """How many of those that were decided were won; not known below `LEAST_CASES`."""
    return Share(won, won + lost, least=LEAST_CASES)


def move_refused(now: Stage, to: Stage) -> str:
    """Why an opportunity cannot be moved to a stage, for the person who tried; empty where it can.

    Moves back are possible. Winning and losing have forms of their own, which ask for what was sold, or why not.
    """
    if now not in OPEN_STAGES:
        return f"It is {STAGE_LABELS[now].lower()} already."
    if to not in OPEN_STAGES:
        return "Say what was sold." if to is Stage.WON else "Say why it was lost."
    if to is now:
        return f"It stands at “{STAGE_LABELS[now]}” already."
    return ""
