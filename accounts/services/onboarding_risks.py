"""Risk signals of onboardings: raised once, kept current, ended with their cause; each asks for its response once.

Where a playbook that is switched on makes tasks for the signal, the playbook is the response; otherwise the owner gets
a task. Critical ones are told to the owner and to their manager as well. Of what an alert asks anyway, nobody is asked
or told a second time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.domain.onboarding import days_since
from accounts.domain.onboarding_proofs import Case
from accounts.domain.onboarding_risks import RULES, Finding, Risk, Seen, find
from accounts.models import Account, Onboarding, OnboardingRisk, Task, User
from accounts.queries.playbooks import choices_with_tasks
from accounts.registries import ONBOARDING_FACTS
from accounts.services.notifying import Message, notify
from accounts.services.onboarding_course import lock_onboardings
from accounts.services.playbook_cues import Cue, note_cues
from cs_workspace.common import clock
from cs_workspace.common.expressions import among

TRIGGER = "onboarding_risk"
AT_ONCE = 500
CRITICAL = OnboardingRisk.Severity.CRITICAL
PRIORITIES = {
    OnboardingRisk.Severity.CRITICAL: Task.Priority.URGENT,
    OnboardingRisk.Severity.HIGH: Task.Priority.HIGH,
    OnboardingRisk.Severity.MEDIUM: Task.Priority.NORMAL,
    OnboardingRisk.Severity.WARNING: Task.Priority.LOW,
}


def watch_risks(*, today: dt.date) -> int:
    """Brings the signals of all running onboardings to what is seen today; gives how many were raised.

    Each source is asked once for 500 onboardings at a time. Twice is the same as once.
    """
    running = list(Onboarding.objects.running().order_by("pk"))
    return sum(_watch(running[place : place + AT_ONCE], today) for place in range(0, len(running), AT_ONCE))


def _watch(onboardings: Sequence[Onboarding], today: dt.date) -> int:
    cases = [Case(one.pk, one.account_id, one.started_on, one.product_id) for one in onboardings]
    facts: dict[int, dict[str, Any]] = defaultdict(dict)
    for load in ONBOARDING_FACTS.values():
        for key, known in load(cases, today).items():
            facts[key] |= known
    found = {
        one.pk: find(Seen(day=days_since(one.started_on, today), is_guided=one.is_guided, **facts[one.pk]))
        for one in onboardings
    }
    return _follow(found)


@transaction.atomic
def _follow(found: Mapping[int, Sequence[Finding]]) -> int:
    """Raises what is new, keeps the evidence of what lasts current, and ends the rest."""
    at = clock.now()
    held = {one.pk: one for one in lock_onboardings(found) if one.is_running}
    open_ones = {
        (risk.onboarding_id, risk.kind): risk
        for risk in OnboardingRisk.objects.open().filter(among("onboarding_id", held))
    }
    wanted = {(pk, finding.risk.value): finding for pk in held for finding in found[pk]}
    over = [risk.pk for place, risk in open_ones.items() if place not in wanted]
    OnboardingRisk.objects.filter(among("id", over)).update(resolved_at=at)
    lasting = [risk for place, risk in open_ones.items() if place in wanted]
    told = [risk for risk in lasting if risk.evidence != wanted[risk.onboarding_id, risk.kind].evidence]
    for risk in told:
        risk.evidence = wanted[risk.onboarding_id, risk.kind].evidence
    OnboardingRisk.objects.bulk_update(told, ["evidence"])
    raised = [
        OnboardingRisk(
            onboarding=held[pk],
            kind=kind,
            severity=RULES[finding.risk].severity,
            evidence=finding.evidence,
            opened_at=at,
        )
        for (pk, kind), finding in wanted.items()
        if (pk, kind) not in open_ones
    ]
    OnboardingRisk.objects.bulk_create(raised)
    _respond(raised)
    return len(raised)


def _respond(raised: Sequence[OnboardingRisk]) -> None:
    """Asks for the response to each; a signal has its own key, so that nobody is asked twice."""
    if not raised:
        return
    note_cues([_cue(risk) for risk in raised])
    played = choices_with_tasks(TRIGGER, {risk.kind for risk in raised})
    ours = [risk for risk in raised if not RULES[Risk(risk.kind)].asked_elsewhere]
    accounts = _accounts_of(ours)
    _make_tasks([risk for risk in ours if risk.kind not in played], accounts)
    notify([message for risk in ours for message in _messages(risk, accounts[risk.onboarding_id])])


def _accounts_of(raised: Sequence[OnboardingRisk]) -> dict[int, Account]:
    """The accounts with their owners and whom these report to, by onboarding. One query."""
    onboardings = Onboarding.objects.filter(among("id", {risk.onboarding_id for risk in raised}))
    return {one.pk: one.account for one in onboardings.select_related("account__owner__manager")}


def _cue(risk: OnboardingRisk) -> Cue:
    reason = f"{RULES[Risk(risk.kind)].label}: {risk.evidence}"
    return Cue(TRIGGER, risk.onboarding.account_id, f"onboarding-risk:{risk.pk}", reason, choice=risk.kind)


def _make_tasks(raised: Sequence[OnboardingRisk], accounts: Mapping[int, Account]) -> None:
    """The response to each, as a task of the owner. Two statements."""
    tasks = Task.objects.bulk_create([_task(risk, accounts[risk.onboarding_id]) for risk in raised])
    owned = [(task, task.account.owner) for task in tasks if task.account is not None]
    Task.assignees.through.objects.bulk_create(
        Task.assignees.through(task_id=task.pk, user_id=owner.pk)
        for task, owner in owned
        if owner is not None and owner.is_active
    )


def _task(risk: OnboardingRisk, account: Account) -> Task:
    rule = RULES[Risk(risk.kind)]
    return Task(
        title=rule.response,
        body=f"{rule.label}: {risk.evidence}",
        account=account,
        due_at=risk.opened_at + dt.timedelta(hours=rule.hours),
        priority=PRIORITIES[OnboardingRisk.Severity(risk.severity)],
        origin=Task.Origin.ALERT,
        origin_key=f"onboarding-risk:{risk.pk}",
    )


def _messages(risk: OnboardingRisk, account: Account) -> list[Message]:
    if risk.severity != CRITICAL:
        return []
    people: Collection[User | None] = {account.owner, account.owner.manager} if account.owner else set()
    return [
        Message(
            user=user,
            key=f"onboarding-risk:{risk.pk}:{user.pk}",
            title=f"{RULES[Risk(risk.kind)].label}: {account.name}",
            body=risk.evidence,
            url=reverse("accounts:account-onboarding", args=[account.pk]),
            severity=CRITICAL,
            account_id=account.pk,
        )
        for user in people
        if user is not None
    ]
