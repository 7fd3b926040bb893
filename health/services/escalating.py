"""Asking somebody above to step in for an account: by hand, and where something of its save plan is overdue.

Of what is overdue the manager is told at once and the executive a day later, each once: a unique constraint and the
key of the message say so, whoever comes second.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.models import Account, Task, TeamMember, User
from accounts.queries.people import line_above
from accounts.services.notifying import CRITICAL, Message, notify
from accounts.services.once import claim
from accounts.services.tasks import create_task
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from cs_workspace.common.refusals import RefusedError
from health.domain.interventions import Level, deadline_of, escalates_to
from health.models import Escalation, Intervention, InterventionCheckpoint


@dataclass(frozen=True)
class Overdue:
    """Something of a plan that should have been done: since when, what, and the key that names it."""

    plan: Intervention
    cause: str
    since: dt.datetime
    why: str


@transaction.atomic
def escalate(*, by: User, account: Account, level: str, why: str, key: UUID | None = None) -> Escalation:
    """Asks the manager or the executive to step in: a task by the deadline of the tier, which tells them.

    `key` is that of the form. Raises `RepeatedError`, and `RefusedError` without a reason, where there is nobody above
    and where it is oneself.
    """
    claim(key, by=by)
    if not why.strip():
        raise RefusedError("Say what they are to decide or do.")
    plan = Intervention.objects.live().filter(account=account).select_related("owner", "sponsor").first()
    to = people_above(account, plan).get(Level(level))
    if to is None:
        raise RefusedError(f"There is no {level} above this account to escalate to.")
    if to == by:
        raise RefusedError("That is you. Escalate it to somebody above you.")
    now = clock.now()
    create_task(
        by=by,
        title=f"Escalation: step in for {account.name}",
        body=why.strip(),
        account=account,
        assignees=[to],
        due_at=deadline_of(account.health_rank, at=now),
        priority=Task.Priority.URGENT,
        linked=plan,
    )
    return Escalation.objects.create(
        account=account, intervention=plan, level=level, to=to, why=why.strip()[:300], at=now, by=by
    )


def people_above(account: Account, plan: Intervention | None) -> dict[Level, User]:
    """Whom an account may be escalated to, by level; a level without anybody is left out. Two queries."""
    people = {user.pk: user for user in User.objects.order_by("pk")}
    return _above(account, plan, people, _sponsors([account.pk]))


def escalate_overdue() -> int:
    """Tells managers and executives of what is overdue in live plans; gives how many were told.

    Safe to run twice and at once, and safe to lose: what it does not reach it finds the next time.
    """
    now = clock.now()
    overdue = [*_not_agreed(now), *_not_held(), *_undecided()]
    if not overdue:
        return 0
    plans = {one.plan.pk for one in overdue}
    told: dict[tuple[int | None, str], dict[Level, dt.datetime]] = {}
    for row in Escalation.objects.filter(among("intervention_id", plans)).exclude(cause=""):
        told.setdefault((row.intervention_id, row.cause), {})[Level(row.level)] = row.at
    people = {user.pk: user for user in User.objects.order_by("pk")}
    sponsors = _sponsors([one.plan.account_id for one in overdue])
    calls = [
        (one, level, to)
        for one in overdue
        for above in [_above(one.plan.account, one.plan, people, sponsors)]
        if (level := _next_level(one, told.get((one.plan.pk, one.cause), {}), above, now=now))
        and (to := above.get(level))
    ]
    _tell(calls, now=now)
    return len(calls)


@transaction.atomic
def _tell(calls: Sequence[tuple[Overdue, Level, User]], *, now: dt.datetime) -> None:
    Escalation.objects.bulk_create(
        [
            Escalation(
                account_id=one.plan.account_id,
                intervention=one.plan,
                level=level.value,
                cause=one.cause,
                to=to,
                why=one.why,
                at=now,
            )
            for one, level, to in calls
        ],
        ignore_conflicts=True,
    )
    notify(
        [
            Message(
                user=to,
                key=f"save-plan-overdue:{one.plan.pk}:{one.cause}:{level}:{to.pk}",
                title=f"{one.plan.account.name}: {one.why}",
                body=f"{one.plan} is with {one.plan.owner or 'nobody'}. Decide what happens next, and who does it.",
                url=reverse("health:intervention", args=[one.plan.pk]),
                severity=CRITICAL,
                account_id=one.plan.account_id,
            )
            for one, level, to in calls
        ]
    )


def _next_level(
    one: Overdue, told: Mapping[Level, dt.datetime], above: Mapping[Level, User], *, now: dt.datetime
) -> Level | None:
    """Who is told next; where nobody leads the owner, the executive at once."""
    if Level.MANAGER not in above:
        return Level.EXECUTIVE if Level.EXECUTIVE not in told else None
    return escalates_to(overdue_since=one.since, told=told, manager_told_at=told.get(Level.MANAGER), now=now)


def _not_agreed(now: dt.datetime) -> list[Overdue]:
    plans = _with_people(Intervention.objects.not_agreed(by=now))
    return [Overdue(plan, "agreement", plan.due_at, "The save plan is not agreed in time") for plan in plans]


def _not_held() -> list[Overdue]:
    """Checkpoints whose day is over."""
    rows = InterventionCheckpoint.objects.filter(
        held_at=None, due_on__lt=clock.today(), intervention__ended_at=None
    ).order_by("pk")
    plans = {
        plan.pk: plan
        for plan in _with_people(Intervention.objects.filter(pk__in=rows.order_by().values("intervention")))
    }
    return [
        Overdue(
            plans[row.intervention_id],
            f"checkpoint:{row.pk}",
            clock.start_of(row.due_on + dt.timedelta(days=1)),
            f"Checkpoint {row.number} of the save plan was not held",
        )
        for row in rows
    ]


def _undecided() -> list[Overdue]:
    plans = _with_people(Intervention.objects.undecided(today=clock.today()))
    since = {plan.pk: clock.start_of(plan.decide_on + dt.timedelta(days=1)) for plan in plans}
    return [Overdue(plan, "outcome", since[plan.pk], "The save plan is over without an outcome") for plan in plans]


def _with_people(plans: Iterable[Intervention]) -> list[Intervention]:
    return list(plans.select_related("account", "owner", "sponsor"))  # type: ignore[attr-defined]


def _above(
    account: Account, plan: Intervention | None, people: Mapping[int, User], sponsors: Mapping[int, User]
) -> dict[Level, User]:
    """The nearest manager above whoever works on it; the sponsor of plan or account, else the nearest executive."""
    owner_id = plan.owner_id if plan is not None and plan.owner_id else account.owner_id
    line = list(line_above(people.get(owner_id) if owner_id else None, people))
    sponsor = plan.sponsor if plan is not None else None
    manager = next((user for user in line if user.role == User.Role.MANAGER), None)
    executives = [sponsor, sponsors.get(account.pk), *(user for user in line if user.role == User.Role.EXECUTIVE)]
    executive = next((user for user in executives if user is not None and user.is_active and user != manager), None)
    found = {Level.MANAGER: manager, Level.EXECUTIVE: executive}
    return {level: user for level, user in found.items() if user is not None}


def _sponsors(account_ids: Iterable[int]) -> dict[int, User]:
    """The executive sponsor on the team of each account, the first of several. One query."""
    rows = (
        TeamMember.objects.filter(among("account_id", account_ids), role=TeamMember.Role.SPONSOR, user__is_active=True)
        .select_related("user")
        .order_by("account_id", "pk")
        .distinct("account_id")
    )
    return {row.account_id: row.user for row in rows}
