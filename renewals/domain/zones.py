"""The zone of a renewal: how likely it is, in three words."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final


class Zone(StrEnum):
    """How much a renewal is in danger."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


ZONE_LABELS: Final = {Zone.GREEN: "Green", Zone.YELLOW: "Yellow", Zone.RED: "Red"}
# The least probability of a zone, as a share (renewals.md §1, “Risk, probability, forecast”); below all of them is red.
GREEN_FROM: Final = Decimal("0.90")
YELLOW_FROM: Final = Decimal("0.60")


def zone_of(probability: Decimal | None) -> Zone | None:
    """The zone of a probability, a share; None where it is not known."""
    if probability is None:
        return None
    if probability >= GREEN_FROM:
        return Zone.GREEN
    return Zone.YELLOW if probability >= YELLOW_FROM else Zone.RED


def bounds_of(zone: Zone) -> tuple[Decimal | None, Decimal | None]:
    """The least probability of a zone and the least one above it; None where there is no such bound."""
    return {
        Zone.GREEN: (GREEN_FROM, None),
        Zone.YELLOW: (YELLOW_FROM, GREEN_FROM),
        Zone.RED: (None, YELLOW_FROM),
    }[zone]
