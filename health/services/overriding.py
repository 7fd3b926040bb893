"""Every write to an override of a tier: set, ended early, brought back, run out.

The tier on the account's row is written by the recompute alone, which each of these calls in its transaction: so the
row always says which tier was in force when alerts were judged last, and a tier is entered once, whoever says so.
"""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pghistory
from django.db import transaction
from django.db.models import Q

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.judgement import check_override, end_of, may_judge
from health.models import Tier, TierOverride
from health.models.judgement import TierOverrideQuerySet
from health.queries.judgement import standing_of, tiers_of, unscored_because
from health.services.alerting import lock_accounts
from health.services.recompute import recompute_accounts

AT_ONCE = 500


class OverriddenError(RefusedError):
    """Somebody else has overridden the tier; `current` is that override."""

    def __init__(self, current: TierOverride) -> None:
        self.current = current
        by = current.by.name if current.by else "Somebody"
        super().__init__(
            f"{by} has overridden it to {current.label} until {current.until:%d %b} already: “{current.reason}”. "
            "End that one first."
        )


@transaction.atomic
def override_tier(*, by: User, account: Account, rank: int, last_day: dt.date, reason: str) -> TierOverride:
    """Sets a tier in place of the computed one, up to and with `last_day` where `by` is.

    Raises `OverriddenError` where one is in force, and `RefusedError` for who may not, for more than 90 days, for the
    tier that is computed, and for accounts that get no score.
    """
    _check_person(by, account)
    lock_accounts([account.pk])
    _end_those_run_out(account.pk)
    account = Account.objects.get(pk=account.pk)
    current = TierOverride.objects.select_related("by").filter(account=account, ended_at=None).first()
    if current is not None:
        raise OverriddenError(current)
    tier = next((tier for tier in tiers_of(account) if tier.rank == rank), None)
    if tier is None or unscored_because(account) is not None:
        raise RefusedError("This account gets no score, so there is no tier to override.")
    zone, now = ZoneInfo(by.time_zone), clock.now()
    refusal = check_override(
        rank=rank, current=account.health_rank, last_day=last_day, today=now.astimezone(zone).date()
    )
    if refusal is not None:
        raise RefusedError(refusal.reason)
    with pghistory.context(user=by.pk):
        override = TierOverride.objects.create(
            account=account,
            rank=rank,
            label=tier.label,
            expected_churn=_churn(tier),
            reason=reason,
            by=by,
            at=now,
            until=last_day,
            ends_at=end_of(last_day, zone),
        )
    recompute_accounts([account.pk], day=clock.today())
    return override


@transaction.atomic
def end_override(*, by: User, override: TierOverride) -> TierOverride:
    """Ends it early: the computed tier counts again. Raises `RefusedError` for who may not and where it has ended."""
    held = _held(by, override)
    if held.ended_at is not None or held.ends_at <= clock.now():
        raise RefusedError("This override has ended already.")
    held.ended_at, held.ended_by = clock.now(), by
    return _saved(by, held)


@transaction.atomic
def restore_override(*, by: User, override: TierOverride) -> TierOverride:
    """Takes back that it was ended early. Raises `RefusedError` where its time is over or another one is in force."""
    held = _held(by, override)
    if held.ended_at is None:
        raise RefusedError("This override is in force.")
    if held.ends_at <= clock.now():
        raise RefusedError("Its time is over. Override the tier anew.")
    current = TierOverride.objects.select_related("by").filter(account=held.account_id, ended_at=None).first()
    if current is not None:
        raise OverriddenError(current)
    held.ended_at = held.ended_by = None
    return _saved(by, held)


def end_overrides_run_out() -> int:
    """Ends overrides whose time has come, and those of accounts that get no score any more; gives how many.

    Safe to run twice, and safe to lose: what it does not reach it finds the next time.
    """
    ended = 0
    while ids := list(_run_out().order_by("account_id").values_list("account_id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            lock_accounts(ids)
            changed = _end_those_run_out(*ids)
            recompute_accounts(ids, day=clock.today())
        ended += changed
        if not changed:
            break
    return ended


def _run_out() -> TierOverrideQuerySet:
    lost = ~Q(account__in=Account.objects.scoreable().values("pk"))
    return TierOverride.objects.filter(Q(ends_at__lte=clock.now()) | lost, ended_at=None)


def _end_those_run_out(*account_ids: int) -> int:
    return _run_out().filter(account__in=account_ids).update(ended_at=clock.now())


def _held(by: User, override: TierOverride) -> TierOverride:
    """The override as it stands now, its account locked. Raises `RefusedError` for who may not change it."""
    _check_person(by, override.account)
    lock_accounts([override.account_id])
    return TierOverride.objects.select_related("account").get(pk=override.pk)


def _saved(by: User, held: TierOverride) -> TierOverride:
    with pghistory.context(user=by.pk):
        held.save(update_fields=["ended_at", "ended_by"])
    recompute_accounts([held.account_id], day=clock.today())
    return held


def _check_person(by: User, account: Account) -> None:
    refusal = may_judge(standing_of(by, account))
    if refusal is not None:
        raise RefusedError(refusal.reason)


def _churn(tier: Tier) -> Decimal:
    return ((tier.churn_low + tier.churn_high) / 2).quantize(Decimal("0.001"))
