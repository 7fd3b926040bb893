"""Tasks under headings of account or origin, what they come from, and many put to sleep."""

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import BulkChange, RunStep
from accounts.services.tasks import create_task
from accounts.services.touches import FollowUp, log_touch
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import AccountFactory, AlertFactory, PlaybookRunFactory, TaskFactory, days_ago

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:tasks")
BULK = reverse("accounts:tasks-bulk")
HTMX = {"HX-Request": "true"}


def sections(user, query):
    response = logged_in(user).get(f"{LIST}{query}")
    assert response.status_code == 200
    return [
        (section.label, section.count, [task.title for task in section.tasks])
        for section in response.context["sections"]
    ]


def of_a_playbook(cast, **fields):
    task = TaskFactory(account=cast.account, origin="playbook", **fields)
    run = PlaybookRunFactory(account=cast.account)
    RunStep.objects.create(run=run, place=0, outcome="made", task=task, at=clock.now())
    return run


def test_under_accounts_with_how_many_each_has(cast):
    other = AccountFactory(name="Aero", owner=cast.owner)
    mine = {"assignees": [cast.owner]}
    TaskFactory(title="Late", account=cast.account, due_at=days_ago(1), **mine)
    TaskFactory(title="Soon", account=cast.account, due_at=days_ago(-1), **mine)
    TaskFactory(title="There", account=other, **mine)
    TaskFactory(title="Anywhere", account=None, **mine)
    assert sections(cast.owner, "?by=account") == [
        ("Aero", 1, ["There"]),
        ("Halden Logistics", 2, ["Late", "Soon"]),
        ("No account", 1, ["Anywhere"]),
    ]


def test_under_origins_and_each_playbook_for_itself(cast):
    run = of_a_playbook(cast, title="Step one", assignees=[cast.owner])
    TaskFactory(title="Own", account=cast.account, assignees=[cast.owner])
    TaskFactory(title="Save call", account=cast.account, assignees=[cast.owner], origin="alert")
    assert sections(cast.owner, "?by=origin") == [
        ("Alert", 1, ["Save call"]),
        ("By hand", 1, ["Own"]),
        (f"Playbook · {run.playbook.name}", 1, ["Step one"]),
    ]


def test_the_number_under_a_heading_counts_all_pages(cast):
    for _ in range(27):
        TaskFactory(account=cast.account, assignees=[cast.owner])
    assert [(label, count) for label, count, _ in sections(cast.owner, "?by=account&page=2")] == [
        ("Halden Logistics", 27)
    ]


@pytest.mark.parametrize("by", ["account", "origin"])
@pytest.mark.parametrize("rows", [1, 12])
def test_headings_ask_the_same_queries_for_one_row_as_for_many(cast, by, rows, django_assert_num_queries):
    for _ in range(rows):
        TaskFactory(account=AccountFactory(owner=cast.owner), assignees=[cast.owner, cast.team_mate])
    client = logged_in(cast.manager)
    with django_assert_num_queries(9):
        client.get(f"{LIST}?scope=team&by={by}")


def test_a_group_that_means_nothing_is_named_and_left_out(cast):
    assert "was left out" in logged_in(cast.owner).get(f"{LIST}?by=colour").content.decode()


def test_a_task_leads_to_what_it_comes_from(cast):
    alert = AlertFactory(account=cast.account)
    touch = log_touch(
        by=cast.owner,
        account=cast.account,
        fields={"kind": "call", "at": days_ago(1), "attended": True, "summary": "Talk"},
        follow_up=FollowUp("Send the offer", days_ago(-1)),
    )
    create_task(
        by=None,
        title="Save call",
        account=cast.account,
        assignees=[cast.owner],
        origin="alert",
        origin_key=f"alert:{alert.pk}:0",
    )
    html = logged_in(cast.owner).get(LIST).content.decode()
    for url in (reverse("health:alert", args=[alert.pk]), reverse("accounts:touch-edit", args=[touch.pk])):
        assert f'class="tag" href="{url}"' in html


def test_many_are_put_to_sleep_and_woken_by_the_undo(cast):
    tasks = [TaskFactory(account=cast.account), TaskFactory(account=cast.account, snoozed_until=days_ago(-9))]
    slept = tasks[1].snoozed_until
    client = logged_in(cast.owner)
    data = {"action": "snooze", "days": "3", "tasks": [task.pk for task in tasks]}
    response = client.post(BULK, data, headers=HTMX)
    until = f"{timezone.localtime(clock.now() + dt.timedelta(days=3)):%a %d %b}"
    assert f"2 tasks asleep until {until}" in response.content.decode()
    for task in tasks:
        task.refresh_from_db()
        assert (task.snoozed_until - clock.now()).days == 2
    client.post(unescape(response.content.decode().split('hx-post="')[1].split('"')[0]), headers=HTMX)
    for task in tasks:
        task.refresh_from_db()
    assert [task.snoozed_until for task in tasks] == [None, slept]


@pytest.mark.parametrize("days", ["", "2", "x"])
def test_how_long_they_sleep_must_be_chosen(cast, days):
    data = {"action": "snooze", "days": days, "tasks": [TaskFactory(account=cast.account).pk]}
    assert logged_in(cast.owner).post(BULK, data, headers=HTMX).status_code == 422
    assert not BulkChange.objects.exists()
