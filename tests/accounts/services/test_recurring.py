"""Tasks that come again: one at a time, in step, and no more once they are stopped."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.domain.recurring import Rule, Unit
from accounts.models import Notification, Recurrence, Task
from accounts.services.recurring import repeat_again, set_rule, stop_repeating
from accounts.services.tasks import (
    cancel_task,
    complete_task,
    complete_tasks,
    create_task,
    edit_task,
    reopen_task,
    snooze_task,
)
from cs_workspace.common.refusals import RefusedError
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
WEEKLY = Rule(Unit.WEEK, 1, weekday=0)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY - dt.timedelta(hours=1), tick=False) as clock:
        yield clock


@pytest.fixture
def task(cast, monday):
    made = create_task(
        by=cast.manager,
        title="Weekly check-in",
        body="Agenda first",
        account=cast.account,
        assignees=[cast.owner],
        due_at=MONDAY,
        priority=2,
        repeats=WEEKLY,
    )
    return Task.objects.select_related("recurrence").get(pk=made.pk)


def open_ones():
    return list(Task.objects.unfinished().order_by("pk"))


def test_the_next_one_is_there_when_this_one_is_done(cast, task):
    complete_task(by=cast.owner, task=task)
    (following,) = open_ones()
    assert following.due_at == MONDAY + dt.timedelta(days=7)
    assert (following.title, following.body, following.account, following.priority, following.by) == (
        *("Weekly check-in", "Agenda first", cast.account, 2),
        cast.manager,
    )
    assert list(following.assignees.all()) == [cast.owner]
    assert str(following.repeats) == "Every week on Monday"


def test_what_was_not_done_for_weeks_does_not_pile_up(cast, task, monday):
    monday.move_to(MONDAY + dt.timedelta(days=23))
    assert len(open_ones()) == 1
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=28)]


def test_what_is_done_before_its_day_comes_again_on_the_day_after_that_one(cast, task, monday):
    monday.move_to(MONDAY - dt.timedelta(days=4))
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]


def test_a_task_that_was_moved_does_not_move_those_after_it(cast, task):
    edit_task(by=cast.owner, task=task, fields={"due_at": MONDAY + dt.timedelta(days=2)})
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]


def test_what_is_given_up_comes_again(cast, task):
    cancel_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]


def test_the_hour_stays_that_of_the_maker_when_the_clocks_change(cast, monday):
    cast.owner.time_zone = "Europe/Berlin"
    due = dt.datetime(2026, 3, 23, 8, tzinfo=dt.UTC)  # nine in Berlin, in winter time
    task = create_task(by=cast.owner, title="Call", account=cast.account, due_at=due, repeats=WEEKLY)
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [dt.datetime(2026, 3, 30, 7, tzinfo=dt.UTC)]


def test_those_who_are_gone_or_may_change_nothing_do_not_get_the_next_one(cast, task):
    task.assignees.set([cast.owner, cast.team_mate, cast.read_only])
    cast.team_mate.is_active = False
    cast.team_mate.save()
    complete_task(by=cast.owner, task=task)
    assert list(open_ones()[0].assignees.all()) == [cast.owner]


def test_nobody_is_told_anew_of_what_they_have(cast, task):
    told = Notification.objects.count()
    complete_task(by=cast.owner, task=task)
    assert Notification.objects.count() == told


def test_opening_it_again_takes_the_next_one_back_and_doing_it_again_brings_it_again(cast, task):
    complete_task(by=cast.owner, task=task)
    reopen_task(by=cast.owner, task=task)
    assert open_ones() == [task]
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]


@pytest.mark.parametrize("touch", ["edit", "snooze", "done"])
def test_a_next_one_that_somebody_touched_stays_and_the_reopened_one_stands_by_itself(cast, task, touch):
    complete_task(by=cast.owner, task=task)
    (following,) = open_ones()
    if touch == "edit":
        edit_task(by=cast.owner, task=following, fields={"title": "Call instead"})
    elif touch == "snooze":
        snooze_task(by=cast.owner, task=following, until=MONDAY + dt.timedelta(days=8))
    else:
        complete_task(by=cast.owner, task=following)
    before = Task.objects.count()
    reopen_task(by=cast.owner, task=task)
    complete_task(by=cast.owner, task=task)
    assert Task.objects.count() == before
    assert Recurrence.objects.count() == 1


def test_done_many_at_once_each_comes_again(cast, task):
    plain = TaskFactory(account=cast.account)
    complete_tasks(by=cast.owner, tasks=[task, plain])
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]


def test_what_is_stopped_comes_no_more_and_the_stop_can_be_taken_back(cast, task):
    stop_repeating(by=cast.owner, task=task)
    with pytest.raises(RefusedError, match="does not repeat"):
        stop_repeating(by=cast.owner, task=task)
    complete_task(by=cast.owner, task=task)
    assert open_ones() == []
    repeat_again(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=7)]
    with pytest.raises(RefusedError, match="repeats already"):
        repeat_again(by=cast.owner, task=open_ones()[0])


def test_a_stop_taken_back_while_the_task_is_open_makes_no_second_one(cast, task):
    stop_repeating(by=cast.owner, task=task)
    repeat_again(by=cast.owner, task=task)
    assert open_ones() == [task]


def test_a_new_rule_counts_from_the_day_on_which_the_task_is_due(cast, task):
    due = MONDAY + dt.timedelta(days=29)  # the last of March
    edit_task(by=cast.owner, task=task, fields={"due_at": due, "repeats": Rule(Unit.MONTH, 1, day=31)})
    complete_task(by=cast.owner, task=task)
    assert [f"{one.due_at:%d %b}" for one in open_ones()] == ["30 Apr"]


def test_the_same_rule_goes_on_as_it_was_counted(cast, monday):
    task = create_task(
        by=cast.owner, title="Report", due_at=MONDAY, assignees=[cast.owner], repeats=Rule(Unit.WEEK, 2, weekday=0)
    )
    moved = MONDAY + dt.timedelta(days=7)
    edit_task(by=cast.owner, task=task, fields={"due_at": moved, "repeats": Rule(Unit.WEEK, 2, weekday=0)})
    complete_task(by=cast.owner, task=task)
    assert [one.due_at for one in open_ones()] == [MONDAY + dt.timedelta(days=14)]


def test_a_task_can_be_made_to_repeat_no_more_by_changing_it(cast, task):
    _, before = edit_task(by=cast.owner, task=task, fields={"repeats": None})
    assert before["repeats"] == WEEKLY
    complete_task(by=cast.owner, task=task)
    assert open_ones() == []


def test_what_repeats_keeps_a_day(cast, task):
    with pytest.raises(RefusedError, match="needs a day"):
        edit_task(by=cast.owner, task=task, fields={"due_at": None})
    with pytest.raises(RefusedError, match="needs a day"):
        set_rule(by=cast.owner, task=TaskFactory(account=cast.account, due_at=None), rule=WEEKLY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"every": 0},
        {"every": 100},
        {"weekday": 7},
        {"unit": "day"},
        {"day": 3},
        {"latest_on": dt.date(2026, 3, 1)},
    ],
)
def test_the_database_keeps_rules_that_make_sense(cast, task, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Recurrence.objects.update(**wrong)


def test_a_task_is_named_by_one_rule(cast, task):
    with pytest.raises(IntegrityError), transaction.atomic():
        Recurrence.objects.create(
            task=task, unit="day", first_on="2026-03-02", latest_on="2026-03-02", at="09:00", time_zone="UTC"
        )


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_it_at_once_bring_one(cast, task):
    def finish(who):
        try:
            complete_task(by=who, task=task)
        except RefusedError:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(finish, [cast.owner, cast.team_mate])) == ["done", "refused"]
    assert len(open_ones()) == 1
