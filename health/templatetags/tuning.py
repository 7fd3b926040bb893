"""What the backtest table needs: both versions side by side."""

from collections.abc import Mapping
from decimal import Decimal

from django import template

from health.domain.backtest import Backtest, TierChurn
from health.queries.tuning import NO_SCORE, Tested

register = template.Library()


@register.filter
def pair(tested: Tested) -> tuple[Backtest, Backtest]:
    """The version that judges now, then the draft."""
    return tested.now, tested.draft


@register.filter
def tier_pairs(tested: Tested) -> list[tuple[TierChurn, TierChurn]]:
    """Tiers in which anybody stood under one of the two, the best first."""
    pairs = zip(tested.now.tiers, tested.draft.tiers, strict=True)
    return [both for both in pairs if both[0].accounts or both[1].accounts]


@register.filter
def label_of(labels: Mapping[int, str], rank: int) -> str:
    """The name of a tier; rank 0 is "no score"."""
    return labels.get(rank, f"Tier {rank}" if rank else NO_SCORE)


@register.filter
def cents(amount: int) -> Decimal:
    """Hundredths as money."""
    return Decimal(amount) / 100
