"""Scorecards out of the database, as the engine runs them, and whom they judge."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from accounts.models import Account
from accounts.models.account import AccountQuerySet
from cs_workspace.common.compiled import Compiled, compile_once, some_keys
from health.domain import scorecards as domain
from health.domain.definitions import Direction, Kind, Metric
from health.domain.metrics import METRICS
from health.models import CustomMetric, Dimension, Indicator, ScorecardVersion, Tier

# Key of a version, key and name of its scorecard, its number, its dimensions and its tiers.
Stored = tuple[int, str, str, int, list[dict], list[dict]]


def domain_scorecards(version_ids: Iterable[int]) -> dict[int, domain.Scorecard]:
    """Scorecards by the key of their version, in one query; raises `ScorecardError` for one that cannot be run."""
    return {row[0]: _scorecard(row) for row in _stored(version_ids)}


def scorecards_that_run(version_ids: Iterable[int]) -> tuple[dict[int, domain.Scorecard], dict[int, str]]:
    """Scorecards by the key of their version, and of those that cannot be run the reason. One query."""
    cards: dict[int, domain.Scorecard] = {}
    problems: dict[int, str] = {}
    for row in _stored(version_ids):
        try:
            cards[row[0]] = _scorecard(row)
        except domain.ScorecardError as error:
            problems[row[0]] = str(error)
    return cards, problems


def _stored(version_ids: Iterable[int]) -> Iterable[Stored]:
    wanted = sorted(set(version_ids))
    found: list[Stored] = _versions(len(wanted)).rows(wanted) if wanted else []
    return found


@lru_cache(maxsize=64)
def _versions(count: int) -> Compiled:
    """So many versions in the order of `Stored`."""
    custom = CustomMetric.objects.filter(name=OuterRef("metric")).values(
        data=JSONObject(
            name="name",
            label="label",
            kind="kind",
            unit="unit",
            direction="direction",
            source="source",
            window="window",
            definition="definition",
        )
    )
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
                ages="ages",
                custom=Subquery(custom),
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
    return compile_once(
        ScorecardVersion.objects.filter(pk__in=some_keys(count))
        .annotate(dimension_rows=ArraySubquery(dimensions), tier_rows=ArraySubquery(tiers))
        .values_list("pk", "scorecard__key", "scorecard__name", "number", "dimension_rows", "tier_rows")
    )


def _scorecard(row: Stored) -> domain.Scorecard:
    _, key, name, number, dimension_rows, tier_rows = row
    return domain.Scorecard(
        key=key,
        name=name,
        version=number,
        dimensions=tuple(_dimension(one) for one in dimension_rows),
        tiers=tuple(domain.Tier(**one) for one in tier_rows),
    )


@dataclass(frozen=True)
class Binding:
    """A published version and what its scorecard is bound to; None and "" where it is not bound by that."""

    version_id: int
    product_id: int | None
    stage: str
    segment_id: int | None
    is_default: bool


@dataclass(frozen=True)
class Judges:
    """The published scorecards and which accounts each of them judges."""

    cards: dict[int, domain.Scorecard]
    bindings: tuple[Binding, ...]

    @property
    def by_product(self) -> bool:
        """Whether one is bound to a product, so that accounts' products must be known."""
        return any(binding.product_id for binding in self.bindings)

    def version_for(self, *, products: Sequence[int], stage: str, segment_id: int | None) -> int | None:
        """The most specific match: product over lifecycle stage over segment over default; None without any.

        `products` are those under contract, the one with the most ARR first.
        """
        by_product = {binding.product_id: binding.version_id for binding in self.bindings if binding.product_id}
        found = [by_product[product] for product in products if product in by_product]
        found += [binding.version_id for binding in self.bindings if binding.stage and binding.stage == stage]
        found += [
            binding.version_id
            for binding in self.bindings
            if binding.segment_id is not None and binding.segment_id == segment_id
        ]
        found += [binding.version_id for binding in self.bindings if binding.is_default]
        return next(iter(found), None)


def published_scorecards() -> Judges:
    """Every published scorecard with its binding, in two queries."""
    rows = (
        ScorecardVersion.objects.filter(state=ScorecardVersion.State.PUBLISHED)
        .order_by("scorecard_id")
        .values_list(
            "pk", "scorecard__product_id", "scorecard__stage", "scorecard__segment_id", "scorecard__is_default"
        )
    )
    bindings = tuple(Binding(*row) for row in rows)
    return Judges(domain_scorecards(binding.version_id for binding in bindings), bindings)


def scoreable_on(day: dt.date) -> AccountQuerySet:
    """Accounts that get a score on a day; `health.domain.eligibility` gives the reasons of the others."""
    return Account.objects.filter(
        Q(churned_on=None) | Q(churned_on__gt=day),
        Q(customer_since=None) | Q(customer_since__lte=day),
        archived_at=None,
        is_trial=False,
    )


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
                ages=domain.age_bands(one["ages"]),
                definition=METRICS.get(one["metric"]) or _custom(one["custom"]),  # type: ignore[arg-type]
            )
            for one in row["indicators"]
        ),
    )


def _custom(row: dict | None) -> Metric | None:
    if row is None:
        return None
    return Metric(**row | {"kind": Kind(row["kind"]), "direction": Direction(row["direction"])})
