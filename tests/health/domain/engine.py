"""Accounts and scorecards for tests of the engine, in a line each."""

import numpy as np

from health.domain.definitions import Direction, Kind, Metric
from health.domain.explanation import Row, row_of
from health.domain.metrics import encode
from health.domain.scorecards import Dimension, Indicator, Scorecard, Tier, load_preset
from health.domain.scorers import FloatArray, Linear, Scorer
from health.domain.scoring import Scores, score_accounts

OPS = load_preset("ops")

# Every reading at its best: usage mean (100 + 100 + 100 + 110) ÷ 4 is capped at 100, engagement is 95.
BEST: dict[str, object] = {
    "login_days": 30,
    "feature_breadth": 1.0,
    "core_actions_ratio": 1.5,
    "usage_change": 0.2,
    "tickets_90d": 0,
    "training_completion": 1.0,
    "meeting_attendance": 1.0,
    "event_attendance": True,
    "late_payments": 0,
    "contract_status": "active",
    "stakeholder_changes": 0,
    "strategic_alignment": "aligned",
    "csat": 5,
    "nps_class": "promoter",
    "sentiment": "positive",
}
# An account in trouble: 46.0, At-Risk; its arithmetic is in test_scoring.py.
TROUBLED: dict[str, object] = {
    "login_days": 18,
    "feature_breadth": 0.55,
    "core_actions_ratio": 0.8,
    "usage_change": -0.38,
    "tickets_90d": 11,
    "training_completion": 0.6,
    "meeting_attendance": 0.5,
    "event_attendance": False,
    "late_payments": 0,
    "contract_status": "approaching",
    "stakeholder_changes": 1,
    "strategic_alignment": "uncertain",
    "csat": 3.1,
    "nps_class": "detractor",
    "sentiment": "negative",
}


def without(readings: dict[str, object], *names: str) -> dict[str, object]:
    return {name: reading for name, reading in readings.items() if name not in names}


def columns(*accounts: dict[str, object]) -> dict[str, FloatArray]:
    """Raw readings of accounts as columns, NaN where an account has none."""
    names = {name for account in accounts for name in account}
    return {
        name: np.array([encode(name, account[name]) if name in account else np.nan for account in accounts])
        for name in names
    }


def scored(*accounts: dict[str, object], card: Scorecard = OPS) -> Scores:
    return score_accounts(card, columns(*accounts))


def row(readings: dict[str, object], card: Scorecard = OPS) -> Row:
    return row_of(scored(readings, card=card), 0)


def number_metric(name: str = "figure", direction: Direction = Direction.HIGHER) -> Metric:
    return Metric(name, name.title(), Kind.NUMBER, "points", "test", "now", direction)


def card_of(*scorers: Scorer, missing: str = "omit") -> Scorecard:
    """One dimension of equal indicators named `m0`, `m1` … over plain numbers; two tiers from 50 and 0."""
    indicators = tuple(
        Indicator(f"m{place}", "", 100 / len(scorers), scorer, missing, definition=number_metric(f"m{place}"))
        for place, scorer in enumerate(scorers)
    )
    return Scorecard("test", "Test", 1, (Dimension("all", "All", 100, indicators),), TWO_TIERS)


TWO_TIERS = (Tier("good", "Good", 50, 1, 0, 0.1), Tier("bad", "Bad", 0, 4, 0.2, 0.4))
# Points are the readings themselves.
PLAIN = Linear(0, 100)


def points_of(card: Scorecard, metric: str, reading: object) -> float:
    """The points that the scorecard gives a raw reading of that metric."""
    scores = score_accounts(card, {metric: np.array([encode(metric, reading)])})
    return float(scores.indicators[0, card.metrics.index(metric)])


def terms_of(card: Scorecard) -> dict[str, list[tuple[str, float]]]:
    """Metrics and weights, percent of their dimension, by the dimension's label."""
    return {one.label: [(term.metric, term.weight) for term in one.indicators] for one in card.dimensions}
