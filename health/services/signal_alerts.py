"""Alerts of churn signals: a kind for which there is an alert rule raises one, with its task, exactly once.

As with the alerts of scores, the accounts' rows are locked by whoever writes, one unresolved alert per account and rule
is all that the database lets in, and a task has the origin key of its alert. Where a playbook that is switched on makes
tasks for the same signal, its task is the one, and the alert makes none beside it.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.db.models import F

from accounts.models import Account, Contact, Task
from accounts.queries.playbooks import choices_with_tasks
from cs_workspace.common import clock
from health.domain.alerting import REENTRY
from health.models import Alert, AlertRule, ChurnSignal
from health.services.alert_effects import count_open_alerts, make_tasks, mark_acted, tell

WRITTEN: Final = [
    "state", "severity", "title", "reasons", "next_action", "opened_on", "opened_at", "reopened", "acknowledged_at",
    "acknowledged_by", "snoozed_until", "resolved_at", "resolved_by", "task", "acted", "updated_at", "version",
]  # fmt: skip
BACK: Final = "They are there after all."


def alert_of_signals(signals: Sequence[ChurnSignal], accounts: Mapping[int, Account], *, at: dt.datetime) -> None:
    """Raises what signals ask for that were opened, opened again, or rest on something new.

    `accounts` are the locked rows. An alert that is unresolved, or was until a few days ago, is opened anew and speaks
    again. One statement where no rule waits for the signals.
    """
    rules = _rules({signal.kind for signal in signals})
    raised = [signal for signal in signals if signal.kind in rules]
    if not raised:
        return
    newest = _newest(raised, rules.values())
    spoken = []
    for signal in raised:
        rule, account = rules[signal.kind], accounts[signal.account_id]
        found = newest.get((account.pk, rule.pk))
        alert = found if found is not None and _is_recent(found, at) else None
        if alert is None:
            alert = Alert(account=account, rule=rule)
        else:
            alert.reopened, alert.version = alert.reopened + 1, alert.version + 1
        _open(alert, rule, signal, at=at)
        spoken.append((alert, rule, account))
    covered = choices_with_tasks("signal_raised", {signal.kind for signal in raised})
    _write(spoken, covered=covered, at=at)


def close_alerts_of_signals(signals: Sequence[ChurnSignal], *, at: dt.datetime) -> None:
    """Resolves the alerts of signals whose evidence is gone; where it is gone because those who left are there after
    all, their task has no object any more and is cancelled."""
    rules = _rules({signal.kind for signal in signals})
    closing = [signal for signal in signals if signal.kind in rules]
    if not closing:
        return
    newest = _newest(closing, rules.values())
    alerts = [
        alert
        for signal in closing
        if (alert := newest.get((signal.account_id, rules[signal.kind].pk))) and alert.state != Alert.State.RESOLVED
    ]
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(
        state=Alert.State.RESOLVED,
        resolved_at=at,
        resolved_by=None,
        snoozed_until=None,
        updated_at=at,
        version=F("version") + 1,
    )
    mark_acted([alert.pk for alert in alerts])
    back = _come_back(closing)
    Task.objects.unfinished().filter(pk__in=[one.task_id for one in alerts if one.account_id in back]).update(
        status=Task.Status.CANCELLED, outcome=BACK, updated_at=at, version=F("version") + 1
    )
    count_open_alerts({alert.account_id for alert in alerts})


def _rules(kinds: Collection[str]) -> dict[str, AlertRule]:
    """The rules that wait for these kinds, by kind. One query, or none."""
    if not kinds:
        return {}
    rows = AlertRule.objects.filter(active=True, trigger=AlertRule.Trigger.SIGNAL, signal_kind__in=kinds)
    return {rule.signal_kind: rule for rule in rows}


def _newest(signals: Iterable[ChurnSignal], rules: Iterable[AlertRule]) -> dict[tuple[int, int], Alert]:
    """By account and rule: the alert that is not resolved, or the one resolved last. One query."""
    rows = (
        Alert.objects.filter(account__in={signal.account_id for signal in signals}, rule__in=[one.pk for one in rules])
        .select_related("task")
        .order_by("account_id", "rule_id", "-opened_at", "-pk")
        .distinct("account_id", "rule_id")
    )
    return {(alert.account_id, alert.rule_id): alert for alert in rows}


def _is_recent(alert: Alert, at: dt.datetime) -> bool:
    return alert.resolved_at is None or at - alert.resolved_at < REENTRY


def _open(alert: Alert, rule: AlertRule, signal: ChurnSignal, *, at: dt.datetime) -> None:
    """Brings the alert to what the signal says, in memory."""
    alert.state, alert.severity = Alert.State.OPEN, rule.severity
    alert.title = f"{rule.name}: {signal.evidence}"[:200]
    alert.reasons = [{"label": signal.label, "detail": signal.evidence, "points": None}]
    alert.next_action = rule.next_action
    alert.opened_on, alert.opened_at, alert.updated_at = clock.day_of(at), at, at
    alert.acknowledged_at = alert.acknowledged_by = alert.snoozed_until = None
    alert.resolved_at = alert.resolved_by = None
    alert.acted = False


def _write(spoken: Sequence[tuple[Alert, AlertRule, Account]], *, covered: Collection[str], at: dt.datetime) -> None:
    Alert.objects.bulk_create([alert for alert, *_ in spoken if alert.pk is None])
    make_tasks([one for one in spoken if one[1].task_title and one[1].signal_kind not in covered], at=at)
    Alert.objects.bulk_create(
        [alert for alert, *_ in spoken], update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN
    )
    tell(spoken)
    count_open_alerts({account.pk for *_, account in spoken})


def _come_back(signals: Iterable[ChurnSignal]) -> set[int]:
    """Accounts of which somebody whom a signal names as gone is there. One query."""
    names = [ref.removeprefix("contact:") for signal in signals for ref in signal.refs if ref.startswith("contact:")]
    return set(Contact.objects.present().filter(pk__in=names).values_list("account", flat=True))
