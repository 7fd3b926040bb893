"""The answer of the verb `score ACCOUNT`: the open box as plain values, for programs and for those who word it."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Account
from cs_workspace.common import clock
from health.domain.eligibility import Skipped, skipped_because
from health.domain.explanation import Move, Outcome, Raise
from health.queries.health import DimensionLine, Health, IndicatorLine, health_of

Plain = dict[str, Any]


@dataclass(frozen=True)
class ScoreAnswer:
    """Why the score of an account is what it is. `score` is None where there is none, and `reason` says why.

    `dimensions` hold key, label, weight (percent), score and their indicators with metric, label, reading (in words),
    score (0–100), weight (percent of the whole) and points; points of all sum to the score. `moved` is what moved the
    score `since` a day: the points of its moves sum to the difference. `raises` are what would raise it most: each by
    itself, with the reading to reach, the points gained, and the score and tier reached.
    """

    id: int
    name: str
    as_of: dt.date
    day: dt.date | None
    score: Decimal | None
    tier: str | None
    reason: str | None
    confidence: float | None
    trend: str | None
    scorecard: Plain | None
    dimensions: list[Plain]
    moved: Plain | None
    raises: list[Plain]
    together: Plain | None
    """The fewest raises that reach a better tier, or the best three."""

    def to_dict(self) -> Plain:
        """As JSON: days as ISO writes them, scores as numbers, what is unknown as null."""
        return asdict(self) | {
            "as_of": self.as_of.isoformat(),
            "day": self.day.isoformat() if self.day else None,
            "score": None if self.score is None else float(self.score),
        }


def score_answer(account: Account, *, as_of: dt.date) -> ScoreAnswer:
    """The answer out of what is kept, as of a day. Three queries."""
    skipped = skipped_because(
        churned_on=account.churned_on,
        is_trial=account.is_trial,
        is_archived=account.archived_at is not None,
        customer_since=account.customer_since,
        day=as_of,
    )
    health = None if skipped else health_of(account, today=as_of)
    score = health.score if health else None
    return ScoreAnswer(
        id=account.pk,
        name=account.name,
        as_of=as_of,
        day=health.day if health else None,
        score=score,
        tier=health.tier or None if health else None,
        reason=None if score is not None else str(skipped or Skipped.NOT_ENOUGH_DATA),
        confidence=None if health is None else round(health.confidence, 4),
        # Kept of the present only.
        trend=account.health_trend or None if health and as_of == clock.today() else None,
        scorecard=_scorecard(health) if health else None,
        dimensions=[_dimension(line) for line in health.dimensions] if health else [],
        moved=_moved(health) if health else None,
        raises=[_raise(one) for one in health.raises] if health else [],
        together=_together(health.way_up) if health and health.way_up else None,
    )


def _scorecard(health: Health) -> Plain:
    card = health.scorecard
    return {"key": card.key, "name": card.name, "version": card.version}


def _dimension(line: DimensionLine) -> Plain:
    return {
        "key": line.key,
        "label": line.label,
        "weight": round(line.weight, 4),
        "score": _number(line.score, 1),
        "indicators": [_indicator(one) for one in line.indicators],
    }


def _indicator(line: IndicatorLine) -> Plain:
    return {
        "metric": line.metric,
        "label": line.label,
        "reading": line.reading if line.observed else None,
        "score": _number(line.score, 1),
        "weight": round(line.weight, 4),
        "points": round(line.points, 4),
    }


def _moved(health: Health) -> Plain | None:
    found = health.movement
    if found is None:
        return None
    return {
        "since": found.since.isoformat(),
        "score": float(found.score_then),
        "points": float(found.points),
        "moves": [_move(move) for move in found.moves],
    }


def _move(move: Move) -> Plain:
    return {
        "metric": move.metric or None,
        "label": move.label,
        "was": move.was,
        "now": move.now,
        "points": move.tenths,
    }


def _raise(one: Raise) -> Plain:
    return {
        "metric": one.metric,
        "label": one.label,
        "now": one.now,
        "goal": one.goal,
        "points": round(one.points, 1),
        "score": round(one.total, 1),
        "tier": one.tier.label if one.tier else None,
    }


def _together(found: Outcome) -> Plain:
    return {
        "metrics": [one.metric for one in found.raises],
        "points": round(found.points, 1),
        "score": round(found.total, 1),
        "tier": found.tier.label if found.tier else None,
    }


def _number(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
