"""The list of overridden tiers: who set which, why, until when, and what is computed now."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from health.models import TierOverride
from health.models.judgement import TierOverrideQuerySet
from health.queries.judgement import judged_by

PAGE = 50
NOBODY = "none"
STATES = {"live": "In force", "soon": "End within 14 days", "ended": "Ended"}
SOON_DAYS = 14


@dataclass(frozen=True)
class OverrideFilter:
    """What of the list is shown: in force or ended, one owner's accounts, a text."""

    state: str = "live"
    owner: str = ""
    text: str = ""


@dataclass(frozen=True)
class Row:
    """An override and whether the user may end it. While it is in force, the account keeps what is computed now."""

    override: TierOverride
    is_live: bool
    may_change: bool

    @property
    def computed(self) -> tuple[int | None, str]:
        """Rank and label of the tier that is computed now."""
        account = self.override.account
        kept = account.health_override
        return (kept["rank"], kept["tier"]) if kept else (account.health_rank, account.health_tier)


def get_override_for(user: User, pk: int) -> TierOverride:
    """The override `pk` if `user` may see its account; otherwise 404."""
    found = TierOverride.objects.visible_to(user).select_related("account__owner", "by")
    return get_object_or_404(found, pk=pk)


def override_counts(user: User, wanted: OverrideFilter) -> dict[str, int]:
    """How many there are in each state, under owner and text. One query."""
    return _matching(user, wanted).aggregate(**{state: Count("pk", filter=_condition(state)) for state in STATES})


def overrides(user: User, wanted: OverrideFilter) -> "QuerySet[TierOverride]":
    """The overrides to show: those that end soonest first, of ended ones the latest."""
    found = _matching(user, wanted).filter(_condition(wanted.state)).select_related("account__owner", "by", "ended_by")
    return found.order_by("-ended_at", "-pk") if wanted.state == "ended" else found.order_by("ends_at", "pk")


def rows_of(user: User, found: Sequence[TierOverride]) -> list[Row]:
    """Rows of the list. One query."""
    judged, now = judged_by(user, {one.account_id for one in found}), clock.now()
    return [Row(one, one.ended_at is None and one.ends_at > now, one.account_id in judged) for one in found]


def _matching(user: User, wanted: OverrideFilter) -> TierOverrideQuerySet:
    accounts = Account.objects.visible_to(user).matching(wanted.text)
    if wanted.owner:
        accounts = accounts.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    return TierOverride.objects.filter(account__in=accounts.values("pk"))


def _condition(state: str) -> Q:
    live = Q(ended_at=None, ends_at__gt=clock.now())
    if state == "soon":
        return live & Q(ends_at__lte=clock.now() + dt.timedelta(days=SOON_DAYS))
    return live if state == "live" else ~live
