"""What people do with alerts: acknowledge, snooze, resolve, reopen; and what time does to them."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import pghistory
from django.db import transaction
from django.db.models import F, Q

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.alert_handling import Refusal, Verb, check_snooze, outcome_of
from health.models import Alert
from health.services.alert_effects import count_open_alerts, mark_acted
from health.services.alerting import lock_accounts


def acknowledge(*, by: User, alerts: Collection[Alert]) -> list[Alert]:
    """Somebody is on it: quiet until it worsens. See `_handle` for what is given and raised."""
    return _handle(Verb.ACKNOWLEDGE, alerts, by=by, acknowledged_at=clock.now(), acknowledged_by=by, snoozed_until=None)


def snooze(*, by: User, alerts: Collection[Alert], until: dt.datetime) -> list[Alert]:
    """Out of sight until a moment of the next 90 days. Raises `RefusedError` for another moment."""
    refusal = check_snooze(until, now=clock.now())
    if refusal is not None:
        raise RefusedError(refusal.reason)
    return _handle(Verb.SNOOZE, alerts, by=by, snoozed_until=until)


def resolve(*, by: User, alerts: Collection[Alert]) -> list[Alert]:
    """Done with. The same cause within seven days brings it back."""
    with transaction.atomic():
        resolved = _handle(Verb.RESOLVE, alerts, by=by, resolved_at=clock.now(), resolved_by=by, snoozed_until=None)
        mark_acted([alert.pk for alert in resolved])
    return resolved


def reopen(*, by: User, alerts: Collection[Alert]) -> list[Alert]:
    """Takes back what was done: open again, and nobody is told anew."""
    return _handle(
        Verb.REOPEN,
        alerts,
        by=by,
        acknowledged_at=None,
        acknowledged_by=None,
        snoozed_until=None,
        resolved_at=None,
        resolved_by=None,
        acted=False,
    )


@transaction.atomic
def wake_snoozed() -> int:
    """Ends every snooze whose time has come; gives how many. Safe to run twice."""
    due = Q(state=Alert.State.SNOOZED, snoozed_until__lte=clock.now())
    lock_accounts(set(Alert.objects.filter(due).values_list("account", flat=True)))
    woken = list(Alert.objects.filter(due).select_for_update(of=("self",)))
    _change(woken, state=Alert.State.OPEN, snoozed_until=None)
    return len(woken)


@transaction.atomic
def close_pointless() -> int:
    """Resolves alerts of accounts that are not scored any more (churned, archived) and of rules that were switched off.

    Gives how many. Safe to run twice.
    """
    lost = ~Q(account__in=Account.objects.scoreable().values("pk")) | Q(rule__active=False)
    lock_accounts(set(Alert.objects.unresolved().filter(lost).values_list("account", flat=True)))
    closed = list(Alert.objects.unresolved().filter(lost).select_for_update(of=("self",)))
    _change(closed, state=Alert.State.RESOLVED, resolved_at=clock.now(), snoozed_until=None)
    mark_acted([alert.pk for alert in closed])
    return len(closed)


@transaction.atomic
def _handle(verb: Verb, alerts: Collection[Alert], *, by: User, **fields: Any) -> list[Alert]:
    """Does what is possible with the alerts, and gives those that changed. Raises `RefusedError` if none did."""
    lock_accounts({alert.account_id for alert in alerts})
    held = list(
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).select_for_update(of=("self",)).order_by("-pk")
    )
    succeeded = _pairs_with_a_live_alert(held) if verb is Verb.REOPEN else set()
    changing: list[Alert] = []
    refusal = Refusal("There is no such alert.")
    for alert in held:
        outcome, pair = outcome_of(alert.state, verb), (alert.account_id, alert.rule_id)
        if not isinstance(outcome, Refusal) and alert.state == Alert.State.RESOLVED and pair in succeeded:
            outcome = Refusal("The same alert was raised again since; see the newer one.")
        if isinstance(outcome, Refusal):
            refusal = outcome
            continue
        fields["state"] = outcome.value
        succeeded.add(pair)
        changing.append(alert)
    if not changing:
        raise RefusedError(refusal.reason)
    with pghistory.context(user=by.pk):
        _change(changing, **fields)
    return changing


def _pairs_with_a_live_alert(alerts: Collection[Alert]) -> set[tuple[int, int]]:
    """Account and rule where a resolved alert cannot come back, for there may be one unresolved alert only."""
    live = Alert.objects.unresolved().filter(account__in={alert.account_id for alert in alerts})
    return set(live.values_list("account", "rule"))


def _change(alerts: list[Alert], **fields: Any) -> None:
    """Writes the same fields to all, in one statement, and keeps the counts on the accounts' rows current."""
    if not alerts:
        return
    ids = [alert.pk for alert in alerts]
    Alert.objects.filter(pk__in=ids).update(version=F("version") + 1, updated_at=clock.now(), **fields)
    for alert in alerts:
        for name, value in fields.items():
            setattr(alert, name, value)
    count_open_alerts({alert.account_id for alert in alerts})
