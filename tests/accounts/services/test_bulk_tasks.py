"""Tasks handed over and moved together, and the way back."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import BulkChange, Task, User
from accounts.services.bulk import undo
from accounts.services.bulk_tasks import hand_over, move
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests.cast import Cast, logged_in
from tests.factories import TaskFactory, days_ago

pytestmark = pytest.mark.django_db
SOON = dt.datetime(2026, 12, 24, 16, tzinfo=dt.UTC)


def task_of(cast: Cast, *people: User, **fields: Any) -> Task:
    task = TaskFactory(account=cast.account, **fields)
    task.assignees.set(people)
    return task


def people(task: Task) -> set[User]:
    return set(task.assignees.all())


def test_handing_over_is_taken_back_to_everyone_who_had_the_task(cast: Cast):
    mine, ours, nobodys = task_of(cast, cast.owner), task_of(cast, cast.owner, cast.manager), task_of(cast)
    change = hand_over(by=cast.manager, tasks=[mine, ours, nobodys], assignee=cast.team_mate)
    assert [people(task) for task in (mine, ours, nobodys)] == [{cast.team_mate}] * 3
    assert undo(by=cast.manager, change=change) == 3
    assert [people(task) for task in (mine, ours, nobodys)] == [{cast.owner}, {cast.owner, cast.manager}, set()]


def test_a_new_due_day_is_taken_back_to_the_moment_or_to_none(cast: Cast):
    dated, undated = task_of(cast, due_at=days_ago(3)), task_of(cast, due_at=None)
    was = dated.due_at
    change = move(by=cast.owner, tasks=[dated, undated], due_at=SOON)
    assert set(Task.objects.values_list("due_at", flat=True)) == {SOON}
    assert undo(by=cast.owner, change=change) == 2
    for task in (dated, undated):
        task.refresh_from_db()
    assert (dated.due_at, undated.due_at) == (was, None)


def test_what_somebody_did_since_stays(cast: Cast):
    moved, done, handed = (task_of(cast, cast.owner, due_at=days_ago(1)) for _ in range(3))
    due = move(by=cast.owner, tasks=[moved, done], due_at=SOON)
    Task.objects.filter(pk=moved.pk).update(due_at=SOON + dt.timedelta(days=1))
    Task.objects.filter(pk=done.pk).update(status=Task.Status.DONE, done_at=clock.now())
    assert undo(by=cast.owner, change=due) == 0
    given = hand_over(by=cast.owner, tasks=[handed], assignee=cast.team_mate)
    handed.assignees.add(cast.manager)
    assert undo(by=cast.owner, change=given) == 0
    assert people(handed) == {cast.team_mate, cast.manager}


def test_finished_tasks_are_left_out_and_nothing_is_taken_back_twice(cast: Cast):
    change = move(by=cast.owner, tasks=[task_of(cast, done=True), task_of(cast)], due_at=SOON)
    assert (change.size, change.noun) == (1, "task")
    undo(by=cast.owner, change=change)
    with pytest.raises(RefusedError, match="taken back already"):
        undo(by=cast.owner, change=change)


@pytest.mark.parametrize("action", ["reassign", "due"])
def test_the_toast_of_the_list_brings_the_way_back(cast: Cast, action: str):
    tasks = [task_of(cast, cast.owner, due_at=days_ago(1)) for _ in range(2)]
    given = {"reassign": {"assignee": cast.team_mate.pk}, "due": {"due_on": "2026-12-24"}}[action]
    client = logged_in(cast.owner)
    asked = {"action": action, "tasks": [task.pk for task in tasks], **given}
    response = client.post("/tasks/bulk/", asked, headers={"HX-Request": "true"})
    change = BulkChange.objects.get()
    address = f"/accounts/bulk/undo/{change.key}/"
    assert address in response.content.decode()
    assert "Taken back for 2 tasks" in client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert all(people(task) == {cast.owner} for task in tasks)
    assert logged_in(cast.outsider).post(address).status_code == 404
