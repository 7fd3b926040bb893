"""The health of an account at both ends of a review's period, out of the snapshots that its own page is drawn from."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from cs_workspace.common.compiled import Compiled, compile_once, some_days, some_keys
from health.models import Dimension, Indicator, Snapshot
from qbr.domain.facts import DimensionFact, HealthFacts, Point
from qbr.domain.spans import DAY, Span

# Backfilled history may hold one score in two weeks: so far back the score at the beginning of a period is looked for.
KNOWN_WITHIN: Final = dt.timedelta(days=14)
TENTH: Final = Decimal("0.1")
OF_A_SNAPSHOT: Final = ("day", "score", "version_id", "dimensions", "readings", "weights")

Dimensions = list[tuple[str, str, list[str]]]


@dataclass(frozen=True)
class Judged:
    """The newest snapshot of the period: by which version it was judged, on which day, and what was read.

    `places` says where each metric stands among the readings, from 0.
    """

    version: int
    day: dt.date
    places: Mapping[str, int]
    readings: Sequence[float | None]
    is_mean_of_products: bool


def judged_days(span: Span) -> tuple[dt.date, dt.date]:
    """The first and the last of the days whose snapshots count."""
    return span.since - KNOWN_WITHIN + DAY, span.last


def dimensions_beside(first: dt.date, last: dt.date) -> ArraySubquery:
    """What a query of accounts reads beside each for `health_facts`: the dimensions of the versions that judged it on
    the days of `judged_days`, in the order of snapshots, with their metrics."""
    judged = Snapshot.objects.filter(account=OuterRef(OuterRef("pk")), day__gte=first, day__lte=last)
    metrics = Indicator.objects.filter(dimension=OuterRef("pk")).order_by("position", "pk").values("metric")
    about = JSONObject(version="version", key="key", label="label", metrics=ArraySubquery(metrics))
    found = Dimension.objects.filter(version__in=judged.values("version")).order_by("version", "position", "pk")
    return ArraySubquery(found.values(data=about))


def health_facts(account: Any, span: Span) -> tuple[HealthFacts, Judged | None]:
    """The scores of the period of an account that was read with `dimensions_beside`, as `dimension_rows`, and what
    judged it last. One query."""
    rows = [dict(zip(OF_A_SNAPSHOT, row, strict=True)) for row in _snapshots().rows([account.pk], judged_days(span))]
    if not rows:
        return HealthFacts(None, None, account.health_trend, _weekly(rows, span), ()), None
    latest, first = rows[-1], _first(rows[:-1], span)
    cards = _dimensions(account.dimension_rows)
    facts = HealthFacts(
        score=latest["score"],
        before=first["score"] if first else None,
        trend=account.health_trend,
        series=_weekly(rows, span),
        dimensions=_compared(latest, first, cards),
    )
    metrics = [metric for *_, of in cards[latest["version_id"]] for metric in of]
    places = {metric: place for place, metric in enumerate(metrics)}
    return facts, Judged(latest["version_id"], latest["day"], places, latest["readings"], latest["weights"] is not None)


@cache
def _snapshots() -> Compiled:
    (account,), (first, last) = some_keys(1), some_days(2)
    found = Snapshot.objects.filter(account=account, day__gte=first, day__lte=last)
    return compile_once(found.order_by("day").values_list(*OF_A_SNAPSHOT))


def _first(rows: Iterable[Any], span: Span) -> Any:
    """The score as the period began: the last one until its first day, else the oldest in it; None before it begins."""
    scored = [row for row in rows if row["score"] is not None and span.days]
    until = [row for row in scored if row["day"] <= span.since]
    return until[-1] if until else next(iter(scored), None)


def _weekly(rows: Sequence[dict[str, Any]], span: Span) -> tuple[Point, ...]:
    """The last score of each week."""
    weeks = span.weeks
    last: dict[int, float] = {}
    for row in rows:
        if weeks and row["day"] >= weeks[0] and row["score"] is not None:
            last[(row["day"] - weeks[0]).days // 7] = float(row["score"])
    return tuple(Point(day, last.get(place)) for place, day in enumerate(weeks))


def _dimensions(rows: Iterable[dict[str, Any]]) -> dict[int, Dimensions]:
    """Key, label and metrics of the dimensions of each version."""
    found: dict[int, Dimensions] = {}
    for row in rows:
        found.setdefault(row["version"], []).append((row["key"], row["label"], row["metrics"]))
    return found


def _compared(
    latest: Mapping[str, Any], first: Mapping[str, Any] | None, cards: Mapping[int, Dimensions]
) -> tuple[DimensionFact, ...]:
    before: dict[str, Decimal | None] = {}
    if first:
        keys = [key for key, *_ in cards[first["version_id"]]]
        before = dict(zip(keys, map(_score, first["dimensions"]), strict=True))
    return tuple(
        DimensionFact(label, _score(score), before.get(key))
        for (key, label, _), score in zip(cards[latest["version_id"]], latest["dimensions"], strict=True)
    )


def _score(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(TENTH)
