"""Tasks that come again: given a rule, followed by their next one, stopped.

A task has at most one that follows it: the key of the next one names the one before.
"""

import datetime as dt

from django.db import transaction

from accounts.domain.recurring import Rule, moment_on
from accounts.models import Recurrence, Task, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def set_rule(*, by: User, task: Task, rule: Rule | None) -> None:
    """Lets a task come again by a rule, counted from the day on which it is due; None lets it come no more.

    A rule that holds already goes on as it was counted. Raises `RefusedError` for a task without a due moment.
    """
    held = Recurrence.objects.select_for_update().filter(task=task).first()
    if rule is None:
        if held is not None and held.stopped_at is None:
            _stop(held, by=by)
        return
    if task.due_at is None:
        raise RefusedError("What repeats needs a day on which it is due.")
    if held is not None and held.stopped_at is None and held.rule == rule:
        return
    due = task.due_at.astimezone(by.zone)
    counted = {
        "unit": rule.unit.value,
        "every": rule.every,
        "weekday": rule.weekday,
        "day": rule.day,
        "first_on": due.date(),
        "latest_on": due.date(),
        "at": due.time().replace(second=0, microsecond=0),
        "time_zone": by.zone.key,
        "stopped_at": None,
        "stopped_by": None,
    }
    Recurrence.objects.update_or_create(task=task, defaults=counted)


@transaction.atomic
def stop_repeating(*, by: User, task: Task) -> None:
    """The task is the last one; it stays as it is. Raises `RefusedError` where it does not repeat."""
    held = Recurrence.objects.running().select_for_update().filter(task=task).first()
    if held is None:
        raise RefusedError("This task does not repeat.")
    _stop(held, by=by)


@transaction.atomic
def repeat_again(*, by: User, task: Task) -> None:
    """Takes the stop back; where the task was closed meanwhile, the next one is made at once.

    Raises `RefusedError` where nothing was stopped.
    """
    held = Recurrence.objects.select_for_update().filter(task=task).exclude(stopped_at=None).first()
    if held is None:
        raise RefusedError("This task repeats already, or never did.")
    held.stopped_at = held.stopped_by = None
    held.save()
    if Task.objects.exclude(status=Task.Status.OPEN).filter(pk=task.pk).exists():
        make_next(by=by, task=task)


def make_next(*, by: User, task: Task) -> Task | None:
    """The task that follows one that was closed, due on the next day of the rule that is still to come.

    Days that passed while this one was open are left out, so nothing piles up. Those who have it and may still work
    get the next one. None where the task does not repeat. Call it in the transaction that closes the task.
    """
    held = Recurrence.objects.running().select_for_update().filter(task=task).first()
    if held is None:
        return None
    today = clock.now().astimezone(held.zone).date()
    day = held.rule.next_after(max(held.latest_on, today), first=held.first_on)
    following = Task.objects.create(
        title=task.title,
        body=task.body,
        account_id=task.account_id,
        linked_type_id=task.linked_type_id,
        linked_id=task.linked_id,
        due_at=moment_on(day, held.at, held.zone),
        priority=task.priority,
        by=task.by or by,
        origin_key=f"repeat:{held.pk}:{task.pk}",
    )
    following.assignees.set(task.assignees.filter(is_active=True, read_only=False))
    held.previous, held.task, held.latest_on = task, following, day
    held.save()
    return following


def take_back_next(*, task: Task) -> None:
    """Undoes `make_next` for a task that is opened again, if nobody has touched the next one.

    Where somebody has, the rule stays with the next one, and the reopened task stands by itself: there is never a
    second one of the rule.
    """
    held = Recurrence.objects.select_for_update().filter(previous=task).first()
    if held is None:
        return
    following = Task.objects.select_for_update().get(pk=held.task_id)
    if following.status != Task.Status.OPEN or following.version != 1:
        return
    held.task, held.previous, held.latest_on = task, None, held.latest_on - dt.timedelta(days=1)
    held.save()
    following.delete()


def _stop(held: Recurrence, *, by: User) -> None:
    held.stopped_at, held.stopped_by = clock.now(), by
    held.save()
