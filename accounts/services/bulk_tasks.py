"""What is done to many tasks at once and can be taken back: handed to one person, moved, put to sleep."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import BulkChange, Task, User
from accounts.services.tasks import move_tasks, reassign_tasks, snooze_tasks


@transaction.atomic
def hand_over(*, by: User, tasks: Collection[Task], assignee: User) -> BulkChange:
    """Hands those of the tasks that are open to one person; `before` names them with those who had them."""
    held = _people_of([task.pk for task in tasks])
    changed = reassign_tasks(by=by, tasks=tasks, assignee=assignee)
    before = [{"task": task.pk, "people": held.get(task.pk, [])} for task in changed]
    return _keep(by, BulkChange.Kind.HAND_OVER, str(assignee.pk), before)


@transaction.atomic
def move(*, by: User, tasks: Collection[Task], due_at: dt.datetime) -> BulkChange:
    """Makes those of the tasks that are open due at a moment; `before` names them with when they were due."""
    held = dict(Task.objects.filter(pk__in=[task.pk for task in tasks]).values_list("pk", "due_at"))
    changed = move_tasks(by=by, tasks=tasks, due_at=due_at)
    before = [{"task": task.pk, "due": _written(held[task.pk])} for task in changed]
    return _keep(by, BulkChange.Kind.MOVE, due_at.isoformat(), before)


@transaction.atomic
def put_to_sleep(*, by: User, tasks: Collection[Task], until: dt.datetime) -> BulkChange:
    """Lets those of the tasks that are open sleep until a moment; `before` names them with until when they slept."""
    held = dict(Task.objects.filter(pk__in=[task.pk for task in tasks]).values_list("pk", "snoozed_until"))
    changed = snooze_tasks(by=by, tasks=tasks, until=until)
    before = [{"task": task.pk, "until": _written(held[task.pk])} for task in changed]
    return _keep(by, BulkChange.Kind.SNOOZE, until.isoformat(), before)


def hand_back(*, by: User, change: BulkChange) -> int:
    """Gives the tasks back to those who had them, where they are open and still that one person's. Six statements."""
    assignee, people = int(change.value), {one["task"]: one["people"] for one in change.before}
    still = [
        task.pk for task in _still_open(by, people) if [person.pk for person in task.assignees.all()] == [assignee]
    ]
    given = Task.assignees.through
    given.objects.filter(task__in=still).delete()
    known = set(User.objects.filter(pk__in={pk for one in people.values() for pk in one}).values_list("pk", flat=True))
    given.objects.bulk_create(
        given(task_id=task, user_id=person) for task in still for person in people[task] if person in known
    )
    return Task.objects.filter(pk__in=still).order_by().update(version=F("version") + 1, updated_at=timezone.now())


def move_back(*, by: User, change: BulkChange) -> int:
    """Makes the tasks due when they were, where they are open and nobody moved them since. Three statements."""
    due = {one["task"]: _read(one["due"]) for one in change.before}
    set_to = dt.datetime.fromisoformat(change.value)
    still = [task for task in _still_open(by, due) if task.due_at == set_to]
    for task in still:
        task.due_at, task.version, task.updated_at = due[task.pk], task.version + 1, timezone.now()
    return Task.objects.bulk_update(still, ["due_at", "version", "updated_at"])


def wake(*, by: User, change: BulkChange) -> int:
    """Lets the tasks sleep as long as they did, where they are open and sleep as they were told. Three statements."""
    slept = {one["task"]: _read(one["until"]) for one in change.before}
    set_to = dt.datetime.fromisoformat(change.value)
    still = [task for task in _still_open(by, slept) if task.snoozed_until == set_to]
    for task in still:
        task.snoozed_until, task.version, task.updated_at = slept[task.pk], task.version + 1, timezone.now()
    return Task.objects.bulk_update(still, ["snoozed_until", "version", "updated_at"])


def _still_open(by: User, tasks: Iterable[int]) -> Iterator[Task]:
    """Those that may still be taken back, locked in the order of their keys."""
    found = Task.objects.visible_to(by).unfinished().filter(pk__in=list(tasks)).values("pk")
    locked = Task.objects.filter(pk__in=found).order_by("pk").select_for_update(of=("self",))
    yield from locked.prefetch_related("assignees")


def _people_of(tasks: Collection[int]) -> dict[int, list[int]]:
    held: dict[int, list[int]] = defaultdict(list)
    rows = Task.assignees.through.objects.filter(task__in=tasks).order_by("pk")
    for task, person in rows.values_list("task_id", "user_id"):
        held[task].append(person)
    return held


def _keep(by: User, kind: BulkChange.Kind, value: str, before: Sequence[Mapping[str, object]]) -> BulkChange:
    return BulkChange.objects.create(key=uuid4(), kind=kind, value=value, by=by, account_ids=[], before=list(before))


def _read(moment: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(moment) if moment else None


def _written(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
