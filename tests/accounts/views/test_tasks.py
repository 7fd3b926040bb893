"""The list of tasks, and what is done with the ticked ones."""

import csv
import datetime as dt
import io
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Task
from tests.cast import logged_in
from tests.factories import AccountFactory, MailFactory, TaskFactory, days_ago

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
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


def way_back(response):
    """The address of the Undo in the toast."""
    return unescape(response.content.decode().split('hx-post="')[1].split('"')[0])


@pytest.fixture
def task(cast):
    return TaskFactory(title="Save call", account=cast.account, assignees=[cast.owner])


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
        task = TaskFactory(account=account, assignees=[cast.owner, cast.team_mate], done=False)
        MailFactory(account=account, key=f"task:{task.pk}")
    client = logged_in(cast.manager)
    with django_assert_num_queries(8):
        client.get(f"{LIST}?scope=team")


def test_a_task_leads_to_the_e_mail_that_it_is_about_in_list_row_and_dialog_until_that_is_cancelled(cast, task):
    mail = MailFactory(account=cast.account, key=f"task:{task.pk}")
    places = [(LIST, {}), (url("row", task), DIALOG), (url("edit", task), DIALOG)]
    for user in (cast.owner, cast.read_only):
        for address, headers in places[: 1 if user.read_only else 3]:
            shown = logged_in(user).get(f"{address}?scope=team", headers=headers).content.decode()
            assert f'href="{reverse("accounts:mail", args=[mail.pk])}"' in shown, address
    mail.state = "cancelled"
    mail.save()
    for address, headers in places:
        shown = logged_in(cast.owner).get(address, headers=headers).content.decode()
        assert "Save call" in shown
        assert reverse("accounts:mail", args=[mail.pk]) not in shown


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


@pytest.mark.parametrize("where", [NEW, BULK])
def test_read_only_users_make_and_change_nothing(cast, where):
    assert logged_in(cast.read_only).post(where, {"action": "done"}).status_code == 403


def test_a_task_without_an_account_is_seen_by_those_who_have_or_made_it(cast):
    own = TaskFactory(title="Errand", account=None, assignees=[cast.owner])
    assert titles(cast.owner) == ["Errand"]
    assert logged_in(cast.team_mate).get(url("edit", own)).status_code == 404
