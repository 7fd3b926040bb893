import datetime as dt

import pytest

from accounts.domain.tasks import State
from accounts.models import Notification, Task
from accounts.services.tasks import (
    cancel_task,
    complete_task,
    complete_tasks,
    create_task,
    edit_task,
    move_tasks,
    reassign_task,
    reassign_tasks,
    reopen_task,
    reopen_tasks,
    snooze_task,
)
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from tests.factories import TaskFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db


def test_the_states_of_the_domain_are_those_of_the_model():
    assert [state.value for state in State] == Task.Status.values


def test_a_task_made_by_the_system_is_made_once_for_its_key(cast):
    first = create_task(by=None, title="Save call", account=cast.account, origin="alert", origin_key="alert:1")
    second = create_task(by=None, title="Save call again", account=cast.account, origin="alert", origin_key="alert:1")
    assert second == first
    assert [task.title for task in Task.objects.all()] == ["Save call"]


def test_those_who_get_a_task_from_somebody_else_are_told_and_the_maker_is_not(cast):
    create_task(by=cast.manager, title="Call them", account=cast.account, assignees=[cast.owner, cast.manager])
    assert [(message.user, message.title) for message in Notification.objects.all()] == [
        (cast.owner, "Mona Manager gave you a task for Halden Logistics")
    ]


def test_done_says_when_and_by_whom_and_can_be_taken_back(cast):
    task = TaskFactory(account=cast.account)
    done = complete_task(by=cast.owner, task=task, outcome="They stay")
    assert (done.status, done.done_by, done.outcome) == ("done", cast.owner, "They stay")
    assert done.done_at is not None
    open_again = reopen_task(by=cast.owner, task=task)
    assert (open_again.status, open_again.done_at, open_again.done_by) == ("open", None, None)


def test_a_done_task_is_not_done_again(cast):
    task = TaskFactory(account=cast.account, done=True)
    with pytest.raises(RefusedError, match="done already"):
        complete_task(by=cast.owner, task=task)


def test_a_second_writer_is_told_who_was_first_and_overwrites_nothing(cast):
    task = TaskFactory(account=cast.account, title="Call them")
    edit_task(by=cast.team_mate, task=task, fields={"title": "Call the sponsor"}, version=1)
    with pytest.raises(StaleError, match="Tim Teammate changed this meanwhile") as stale:
        edit_task(by=cast.owner, task=task, fields={"title": "Write to them"}, version=1)
    assert stale.value.current.title == "Call the sponsor"
    task.refresh_from_db()
    assert (task.title, task.version) == ("Call the sponsor", 2)


def test_an_edit_gives_what_was_there_before(cast):
    task = TaskFactory(account=cast.account, title="Call them", assignees=[cast.owner])
    task, before = edit_task(
        by=cast.owner, task=task, fields={"title": "Write", "priority": 1, "assignees": [cast.team_mate]}
    )
    assert before == {"title": "Call them", "priority": 3, "assignees": [cast.owner]}
    assert list(task.assignees.all()) == [cast.team_mate]


def test_a_snoozed_task_is_out_of_sight_until_its_moment(cast):
    task = TaskFactory(account=cast.account)
    until = clock.now() + dt.timedelta(days=2)
    snooze_task(by=cast.owner, task=task, until=until)
    assert list(Task.objects.open(now=clock.now())) == []
    assert list(Task.objects.open(now=until)) == [task]
    snooze_task(by=cast.owner, task=task, until=None)
    assert list(Task.objects.open(now=clock.now())) == [task]


def test_nothing_is_snoozed_into_the_past(cast):
    task = TaskFactory(account=cast.account)
    with pytest.raises(RefusedError, match="still to come"):
        snooze_task(by=cast.owner, task=task, until=days_ago(1))


def test_a_cancelled_task_is_not_edited_but_reopened(cast):
    task = TaskFactory(account=cast.account)
    cancel_task(by=cast.owner, task=task)
    with pytest.raises(RefusedError, match="cancelled"):
        edit_task(by=cast.owner, task=task, fields={"title": "x"})
    assert reopen_task(by=cast.owner, task=task).status == "open"


def test_handing_over_tells_only_the_new_ones(cast):
    task = TaskFactory(account=cast.account, assignees=[cast.owner])
    reassign_task(by=cast.manager, task=task, assignees=[cast.owner, cast.team_mate])
    assert [message.user for message in Notification.objects.all()] == [cast.team_mate]


def test_bulk_changes_take_the_open_ones_and_leave_the_others(cast):
    one, two = TaskFactory.create_batch(2, account=cast.account)
    done = TaskFactory(account=cast.account, done=True)
    due = clock.now() + dt.timedelta(days=5)
    assert move_tasks(by=cast.owner, tasks=[one, two, done], due_at=due) == [one, two]
    assert reassign_tasks(by=cast.owner, tasks=[one, two, done], assignee=cast.team_mate) == [one, two]
    assert complete_tasks(by=cast.owner, tasks=[one, two, done]) == [one, two]
    assert Task.objects.unfinished().count() == 0
    assert reopen_tasks(by=cast.owner, tasks=[one, two]) == [one, two]
    assert Task.objects.unfinished().count() == 2


def test_the_history_says_by_whom_also_outside_of_a_request(cast):
    task = TaskFactory(account=cast.account)
    snooze_task(by=cast.owner, task=task, until=clock.now() + dt.timedelta(days=1))
    complete_task(by=cast.team_mate, task=task)
    assert [event.pgh_context.metadata["user"] for event in task.history.order_by("pgh_id")] == [
        cast.owner.pk,
        cast.team_mate.pk,
    ]


def test_a_task_for_nobody_tells_nobody():
    create_task(by=UserFactory(), title="Think")
    assert not Notification.objects.exists()


def test_a_finished_task_is_the_last_that_was_done_for_the_account_until_it_is_open_again(cast):
    task = complete_task(by=cast.owner, task=TaskFactory(account=cast.account))
    cast.account.refresh_from_db()
    assert cast.account.last_action == task.done_at
    reopen_task(by=cast.owner, task=task)
    cast.account.refresh_from_db()
    assert cast.account.last_action is None


def test_a_task_without_an_account_is_finished_too(cast):
    assert complete_task(by=cast.owner, task=TaskFactory(account=None)).status == "done"
