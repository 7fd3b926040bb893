"""Every write to a task: made, done, reopened, snoozed, changed, cancelled, handed over."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypedDict

from django.db import models, transaction

from accounts.domain.recurring import Rule
from accounts.domain.tasks import Action, Refusal, State, outcome_of
from accounts.models import Account, Task, User
from accounts.services.latest import refresh_last_action
from accounts.services.notifying import Message, notify
from accounts.services.playbook_advancing import follow_reopened, follow_tasks
from accounts.services.recurring import make_next, set_rule, take_back_next
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


class TaskFields(TypedDict, total=False):
    """What may be edited on a task; what is not named stays."""

    title: str
    body: str
    account: Account | None
    due_at: dt.datetime | None
    priority: int
    assignees: Sequence[User]
    repeats: Rule | None


@transaction.atomic
def create_task(
    *,
    by: User | None,
    title: str,
    account: Account | None = None,
    assignees: Iterable[User] = (),
    due_at: dt.datetime | None = None,
    priority: int = Task.Priority.NORMAL,
    body: str = "",
    origin: str = Task.Origin.HAND,
    origin_key: str = "",
    linked: models.Model | None = None,
    repeats: Rule | None = None,
) -> Task:
    """Makes a task. One with an `origin_key` is made once, ever: the same key gives the task that is there already.

    `by` is None for the system. Those who get it from somebody else are told. Raises `RefusedError` where it is to
    repeat and has no day.
    """
    fields = {
        "title": title[:200],
        "body": body,
        "account": account,
        "due_at": due_at,
        "priority": priority,
        "origin": origin,
        "linked": linked,
        "by": by,
    }
    if origin_key:
        task, is_new = Task.objects.get_or_create(origin_key=origin_key, defaults=fields)
        if not is_new:
            return task
    else:
        task = Task.objects.create(**fields)
    given_to = list(assignees)
    task.assignees.set(given_to)
    if repeats is not None and by is not None:
        set_rule(by=by, task=task, rule=repeats)
    if origin != Task.Origin.ALERT:  # an alert tells its people itself
        _tell_assignees(task, given_to, by=by)
    return task


@transaction.atomic
def complete_task(*, by: User, task: Task, outcome: str = "", version: int | None = None) -> Task:
    """Done, now, with a word on what came of it where there is one; what repeats comes again by this.

    Raises `RefusedError`, `StaleError`.
    """
    done = _complete(task, by=by, outcome=outcome, version=version)
    refresh_last_action([done.account_id])
    follow_tasks([done])
    return done


@transaction.atomic
def reopen_task(*, by: User | None, task: Task, version: int | None = None) -> Task:
    """Open again, after done or cancelled; the next one of what repeats goes, where nobody has touched it.

    Raises `RefusedError`, `StaleError`.
    """
    held = _ready(task, Action.REOPEN, version)
    held.done_at, held.done_by = None, None
    again = save_next(held, by=by)
    take_back_next(task=again)
    follow_reopened(again)
    refresh_last_action([again.account_id])
    return again


@transaction.atomic
def snooze_task(*, by: User, task: Task, until: dt.datetime | None, version: int | None = None) -> Task:
    """Out of sight until a moment; None wakes it. The due moment stays. Raises `RefusedError`, `StaleError`."""
    if until is not None and until <= clock.now():
        raise RefusedError("Snooze it until a moment that is still to come.")
    held = _ready(task, Action.SNOOZE, version)
    held.snoozed_until = until
    return save_next(held, by=by)


@transaction.atomic
def cancel_task(*, by: User, task: Task, version: int | None = None) -> Task:
    """Given up without being done; it stays in the history, and what repeats comes again.

    Raises `RefusedError`, `StaleError`.
    """
    cancelled = save_next(_ready(task, Action.CANCEL, version), by=by)
    make_next(by=by, task=cancelled)
    follow_tasks([cancelled])
    return cancelled


@transaction.atomic
def edit_task(*, by: User, task: Task, fields: TaskFields, version: int | None = None) -> tuple[Task, TaskFields]:
    """Changes what is named in `fields`; gives the task and what those fields held before, for the way back.

    Raises `RefusedError` for a task that is not open, `StaleError` where somebody else wrote since `version`.
    """
    held = _ready(task, Action.EDIT, version)
    plain = {name: value for name, value in fields.items() if name not in ("assignees", "repeats")}
    before: dict[str, Any] = {name: getattr(held, name) for name in plain}
    for name, value in plain.items():
        setattr(held, name, value)
    if "assignees" in fields:
        before["assignees"] = _hand_to(held, fields["assignees"], by=by)
    before |= _keep_rule(held, fields, by=by)
    return save_next(held, by=by), TaskFields(**before)  # type: ignore[typeddict-item]  # the keys are those of `fields`


@transaction.atomic
def reassign_task(*, by: User, task: Task, assignees: Sequence[User], version: int | None = None) -> Task:
    """Hands the task to others, who are told. Raises `RefusedError`, `StaleError`."""
    held = _ready(task, Action.REASSIGN, version)
    _hand_to(held, assignees, by=by)
    return save_next(held, by=by)


@transaction.atomic
def complete_tasks(*, by: User, tasks: Collection[Task]) -> list[Task]:
    """Those of the tasks that are open become done; gives them. The others stay as they are."""
    done = [_complete(task, by=by) for task in _open(tasks)]
    refresh_last_action({task.account_id for task in done})
    follow_tasks(done)
    return done


@transaction.atomic
def reopen_tasks(*, by: User | None, tasks: Collection[Task]) -> list[Task]:
    """Those of the tasks that are not open become so again; gives them."""
    shut = _lock_all(tasks).exclude(status=Task.Status.OPEN)
    return [reopen_task(by=by, task=task) for task in shut]


@transaction.atomic
def reassign_tasks(*, by: User, tasks: Collection[Task], assignee: User) -> list[Task]:
    """Hands those of the tasks that are open to one person; gives them."""
    return [reassign_task(by=by, task=task, assignees=[assignee]) for task in _open(tasks)]


@transaction.atomic
def snooze_tasks(*, by: User, tasks: Collection[Task], until: dt.datetime) -> list[Task]:
    """Lets those of the tasks that are open sleep until a moment; gives them."""
    return [snooze_task(by=by, task=task, until=until) for task in _open(tasks)]


@transaction.atomic
def move_tasks(*, by: User, tasks: Collection[Task], due_at: dt.datetime) -> list[Task]:
    """Makes those of the tasks that are open due at a moment; gives them."""
    return [edit_task(by=by, task=task, fields={"due_at": due_at})[0] for task in _open(tasks)]


def _complete(task: Task, *, by: User, outcome: str = "", version: int | None = None) -> Task:
    held = _ready(task, Action.COMPLETE, version)
    held.done_at, held.done_by, held.snoozed_until = clock.now(), by, None
    if outcome:
        held.outcome = outcome[:300]
    done = save_next(held, by=by)
    make_next(by=by, task=done)
    return done


def _ready(task: Task, action: Action, version: int | None) -> Task:
    """The task, locked, in the state that the action leads to; raises `RefusedError` where it leads nowhere."""
    held = locked(task, version=version)
    outcome = outcome_of(held.status, action)
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.reason)
    held.status = outcome.value
    return held


def _open(tasks: Collection[Task]) -> models.QuerySet[Task]:
    return _lock_all(tasks).filter(status=State.OPEN.value)


def _lock_all(tasks: Collection[Task]) -> models.QuerySet[Task]:
    """In the order of their keys, so that two bulk changes cannot wait for each other in a ring."""
    return Task.objects.filter(pk__in=[task.pk for task in tasks]).order_by("pk").select_for_update(of=("self",))


def _hand_to(task: Task, assignees: Sequence[User], *, by: User) -> list[User]:
    before = list(task.assignees.all())
    task.assignees.set(assignees)
    _tell_assignees(task, [user for user in assignees if user not in before], by=by)
    return before


def _keep_rule(task: Task, fields: TaskFields, *, by: User) -> dict[str, Rule | None]:
    """Lets the rule follow what was edited; gives what it was, where it was named."""
    rule = task.repeats.rule if task.repeats else None
    if "repeats" in fields:
        set_rule(by=by, task=task, rule=fields["repeats"])
        return {"repeats": rule}
    if rule is not None and task.due_at is None:
        raise RefusedError("What repeats needs a day on which it is due.")
    return {}


def _tell_assignees(task: Task, users: Iterable[User], *, by: User | None) -> None:
    others = [user for user in users if user != by]
    if by is None or not others:
        return
    about = f" for {task.account}" if task.account else ""
    notify(
        [
            Message(
                user=user,
                key=f"task:{task.pk}:given:{user.pk}:{task.version}",
                title=f"{by} gave you a task{about}",
                body=task.title,
                url=f"/tasks/{task.pk}/",
                account_id=task.account_id,
            )
            for user in others
        ]
    )
