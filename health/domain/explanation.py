"""Why a score is what it is: what pulls it down, what moved it, what would raise it most. In points that add up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.phrases import describe, describe_goal
from health.domain.quartiles import Quartile
from health.domain.scorecards import Indicator, Scorecard, Target, Tier
from health.domain.scorers import FloatArray
from health.domain.scoring import Scores, combine, stored

# Points under which a loss, a gain or a move is not worth a word.
WORTH_SAYING: Final = 0.05
WORTH_A_REASON: Final = 1.0


@dataclass(frozen=True, eq=False)
class Row:
    """The score of one account; arrays in the order of the scorecard, as in `Scores`."""

    scorecard: Scorecard
    values: FloatArray
    indicators: FloatArray
    dimensions: FloatArray
    weights: FloatArray
    contributions: FloatArray
    raw_total: float
    total: float
    confidence: float
    tier: Tier | None
    months: float = math.nan

    @property
    def observed(self) -> FloatArray:
        """(i,) Indicator scores of what was observed, NaN for stand-ins and for what is missing."""
        return np.where(np.isnan(self.values), np.nan, self.indicators)


@dataclass(frozen=True)
class Move:
    """What one indicator did to the score between two days. `metric` is empty where the scorecard itself changed.

    `points` of all moves sum to the difference of the unrounded scores, `tenths` to that of the scores as shown.
    """

    metric: str
    label: str
    was: str
    now: str
    points: float
    tenths: float


@dataclass(frozen=True)
class Raise:
    """What one indicator could add: the reading to reach, in words, and where that would bring the account."""

    metric: str
    label: str
    now: str
    goal: str
    target: Target
    points: float
    total: float
    tier: Tier | None


@dataclass(frozen=True)
class Outcome:
    """Several raises at once: points gained together, the score and the tier this would reach."""

    raises: tuple[Raise, ...]
    points: float
    total: float
    tier: Tier | None


def row_of(scores: Scores, index: int, *, months: float = math.nan) -> Row:
    """One account out of many."""
    return Row(
        scorecard=scores.scorecard,
        values=scores.values[index],
        indicators=scores.indicators[index],
        dimensions=scores.dimensions[index],
        weights=scores.weights[index],
        contributions=scores.contributions[index],
        raw_total=float(scores.raw_total[index]),
        total=float(scores.total[index]),
        confidence=float(scores.confidence[index]),
        tier=scores.tier_at(index),
        months=months,
    )


def restored_row(
    scorecard: Scorecard,
    readings: Sequence[float | None],
    points: Sequence[float | None],
    *,
    months: float = math.nan,
) -> Row:
    """A row out of a snapshot: readings and contributed points in the order of the scorecard, None where missing.

    Single precision is enough. What is scored against the segment comes from the points, for the segment of that day is
    gone; all else is scored again from the readings.
    """
    values = np.array([math.nan if value is None else value for value in readings], dtype=float)
    kept = np.array([math.nan if value is None else value for value in points], dtype=float)
    scores = np.full(len(values), np.nan)
    ranked = np.zeros(len(values), dtype=bool)
    for place, indicator in enumerate(scorecard.indicators):
        scorer = indicator.scorer_at(months)
        ranked[place] = isinstance(scorer, Quartile) and not math.isnan(values[place])
        scores[place] = 50.0 if ranked[place] else scorer.score(values[place : place + 1])[0]
    if ranked.any():
        weights = combine(scorecard, values[None], scores[None]).weights[0]
        scores[ranked] = np.clip(kept[ranked] / weights[ranked] * 100, 0, 100)
    return row_of(combine(scorecard, values[None], scores[None]), 0, months=months)


def moved(before: Row, after: Row) -> list[Move]:
    """What moved the score from one row to the other, the largest move first; empty where one of them has no score.

    Indicators are taken over from `before` to `after` one at a time: first those observed anew, then those that
    changed, then those no longer observed. So an indicator that stood still moves nothing, also when the weights of
    others shift.
    """
    if math.isnan(before.raw_total) or math.isnan(after.raw_total):
        return []
    card = after.scorecard
    start = before.observed if before.scorecard == card else _by_metric(before, card)
    end = after.observed
    gained, lost = np.isnan(start) & ~np.isnan(end), ~np.isnan(start) & np.isnan(end)
    changed = ~np.isnan(start) & ~np.isnan(end) & (start != end)
    order = [int(place) for which in (gained, changed, lost) for place in np.flatnonzero(which)]

    path = np.tile(start, (len(order) + 1, 1))
    for step, place in enumerate(order):
        path[step + 1 :, place] = end[place]
    totals = combine(card, path, path).raw_total
    totals[-1] = after.raw_total
    first = before.raw_total if before.scorecard == card else float(totals[0])

    moves = []
    if before.scorecard != card:
        first = before.raw_total if math.isnan(first) else first
        named = f"{before.scorecard.name} v{before.scorecard.version}", f"{card.name} v{card.version}"
        moves.append(Move("", "Scorecard changed", *named, first - before.raw_total, 0.0))
    totals[0] = first
    was = dict(zip(before.scorecard.metrics, before.values.tolist(), strict=True))
    for place, points in zip(order, np.diff(totals).tolist(), strict=True):
        indicator = card.indicators[place]
        then = describe(indicator.definition, was.get(indicator.metric, math.nan))
        now = describe(indicator.definition, after.values[place])
        moves.append(Move(indicator.metric, indicator.label, then, now, points, 0.0))
    return _in_tenths([move for move in moves if move.points], before, after)


def raises(row: Row) -> list[Raise]:
    """What would raise the score most: each indicator at its best band, the largest gain first.

    Only what was observed counts: what a missing reading would bring is not known.
    """
    return _raises(row, lambda targets: max(targets, key=lambda target: target.score))


def steps(row: Row) -> list[Raise]:
    """Each indicator at its next better band, the largest gain first."""
    return _raises(row, lambda targets: min(targets, key=lambda target: target.score))


def way_up(row: Row, *, most: int = 3) -> Outcome | None:
    """The fewest best raises that lift the account into a better tier, or the `most` best where they do not reach.

    None where nothing can be raised.
    """
    best = raises(row)[:most]
    outcome = None
    for count in range(1, len(best) + 1):
        outcome = together(row, best[:count])
        if outcome.tier is not None and row.tier is not None and outcome.tier.rank < row.tier.rank:
            break
    return outcome


def together(row: Row, chosen: Iterable[Raise]) -> Outcome:
    """Several raises at once."""
    chosen = tuple(chosen)
    scores = row.observed.copy()
    for one in chosen:
        scores[row.scorecard.metrics.index(one.metric)] = one.target.score
    total = float(combine(row.scorecard, row.values[None], scores[None]).raw_total[0])
    return Outcome(chosen, total - row.raw_total, total, row.scorecard.tier_of(total))


def reasons(row: Row, *, most: int = 3) -> list[str]:
    """Short phrases of what costs the most points: "usage −38 %", "11 tickets in 90 days"."""
    worst = _worst(row.weights[None], row.indicators[None], row.values[None], most)[0]
    return [_phrase(row.scorecard.indicators[place], row.values[place]) for place in worst if place >= 0]


def reason_lines(scores: Scores, *, most: int = 2) -> list[str]:
    """For every account one line of what costs it the most points; empty where nothing costs a point worth saying."""
    worst = _worst(scores.weights, scores.indicators, scores.values, most)
    indicators, said = scores.scorecard.indicators, {}
    lines = []
    for row, places in enumerate(worst.tolist()):
        if not scores.enough[row]:
            lines.append(f"not enough data: {math.floor(scores.confidence[row] * 100)} % of weight observed")
            continue
        phrases = []
        for place in places:
            if place < 0:
                break
            key = place, float(scores.values[row, place])
            if key not in said:
                said[key] = _phrase(indicators[place], key[1])
            phrases.append(said[key])
        lines.append(" · ".join(phrases))
    return lines


def _phrase(indicator: Indicator, value: float) -> str:
    return describe(indicator.definition, value)


def _worst(weights: FloatArray, indicators: FloatArray, values: FloatArray, most: int) -> npt.NDArray[np.intp]:
    """(n, most) The columns that cost the most points, the costliest first; −1 where none is worth a reason."""
    lost = np.where(np.isnan(values), 0.0, weights * (100 - np.nan_to_num(indicators)) / 100)
    # A stable sort: of two equal losses the one earlier in the scorecard is named, on every run.
    order = np.argsort(-lost, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(lost, order, axis=1) >= WORTH_A_REASON, order, -1)


def _raises(row: Row, pick: Callable[[list[Target]], Target]) -> list[Raise]:
    found: list[tuple[int, Target]] = []
    for place, indicator in enumerate(row.scorecard.indicators):
        value, score = float(row.values[place]), row.indicators[place]
        if not math.isnan(value):
            better = [target for target in indicator.scorer_at(row.months).targets(value) if target.score > score]
            if better:
                found.append((place, pick(better)))
    trials = np.tile(row.observed, (len(found), 1))
    for number, (place, target) in enumerate(found):
        trials[number, place] = target.score
    totals = combine(row.scorecard, trials, trials).raw_total.tolist()
    raised = [
        Raise(
            metric=indicator.metric,
            label=indicator.label,
            now=describe(indicator.definition, row.values[place]),
            goal=describe_goal(indicator.definition, float(row.values[place]), target.value, beyond=target.beyond),
            target=target,
            points=total - row.raw_total,
            total=total,
            tier=row.scorecard.tier_of(total),
        )
        for (place, target), total in zip(found, totals, strict=True)
        for indicator in (row.scorecard.indicators[place],)
    ]
    return sorted((one for one in raised if one.points >= WORTH_SAYING), key=lambda one: -one.points)


def _by_metric(row: Row, card: Scorecard) -> FloatArray:
    """Observed indicator scores of a row in the order of another scorecard; NaN for what it had not."""
    known = dict(zip(row.scorecard.metrics, row.observed.tolist(), strict=True))
    return np.array([known.get(metric, math.nan) for metric in card.metrics])


def _in_tenths(moves: list[Move], before: Row, after: Row) -> list[Move]:
    """The moves with their points rounded so that they add up as shown: the largest remainders take the odd tenths."""
    target = round(float(stored(np.array(after.raw_total)) - stored(np.array(before.raw_total))) * 10)
    tenths = [math.floor(move.points * 10) for move in moves]
    by_remainder = sorted(range(len(moves)), key=lambda place: tenths[place] - moves[place].points * 10)
    # Both scores are rounded on their own, so what is left over lies between −1 and the number of moves.
    spare = target - sum(tenths)
    for place in by_remainder[:spare] if spare >= 0 else by_remainder[spare:]:
        tenths[place] += 1 if spare > 0 else -1
    shown = [
        Move(move.metric, move.label, move.was, move.now, move.points, tenth / 10)
        for move, tenth in zip(moves, tenths, strict=True)
    ]
    return sorted(shown, key=lambda move: -abs(move.points))
