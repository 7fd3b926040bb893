"""Every metric with its definition, and where it counts: the help page behind the names of indicators."""

from collections.abc import Sequence
from dataclasses import dataclass

from health.domain.definitions import Metric
from health.domain.metrics import METRICS
from health.domain.scorecards import Scorecard
from health.models import CustomMetric
from health.queries.scorecards import published_scorecards

SENT = "Sent from outside"


@dataclass(frozen=True)
class Use:
    """Where a metric counts: the scorecard, the dimension, and the percent of the score with everything observed."""

    scorecard: str
    dimension: str
    percent: float


@dataclass(frozen=True)
class MetricEntry:
    """One metric and its uses."""

    metric: Metric
    uses: Sequence[Use]


def metric_list() -> dict[str, list[MetricEntry]]:
    """By source, in the order of the definitions: the metrics that ship, then those that admins described. Three
    queries."""
    cards = list(published_scorecards().cards.values())
    metrics = {**METRICS, **CustomMetric.objects.definitions()}
    uses: dict[str, list[Use]] = {}
    for card in cards:
        for metric, use in _uses(card):
            uses.setdefault(metric, []).append(use)
    entries: dict[str, list[MetricEntry]] = {}
    for name, defined in metrics.items():
        entries.setdefault(defined.source.capitalize() or SENT, []).append(MetricEntry(defined, uses.get(name, ())))
    return entries


def _uses(card: Scorecard) -> list[tuple[str, Use]]:
    return [
        (indicator.metric, Use(card.name, dimension.label, float(share) * 100))
        for dimension, columns in zip(card.dimensions, card.columns, strict=True)
        for indicator, share in zip(dimension.indicators, card.shares[columns], strict=True)
    ]
