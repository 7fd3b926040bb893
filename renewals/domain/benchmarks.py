"""What retention should reach, as data (retention.md §2). Rates are fractions of a year's figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Rate(StrEnum):
    """The rates that have a target."""

    GRR = "grr"
    NRR = "nrr"
    LOGO = "logo_retention"
    CHURN = "logo_churn"


class Level(StrEnum):
    """Where an NRR stands among those of other companies with such customers."""

    BELOW = "below good"
    GOOD = "good"
    GREAT = "great"
    BEST = "best in class"


@dataclass(frozen=True)
class Target:
    """A rate is to lie above `bound`, or below it where `is_ceiling`; `aim` is what one wishes for beyond that."""

    bound: Decimal
    is_ceiling: bool = False
    aim: Decimal | None = None

    def is_met_by(self, rate: Decimal) -> bool:
        """Beyond the bound; at it is not enough."""
        return rate < self.bound if self.is_ceiling else rate > self.bound


TARGETS: Final = {
    Rate.GRR: Target(Decimal("0.90")),
    Rate.NRR: Target(Decimal("1.10")),
    Rate.LOGO: Target(Decimal("0.85"), aim=Decimal("0.95")),
    Rate.CHURN: Target(Decimal("0.10"), is_ceiling=True),
}
# By key of the segment; the others have the target of all.
GRR_BY_SEGMENT: Final = {"enterprise": Target(Decimal("0.92")), "mid_market": Target(Decimal("0.85"))}
# NRR from which on it is good, great and best.
NRR_BENCHMARKS: Final = {
    "enterprise": (Decimal("1.10"), Decimal("1.20"), Decimal("1.30")),
    "mid_market": (Decimal("1.05"), Decimal("1.10"), Decimal("1.20")),
    "smb": (Decimal("0.95"), Decimal("1.00"), Decimal("1.10")),
}


def target_of(rate: Rate, segment: str = "") -> Target:
    """The target of a rate, for the accounts of a segment or for all."""
    return GRR_BY_SEGMENT.get(segment, TARGETS[rate]) if rate is Rate.GRR else TARGETS[rate]


def nrr_level(nrr: Decimal, segment: str) -> Level | None:
    """Where an NRR stands; None for a segment without benchmark."""
    bounds = NRR_BENCHMARKS.get(segment)
    if bounds is None:
        return None
    return tuple(Level)[sum(nrr >= bound for bound in bounds)]
