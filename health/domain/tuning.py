"""What another version of a scorecard would change: tiers, money that moves with them, and why accounts move.

The same readings are scored by both versions, so that every difference comes from the scorecard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.explanation import Row
from health.domain.phrases import describe
from health.domain.scorers import FloatArray
from health.domain.scoring import Scores

# Rank 0 is "no score", 1 the best tier, 4 the worst.
RANKS: Final = 5
NO_SCORE: Final = 0
SAME_WEIGHT: Final = 0.005
WORTH_SAYING: Final = 0.05

Cents = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Comparison:
    """n accounts under two versions.

    before, after  (n,) ranks of tiers, 0 without a score
    accounts       (5, 5) how many move from a rank (row) to a rank (column)
    cents          (5, 5) ARR of those, in hundredths of the workspace's currency
    movers         places of the accounts whose score moves, the largest move first
    """

    before: Ranks
    after: Ranks
    accounts: npt.NDArray[np.int64]
    cents: Cents
    movers: npt.NDArray[np.intp]

    @property
    def changed(self) -> int:
        """Accounts that change tier, into and out of "no score" included."""
        return int(self.accounts.sum() - np.trace(self.accounts))

    def moving(self, *, down: bool) -> tuple[int, int]:
        """Accounts and cents that move into a worse tier, or into a better one; those that gain or lose a score are in
        neither."""
        tiers = np.arange(1, RANKS)
        chosen = tiers[:, None] < tiers[None, :] if down else tiers[:, None] > tiers[None, :]
        return int(self.accounts[1:, 1:][chosen].sum()), int(self.cents[1:, 1:][chosen].sum())

    @property
    def gaining_a_score(self) -> int:
        """Accounts that have none now and would have one."""
        return int(self.accounts[NO_SCORE, 1:].sum())

    @property
    def losing_the_score(self) -> int:
        """Accounts that have one now and would have none."""
        return int(self.accounts[1:, NO_SCORE].sum())


@dataclass(frozen=True)
class Shift:
    """What one indicator does to the score as it is weighed and scored otherwise; `points` of all sum to the move."""

    metric: str
    label: str
    reading: str
    points: float
    because: str


def compare(before: Scores, after: Scores, cents: Cents) -> Comparison:
    """Both scores of the same accounts in the same order, beside their ARR (n,) in hundredths."""
    was, now = ranks_of(before), ranks_of(after)
    pairs = was.astype(np.intp) * RANKS + now
    accounts = np.bincount(pairs, minlength=RANKS * RANKS).reshape(RANKS, RANKS)
    money = np.zeros(RANKS * RANKS, dtype=np.int64)
    np.add.at(money, pairs, cents)
    moves = np.nan_to_num(np.abs(after.total - before.total))
    order = np.argsort(-moves, kind="stable")
    return Comparison(was, now, accounts, money.reshape(RANKS, RANKS), order[moves[order] >= WORTH_SAYING])


def ranks_of(scores: Scores) -> Ranks:
    """(n,) Ranks of tiers, 0 without a score."""
    ranks = np.array([*(tier.rank for tier in scores.scorecard.tiers), NO_SCORE], dtype=np.int8)
    return ranks[scores.tier]


def shifts(before: Row, after: Row) -> list[Shift]:
    """Why the score of one account moves between two versions, the largest shift first.

    An indicator that weighs more pulls the score towards its own points: its shift is the difference of what it gives,
    less what the same weight gives at the old score. Weights sum to 100 in both, so the shifts sum to the move exactly.
    """
    old = {metric: place for place, metric in enumerate(before.scorecard.metrics)}
    new = {metric: place for place, metric in enumerate(after.scorecard.metrics)}
    found = []
    for metric in dict.fromkeys([*new, *old]):
        there, here = old.get(metric), new.get(metric)
        weight = (_at(after.weights, here), _at(before.weights, there))
        given = (_at(after.contributions, here), _at(before.contributions, there))
        points = given[0] - given[1] - (weight[0] - weight[1]) * before.raw_total / 100
        row, place = (after, here) if here is not None else (before, there)
        indicator = row.scorecard.indicators[place]  # type: ignore[index]
        reading = describe(indicator.definition, float(row.values[place]))
        because = _because(was=weight[1], now=weight[0], added=there is None, removed=here is None)
        found.append(Shift(metric, indicator.label, reading, points, because))
    return sorted((one for one in found if abs(one.points) >= WORTH_SAYING), key=lambda one: -abs(one.points))


def _at(values: FloatArray, place: int | None) -> float:
    return 0.0 if place is None else float(values[place])


def _because(*, was: float, now: float, added: bool, removed: bool) -> str:
    if added or removed:
        return "new in the draft" if added else "left out of the draft"
    if abs(now - was) < SAME_WEIGHT:
        return "scored otherwise"
    return "weighs more" if now > was else "weighs less"
