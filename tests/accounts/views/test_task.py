"""One task: made, changed whole or in its row, done, asleep, and taken back."""

import datetime as dt
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Task
from accounts.services.tasks import edit_task
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import TaskFactory, days_ago

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
ROW = {"HX-Request": "true", "HX-Target": "task-1"}
NEW = reverse("accounts:task-new")


def url(name, task):
    return reverse(f"accounts:task-{name}", args=[task.pk])


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def typed(cast, **fields):
    return {
        "title": "Call the champion",
        "account": f"{cast.account.name} (#{cast.account.pk})",
        "due_at": local(days_ago(-2)),
        "priority": "2",
        "body": "",
        "assignees": [cast.owner.pk],
        "key": str(uuid4()),
    } | fields


def way_back(response):
    """The address of the Undo in the toast."""
    return unescape(response.content.decode().split('hx-post="')[1].split('"')[0])


@pytest.fixture
def task(cast):
    return TaskFactory(title="Save call", account=cast.account, assignees=[cast.owner])


def test_a_task_is_made_in_the_dialog_and_can_be_taken_back(cast):
    response = logged_in(cast.owner).post(NEW, typed(cast, assignees=[cast.team_mate.pk]), headers=DIALOG)
    made = Task.objects.get()
    assert (made.title, made.account, made.by, made.priority) == ("Call the champion", cast.account, cast.owner, 2)
    assert list(made.assignees.all()) == [cast.team_mate]
    assert Notification.objects.get().user == cast.team_mate
    assert all(event in response["HX-Trigger"] for event in ("tasksChanged", "countsChanged", "closeDialog"))
    assert url("cancel", made) in response.content.decode()


def test_a_form_sent_twice_makes_one_task(cast):
    client, data = logged_in(cast.owner), typed(cast)
    for _ in range(2):
        assert client.post(NEW, data, headers=DIALOG).status_code == 200
    assert Task.objects.count() == 1


def test_the_dialog_of_a_new_task_knows_the_account_it_was_opened_from(cast):
    html = logged_in(cast.owner).get(f"{NEW}?account={cast.account.pk}", headers=DIALOG).content.decode()
    assert f"Halden Logistics (#{cast.account.pk})" in html
    assert "<html" not in html


@pytest.mark.parametrize("key", ["{strangers}", "x", "9" * 30])
def test_an_account_that_one_does_not_see_is_not_found(cast, key):
    key = key.format(strangers=cast.strangers.pk)
    assert logged_in(cast.owner).get(f"{NEW}?account={key}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "required"),
        ({"account": "Nowhere"}, "You have no account called"),
        ({"due_at": "soon"}, "Give a day and a time."),
        ({"priority": "7"}, "Select a valid choice"),
        ({"assignees": []}, "required"),
        ({"title": "x" * 201}, "at most 200"),
    ],
)
def test_what_is_wrong_is_said_by_the_field_and_what_was_typed_stays(cast, fields, message):
    response = logged_in(cast.owner).post(NEW, typed(cast, body="Typed by hand") | fields, headers=DIALOG)
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert "Typed by hand" in html
    assert not Task.objects.exists()


def test_nobody_gets_a_task_on_an_account_that_they_may_not_see(cast):
    response = logged_in(cast.owner).post(NEW, typed(cast, assignees=[cast.outsider.pk]), headers=DIALOG)
    assert response.status_code == 422
    assert "Udo Outsider may not see Halden Logistics" in response.content.decode()


def test_a_task_is_changed_as_a_whole(cast, task):
    data = typed(cast, title="Save call today", version=task.version, assignees=[cast.team_mate.pk])
    response = logged_in(cast.owner).post(url("edit", task), data, headers=DIALOG)
    task.refresh_from_db()
    assert response.status_code == 200
    assert task.title == "Save call today"
    assert list(task.assignees.all()) == [cast.team_mate]


