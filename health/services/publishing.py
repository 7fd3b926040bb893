"""Versions of scorecards: a draft is edited, publishing makes it the one that judges, and what judged stays."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from cs_workspace.common import clock
from health.domain.scorecards import ScorecardError
from health.models import Dimension, Indicator, Scorecard, ScorecardVersion, Tier


class NotADraftError(Exception):
    """Only drafts are published; the message says what this version is."""


@transaction.atomic
def draft_from(version: ScorecardVersion, *, by: User | None) -> ScorecardVersion:
    """A new draft that equals `version`, numbered after the last one of its scorecard."""
    scorecard = Scorecard.objects.select_for_update().get(pk=version.scorecard_id)
    last = scorecard.versions.aggregate(last=Max("number"))["last"]
    draft = ScorecardVersion.objects.create(scorecard=scorecard, number=last + 1)
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


@transaction.atomic
def publish(version: ScorecardVersion, *, by: User | None) -> ScorecardVersion:
    """Makes a draft the version that judges and retires the one before.

    Raises `NotADraftError` for any other state and `ScorecardError` where the weights do not sum to 100. Scores follow
    with the next recompute.
    """
    Scorecard.objects.select_for_update().get(pk=version.scorecard_id)
    version.refresh_from_db()
    if version.state != ScorecardVersion.State.DRAFT:
        raise NotADraftError(f"{version} is {version.get_state_display().lower()} already.")
    version.to_domain()
    siblings = ScorecardVersion.objects.filter(scorecard=version.scorecard_id)
    siblings.filter(state=ScorecardVersion.State.PUBLISHED).update(state=ScorecardVersion.State.RETIRED)
    version.state = ScorecardVersion.State.PUBLISHED
    version.published_at, version.published_by = clock.now(), by
    version.save(update_fields=["state", "published_at", "published_by"])
    return version


def _indicator_values(row: Indicator) -> dict[str, Any]:
    return _values(row, "metric", "label", "weight", "scorer_kind", "scorer_params", "missing", "ages", "position")


def _values(row: Any, *fields: str) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}


__all__ = ["NotADraftError", "ScorecardError", "draft_from", "publish"]
