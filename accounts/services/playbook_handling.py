"""What people do with runs of playbooks: pause, resume, skip a step, cancel; and taking a bulk start back."""

from typing import Any

from django.db import transaction

from accounts.domain.playbook_runs import Refusal, RunVerb, state_after
from accounts.models import BulkChange, PlaybookRun, RunStep, Task, User
from accounts.models.playbook import PlaybookRunQuerySet
from accounts.services.playbook_advancing import advance_these, cancel_tasks, cancel_tasks_of
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def pause_run(*, by: User, run: PlaybookRun) -> PlaybookRun:
    """Nothing more is begun until it is resumed; the task that is open stays. Raises `RefusedError`."""
    held = _ready(run, RunVerb.PAUSE)
    return _save(held, next_at=None, paused_at=clock.now(), paused_by=by)


@transaction.atomic
def resume_run(*, by: User, run: PlaybookRun) -> PlaybookRun:
    """Goes on where it was; a wait has gone on meanwhile. Raises `RefusedError`."""
    held = _ready(run, RunVerb.RESUME)
    return _go_on(_save(held, next_at=clock.now(), paused_at=None, paused_by=None))


@transaction.atomic
def skip_step(*, by: User, run: PlaybookRun, place: int, reason: str) -> PlaybookRun:
    """Leaves out the step that is under way, for a reason; its open task is given up.

    `place` is that of the step that was seen. Raises `RefusedError`, also where the run is at another step by now.
    """
    if not reason.strip():
        raise RefusedError("Say why the step is skipped.")
    held = _ready(run, RunVerb.SKIP)
    if held.position != place or place >= len(held.steps_of_plan):
        raise RefusedError("The run is at another step by now. Look again.")
    kept = {"outcome": RunStep.Outcome.SKIPPED, "at": clock.now(), "by": by, "reason": reason.strip()[:300]}
    step = held.steps_of_plan[place]
    row, _ = RunStep.objects.update_or_create(
        run=held, place=place, defaults=kept, create_defaults={**kept, "title": step.title[:200]}
    )
    if row.task_id:
        cancel_tasks(Task.objects.unfinished().filter(pk=row.task_id), reason=f"Skipped: {row.reason}")
    now = clock.now()
    return _go_on(_save(held, position=place + 1, reached_at=now, next_at=now, waits_until=None, problem=""))


@transaction.atomic
def cancel_run(*, by: User, run: PlaybookRun, reason: str = "") -> PlaybookRun:
    """Ends it for good and gives up its open tasks. Raises `RefusedError`."""
    held = _ready(run, RunVerb.CANCEL)
    words = reason.strip()[:300]
    cancel_tasks_of([held.pk], reason=words or "The playbook was cancelled.")
    return _save(held, next_at=None, waits_until=None, problem="", ended_at=clock.now(), ended_by=by, end_reason=words)


def cancel_started(*, by: User, change: BulkChange) -> int:
    """Takes a bulk start back: cancels those of its runs that are live still; gives how many."""
    return cancel_runs(PlaybookRun.objects.filter(pk__in=change.before).visible_to(by), by=by, reason="Taken back.")


def cancel_runs(runs: PlaybookRunQuerySet, *, by: User | None, reason: str) -> int:
    """Ends those of the runs that are live, and gives up their open tasks; gives how many. Call it in a transaction.

    `by` is None for the system. Four statements.
    """
    ids = list(runs.live().order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    cancel_tasks_of(ids, reason=reason)
    now = clock.now()
    return PlaybookRun.objects.filter(pk__in=ids).update(
        state=PlaybookRun.State.CANCELLED,
        next_at=None,
        waits_until=None,
        problem="",
        ended_at=now,
        ended_by=by,
        end_reason=reason[:300],
        updated_at=now,
    )


def _ready(run: PlaybookRun, verb: RunVerb) -> PlaybookRun:
    """The run, locked, in the state that the verb leads to (unsaved); raises `RefusedError` where it leads nowhere."""
    held = PlaybookRun.objects.select_related("plan_version__playbook").select_for_update(of=("self",)).get(pk=run.pk)
    outcome = state_after(held.state, verb)
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.reason)
    held.state = outcome.value
    return held


def _save(held: PlaybookRun, **fields: Any) -> PlaybookRun:
    for name, value in fields.items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    return held


def _go_on(held: PlaybookRun) -> PlaybookRun:
    advance_these([held.pk])
    held.refresh_from_db()
    return held
