"""Raising alerts: what a recompute has found becomes alerts, tasks and messages, each exactly once.

`health.domain.alerting` decides; here decisions are written, for a whole chunk of accounts in a fixed number of
statements. The accounts' rows are locked first, by whoever writes alerts, so two writers cannot both find that there is
no alert yet; the unique constraint stands behind that.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.models import Account
from health.domain import alerting as domain
from health.domain.alerting import Action, AlertState, Decision, Existing, Trigger, decide
from health.domain.changes import AccountChange, Reason
from health.domain.scoring import stored_text
from health.models import Alert
from health.queries.alert_rules import active_rules
from health.queries.gaps import silences
from health.services import alert_effects
from health.services.playbook_cues import note_drops

# Five indicators, and the smaller moves in a line.
REASONS = 6
WRITTEN = [
    "state", "severity", "title", "reasons", "next_action", "score_before", "score_after", "worst_score", "opened_on",
    "opened_at", "reopened", "acknowledged_at", "acknowledged_by", "snoozed_until", "resolved_at", "resolved_by",
    "task", "acted", "updated_at", "version",
]  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A decision about one alert, with what it was taken upon. `alert` is changed in place, or new (unsaved)."""

    decision: Decision
    rule: domain.AlertRule
    change: AccountChange
    account: Account
    alert: Alert
    is_new: bool


@transaction.atomic
def raise_alerts(
    changes: Sequence[AccountChange], *, as_of: dt.date, at: dt.datetime, gaps: Mapping[str, dt.date] | None = None
) -> int:
    """Opens, reopens, worsens and resolves the alerts of the accounts in `changes`; tells people and makes tasks.

    To be called in the transaction that writes the scores. Gives how many alerts were opened or reopened. Calling it
    again with the same changes does nothing: the alerts are there. `gaps` is the newest day of a general gap by source.
    """
    rules = active_rules()
    by_account = {change.account_id: change for change in changes}
    if not rules or not by_account:
        return 0
    accounts = lock_accounts(by_account)
    newest = _newest_alerts(accounts, rules)
    moves = []
    for account in accounts.values():
        for rule_id, rule in rules.items():
            change, alert = by_account[account.pk], newest.get((account.pk, rule_id))
            decision = _decide(rule, change, alert, at)
            if decision.action is not Action.NOTHING:
                is_new = alert is None or decision.action is Action.OPEN
                alert = Alert(account=account, rule_id=rule_id) if alert is None or is_new else alert
                moves.append(Move(decision, rule, change, account, alert, is_new))
    if moves:
        _write(moves, as_of=as_of, at=at, gaps=gaps or {})
    return sum(move.decision.action in (Action.OPEN, Action.REOPEN) for move in moves)


