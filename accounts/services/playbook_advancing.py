"""Advancing runs: `accounts.domain.playbook_runs` decides, here it is written, for many runs at once.

A run is locked, looked at and written in one transaction: tasks, messages, steps and how far it is. So a repetition
finds that all was done, and a worker that dies leaves all undone. Beat passes over runs that somebody else holds.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.domain.letters import worded
from accounts.domain.playbook_runs import Advance, Entry, Progress, Situation, advance
from accounts.domain.playbooks import Role, StepKind
from accounts.models import Mail, PlaybookRun, RunStep, Task, User
from accounts.queries.playbook_facts import situations_of
from accounts.services.notifying import NORMAL, Message, notify
from accounts.services.task_letters import TaskLetter, bring_back_letters_of, cancel_letters_of, put_task_letters
from cs_workspace.common import clock

BATCH = 200
# However long a step takes: so often it is looked whether the run still makes sense.
LOOK_AGAIN = dt.timedelta(hours=1)
HIGH = 2
# Tasks of these may be about an e-mail.
WITH_LETTERS = (Task.Origin.PLAYBOOK, Task.Origin.RENEWAL)
WRITTEN = [
    "state", "position", "reached_at", "next_at", "waits_until", "problem", "ended_at", "end_reason", "updated_at",
    "version",
]  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A run with what is to be done about it."""

    run: PlaybookRun
    taken: Advance
    situation: Situation


def advance_runs() -> int:
    """Does what is due in all runs; gives how many were looked at. Safe to run twice and at once."""
    looked_at = 0
    while True:
        with transaction.atomic():
            due = PlaybookRun.objects.due(now=clock.now()).order_by("next_at", "pk")
            held = list(_held(due, skip_locked=True)[:BATCH])
            _advance(held)
        looked_at += len(held)
        if len(held) < BATCH:
            return looked_at


@transaction.atomic
def advance_these(run_ids: Collection[int]) -> None:
    """Does what can be done now in some runs; waits for whoever holds them. Those that do not run stay as they are."""
    running = PlaybookRun.objects.filter(pk__in=run_ids, state=PlaybookRun.State.RUNNING)
    _advance(list(_held(running.order_by("pk"))))


def follow_tasks(tasks: Iterable[Task]) -> None:
    """Lets runs go on whose tasks were closed, in the transaction that closed them; an e-mail that one was about and
    nobody approved is not sent."""
    tasks = list(tasks)
    cancel_letters_of([task.pk for task in tasks if task.origin in WITH_LETTERS])
    ids = [task.pk for task in tasks if task.origin == Task.Origin.PLAYBOOK]
    if ids:
        advance_these(list(RunStep.objects.filter(task__in=ids).values_list("run_id", flat=True)))


def follow_reopened(task: Task) -> None:
    """Brings the draft of an e-mail back that went with a task, which is open again."""
    if task.origin in WITH_LETTERS:
        bring_back_letters_of([task.pk])


def cancel_tasks_of(run_ids: Collection[int], *, reason: str) -> None:
    """Gives up the open tasks of runs that are over, or of a step that is skipped. Two statements.

    A task that somebody closes at this very moment is left to them: they wait for the run.
    """
    tasks = Task.objects.unfinished().filter(playbook_steps__run__in=run_ids)
    cancel_tasks(tasks, reason=reason)


