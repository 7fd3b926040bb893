import csv
import datetime as dt
import io
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, Task
from accounts.services.tasks import edit_task
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import AccountFactory, TaskFactory, days_ago

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
ROW = {"HX-Request": "true", "HX-Target": "task-1"}
LIST = reverse("accounts:tasks")
NEW = reverse("accounts:task-new")
BULK = reverse("accounts:tasks-bulk")


def url(name, task):
    return reverse(f"accounts:task-{name}", args=[task.pk])


def page(user, query=""):
    response = logged_in(user).get(f"{LIST}{query}")
    assert response.status_code == 200
    return response


def titles(user, query=""):
    return [task.title for task in page(user, query).context["page"].object_list]


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


# The list


def test_the_list_shows_my_open_tasks_under_the_headings_of_when_they_are_due(cast, task):
    TaskFactory(title="Missed", account=cast.account, assignees=[cast.owner], due_at=days_ago(2))
    TaskFactory(title="Someday", account=cast.account, assignees=[cast.owner], due_at=None)
    TaskFactory(title="Of Tim", account=cast.account, assignees=[cast.team_mate])
    TaskFactory(title="Over", account=cast.account, assignees=[cast.owner], done=True)
    response = page(cast.owner)
    sections = [(section.label, section.count) for section in response.context["sections"]]
    assert titles(cast.owner) == ["Missed", "Save call", "Someday"]
    assert sections[0] == ("Overdue", 1)
    assert sections[-1] == ("No date", 1)


def test_my_teams_tasks_are_those_on_all_accounts_that_i_see(cast, task):
    TaskFactory(title="Of Tim", account=cast.account, assignees=[cast.team_mate])
    TaskFactory(title="Hidden", account=cast.strangers, assignees=[cast.outsider])
    assert titles(cast.manager) == []
    assert sorted(titles(cast.manager, "?scope=team")) == ["Of Tim", "Save call"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("overdue", ["Missed"]),
        ("undated", ["Someday"]),
        ("snoozed", ["Asleep"]),
        ("done", ["Over", "Given up"]),
        ("later", ["Far away"]),
    ],
)
def test_a_chip_shows_its_group_and_says_how_many_are_in_it(cast, group, expected):
    mine = {"account": cast.account, "assignees": [cast.owner]}
    TaskFactory(title="Missed", due_at=days_ago(2), **mine)
    TaskFactory(title="Someday", due_at=None, **mine)
    TaskFactory(title="Far away", due_at=days_ago(-30), **mine)
    TaskFactory(title="Asleep", snoozed_until=days_ago(-1), **mine)
    TaskFactory(title="Over", done=True, **mine)
    TaskFactory(title="Given up", status="cancelled", **mine)
    TaskFactory(title="Long over", status="done", done_at=days_ago(60), **mine)
    response = page(cast.owner, f"?group={group}")
    assert [task.title for task in response.context["page"].object_list] == expected
    assert {key: count for key, _, count in response.context["groups"]}[group] == len(expected)


@pytest.mark.parametrize(
    "query", ["?q=save", "?q=halden", "?account=Halden+Logistics", "?priority=1", "?origin=alert", "?account={pk}"]
)
def test_filters_narrow_the_list(cast, query):
    TaskFactory(title="Save call", account=cast.account, assignees=[cast.owner], priority=1, origin="alert")
    TaskFactory(title="Other", account=AccountFactory(owner=cast.owner), assignees=[cast.owner])
    assert titles(cast.owner, query.format(pk=cast.account.pk)) == ["Save call"]


def test_those_who_lead_filter_by_who_has_it(cast, task):
    TaskFactory(title="Nobody's", account=cast.account)
    assert titles(cast.manager, f"?assignee={cast.owner.pk}") == ["Save call"]
    assert titles(cast.manager, "?assignee=none") == ["Nobody's"]
    assert titles(cast.executive, f"?assignee={cast.owner.pk}") == ["Save call"]
    assert 'name="assignee"' not in page(cast.ae).content.decode().split("tasks-bulk")[0]


@pytest.mark.parametrize(
    "query",
    ["?priority=9", "?group=soon", "?account=Stranger+Foods", "?sort=colour", "?assignee=x", "?account=" + "9" * 40],
)
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, task, query):
    TaskFactory(title="Hidden", account=cast.strangers, assignees=[cast.outsider])
    response = page(cast.manager, f"{query}&scope=team")
    assert "was left out" in response.content.decode()
    assert [task.title for task in response.context["page"].object_list] == ["Save call"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("due", ["Soon", "Later"]),
        ("-due", ["Later", "Soon"]),
        ("account", ["Later", "Soon"]),
        ("-account", ["Soon", "Later"]),
        ("priority", ["Soon", "Later"]),
        ("-priority", ["Later", "Soon"]),
    ],
)
def test_the_list_is_sorted_by_day_account_or_priority(cast, sort, expected):
    last = AccountFactory(name="Zenith", owner=cast.owner)
    TaskFactory(title="Soon", account=last, assignees=[cast.owner], priority=1, due_at=days_ago(-1))
    TaskFactory(title="Later", account=cast.account, assignees=[cast.owner], priority=4, due_at=days_ago(-5))
    assert titles(cast.owner, f"?sort={sort}") == expected


def test_long_lists_have_pages(cast):
    for _ in range(26):
        TaskFactory(account=cast.account, assignees=[cast.owner])
    assert len(titles(cast.owner)) == 25
    assert len(titles(cast.owner, "?page=2")) == 1
    assert "26–26 of 26 tasks" in page(cast.owner, "?page=999").content.decode()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_asks_the_same_queries_for_one_row_as_for_many(cast, rows, django_assert_num_queries):
    for _ in range(rows):
        account = AccountFactory(owner=cast.owner)
        TaskFactory(account=account, assignees=[cast.owner, cast.team_mate], done=False)
    client = logged_in(cast.manager)
    with django_assert_num_queries(8):
        client.get(f"{LIST}?scope=team")


