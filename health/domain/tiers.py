"""Tiers of scores, how firmly an account stays in one, and the revenue that is at risk there."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.scorecards import Scorecard, Tier
from health.domain.scorers import FloatArray

TierIndex = npt.NDArray[np.int8]
# Points that a score must rise above a bound before the account counts as out of the worse tier.
HYSTERESIS: Final = 2.0
BOTTOM_RANK: Final = 3


def tier_index(scorecard: Scorecard, totals: FloatArray) -> TierIndex:
    """(n,) Index into the scorecard's tiers (0 is the best) of unrounded scores; −1 for NaN."""
    bounds = np.array([tier.lower for tier in reversed(scorecard.tiers)])
    found = len(bounds) - np.searchsorted(bounds, totals, side="right")
    # A negative score belongs to the lowest tier; it arises where hysteresis is taken off.
    return np.where(np.isnan(totals), -1, np.minimum(found, len(bounds) - 1)).astype(np.int8)


def tier_rank(scorecard: Scorecard, totals: FloatArray) -> TierIndex:
    """(n,) Rank of the tier, 1 (best) to 4 (worst), of unrounded scores; 0 for NaN."""
    ranks = np.array([*(tier.rank for tier in scorecard.tiers), 0], dtype=np.int8)
    return ranks[tier_index(scorecard, totals)]


def held_tier(scorecard: Scorecard, totals: FloatArray, previous: TierIndex) -> TierIndex:
    """(n,) The tier with hysteresis: into a worse one at its bound, out of it only two points above.

    `previous` is the index held before, −1 where there was none. A score that passes several bounds at once leaves as
    many tiers as it clears by two points.
    """
    plain = tier_index(scorecard, totals)
    cleared = tier_index(scorecard, totals - HYSTERESIS)
    improving = (previous >= 0) & (plain >= 0) & (plain < previous)
    return np.where(improving, np.minimum(previous, cleared), plain).astype(np.int8)


def is_entered(before: int | None, after: int | None) -> bool:
    """Whether an account whose tier had the rank `before` has entered the one of the rank `after`; None without a tier.

    The two bottom tiers (3, 4) are entered from above, or by a first score; the others from either side, but not by a
    first score, for then nothing has happened yet. To rise to a bottom tier is to leave a worse one.
    """
    if after is None or before == after:
        return False
    if after >= BOTTOM_RANK:
        return before is None or before < after
    return before is not None


def expected_churn(tier: Tier) -> Decimal:
    """The middle of the tier's range of yearly churn, as a share."""
    return (Decimal(str(tier.churn_low)) + Decimal(str(tier.churn_high))) / 2


def revenue_at_risk(tier: Tier | None, arr: Decimal) -> Decimal | None:
    """ARR × expected churn, to the cent; None for an account without a tier, whose risk is not known."""
    return None if tier is None else (arr * expected_churn(tier)).quantize(Decimal("0.01"))