def test_a_change_of_the_whole_task_is_taken_back_by_its_undo(cast, task):
    before = Task.objects.filter(pk=task.pk).values("title", "account", "due_at", "priority", "body")
    was = before.get()
    client = logged_in(cast.owner)
    data = typed(cast, title="Wrong", body="Not so", version=task.version, assignees=[cast.team_mate.pk])
    undo = way_back(client.post(url("edit", task), data, headers=DIALOG))
    assert "As before · Save call" in client.post(undo, headers=DIALOG).content.decode()
    assert before.get() == was
    assert list(task.assignees.all()) == [cast.owner]


@pytest.mark.parametrize("name", ["edit", "row"])
def test_an_undo_that_comes_after_another_change_says_so_and_overwrites_nothing(cast, task, name):
    client = logged_in(cast.owner)
    undo = way_back(client.post(url(name, task), typed(cast, version=task.version), headers=DIALOG))
    edit_task(by=cast.manager, task=task, fields={"title": "Of Mona"})
    assert "cannot be taken back any more" in client.post(undo, headers=DIALOG).content.decode()
    task.refresh_from_db()
    assert task.title == "Of Mona"


def test_a_change_offers_no_undo_where_its_address_would_be_too_long_to_send(cast):
    task = TaskFactory(account=cast.account, assignees=[cast.owner], body="long " * 1000)
    response = logged_in(cast.owner).post(url("edit", task), typed(cast, version=task.version), headers=DIALOG)
    assert "Saved" in response.content.decode()
    assert "Undo" not in response.content.decode()


def test_whoever_comes_second_is_told_what_the_first_changed_and_overwrites_nothing(cast, task):
    client = logged_in(cast.owner)
    form = client.get(url("edit", task), headers=DIALOG).context["form"]
    edit_task(by=cast.manager, task=task, fields={"title": "Save call, now"})
    data = typed(cast, title="My own words", version=task.version, seen=form["seen"].value())
    response = client.post(url("edit", task), data, headers=DIALOG)
    html = response.content.decode()
    task.refresh_from_db()
    assert response.status_code == 409
    assert "Mona Manager changed this" in html
    assert "My own words" in html
    assert task.title == "Save call, now"


def test_a_closed_task_and_one_for_those_who_may_only_look_is_shown_without_a_form(cast, task):
    html = logged_in(cast.read_only).get(url("edit", task), headers=DIALOG).content.decode()
    assert "Save call" in html
    assert "<form" not in html
    done = TaskFactory(title="Over", account=cast.account, done=True)
    html = logged_in(cast.owner).get(url("edit", done), headers=DIALOG).content.decode()
    assert "Reopen" in html
    assert 'name="title"' not in html


@pytest.mark.parametrize(
    ("verb", "before", "after", "undo"),
    [
        ("done", "open", "done", "reopen"),
        ("cancel", "open", "cancelled", "reopen"),
        ("reopen", "cancelled", "open", None),
    ],
)
def test_one_click_changes_the_state_and_names_the_way_back(cast, verb, before, after, undo):
    task = TaskFactory(account=cast.account, status=before)
    response = logged_in(cast.owner).post(url(verb, task), headers=DIALOG)
    task.refresh_from_db()
    assert task.status == after
    assert "tasksChanged" in response["HX-Trigger"]
    assert "countsChanged" in response["HX-Trigger"]
    assert (url(undo, task) in response.content.decode()) if undo else ("Undo" not in response.content.decode())


def test_a_state_that_does_not_allow_it_is_told(cast):
    task = TaskFactory(account=cast.account, done=True)
    response = logged_in(cast.owner).post(url("done", task), headers=DIALOG)
    assert "The task is done already." in response.content.decode()


def test_without_javascript_one_comes_back_to_where_one_was(cast, task):
    response = logged_in(cast.owner).post(url("done", task), {"next": "/tasks/?scope=team"})
    assert (response.status_code, response["Location"]) == (302, "/tasks/?scope=team")


def test_a_task_sleeps_until_a_day_and_can_be_woken(cast, task):
    client = logged_in(cast.owner)
    assert 'name="days"' in client.get(url("snooze", task), headers=DIALOG).content.decode()
    response = client.post(url("snooze", task), {"days": "3"}, headers=DIALOG)
    task.refresh_from_db()
    assert task.snoozed_until is not None
    assert task.snoozed_until > clock.now()
    assert url("wake", task) in response.content.decode()
    client.post(url("wake", task), headers=DIALOG)
    task.refresh_from_db()
    assert task.snoozed_until is None


