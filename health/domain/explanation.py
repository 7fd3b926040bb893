"""Why a score is what it is: what pulls it down, what moved it, what would raise it most. In points that add up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.definitions import Direction
from health.domain.phrases import describe, describe_goal
from health.domain.products import mixed_scores
from health.domain.quartiles import Quartile
from health.domain.scorecards import Indicator, Scorecard, Target, Tier
from health.domain.scorers import FloatArray
from health.domain.scoring import EXACT_DECIMALS, Scores, combine, stored

# Points under which a loss, a gain or a move is not worth a word.
WORTH_SAYING: Final = 0.05
WORTH_A_REASON: Final = 1.0
# Snapshots keep points in single precision: a difference below this is no move.
KEPT_PRECISELY: Final = 0.001


@dataclass(frozen=True, eq=False)
class Row:
    """The score of one account; arrays in the order of the scorecard, as in `Scores`.

    `mixed`: the account is the mean of its products, with weights of its own that readings do not give.
    """

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
    mixed: bool = False

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
        mixed=scores.mixed is not None and bool(scores.mixed[index]),
    )


def restored_row(
    scorecard: Scorecard,
    readings: Sequence[float | None],
    points: Sequence[float | None],
    *,
    months: float = math.nan,
    weights: Sequence[float] | None = None,
) -> Row:
    """A row out of a snapshot: readings and contributed points in the order of the scorecard, None where missing.

    Single precision is enough. What is scored against the segment comes from the points, for the segment of that day is
    gone; all else is scored again from the readings. With `weights`, which a snapshot keeps of an account that is the
    mean of its products, all comes from points and weights.
    """
    values = np.array([math.nan if value is None else value for value in readings], dtype=float)
    kept = np.array([math.nan if value is None else value for value in points], dtype=float)
    if weights is not None:
        return row_of(mixed_scores(scorecard, values, np.nan_to_num(kept), np.array(weights)), 0, months=months)
    scores = np.full(len(values), np.nan)
    ranked = np.zeros(len(values), dtype=bool)
    for place, indicator in enumerate(scorecard.indicators):
        scorer = indicator.scorer_at(months)
        ranked[place] = isinstance(scorer, Quartile) and not math.isnan(values[place])
        scores[place] = 50.0 if ranked[place] else scorer.score(values[place : place + 1])[0]
    if ranked.any():
        counted = combine(scorecard, values[None], scores[None]).weights[0]
        scores[ranked] = np.clip(kept[ranked] / counted[ranked] * 100, 0, 100)
    return row_of(combine(scorecard, values[None], scores[None]), 0, months=months)


def moved(before: Row, after: Row) -> list[Move]:
    """What moved the score from one row to the other, the largest move first; empty where one of them has no score.

    Indicators are taken over from `before` to `after` one at a time: first those observed anew, then those that
    changed, then those no longer observed. So an indicator that stood still moves nothing, also when the weights of
    others shift. Where the account is the mean of its products, a move is the difference of an indicator's points.
    """
    if math.isnan(before.raw_total) or math.isnan(after.raw_total):
        return []
    if before.mixed or after.mixed:
        return _moved_in_points(before, after)
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
        moves.append(_of_scorecards(before, after, first - before.raw_total))
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

    Only what was observed counts: what a missing reading would bring is not known. Of an account that is the mean of
    its products it is the mean reading that is raised: where that is at its best already, nothing is said.
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
    total = float(_totals(row, scores[None])[0])
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


def reason_lines_of_products(
    means: Scores, products: Scores, names: Sequence[str], accounts: npt.NDArray[np.intp], *, most: int = 2
) -> list[str]:
    """As `reason_lines`, of accounts that are the mean of their products: where the readings of these differ, the
    product is named that loses the most by it, with its own reading.

    `products` are m rows, `names` (m,) what they are called, `accounts` (m,) the places of their accounts in `means`.
    """
    lines = reason_lines(means, most=most)
    worst = _worst(means.weights, means.indicators, means.values, most)
    lost = products.weights * (100 - np.nan_to_num(products.indicators))
    for row in np.flatnonzero(means.enough).tolist():
        members = np.flatnonzero(accounts == row)
        phrases = []
        for place in worst[row][worst[row] >= 0].tolist():
            indicator, readings = means.scorecard.indicators[place], products.values[members, place]
            if (readings == readings[0]).all():
                phrases.append(_phrase(indicator, readings[0]))
            else:
                member = members[np.argmax(np.where(np.isnan(readings), -1, lost[members, place]))]
                phrases.append(f"{names[member]}: {_phrase(indicator, products.values[member, place])}")
        lines[row] = " · ".join(phrases)
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
            targets = indicator.scorer_at(row.months).targets(value)
            better = [one for one in targets if one.score > score and not (row.mixed and _worse(indicator, value, one))]
            if better:
                found.append((place, pick(better)))
    trials = np.tile(row.observed, (len(found), 1))
    for number, (place, target) in enumerate(found):
        trials[number, place] = target.score
    totals = _totals(row, trials).tolist()
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


def _totals(row: Row, trials: FloatArray) -> FloatArray:
    """(k,) What the score would be with other scores of observed indicators (k, i), NaN where not observed.

    The weights of an account that is the mean of its products stay as they are: what is tried is tried of all products.
    """
    card = row.scorecard
    if not row.mixed:
        return combine(card, trials, trials).raw_total
    scores = np.where(np.isnan(trials), np.nan_to_num(row.indicators), trials)
    points = [
        np.minimum((scores[:, columns] * row.weights[columns]).sum(axis=1) / 100, row.weights[columns].sum())
        for columns in card.columns
    ]
    return np.round(np.sum(points, axis=0), EXACT_DECIMALS)


def _moved_in_points(before: Row, after: Row) -> list[Move]:
    """The difference of each indicator's points; of two scorecards, the difference as a whole."""
    if before.scorecard != after.scorecard:
        return _in_tenths([_of_scorecards(before, after, after.raw_total - before.raw_total)], before, after)
    differences = (after.contributions - before.contributions).tolist()
    moves = [
        Move(one.metric, one.label, describe(one.definition, was), describe(one.definition, now), points, 0.0)
        for one, was, now, points in zip(
            after.scorecard.indicators, before.values, after.values, differences, strict=True
        )
    ]
    return _in_tenths([move for move in moves if abs(move.points) >= KEPT_PRECISELY], before, after)


def _of_scorecards(before: Row, after: Row, points: float) -> Move:
    was, now = (f"{row.scorecard.name} v{row.scorecard.version}" for row in (before, after))
    return Move("", "Scorecard changed", was, now, points, 0.0)


def _worse(indicator: Indicator, value: float, target: Target) -> bool:
    """Whether a target is a worse reading. The score of a mean one is no band's, so that a lower band may look good."""
    match indicator.definition.direction:
        case Direction.HIGHER:
            return target.value < value
        case Direction.LOWER:
            return target.value > value
    return False


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
