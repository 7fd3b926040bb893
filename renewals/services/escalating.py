"""Who leads the owner of a renewal is told when it comes into the red zone, and when a step that escalates has come."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from accounts.models import Task, User
from accounts.queries.people import line_above
from accounts.services.notifying import Message, notify
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.playbook_cues import Cue, note_cues
from cs_workspace.common import clock
from cs_workspace.common.templatetags.ui import percent
from renewals.domain.probability import RED_CUE
from renewals.models import Renewal, RenewalStep

HIGH = 2
# By so long after it became red the manager has looked at it.
WITHIN = dt.timedelta(hours=24)
# Steps of one transaction.
BATCH = 500


def manager_of(renewal: Renewal, people: Mapping[int, User]) -> User | None:
    """The nearest active person above the owner who leads; of an owner whom nobody leads the owner."""
    owner = renewal.owner or (people.get(renewal.account.owner_id) if renewal.account.owner_id else None)
    above = next((user for user in line_above(owner, people) if user.leads), None)
    return above or (owner if owner is not None and owner.is_active else None)


def escalate_red(renewals: Sequence[Renewal], *, today: dt.date) -> None:
    """A task and a message for the manager of each, and a cue for playbooks; `red_since` says of which episode.

    Call it in the transaction that begins the episode. Renewals have account and owner at hand. A fixed number of
    statements, or none.
    """
    if not renewals:
        return
    people = {user.pk: user for user in User.objects.order_by("pk")}
    tasks = Task.objects.bulk_create(_task(one, today=today) for one in renewals)
    pairs = [
        (one, task, manager)
        for one, task in zip(renewals, tasks, strict=True)
        if (manager := manager_of(one, people)) is not None
    ]
    through = Task.assignees.through
    through.objects.bulk_create(through(task_id=task.pk, user_id=manager.pk) for _, task, manager in pairs)
    notify(
        [
            Message(
                user=manager,
                key=f"{_red_key(one)}:{manager.pk}",
                title=task.title,
                body=task.body,
                url=reverse("renewals:renewal", args=[one.pk]),
                severity=HIGH,
                account_id=one.account_id,
            )
            for one, task, manager in pairs
        ]
    )
    note_cues([Cue(RED_CUE, one.account_id, _red_key(one), "Its renewal came into the red zone") for one in renewals])


def end_red(renewals: Sequence[Renewal]) -> None:
    """Gives up what the episodes ask for that are over; what was done stays. Two statements, or none."""
    if renewals:
        tasks = Task.objects.unfinished().filter(origin_key__in=[_red_key(one) for one in renewals])
        cancel_tasks(tasks, reason="Out of the red zone again.")


def tell_of_steps(*, today: dt.date) -> int:
    """Tells managers of the steps whose day has come while the renewal is still open; gives how many. Each once."""
    told = 0
    while batch := _tell(today):
        told += batch
    return told


@transaction.atomic
def _tell(today: dt.date) -> int:
    come = RenewalStep.objects.made().filter(step__escalates=True, told_at=None, day__lte=today)
    held = (
        come.exclude(renewal__stage=Renewal.Stage.CLOSED)
        .select_related("renewal__account", "renewal__owner")
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    steps = list(held[:BATCH])
    if not steps:
        return 0
    people = {user.pk: user for user in User.objects.order_by("pk")}
    notify(
        [
            Message(
                user=manager,
                key=f"renewal:{one.renewal_id}:{one.key}:{manager.pk}",
                title=f"{one.renewal.account} is not signed: {_left(one.renewal, today)}",
                body=one.title,
                url=reverse("renewals:renewal", args=[one.renewal_id]),
                severity=HIGH,
                account_id=one.renewal.account_id,
            )
            for one in steps
            if (manager := manager_of(one.renewal, people)) is not None
        ]
    )
    RenewalStep.objects.filter(pk__in=[one.pk for one in steps]).update(told_at=clock.now())
    return len(steps)


def _task(one: Renewal, *, today: dt.date) -> Task:
    counts = one.computed_probability if one.chosen_probability is None else one.chosen_probability
    return Task(
        title=f"Red: the renewal of {one.account} stands at {percent(counts)}"[:200],
        body=f"{_left(one, today).capitalize()}. Decide with {one.owner or 'its owner'} what turns it, and who.",
        account_id=one.account_id,
        due_at=clock.now() + WITHIN,
        priority=Task.Priority.URGENT,
        origin=Task.Origin.RENEWAL,
        origin_key=_red_key(one),
    )


def _red_key(one: Renewal) -> str:
    """Names the episode, by the second in which it began."""
    assert one.red_since is not None  # asked of red ones only
    return f"renewal:{one.pk}:red:{one.red_since.astimezone(dt.UTC):%Y%m%d%H%M%S}"


def _left(renewal: Renewal, today: dt.date) -> str:
    days = (renewal.due_on - today).days
    if days < 0:
        return f"{-days} day{'' if days == -1 else 's'} past its date"
    return f"{days} day{'' if days == 1 else 's'} to the renewal" if days else "it renews today"
