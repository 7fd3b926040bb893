"""At three live signals: the assessment is written down and the account escalated, once for every time it gets there.

An episode runs from the third signal until fewer than three are left. One may run per account (a unique constraint),
and note and tasks are made with it in one transaction, so that neither a repeated night nor two at once make them
twice.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import Account, Note, Task, User
from accounts.services.notifying import Message, notify
from health.domain.alerting import Severity
from health.domain.assessment import Sign, assessment
from health.domain.deadlines import WITHIN
from health.domain.signals import MANY
from health.models import ChurnSignal, RiskEpisode
from health.queries.signals import signals_by_account
from health.services.signal_effects import account_executives, manager_of

CRITICAL_RANK, AT_RISK_RANK = 4, 3


@dataclass(frozen=True)
class _Call:
    """An escalation: who is asked, in which part."""

    episode: RiskEpisode
    user: User
    part: str


def follow_up(accounts: Mapping[int, Account], *, at: dt.datetime) -> None:
    """Begins and ends episodes after the signals of these accounts changed, in the transaction that changed them.

    The accounts' rows must be locked. Two statements where nothing follows.
    """
    if not accounts:
        return
    signals = signals_by_account(accounts)
    running = {
        episode.account_id: episode for episode in RiskEpisode.objects.filter(account__in=list(accounts), ended_at=None)
    }
    many = {pk for pk, live in signals.items() if len(live) >= MANY}
    over = [episode.pk for pk, episode in running.items() if pk not in many]
    if over:
        RiskEpisode.objects.filter(pk__in=over).update(ended_at=at)
    begun = sorted(many - set(running))
    if begun:
        _begin([accounts[pk] for pk in begun], signals, at=at)


def _begin(accounts: Sequence[Account], signals: Mapping[int, list[ChurnSignal]], *, at: dt.datetime) -> None:
    notes = Note.objects.bulk_create(
        Note(
            account=account,
            body=assessment([_sign(signal) for signal in signals[account.pk]]),
            template=Note.Template.CHURN_RISK,
            at=at,
        )
        for account in accounts
    )
    episodes = RiskEpisode.objects.bulk_create(
        RiskEpisode(account=account, began_at=at, note=note) for account, note in zip(accounts, notes, strict=True)
    )
    people = {user.pk: user for user in User.objects.order_by("pk")}
    sellers = account_executives({account.pk: account for account in accounts})
    calls = []
    for episode in episodes:
        manager, seller = manager_of(episode.account, people), sellers.get(episode.account_id)
        calls += [_Call(episode, manager, "manager")] if manager else []
        calls += [_Call(episode, seller, "ae")] if seller and seller != manager else []
    _escalate(calls, signals, at=at)


def _sign(signal: ChurnSignal) -> Sign:
    return Sign(signal.kind, signal.severity, signal.evidence, signal.seen_on, signal.lead_days)


def _escalate(calls: Sequence[_Call], signals: Mapping[int, list[ChurnSignal]], *, at: dt.datetime) -> None:
    """A task and a message for each; the key of the task names episode and part, so that there is one of it ever."""
    tasks = Task.objects.bulk_create(_task(call, signals[call.episode.account_id], at=at) for call in calls)
    Task.assignees.through.objects.bulk_create(
        Task.assignees.through(task_id=task.pk, user_id=call.user.pk) for task, call in zip(tasks, calls, strict=True)
    )
    notify(
        [
            Message(
                user=call.user,
                key=f"churn-risk:{call.episode.pk}:{call.user.pk}",
                title=f"{call.episode.account.name}: {task.title}",
                body=task.body,
                url=reverse("accounts:task-edit", args=[task.pk]),
                severity=Severity.HIGH,
                account_id=call.episode.account_id,
            )
            for task, call in zip(tasks, calls, strict=True)
        ]
    )


def _task(call: _Call, signals: Sequence[ChurnSignal], *, at: dt.datetime) -> Task:
    is_critical = any(signal.severity == Severity.CRITICAL for signal in signals)
    return Task(
        title=f"Escalation: {len(signals)} churn signals",
        body="\n".join(f"{signal.label}: {signal.evidence}" for signal in signals)
        + "\n\nThe assessment with what is recommended stands in the notes of the account.",
        account=call.episode.account,
        due_at=at + WITHIN[CRITICAL_RANK if is_critical else AT_RISK_RANK],
        priority=Task.Priority.URGENT if is_critical else Task.Priority.HIGH,
        origin=Task.Origin.ALERT,
        origin_key=f"churn-risk:{call.episode.pk}:{call.part}",
    )