def lock_accounts(ids: Mapping[int, object] | Sequence[int] | set[int]) -> dict[int, Account]:
    """The accounts' rows, locked in the order of their keys so that writers of alerts wait for each other in line."""
    rows = (
        Account.objects.filter(pk__in=list(ids))
        .only("pk", "name", "owner_id", "arr", "currency")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    return {account.pk: account for account in rows}


def _newest_alerts(
    accounts: Mapping[int, Account], rules: Mapping[int, domain.AlertRule]
) -> dict[tuple[int, int], Alert]:
    """By account and rule: the alert that is not resolved, or the one resolved last. One query."""
    rows = (
        Alert.objects.filter(account__in=list(accounts), rule__in=list(rules))
        .select_related("task")
        .order_by("account_id", "rule_id", "-opened_at", "-pk")
        .distinct("account_id", "rule_id")
    )
    return {(alert.account_id, alert.rule_id): alert for alert in rows}


def _decide(rule: domain.AlertRule, change: AccountChange, alert: Alert | None, at: dt.datetime) -> Decision:
    """What is to be done. A rule switched on since the states were computed waits for the next run."""
    if rule.key not in change.states:
        return Decision(Action.NOTHING)
    now, before = change.states_for(rule)
    return decide(rule, now, before, _existing(alert), at)


def _existing(alert: Alert | None) -> Existing | None:
    if alert is None:
        return None
    return Existing(
        state=AlertState(alert.state),
        score_before=_number(alert.score_before),
        worst_score=_number(alert.worst_score),
        snoozed_until=alert.snoozed_until,
        resolved_at=alert.resolved_at,
    )


def _write(moves: Sequence[Move], *, as_of: dt.date, at: dt.datetime, gaps: Mapping[str, dt.date]) -> None:
    silent = silences(
        [move.account.pk for move in moves if _speaks_of_a_gap(move)],
        as_of=as_of,
        window_days=min((move.rule.window_days for move in moves if _speaks_of_a_gap(move)), default=0),
        gaps=gaps,
    )
    for move in moves:
        _apply(move, silent.get(move.account.pk, []), as_of=as_of, at=at)
    Alert.objects.bulk_create([move.alert for move in moves if move.is_new])
    alert_effects.make_tasks(
        [
            (move.alert, move.rule, move.account)
            for move in moves
            if move.rule.task_title and move.decision.action in (Action.OPEN, Action.REOPEN)
        ],
        at=at,
    )
    opened = [move for move in moves if move.decision.action in (Action.OPEN, Action.REOPEN)]
    note_drops([move.alert for move in opened if move.rule.trigger is Trigger.SCORE_DROP])
    changed = [move.alert for move in moves if not move.is_new or move.alert.task_id]
    # An upsert that never inserts: for many columns it takes a tenth of the time of a bulk_update.
    Alert.objects.bulk_create(changed, update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN)
    resolved = [move.alert.pk for move in moves if move.decision.action is Action.RESOLVE]
    if resolved:
        alert_effects.mark_acted(resolved)
    alert_effects.tell([(move.alert, move.rule, move.account) for move in moves if move.decision.speaks])
    alert_effects.count_open_alerts({move.account.pk for move in moves})


def _speaks_of_a_gap(move: Move) -> bool:
    return move.rule.trigger is Trigger.DATA_GAP and move.decision.action is not Action.RESOLVE


def _apply(move: Move, gaps: Sequence[Reason], *, as_of: dt.date, at: dt.datetime) -> None:
    """Brings the alert to what was decided, in memory."""
    alert, action = move.alert, move.decision.action
    alert.updated_at = at
    if not move.is_new:
        alert.version += 1
    if action is Action.RESOLVE:
        alert.state = Alert.State.RESOLVED
        alert.resolved_at, alert.resolved_by, alert.snoozed_until = at, None, None
        return
    now, before = move.change.states_for(move.rule)
    alert.state = Alert.State.OPEN
    alert.acknowledged_at = alert.acknowledged_by = alert.snoozed_until = None
    alert.severity = move.rule.severity
    alert.title = _title(move)[:200]
    alert.reasons = _reasons(move, gaps)
    alert.next_action = move.rule.next_action
    alert.score_after = alert.worst_score = _stored(now.score)
    if action is Action.WORSEN:
        return
    fell_from = now.highest if move.rule.trigger is Trigger.SCORE_DROP else before.score
    alert.score_before = _stored(fell_from)
    alert.opened_on, alert.opened_at = as_of, at
    alert.resolved_at = alert.resolved_by = None
    alert.acted = False
    if action is Action.REOPEN:
        alert.reopened += 1


def _title(move: Move) -> str:
    """What changed; of a tier that a person set, who did."""
    if move.rule.trigger is Trigger.ENTERS_TIER and move.change.judged:
        return f"{move.rule.name} {move.change.judged}"
    return move.decision.reason


def _reasons(move: Move, gaps: Sequence[Reason]) -> list[Reason]:
    """The indicators that moved the score; for a gap the sources that fell silent, as health did not change."""
    if move.rule.trigger is Trigger.DATA_GAP:
        return list(gaps)
    return [
        {"label": cause.label, "detail": cause.detail, "points": round(cause.points, 1)}
        for cause in move.change.reasons[:REASONS]
    ]


def _number(value: Decimal | None) -> float:
    return math.nan if value is None else float(value)


def _stored(value: float) -> Decimal | None:
    return None if math.isnan(value) else Decimal(stored_text(value))
