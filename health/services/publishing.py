"""Versions of scorecards: a draft is edited, publishing makes it the one that judges, and what judged stays."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet, prefetch_related_objects

from accounts.models import User
from cs_workspace.common import clock
from health.domain.scorecards import ScorecardError
from health.models import Dimension, Indicator, Run, Scorecard, ScorecardVersion, Tier
from health.services.runs import RunError, start_run

# The span of history that is restated unless another is asked for, and the longest.
RESTATED_DAYS = 180
MOST_RESTATED_DAYS = 730


class NotADraftError(Exception):
    """Only drafts are published; the message says what this version is."""


class ChangedMeanwhileError(Exception):
    """What the user looked at is no longer what there is; the message says so."""


@dataclass(frozen=True)
class Weights:
    """Weights in percent, by the keys of dimensions and of indicators."""

    dimensions: Mapping[int, Decimal]
    indicators: Mapping[int, Decimal]


@transaction.atomic
def draft_from(version: ScorecardVersion, *, by: User | None) -> ScorecardVersion:
    """A new draft that equals `version`, numbered after the last one of its scorecard."""
    scorecard = Scorecard.objects.select_for_update().get(pk=version.scorecard_id)
    last = scorecard.versions.aggregate(last=Max("number"))["last"]
    draft = ScorecardVersion.objects.create(scorecard=scorecard, number=last + 1, taken_from=version)
    indicators: list[Indicator] = []
    for dimension in version.dimensions.prefetch_related("indicators"):
        copy = Dimension.objects.create(version=draft, **_values(dimension, "key", "label", "weight", "position"))
        indicators += [Indicator(dimension=copy, **_indicator_values(row)) for row in dimension.indicators.all()]
    Indicator.objects.bulk_create(indicators)
    Tier.objects.bulk_create(
        Tier(version=draft, **_values(tier, "key", "label", "lower", "rank", "churn_low", "churn_high", "action"))
        for tier in version.tiers.all()
    )
    return draft


def fingerprint(version: ScorecardVersion) -> str:
    """Stands for the content of a version, down to the last weight: two admins who see the same send the same.

    Three queries, and none where the rows were fetched with the version.
    """
    prefetch_related_objects([version], "dimensions__indicators", "tiers")
    dimensions = version.dimensions.all()
    indicators = [row for dimension in dimensions for row in dimension.indicators.all()]
    rows = [
        _contents(dimensions, "pk", "key", "label", "weight"),
        _contents(indicators, "pk", "metric", "weight", "scorer_kind", "scorer_params", "missing", "ages"),
        _contents(version.tiers.all(), "pk", "key", "label", "lower", "rank", "churn_low", "churn_high"),
    ]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()[:32]


@transaction.atomic
def save_weights(version: ScorecardVersion, weights: Weights, *, seen: str, by: User) -> ScorecardVersion:
    """Writes the weights of a draft's dimensions and indicators, by their keys.

    Raises `NotADraftError`, `ChangedMeanwhileError` where the draft is no longer the one with the fingerprint `seen`,
    and `ScorecardError` where weights do not sum to 100.
    """
    version = _locked_draft(version)
    _refuse_other(version, seen)
    dimensions = list(version.dimensions.filter(pk__in=weights.dimensions))
    for dimension in dimensions:
        dimension.weight = weights.dimensions[dimension.pk]
    indicators = list(_rows(version).filter(pk__in=weights.indicators))
    for indicator in indicators:
        indicator.weight = weights.indicators[indicator.pk]
    Dimension.objects.bulk_update(dimensions, ["weight"])
    Indicator.objects.bulk_update(indicators, ["weight"])
    version.to_domain()
    return version


@transaction.atomic
def publish(
    version: ScorecardVersion, *, by: User | None, seen: str = "", judging: int | None = None
) -> ScorecardVersion:
    """Makes a draft the version that judges and retires the one before, which it remembers.

    Raises `NotADraftError` for any other state and `ScorecardError` where the weights do not sum to 100. With `seen`
    (a fingerprint) and `judging` (the key of the version that judged when the user looked, 0 for none) it raises
    `ChangedMeanwhileError` where one of them is another by now. Scores follow with the next recompute.
    """
    version = _locked_draft(version)
    version.to_domain()
    before = version.scorecard.published
    if seen:
        _refuse_other(version, seen)
    if judging is not None and judging != (before.pk if before else 0):
        raise ChangedMeanwhileError(f"Another version of {version.scorecard} was published meanwhile: look again.")
    ScorecardVersion.objects.filter(scorecard=version.scorecard_id, state=ScorecardVersion.State.PUBLISHED).update(
        state=ScorecardVersion.State.RETIRED
    )
    version.state = ScorecardVersion.State.PUBLISHED
    version.published_at, version.published_by, version.replaced = clock.now(), by, before
    version.save(update_fields=["state", "published_at", "published_by", "replaced"])
    return version


@transaction.atomic
def bring_back(version: ScorecardVersion, *, by: User | None, judging: int) -> ScorecardVersion:
    """Publishes the content of a retired version again, as a new one; the way back from a publication.

    `judging` is the key of the version that judged when the user looked: a second click finds another one and raises
    `ChangedMeanwhileError`, as does whoever was slower.
    """
    Scorecard.objects.select_for_update().get(pk=version.scorecard_id)
    version.refresh_from_db()
    if version.state != ScorecardVersion.State.RETIRED:
        raise NotADraftError(f"{version} is {version.get_state_display().lower()}: only retired versions come back.")
    return publish(draft_from(version, by=by), by=by, judging=judging)


def restate_history(*, days: int, by: User | None) -> Run:
    """Scores the last `days` days before today anew by the versions that judge now, without alerts.

    Days that another version had judged are marked as restated. A run that is under way over the same days is given
    back in place of a second one. Raises `RunError` for a span that is too long or empty.
    """
    if not 1 <= days <= MOST_RESTATED_DAYS:
        raise RunError(f"History is restated for 1 to {MOST_RESTATED_DAYS} days, not for {days}.")
    today = clock.today()
    return start_run(since=today - dt.timedelta(days=days), as_of=today - dt.timedelta(days=1), by=by)


def _locked_draft(version: ScorecardVersion) -> ScorecardVersion:
    """The version as it is now, while nobody else publishes of its scorecard; raises `NotADraftError`."""
    Scorecard.objects.select_for_update().get(pk=version.scorecard_id)
    version = ScorecardVersion.objects.select_for_update(of=("self",)).select_related("scorecard").get(pk=version.pk)
    if version.state != ScorecardVersion.State.DRAFT:
        raise NotADraftError(f"{version} is {version.get_state_display().lower()} already.")
    return version


def _refuse_other(version: ScorecardVersion, seen: str) -> None:
    if fingerprint(version) != seen:
        raise ChangedMeanwhileError(f"Somebody changed {version} meanwhile: its weights are shown as they are now.")


def _rows(version: ScorecardVersion) -> QuerySet[Indicator]:
    return Indicator.objects.filter(dimension__version=version).order_by("pk")


def _contents(rows: Iterable[Any], *fields: str) -> list[list[Any]]:
    """The fields of each row, by key: positions may change without a change of meaning."""
    return [list(_values(row, *fields).values()) for row in sorted(rows, key=lambda row: row.pk)]


def _indicator_values(row: Indicator) -> dict[str, Any]:
    return _values(row, "metric", "label", "weight", "scorer_kind", "scorer_params", "missing", "ages", "position")


def _values(row: Any, *fields: str) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}


__all__ = [
    "MOST_RESTATED_DAYS", "RESTATED_DAYS", "ChangedMeanwhileError", "NotADraftError", "ScorecardError", "Weights",
    "bring_back", "draft_from", "fingerprint", "publish", "restate_history", "save_weights",
]  # fmt: skip