@pytest.mark.parametrize("data", [{}, {"days": "5"}, {"until": "someday"}, {"until": "2020-01-01"}])
def test_a_task_does_not_sleep_until_nothing_or_a_day_that_is_gone(cast, task, data):
    response = logged_in(cast.owner).post(url("snooze", task), data, headers=DIALOG)
    assert response.status_code == 422
    assert "alert" in response.content.decode()


# In the row


def test_title_day_and_priority_are_changed_in_the_row(cast, task):
    client = logged_in(cast.owner)
    assert 'name="due_on"' in client.get(f"{url('row', task)}?edit=1", headers=ROW).content.decode()
    data = {"title": "Save call!", "due_on": "2027-01-15", "priority": "1", "version": task.version}
    response = client.post(url("row", task), data, headers=ROW)
    hour = timezone.localtime(task.due_at).time()
    task.refresh_from_db()
    assert response["HX-Reswap"] == "none"
    assert (task.title, task.priority) == ("Save call!", 1)
    due = timezone.localtime(task.due_at)
    assert (due.date(), due.time()) == (dt.date(2027, 1, 15), hour)


def test_a_change_in_the_row_is_taken_back_by_its_undo(cast, task):
    client = logged_in(cast.owner)
    data = {"title": "Wrong", "due_on": "", "priority": "4", "version": task.version}
    client.post(way_back(client.post(url("row", task), data, headers=ROW)), headers=ROW)
    task.refresh_from_db()
    assert (task.title, task.priority) == ("Save call", 3)
    assert task.due_at is not None


def test_the_row_goes_back_to_what_it_was(cast, task):
    html = logged_in(cast.owner).get(url("row", task), headers=ROW).content.decode()
    assert f'id="task-{task.pk}"' in html
    assert 'name="due_on"' not in html


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "A task needs a title."),
        ({"due_on": "soon"}, "Give a day."),
        ({"priority": "9"}, "valid choice"),
        ({"version": ""}, "required"),
    ],
)
def test_what_is_wrong_in_the_row_is_said_there(cast, task, fields, message):
    data = {"title": "Typed", "due_on": "2027-01-15", "priority": "1", "version": task.version} | fields
    response = logged_in(cast.owner).post(url("row", task), data, headers=ROW)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_a_row_that_somebody_else_changed_says_so_and_keeps_what_was_typed(cast, task):
    edit_task(by=cast.manager, task=task, fields={"title": "Of Mona"})
    data = {"title": "Typed", "due_on": "2027-01-15", "priority": "1", "version": task.version}
    client = logged_in(cast.owner)
    response = client.post(url("row", task), data, headers=ROW)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Mona Manager changed this task meanwhile" in html
    assert "Of Mona" in html
    assert 'value="Typed"' in html
    again = {**data, "version": task.version + 1}
    assert client.post(url("row", task), again, headers=ROW).status_code == 200


def test_without_javascript_the_row_is_the_page_of_the_task(cast, task):
    response = logged_in(cast.owner).get(url("row", task))
    assert response["Location"] == url("edit", task)


CHANGES = ["edit", "row", "done", "reopen", "snooze", "wake", "cancel"]


@pytest.mark.parametrize("name", CHANGES)
def test_outsiders_find_no_task_and_read_only_users_are_refused(cast, task, name):
    assert logged_in(cast.outsider).post(url(name, task)).status_code == 404
    assert logged_in(cast.read_only).post(url(name, task)).status_code == 403
    assert Task.objects.get().status == "open"


@pytest.mark.parametrize("name", ["done", "reopen", "wake", "cancel"])
def test_a_change_is_posted(cast, task, name):
    assert logged_in(cast.owner).get(url(name, task)).status_code == 405
    assert logged_in(cast.owner).put(url("edit", task)).status_code == 405
