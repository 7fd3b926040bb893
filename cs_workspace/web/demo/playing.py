"""Playbooks in the lived days of the demo: nights set them off, CSMs close their tasks, pause, skip and start some."""

from __future__ import annotations

import datetime as dt
from random import Random

import pgtrigger
from django.db import connection

from accounts.domain.playbook_presets import preset_playbooks
from accounts.models import Account, Playbook, PlaybookRun, Task, User
from accounts.services.playbook_advancing import advance_runs
from accounts.services.playbook_handling import cancel_run, pause_run, skip_step
from accounts.services.playbook_starting import start_cued, start_run
from accounts.services.tasks import complete_tasks
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

# Only the last days are played: what began earlier would long be over.
PLAYED = 14
# The chance a day that a task of a playbook is closed, and what else is done with live runs.
CLOSED, PAUSED, SKIPPED, CANCELLED, SAVED = 0.22, 0.02, 0.02, 0.01, 0.4
WORST_RANK = 4
WHY_SKIPPED = ("They called us first", "Done last week already", "The sponsor is on holiday")
WHY_CANCELLED = ("Settled on the phone", "Agreed to leave it to the review next week")
SAVE_PLAYS = ("save-value", "save-price", "save-champion-left", "save-product-gap")


def switch_playbooks(*, on: bool) -> None:
    """Lets the playbooks that come switched on begin runs, or not; without a word in their history: nobody did it."""
    with connection.cursor() as cursor, pgtrigger.ignore("accounts.Playbook:update_update"):
        cursor.execute(
            "UPDATE accounts_playbook SET active_since = %s WHERE key = ANY(%s) AND (active_since IS NULL) = %s",
            [clock.now() if on else None, [one.key for one in preset_playbooks() if one.comes_on], on],
        )


def play_night() -> None:
    """After a recompute: what it noticed sets playbooks off, and what is due is done."""
    start_cued()
    advance_runs()


def play_afternoon(rng: Random) -> None:
    """CSMs close tasks of playbooks, and now and then handle a run or start a save play."""
    for user, tasks in _tasks_by_person():
        closed = [task for task in tasks if rng.random() < CLOSED]
        if closed:
            complete_tasks(by=user, tasks=closed)
    runs = PlaybookRun.objects.filter(state=PlaybookRun.State.RUNNING).exclude(account__owner=None)
    for run in runs.select_related("account__owner").order_by("account__external_id", "playbook__key"):
        _handle(run, rng.random(), rng)
    if rng.random() < SAVED:
        _save(rng)


def _handle(run: PlaybookRun, throw: float, rng: Random) -> None:
    owner = run.account.owner
    if owner is None:
        return
    if throw < PAUSED:
        pause_run(by=owner, run=run)
    elif throw < PAUSED + SKIPPED and run.position < len(run.steps_of_plan):
        skip_step(by=owner, run=run, place=run.position, reason=rng.choice(WHY_SKIPPED))
    elif throw > 1 - CANCELLED:
        cancel_run(by=owner, run=run, reason=rng.choice(WHY_CANCELLED))


def _save(rng: Random) -> None:
    worst = Account.objects.active().filter(health_rank=WORST_RANK).exclude(owner=None).select_related("owner")
    accounts = list(worst.order_by("external_id"))
    if not accounts:
        return
    account, key = rng.choice(accounts), rng.choice(SAVE_PLAYS)
    try:
        start_run(
            by=account.owner,
            playbook=Playbook.objects.get(key=key),
            account=account,
            key=f"hand:{clock.today().isoformat()}",
        )
    except RefusedError:
        return  # it is at work there already


def _tasks_by_person() -> list[tuple[User, list[Task]]]:
    """Open tasks of playbooks, by the one who has them; in an order that hangs on no key."""
    tasks = Task.objects.unfinished().filter(origin=Task.Origin.PLAYBOOK).prefetch_related("assignees")
    found: dict[User, list[Task]] = {}
    for task in tasks.order_by("account__external_id", "title", "pk"):
        for user in task.assignees.all():
            found.setdefault(user, []).append(task)
    return sorted(found.items(), key=lambda pair: pair[0].email)


def date_runs_back(as_of: dt.date) -> None:
    """Rows get the moment to which they belong; what was told before today is read, and nothing is mailed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_playbookrun SET created_at = started_at")
        cursor.execute(
            "UPDATE accounts_task t SET created_at = s.at, updated_at = COALESCE(t.done_at, s.at) "
            "FROM accounts_runstep s WHERE s.task_id = t.id"
        )
        cursor.execute(
            "UPDATE accounts_notification n SET email_state = 'none', email_due_at = NULL, created_at = told.at, "
            "read_at = CASE WHEN told.at < %(today)s THEN told.at + interval '5 hours' END "
            "FROM (SELECT n.id, COALESCE(max(s.at), max(r.started_at)) AS at FROM accounts_notification n "
            "JOIN accounts_playbookrun r ON r.id::text = split_part(n.key, ':', 2) "
            "LEFT JOIN accounts_runstep s ON s.run_id = r.id AND s.place::text = split_part(n.key, ':', 3) "
            "WHERE n.key LIKE 'playbook:%%' GROUP BY n.id) told WHERE told.id = n.id",
            {"today": clock.start_of(as_of)},
        )