def test_an_empty_list_says_why(cast):
    assert "Nothing is waiting for you" in page(cast.owner).content.decode()
    assert "No task matches" in page(cast.owner, "?q=zzz").content.decode()
    assert "None here" in page(cast.owner, "?group=snoozed").content.decode()


def test_read_only_users_look_and_find_no_button(cast):
    TaskFactory(title="Look at me", account=cast.account, assignees=[cast.read_only])
    html = page(cast.read_only).content.decode()
    assert "Look at me" in html
    assert not [word for word in ('data-key="t"', "data-select", ">Snooze<", "data-edit", "tasks-bulk") if word in html]


def test_the_export_holds_what_the_list_shows_in_its_order(cast, task):
    TaskFactory(title="=1+1", account=cast.account, assignees=[cast.owner], due_at=days_ago(2))
    TaskFactory(title="Of Tim", account=cast.account, assignees=[cast.team_mate])
    response = logged_in(cast.owner).get(reverse("accounts:tasks-export"))
    lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["Task", "'=1+1", "Save call"]
    assert lines[2][1] == "Halden Logistics"


def test_accounts_are_suggested_by_what_was_typed(cast):
    client = logged_in(cast.owner)
    options = reverse("accounts:account-options")
    assert f"Halden Logistics (#{cast.account.pk})" in client.get(options, {"account": "hald"}).content.decode()
    assert "Stranger" not in client.get(options, {"account": "stranger"}).content.decode()
    assert client.get(options).content.decode().strip() == ""


# One task


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


# Ticked


def test_ticked_tasks_are_done_at_once_and_reopened_by_the_undo(cast):
    tasks = [TaskFactory(account=cast.account), TaskFactory(account=cast.account, done=True)]
    client = logged_in(cast.owner)
    response = client.post(BULK, {"action": "done", "tasks": [task.pk for task in tasks]}, headers=DIALOG)
    assert "1 task done (1 was not in a state for it)" in response.content.decode()
    assert set(Task.objects.values_list("status", flat=True)) == {"done"}
    client.post(way_back(response), headers=DIALOG)
    assert sorted(Task.objects.values_list("status", flat=True)) == ["done", "open"]


def test_ticked_tasks_are_handed_over_and_get_a_new_day(cast):
    tasks = [TaskFactory(account=cast.account), TaskFactory(account=cast.account)]
    keys = [task.pk for task in tasks]
    client = logged_in(cast.manager)
    client.post(BULK, {"action": "reassign", "tasks": keys, "assignee": cast.team_mate.pk}, headers=DIALOG)
    client.post(BULK, {"action": "due", "tasks": keys, "due_on": "2027-02-01"}, headers=DIALOG)
    for task in Task.objects.all():
        assert list(task.assignees.all()) == [cast.team_mate]
        assert timezone.localtime(task.due_at).date() == dt.date(2027, 2, 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"action": "done"}, "Tick the tasks first."),
        ({"action": "due", "tasks": True}, "Choose the new day."),
        ({"action": "reassign", "tasks": True}, "Choose who gets them."),
        ({"action": "reassign", "tasks": True, "assignee": "outsider"}, "may not see Halden Logistics"),
        ({"action": "burn", "tasks": True}, "valid choice"),
        ({"action": "done", "tasks": ["x"]}, "not a valid value"),
        ({}, "required"),
    ],
)
def test_a_bulk_change_that_lacks_something_says_what(cast, task, data, message):
    if data.get("tasks") is True:
        data = data | {"tasks": [task.pk]}
    if data.get("assignee") == "outsider":
        data = data | {"assignee": cast.outsider.pk}
    response = logged_in(cast.owner).post(BULK, data, headers=DIALOG)
    assert response.status_code == 422
    assert message in response.content.decode().replace("&#x27;", "'")
    assert Task.objects.get().status == "open"


def test_one_task_of_others_among_the_ticked_stops_all_of_them(cast, task):
    hidden = TaskFactory(account=cast.strangers)
    response = logged_in(cast.owner).post(BULK, {"action": "done", "tasks": [task.pk, hidden.pk]}, headers=DIALOG)
    assert response.status_code == 404
    assert not Task.objects.filter(status="done").exists()


# Who may


CHANGES = ["edit", "row", "done", "reopen", "snooze", "wake", "cancel"]


@pytest.mark.parametrize("name", CHANGES)
def test_outsiders_find_no_task_and_read_only_users_are_refused(cast, task, name):
    assert logged_in(cast.outsider).post(url(name, task)).status_code == 404
    assert logged_in(cast.read_only).post(url(name, task)).status_code == 403
    assert Task.objects.get().status == "open"


@pytest.mark.parametrize("where", [NEW, BULK])
def test_read_only_users_make_and_change_nothing(cast, where):
    assert logged_in(cast.read_only).post(where, {"action": "done"}).status_code == 403


def test_a_task_without_an_account_is_seen_by_those_who_have_or_made_it(cast):
    own = TaskFactory(title="Errand", account=None, assignees=[cast.owner])
    assert titles(cast.owner) == ["Errand"]
    assert logged_in(cast.team_mate).get(url("edit", own)).status_code == 404


@pytest.mark.parametrize("name", ["done", "reopen", "wake", "cancel"])
def test_a_change_is_posted(cast, task, name):
    assert logged_in(cast.owner).get(url(name, task)).status_code == 405
    assert logged_in(cast.owner).put(url("edit", task)).status_code == 405
