"""Every write to the parts of a save plan: its steps, which are tasks, its checkpoints and what was promised."""

import datetime as dt
from typing import TypeVar
from uuid import UUID

import pghistory
from django.db import transaction
from django.db.models import Max

from accounts.models import Task, User
from accounts.services.once import claim
from accounts.services.success_plans import check_sees
from accounts.services.tasks import create_task
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.interventions import checkpoint_stays
from health.models import Intervention, InterventionCheckpoint, InterventionPromise

P = TypeVar("P", InterventionCheckpoint, InterventionPromise)


@transaction.atomic
def add_step(
    *, by: User, intervention: Intervention, title: str, user: User, due_at: dt.datetime, key: UUID | None = None
) -> Task:
    """Makes a step of a plan: a task of `user` that leads to the plan.

    Raises `RepeatedError`, and `RefusedError` for a plan that is closed and a person who does not see the account.
    """
    claim(key, by=by)
    held = _open(intervention)
    check_sees(user, held.account)
    return create_task(
        by=by,
        title=title,
        account=held.account,
        assignees=[user],
        due_at=due_at,
        priority=Task.Priority.HIGH,
        linked=held,
    )


@transaction.atomic
def add_checkpoint(
    *, by: User, intervention: Intervention, due_on: dt.date, key: UUID | None = None
) -> InterventionCheckpoint:
    """Adds another day on which the plan is looked at. Raises `RepeatedError`, `RefusedError` for a closed plan."""
    claim(key, by=by)
    held = _open(intervention)
    last = held.checkpoints.aggregate(last=Max("number"))["last"] or 0
    return save_first(InterventionCheckpoint(intervention=held, number=last + 1, due_on=due_on), by=by)


@transaction.atomic
def hold_checkpoint(
    *, by: User, checkpoint: InterventionCheckpoint, seen: str, note: str = "", version: int | None = None
) -> InterventionCheckpoint:
    """Writes down what was seen, with the score of this moment. Raises `RefusedError` where that was done already or
    the plan is closed, `StaleError`."""
    held = _open_part(checkpoint, version)
    if held.held_at is not None:
        raise RefusedError(f"Checkpoint {held.number} is held already. Reopen it to say something else.")
    held.seen, held.note, held.score = seen, note.strip()[:500], held.intervention.account.health_score
    held.held_at, held.held_by = clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def reopen_checkpoint(*, by: User, checkpoint: InterventionCheckpoint) -> InterventionCheckpoint:
    """Takes back what was said at a checkpoint; it is due as before. Raises `RefusedError`."""
    held = _open_part(checkpoint)
    if held.held_at is None:
        raise RefusedError(f"Checkpoint {held.number} is open.")
    held.seen, held.note, held.score, held.held_at, held.held_by = "", "", None, None, None
    return save_next(held, by=by)


@transaction.atomic
def remove_checkpoint(*, by: User, checkpoint: InterventionCheckpoint) -> None:
    """Takes out a checkpoint that was added by hand, as long as nothing is written at it; its history keeps it.

    Raises `RefusedError` with the reason where it stays.
    """
    held = _open_part(checkpoint)
    stays = checkpoint_stays(held.number, is_held=held.held_at is not None)
    if stays:
        raise RefusedError(stays)
    with pghistory.context(user=by.pk):
        held.delete()


@transaction.atomic
def add_promise(
    *,
    by: User,
    intervention: Intervention,
    side: str,
    text: str,
    due_on: dt.date,
    user: User | None = None,
    key: UUID | None = None,
) -> InterventionPromise:
    """Writes down what one side promised; one of ours is kept by `user`, else by the owner of the plan.

    Raises `RepeatedError`, and `RefusedError` for a closed plan and a person who does not see the account.
    """
    claim(key, by=by)
    held = _open(intervention)
    ours = side == InterventionPromise.Side.US
    check_sees(user, held.account)
    keeper = (user or held.owner) if ours else None
    return save_first(
        InterventionPromise(intervention=held, side=side, text=text.strip()[:300], due_on=due_on, user=keeper), by=by
    )


@transaction.atomic
def settle_promise(*, by: User, promise: InterventionPromise, state: str) -> InterventionPromise:
    """Says whether a promise was kept or broken. Raises `RefusedError` where that was said, or the plan is closed."""
    held = _open_part(promise)
    if held.state != InterventionPromise.State.OPEN:
        raise RefusedError(f"The promise is {held.get_state_display().lower()} already.")
    held.state, held.settled_at, held.settled_by = state, clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def reopen_promise(*, by: User, promise: InterventionPromise) -> InterventionPromise:
    """Takes back what was said of a promise. Raises `RefusedError`."""
    held = _open_part(promise)
    if held.state == InterventionPromise.State.OPEN:
        raise RefusedError("The promise is open.")
    held.state, held.settled_at, held.settled_by = InterventionPromise.State.OPEN, None, None
    return save_next(held, by=by)


@transaction.atomic
def remove_promise(*, by: User, promise: InterventionPromise) -> None:
    """Takes out a promise that was written down by mistake; its history keeps it. Raises `RefusedError`."""
    held = _open_part(promise)
    with pghistory.context(user=by.pk):
        held.delete()


def _open(intervention: Intervention) -> Intervention:
    """The plan, locked; raises `RefusedError` where it is closed."""
    held = locked(intervention)
    if not held.is_live:
        raise RefusedError("The save plan is closed. Reopen it first.")
    return held


def _open_part(part: P, version: int | None = None) -> P:
    """A part of a plan, the plan locked before it; raises `RefusedError` where that is closed, `StaleError`."""
    plan = _open(part.intervention)
    held = locked(part, version=version)
    held.intervention = plan
    return held
