"""What a churn model may learn from: metrics of the scorecards, and how soon an account can leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from health.domain.definitions import Direction, Kind, Metric
from health.domain.phrases import describe
from health.domain.vocabulary import METRICS

# Rests on the start and the term of contracts alone, which are known when they are signed.
TERM_END: Final = Metric(
    "days_to_term_end", "End of the term", Kind.DAYS, "days", "contracts", "now", Direction.NONE,
    definition="Days until the next end of a contract's term, whether it renews by itself or not.", low=0,
    phrase="term ends in {v} day{s}",
)  # fmt: skip
# The end of a contract is rewritten when notice is given: where the past is scored again these tell who is to leave.
TELLING_TOO_MUCH: Final = frozenset({"contract_status", "days_to_renewal"})


def features_of(metrics: Iterable[str]) -> tuple[str, ...]:
    """The features to learn from where these metrics are scored, always in the same order."""
    return (*sorted(set(metrics) - TELLING_TOO_MUCH), TERM_END.name)


def feature_label(feature: str) -> str:
    """The name of a feature for people; a metric that is no longer defined keeps the one it has in the code."""
    metric = _metric(feature)
    return metric.label if metric else feature


def feature_phrase(feature: str, value: float) -> str:
    """What was read of a feature, in words; NaN is said to be not observed."""
    metric = _metric(feature)
    return describe(metric, value) if metric else f"{feature}: {value:g}"


def _metric(feature: str) -> Metric | None:
    return TERM_END if feature == TERM_END.name else METRICS.get(feature)
