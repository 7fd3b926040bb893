"""The form of a scorecard's version, as a browser sends it."""

import json
from typing import Any

from health.models import Indicator, ScorecardVersion


def form_of(version: ScorecardVersion) -> dict[str, Any]:
    """What the browser would send for a version that nobody changed."""
    dimensions = list(version.dimensions.order_by("position", "pk"))
    data: dict[str, Any] = management("dimensions", len(dimensions))
    for number, dimension in enumerate(dimensions):
        prefix = f"dimensions-{number}"
        data |= fields_of(dimension, prefix, "label", "key", "weight", "position") | {f"{prefix}-version": version.pk}
        indicators = list(dimension.indicators.order_by("position", "pk"))
        data |= management(f"{prefix}-indicators", len(indicators))
        for place, indicator in enumerate(indicators):
            inner = f"{prefix}-indicators-{place}"
            data |= fields_of(indicator, inner, "label", "metric", "weight", "scorer_kind", "missing", "position")
            data |= {f"{inner}-dimension": dimension.pk, f"{inner}-scorer_params": json_of(indicator)}
    tiers = list(version.tiers.order_by("rank"))
    data |= management("tiers", len(tiers))
    for number, tier in enumerate(tiers):
        prefix = f"tiers-{number}"
        data |= fields_of(tier, prefix, "rank", "label", "key", "lower", "churn_low", "churn_high", "action")
        data |= {f"{prefix}-version": version.pk}
    return data


def management(prefix: str, count: int) -> dict[str, Any]:
    return {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}


def fields_of(row: Any, prefix: str, *names: str) -> dict[str, Any]:
    return {f"{prefix}-id": row.pk} | {f"{prefix}-{name}": getattr(row, name) for name in names}


def json_of(indicator: Indicator) -> str:
    return json.dumps(indicator.scorer_params)
