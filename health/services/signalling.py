"""Finding churn signals: what the night sees in the facts of accounts is opened, kept current, and resolved.

`health.domain.signals` decides; here decisions are written, for a whole chunk of accounts in a fixed number of
statements. As with alerts, the accounts' rows are locked first by whoever writes signals, so that two writers wait for
each other; the unique constraint stands behind that.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, Q, When

from accounts.models import Account
from cs_workspace.common.expressions import among
from health.domain.general_gaps import untold, without
from health.domain.signal_findings import find_all
from health.domain.signals import Action, Existing, Finding, SignalRule, SignalState, decide
from health.models import ChurnSignal
from health.models.signal import LIVE
from health.queries.signal_facts import DailyUse, facts_of
from health.queries.signals import active_signal_rules
from health.services.playbook_cues import note_signals
from health.services.risk_episodes import follow_up
from health.services.signal_alerts import alert_of_signals, close_alerts_of_signals
from health.services.signal_effects import tell_critical

WRITTEN = [
    "state", "severity", "evidence", "figures", "refs", "lead_days", "owner", "opened_at", "changed_at", "changed_by",
    "reason", "gone_on", "updated_at", "version",
]  # fmt: skip
EVIDENCE_GONE = "Its evidence is gone."
RULE_OFF = "Its rule was switched off."
NO_CUSTOMER = "The account is no customer any more."
# What those who hear of a signal are told of its account.
ABOUT = ("pk", "name", "owner_id", "status", "is_trial", "archived_at", "arr", "currency", "health_rank")
Key = tuple[int, str]
"""An account and a kind of signal."""


@dataclass(frozen=True)
class Move:
    """A decision about one signal, which is changed in place, or new (unsaved).

    `is_news` says that people should hear of it: it was opened, or rests on something that was not there before.
    """

    action: Action
    signal: ChurnSignal
    account: Account
    is_news: bool


class _Newest(NamedTuple):
    """A signal that is there, with what the decision about it needs."""

    pk: int
    existing: Existing


@transaction.atomic
def detect_signals(
    account_ids: Sequence[int],
    *,
    day: dt.date,
    at: dt.datetime,
    gaps: Mapping[str, dt.date] | None = None,
    usage_change: Mapping[int, float] | None = None,
    daily_use: Mapping[int, DailyUse] | None = None,
) -> int:
    """Brings the signals of accounts to what is found as of `day`, which is today; gives how many were opened.

    To be called in the transaction of a recompute; doing it again changes nothing. Signals of accounts that are no
    customers any more are resolved. `gaps` is the newest day of a general gap by source: what rests on the absence of
    such a source is not found, and signals that were found by it before stay as they are. `usage_change` and
    `daily_use` are what the recompute has read of these already.
    """
    rules = active_signal_rules()
    served = _lock(account_ids)
    facts = {}
    if served and rules:
        facts = facts_of(served, rules, day=day, usage_change=usage_change, daily_use=daily_use)
    unknown = untold(rules, gaps or {}, day=day)
    told = {pk: without(known, unknown) for pk, known in facts.items()} if unknown else facts
    findings = find_all(rules, told, day=day)
    newest = _newest(account_ids)
    actions = {
        key: action
        for key in dict.fromkeys([*findings, *newest])
        # What cannot be told is left as it is.
        if key in findings or key[0] not in facts or key[1] not in unknown
        if (action := decide(findings.get(key), newest[key].existing if key in newest else None, day=day))
        is not Action.NOTHING
    }
    moves = _moves(actions, rules, findings, newest, day=day, at=at)
    _write(moves, at=at)
    return sum(move.action in (Action.OPEN, Action.REOPEN) for move in moves)


def _lock(account_ids: Sequence[int]) -> list[int]:
    """Locks the accounts; gives those that are served."""
    rows = (
        Account.objects.filter(among("pk", account_ids))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", "status", "is_trial", "archived_at")
    )
    return [pk for pk, status, is_trial, archived_at in rows if _is_served(status, is_trial, archived_at)]


def _is_served(status: str, is_trial: bool, archived_at: dt.datetime | None) -> bool:
    return status == Account.Status.ACTIVE and not is_trial and archived_at is None


def _newest(account_ids: Sequence[int]) -> dict[Key, _Newest]:
    """By account and kind: the live signal, or the newest that was detected. One query."""
    live = Q(state__in=LIVE)
    rows = (
        ChurnSignal.objects.filter(live | Q(detected=True), among("account", account_ids))
        .order_by("account_id", "kind", Case(When(live, then=0), default=1), "-pk")
        .distinct("account_id", "kind")
        .values_list("account_id", "kind", "pk", "state", "evidence", "refs", "gone_on", "detected")
    )
    return {
        (account_id, kind): _Newest(pk, Existing(SignalState(state), evidence, tuple(refs), gone_on, not detected))
        for account_id, kind, pk, state, evidence, refs, gone_on, detected in rows
    }


def _moves(
    actions: Mapping[Key, Action],
    rules: Mapping[str, SignalRule],
    findings: Mapping[Key, Finding],
    newest: Mapping[Key, _Newest],
    *,
    day: dt.date,
    at: dt.datetime,
) -> list[Move]:
    """What is decided, carried out on the signals in memory: of a night only the few that change are read whole."""
    if not actions:
        return []
    accounts = Account.objects.only(*ABOUT).in_bulk({pk for pk, _ in actions})
    signals = ChurnSignal.objects.in_bulk([newest[key].pk for key in actions if key in newest])
    return [
        _move(
            action, accounts[key[0]], key[1], rules.get(key[1]), findings.get(key),
            signals[newest[key].pk] if key in newest else None, day=day, at=at,
        )
        for key, action in actions.items()
    ]  # fmt: skip


def _move(
    action: Action,
    account: Account,
    kind: str,
    rule: SignalRule | None,
    finding: Finding | None,
    signal: ChurnSignal | None,
    *,
    day: dt.date,
    at: dt.datetime,
) -> Move:
    if signal is None or action is Action.OPEN:
        signal = ChurnSignal(account=account, kind=kind, detected=True, seen_on=day, opened_at=at)
    elif action is not Action.UPDATE:
        signal.version += 1
    grew = finding is not None and bool(set(finding.refs) - set(signal.refs))
    signal.updated_at = at
    match action:
        case Action.RESOLVE:
            signal.state, signal.gone_on, signal.changed_at, signal.changed_by = SignalState.RESOLVED, day, at, None
            signal.reason = (
                NO_CUSTOMER
                if not _is_served(account.status, account.is_trial, account.archived_at)
                else RULE_OFF
                if rule is None
                else EVIDENCE_GONE
            )
        case Action.GONE:
            signal.gone_on = day
        case Action.BACK:
            signal.gone_on = None
        case _ if rule is not None and finding is not None:
            _fill(signal, rule, finding, action, at=at)
    return Move(action, signal, account, action in (Action.OPEN, Action.REOPEN) or (action is Action.UPDATE and grew))


def _fill(signal: ChurnSignal, rule: SignalRule, finding: Finding, action: Action, *, at: dt.datetime) -> None:
    """The evidence of today; one that opens, or opens again, begins anew with owner and severity of the moment."""
    signal.evidence, signal.figures, signal.refs = finding.evidence, dict(finding.figures), list(finding.refs)
    if action is Action.UPDATE:
        return
    signal.state, signal.severity, signal.lead_days = SignalState.OPEN, rule.severity, rule.lead_days
    signal.owner_id = signal.account.owner_id
    signal.gone_on, signal.reason, signal.changed_by = None, "", None
    signal.changed_at = at if action is Action.REOPEN else None


def _write(moves: Sequence[Move], *, at: dt.datetime) -> None:
    if not moves:
        return
    ChurnSignal.objects.bulk_create([move.signal for move in moves if move.action is Action.OPEN])
    changed = [move.signal for move in moves if move.action is not Action.OPEN]
    # An upsert that never inserts: for many columns it takes a tenth of the time of a bulk_update.
    ChurnSignal.objects.bulk_create(changed, update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN)
    tell_critical([move.signal for move in moves if move.action is Action.OPEN])
    note_signals([move.signal for move in moves if move.action in (Action.OPEN, Action.REOPEN)])
    alert_of_signals(
        [move.signal for move in moves if move.is_news], {move.account.pk: move.account for move in moves}, at=at
    )
    close_alerts_of_signals([move.signal for move in moves if move.action is Action.RESOLVE], at=at)
    counted: Mapping[int, Account] = {
        move.account.pk: move.account for move in moves if move.action in (Action.OPEN, Action.REOPEN, Action.RESOLVE)
    }
    follow_up(counted, at=at)
