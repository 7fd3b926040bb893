"""Tasks that repeat, as their dialog, their row and the toasts show them."""

import datetime as dt
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.domain.recurring import Rule, Unit
from accounts.models import Recurrence, Task
from accounts.services.recurring import stop_repeating
from accounts.services.tasks import create_task
from tests.cast import logged_in
from tests.factories import TaskFactory

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
MONDAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
NEW = reverse("accounts:task-new")


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY - dt.timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def task(cast):
    return create_task(
        by=cast.owner,
        title="Weekly check-in",
        account=cast.account,
        assignees=[cast.owner],
        due_at=MONDAY,
        repeats=Rule(Unit.WEEK, 1, weekday=0),
    )


def url(name, task):
    return reverse(f"accounts:task-{name}", args=[task.pk])


def typed(cast, **fields):
    return {
        "title": "Weekly check-in",
        "account": f"{cast.account.name} (#{cast.account.pk})",
        "due_at": "2026-03-02T09:00",
        "priority": "3",
        "body": "",
        "assignees": [cast.owner.pk],
        "key": str(uuid4()),
    } | fields


def way_back(response):
    return unescape(response.content.decode().split('hx-post="')[1].split('"')[0])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"repeat_unit": "day"}, "Every day"),
        ({"repeat_unit": "day", "repeat_every": "3"}, "Every 3 days"),
        ({"repeat_unit": "week"}, "Every week on Monday"),
        ({"repeat_unit": "week", "repeat_every": "2", "repeat_on": "w4"}, "Every 2 weeks on Friday"),
        ({"repeat_unit": "month", "repeat_on": "d31"}, "Every month on the last day"),
        ({"repeat_unit": "quarter"}, "Every quarter on the 2nd"),
    ],
)
def test_a_new_task_is_given_a_rule(cast, fields, words):
    assert logged_in(cast.owner).post(NEW, typed(cast, **fields), headers=DIALOG).status_code == 200
    assert str(Task.objects.get().repeats) == words
    assert words in logged_in(cast.owner).get(reverse("accounts:tasks")).content.decode()


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"repeat_unit": "week", "due_at": ""}, "due_at", "needs a day"),
        ({"repeat_unit": "week", "repeat_on": "d3"}, "repeat_on", "goes with months"),
        ({"repeat_unit": "day", "repeat_on": "w3"}, "repeat_on", "goes with weeks"),
        ({"repeat_unit": "month", "repeat_every": "0"}, "repeat_every", "greater than or equal to 1"),
        ({"repeat_unit": "month", "repeat_every": "100"}, "repeat_every", "less than or equal to 99"),
        ({"repeat_unit": "month", "repeat_every": "x"}, "repeat_every", "whole number"),
        ({"repeat_unit": "moon"}, "repeat_unit", "not one of the available choices"),
        ({"repeat_unit": "week", "repeat_on": "w9"}, "repeat_on", "not one of the available choices"),
    ],
)
def test_a_rule_that_makes_no_sense_is_named_by_its_field(cast, fields, field, message):
    response = logged_in(cast.owner).post(NEW, typed(cast, **fields), headers=DIALOG)
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    assert not Task.objects.exists()


def test_done_says_when_it_comes_again_and_its_undo_takes_that_one_back(cast, task):
    client = logged_in(cast.owner)
    response = client.post(url("done", task), headers=DIALOG)
    assert "Done · Weekly check-in · again Mon 09 Mar" in response.content.decode()
    client.post(way_back(response), headers=DIALOG)
    assert list(Task.objects.unfinished()) == [task]


def test_what_is_cancelled_says_when_it_comes_again(cast, task):
    response = logged_in(cast.owner).post(url("cancel", task), headers=DIALOG)
    assert "Cancelled · Weekly check-in · again Mon 09 Mar" in response.content.decode()


def test_the_dialog_shows_the_rule_and_stops_it(cast, task):
    client = logged_in(cast.owner)
    form = client.get(url("edit", task), headers=DIALOG).context["form"]
    assert [form[name].value() for name in ("repeat_unit", "repeat_every", "repeat_on")] == ["week", 1, "w0"]
    response = client.post(url("stop", task), headers=DIALOG)
    assert "Repeats no more · Weekly check-in" in response.content.decode()
    assert "Stop repeating" not in client.get(url("edit", task), headers=DIALOG).content.decode()
    client.post(way_back(response), headers=DIALOG)
    assert str(Task.objects.get().repeats) == "Every week on Monday"


def test_saving_the_dialog_as_it_is_keeps_the_rule_and_changing_it_can_be_taken_back(cast, task):
    client = logged_in(cast.owner)
    same = typed(cast, version=task.version, repeat_unit="week", repeat_every="1", repeat_on="w0")
    assert client.post(url("edit", task), same, headers=DIALOG).status_code == 200
    task.refresh_from_db()
    changed = typed(cast, version=task.version, repeat_unit="month")
    undo = way_back(client.post(url("edit", task), changed, headers=DIALOG))
    assert str(Recurrence.objects.get()) == "Every month on the 2nd"
    client.post(undo, headers=DIALOG)
    assert str(Recurrence.objects.get()) == "Every week on Monday"


def test_a_plain_form_leads_back_to_the_list(cast, task):
    client = logged_in(cast.owner)
    assert client.post(url("stop", task))["Location"] == reverse("accounts:tasks")
    assert client.post(url("repeat", task))["Location"] == reverse("accounts:tasks")


def test_the_row_cannot_take_the_day_from_what_repeats(cast, task):
    data = {"title": task.title, "due_on": "", "priority": "3", "version": task.version}
    response = logged_in(cast.owner).post(url("row", task), data, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "needs a day" in response.content.decode()


@pytest.mark.parametrize("name", ["stop", "repeat"])
def test_who_may_and_how(cast, task, name):
    if name == "repeat":
        stop_repeating(by=cast.owner, task=task)
    assert logged_in(cast.outsider).post(url(name, task)).status_code == 404
    assert logged_in(cast.read_only).post(url(name, task)).status_code == 403
    assert logged_in(cast.owner).get(url(name, task)).status_code == 405
    assert "Stop repeating" not in logged_in(cast.read_only).get(url("edit", task)).content.decode()


def test_a_task_that_does_not_repeat_says_so(cast):
    task = TaskFactory(account=cast.account)
    assert "does not repeat" in logged_in(cast.owner).post(url("stop", task), headers=DIALOG).content.decode()
