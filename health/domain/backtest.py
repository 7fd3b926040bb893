"""Would a scorecard have known? Scores of past days beside who churned within 90 days after.

Days lie a whole window apart, so that every churn falls into the window of one day and counts once. Accounts are ranked
against those of the same day alone: a book that became healthier in a year says nothing about one account.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.scorers import FloatArray

AHEAD_DAYS: Final = 90
# Outcomes under which a figure says little; it is shown with its interval and its count.
ENOUGH_OUTCOMES: Final = 10
LOWEST_SHARE: Final = 0.1
Z95: Final = 1.959963984540054

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Cohorts:
    """m accounts on past days, one row an account and day.

    days     (m,) numbers of the days
    scores   (m,) unrounded, NaN without a score
    ranks    (m,) of tiers, 0 without a score
    churned  (m,) whether the account churned within the window after the day
    cents    (m,) its ARR, in hundredths
    """

    days: Numbers
    scores: FloatArray
    ranks: npt.NDArray[np.int8]
    churned: Mask
    cents: Numbers


@dataclass(frozen=True)
class TierChurn:
    """Of the accounts that stood in a tier, how many churned; `rate` is None where none stood there."""

    rank: int
    accounts: int
    churned: int

    @property
    def rate(self) -> float | None:
        """Share that churned within the window."""
        return self.churned / self.accounts if self.accounts else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.churned, self.accounts)


@dataclass(frozen=True)
class Lowest:
    """The lowest tenth of scores of every day: churned accounts and ARR found in it, and accounts there that stayed.

    Of accounts with the score at the boundary, the share that still fits counts, so the figures need not be whole.
    """

    churned: float
    stayed: float
    churned_cents: float
    all_churned: int
    all_churned_cents: int

    @property
    def recall(self) -> float | None:
        """Churned ARR found ÷ all churned ARR, accounts without a score included; None where nothing churned."""
        return self.churned_cents / self.all_churned_cents if self.all_churned_cents else None

    @property
    def false_alarms(self) -> float | None:
        """Accounts there that stayed, for each one that churned; None where none did."""
        return self.stayed / self.churned if self.churned else None


@dataclass(frozen=True)
class Backtest:
    """How well scores foretold churn; `auc` is None where there is no pair to compare."""

    auc: float | None
    auc_interval: Interval | None
    tiers: tuple[TierChurn, ...]
    lowest: Lowest
    outcomes: int
    unscored_outcomes: int
    accounts: int
    days: int

    @property
    def is_thin(self) -> bool:
        """Whether it rests on too few churned accounts to decide by."""
        return self.outcomes < ENOUGH_OUTCOMES


def backtest(cohorts: Cohorts) -> Backtest:
    """All figures of the cohorts."""
    scored = ~np.isnan(cohorts.scores)
    auc, pairs = _pooled_auc(cohorts, scored)
    gone = int((cohorts.churned & scored).sum())
    tiers = tuple(
        TierChurn(rank, int(inside.sum()), int((inside & cohorts.churned).sum()))
        for rank in (1, 2, 3, 4, 0)
        for inside in (cohorts.ranks == rank,)
    )
    return Backtest(
        auc=auc,
        auc_interval=hanley_mcneil(auc, gone, pairs / gone) if auc is not None else None,
        tiers=tiers,
        lowest=_lowest(cohorts, scored),
        outcomes=int(cohorts.churned.sum()),
        unscored_outcomes=int((cohorts.churned & ~scored).sum()),
        accounts=len(cohorts.scores),
        days=len(np.unique(cohorts.days)),
    )


def won_pairs(scores: FloatArray, churned: Mask) -> tuple[float, int]:
    """Pairs of a churned account and one that stayed in which the churned one had the lower score, a tie counting half;
    and all pairs. Exact, for halves and whole numbers are."""
    stayed, gone = np.sort(scores[~churned]), scores[churned]
    above = len(stayed) - np.searchsorted(stayed, gone, side="right")
    level = len(stayed) - np.searchsorted(stayed, gone, side="left") - above
    return float(above.sum() + level.sum() / 2), len(stayed) * len(gone)


def hanley_mcneil(auc: float, churned: int, stayed: float) -> Interval:
    """A 95 % interval of an area under the curve (Hanley and McNeil, Radiology 143, 1982), within 0 and 1.

    `stayed` is the number of accounts that stayed against which each churned one was ranked, on the mean.
    """
    among_gone, among_stayed = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (churned - 1) * (among_gone - auc * auc) + (stayed - 1) * (among_stayed - auc * auc)
    error = Z95 * math.sqrt(max(spread, 0.0) / (churned * stayed))
    return max(0.0, auc - error), min(1.0, auc + error)


def wilson(hits: int, count: int) -> Interval | None:
    """Wilson's 95 % interval of a share; None where there is nothing to take a share of."""
    if not count:
        return None
    share, square = hits / count, Z95 * Z95
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z95 * math.sqrt(share * (1 - share) / count + square / (4 * count * count)) / (1 + square / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def lowest_shares(scores: FloatArray, share: float = LOWEST_SHARE) -> FloatArray:
    """(n,) How much of each account lies in the lowest share of scores: 1, 0, or a part at the boundary.

    They sum to `share` × n: accounts level at the boundary part what is left among them.
    """
    size = len(scores) * share
    ordered = np.sort(scores)
    below = np.searchsorted(ordered, scores, side="left")
    level = np.searchsorted(ordered, scores, side="right") - below
    return np.clip((size - below) / np.maximum(level, 1), 0.0, 1.0)


def _pooled_auc(cohorts: Cohorts, scored: Mask) -> tuple[float | None, int]:
    won, pairs = 0.0, 0
    for day in np.unique(cohorts.days):
        chosen = scored & (cohorts.days == day)
        more, of = won_pairs(cohorts.scores[chosen], cohorts.churned[chosen])
        won, pairs = won + more, pairs + of
    return (won / pairs if pairs else None), pairs


def _lowest(cohorts: Cohorts, scored: Mask) -> Lowest:
    inside = np.zeros(len(cohorts.scores))
    for day in np.unique(cohorts.days):
        chosen = scored & (cohorts.days == day)
        inside[chosen] = lowest_shares(cohorts.scores[chosen])
    return Lowest(
        churned=float(inside[cohorts.churned].sum()),
        stayed=float(inside[~cohorts.churned].sum()),
        churned_cents=float((inside * cohorts.cents)[cohorts.churned].sum()),
        all_churned=int(cohorts.churned.sum()),
        all_churned_cents=int(cohorts.cents[cohorts.churned].sum()),
    )
