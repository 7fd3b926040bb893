"""Scorecards out of the database, as the engine runs them."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from health.domain import scorecards as domain
from health.models import Dimension, Indicator, ScorecardVersion, Tier


def domain_scorecards(version_ids: Iterable[int]) -> dict[int, domain.Scorecard]:
    """Scorecards by the key of their version, in one query; raises `ScorecardError` for one that cannot be run."""
    indicators = (
        Indicator.objects.filter(dimension=OuterRef("pk"))
        .order_by("position", "pk")
        .values(
            data=JSONObject(
                metric="metric",
                label="label",
                weight="weight",
                kind="scorer_kind",
                params="scorer_params",
                missing="missing",
            )
        )
    )
    dimensions = (
        Dimension.objects.filter(version=OuterRef("pk"))
        .order_by("position", "pk")
        .annotate(content=ArraySubquery(indicators))
        .values(data=JSONObject(key="key", label="label", weight="weight", indicators="content"))
    )
    tiers = (
        Tier.objects.filter(version=OuterRef("pk"))
        .order_by("rank")
        .values(
            data=JSONObject(
                key="key",
                label="label",
                lower="lower",
                rank="rank",
                churn_low="churn_low",
                churn_high="churn_high",
                action="action",
            )
        )
    )
    rows = (
        ScorecardVersion.objects.filter(pk__in=set(version_ids))
        .annotate(dimension_rows=ArraySubquery(dimensions), tier_rows=ArraySubquery(tiers))
        .values_list("pk", "scorecard__key", "scorecard__name", "number", "dimension_rows", "tier_rows")
    )
    return {
        pk: domain.Scorecard(
            key=key,
            name=name,
            version=number,
            dimensions=tuple(_dimension(row) for row in dimension_rows),
            tiers=tuple(domain.Tier(**row) for row in tier_rows),
        )
        for pk, key, name, number, dimension_rows, tier_rows in rows
    }


def _dimension(row: dict) -> domain.Dimension:
    return domain.Dimension(
        key=row["key"],
        label=row["label"],
        weight=float(row["weight"]),
        indicators=tuple(
            domain.Indicator(
                metric=one["metric"],
                label=one["label"],
                weight=float(one["weight"]),
                scorer=domain.scorer_from_params(one["kind"], one["params"]),
                missing=one["missing"],
            )
            for one in row["indicators"]
        ),
    )