def cancel_tasks(tasks: QuerySet[Task], *, reason: str) -> None:
    """Gives up tasks that nobody else is writing to, with the reason as their outcome, and their drafts of e-mails."""
    ids = list(tasks.order_by("pk").select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids).update(
        status=Task.Status.CANCELLED,
        outcome=reason[:300],
        snoozed_until=None,
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    cancel_letters_of(ids)


def _held(runs: QuerySet[PlaybookRun], *, skip_locked: bool = False) -> QuerySet[PlaybookRun]:
    return runs.select_related("plan_version__playbook", "account").select_for_update(
        of=("self",), skip_locked=skip_locked
    )


def _advance(runs: Sequence[PlaybookRun]) -> None:
    """Decides and writes; the runs are locked. A number of statements that does not hang on how many they are."""
    if not runs:
        return
    now = clock.now()
    situations = situations_of({run.account_id for run in runs}, now=now)
    tasks = _tasks_of(runs)
    moves = []
    for run in runs:
        known = situations[run.account_id]
        known = replace(known, texts={**known.texts, "run.reason": run.reason})
        progress = Progress(run.position, run.reached_at, tasks.get(run.pk, {}))
        moves.append(Move(run, advance(run.plan_version.plan, progress, known, now=now), known))
    _write(moves, now=now)


def _tasks_of(runs: Sequence[PlaybookRun]) -> dict[int, dict[int, bool]]:
    """By run and place of the step: whether the task that it made is closed. A task that is gone counts as closed."""
    made = RunStep.objects.filter(run__in=runs, outcome=RunStep.Outcome.MADE).order_by("run_id", "place")
    found: dict[int, dict[int, bool]] = {}
    for run_id, place, status in made.values_list("run_id", "place", "task__status"):
        found.setdefault(run_id, {})[place] = status != Task.Status.OPEN
    return found


def _write(moves: Sequence[Move], *, now: dt.datetime) -> None:
    made = [(move, entry) for move in moves for entry in move.taken.entries]
    tasks = _make_tasks([(move, entry) for move, entry in made if entry.step.makes_task and entry.due_at])
    RunStep.objects.bulk_create(
        RunStep(
            run=move.run,
            place=entry.place,
            outcome=entry.outcome.value,
            title=entry.title[:200],
            task=tasks.get((move.run.pk, entry.place)),
            at=now,
        )
        for move, entry in made
    )
    _tell(moves, tasks)
    for move in moves:
        _apply(move, now=now)
    # An upsert that never inserts: for many columns it takes a tenth of the time of a bulk_update.
    PlaybookRun.objects.bulk_create(
        [move.run for move in moves], update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN
    )
    over = [move.run.pk for move in moves if move.taken.ending]
    if over:
        cancel_tasks_of(over, reason="The playbook is over.")


def _make_tasks(wanted: Sequence[tuple[Move, Entry]]) -> dict[tuple[int, int], Task]:
    """The tasks of steps, by run and place, with the drafts of those that are e-mails."""
    tasks = Task.objects.bulk_create(
        Task(
            title=entry.title[:200],
            body=entry.body,
            account_id=move.run.account_id,
            due_at=entry.due_at,
            priority=entry.step.priority,
            origin=Task.Origin.PLAYBOOK,
            origin_key=f"playbook:{move.run.pk}:{entry.place}",
        )
        for move, entry in wanted
    )
    given = Task.assignees.through
    given.objects.bulk_create(
        given(task_id=task.pk, user_id=entry.person.key)
        for task, (_, entry) in zip(tasks, wanted, strict=True)
        if entry.person
    )
    put_task_letters(
        [
            TaskLetter(
                task,
                Mail.Cause.PLAYBOOK,
                contact_id,
                worded(entry.step.title, entry.step.body, move.situation.texts),
                sender_id=entry.person.key if entry.person else None,
                sender=entry.person.name if entry.person else "",
            )
            for task, (move, entry) in zip(tasks, wanted, strict=True)
            if entry.step.kind is StepKind.EMAIL and (contact_id := move.situation.contact_for(entry.step.to))
        ]
    )
    return {(move.run.pk, entry.place): task for task, (move, entry) in zip(tasks, wanted, strict=True)}


def _apply(move: Move, *, now: dt.datetime) -> None:
    """Brings the run to what was decided, in memory."""
    run, taken = move.run, move.taken
    if taken.entries or taken.ending:
        run.version += 1
    run.position, run.reached_at = taken.progress.position, taken.progress.reached_at
    run.waits_until, run.problem, run.updated_at = taken.over_at, taken.problem[:300], now
    again = now + LOOK_AGAIN
    run.next_at = min(taken.over_at, again) if taken.over_at else again
    if taken.ending:
        run.state, run.end_reason = taken.ending.state.value, taken.ending.reason[:300]
        run.next_at, run.waits_until, run.ended_at = None, None, now


def _tell(moves: Sequence[Move], tasks: dict[tuple[int, int], Task]) -> None:
    """Who got a task or a message is told of it, and the owner of a run that something holds up. Two statements."""
    wanted = [
        *((entry.person.key, move, entry) for move in moves for entry in move.taken.entries if entry.person),
        *(
            (owner.key, move, None)
            for move in moves
            if move.taken.problem and move.taken.problem != move.run.problem
            and (owner := move.situation.person_for(Role.OWNER))
        ),
    ]  # fmt: skip
    people = User.objects.in_bulk({key for key, *_ in wanted}) if wanted else {}
    notify(
        [
            _held_up(people[key], move) if entry is None else _news(people[key], move, entry, tasks)
            for key, move, entry in wanted
            if entry is None or entry.step.kind is not StepKind.STOP
        ]
    )


def _news(user: User, move: Move, entry: Entry, tasks: dict[tuple[int, int], Task]) -> Message:
    task, account = tasks.get((move.run.pk, entry.place)), move.run.account
    severity = NORMAL
    if task is not None:
        title, body = f"A task for {account.name}: {task.title}", f"Playbook “{move.run.plan_version.playbook.name}”"
        url = reverse("accounts:task-edit", args=[task.pk])
    else:
        title, body, severity = f"{account.name}: {entry.title}", entry.body, min(entry.step.priority, NORMAL)
        url = reverse("accounts:account", args=[account.pk])
    return Message(
        user=user,
        key=f"playbook:{move.run.pk}:{entry.place}:{user.pk}",
        title=title,
        body=body,
        url=url,
        severity=severity,
        account_id=account.pk,
    )


def _held_up(user: User, move: Move) -> Message:
    run = move.run
    return Message(
        user=user,
        key=f"playbook:{run.pk}:{run.position}:held:{user.pk}",
        title=f"{run.account.name}: playbook “{run.plan_version.playbook.name}” is held up",
        body=move.taken.problem,
        url=reverse("accounts:account", args=[run.account_id]),
        severity=HIGH,
        account_id=run.account_id,
    )
