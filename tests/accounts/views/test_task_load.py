"""Who of a team has how much to do, as those who lead see it."""

import pytest
from django.urls import reverse

from tests.cast import logged_in
from tests.factories import AccountFactory, TaskFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
URL = reverse("accounts:tasks-team")


def loads(user):
    response = logged_in(user).get(URL)
    assert response.status_code == 200
    return {load.person.name if load.person else None: load for load in response.context["page"].object_list}


def test_the_load_of_each_is_what_the_list_of_their_tasks_shows(cast):
    mine = {"account": cast.account, "assignees": [cast.owner]}
    TaskFactory(due_at=days_ago(3.5), **mine)
    TaskFactory(due_at=days_ago(1.5), priority=1, **mine)
    TaskFactory(due_at=days_ago(-30), **mine)
    TaskFactory(due_at=None, **mine)
    TaskFactory(due_at=days_ago(2), snoozed_until=days_ago(-2), **mine)
    TaskFactory(done=True, **mine)
    TaskFactory(status="done", done_at=days_ago(30), **mine)
    load = loads(cast.manager)["Olga Owner"]
    assert (load.open, load.overdue, load.late_by, load.urgent, load.done) == (4, 2, 3, 1, 1)
    listed = logged_in(cast.manager).get(f"{reverse('accounts:tasks')}?assignee={cast.owner.pk}")
    assert {key: number for key, _, number in listed.context["groups"]}["open"] == load.open


def test_a_task_of_two_counts_for_both_and_one_of_nobody_stands_for_itself(cast):
    TaskFactory(account=cast.account, assignees=[cast.owner, cast.team_mate])
    TaskFactory(account=cast.account)
    found = loads(cast.manager)
    assert (found["Olga Owner"].open, found["Tim Teammate"].open, found[None].open) == (1, 1, 1)
    assert found["Olga Owner"].share == 1.0


def test_the_most_overdue_comes_first_and_who_has_nothing_is_there_too(cast):
    TaskFactory(account=cast.account, assignees=[cast.team_mate], due_at=days_ago(1))
    names = list(loads(cast.manager))
    assert names[0] == "Tim Teammate"
    assert {"Olga Owner", "Mona Manager"} <= set(names)
    assert "Rita Readonly" not in names


def test_managers_see_their_people_and_the_accounts_below_them_only(cast):
    TaskFactory(account=cast.strangers, assignees=[cast.outsider, cast.owner])
    found = loads(cast.manager)
    assert "Udo Outsider" not in found
    assert found["Olga Owner"].open == 0
    assert loads(cast.executive)["Udo Outsider"].open == 1


def test_those_who_lead_nobody_are_refused_and_see_no_way_there(cast):
    assert logged_in(cast.owner).get(URL).status_code == 403
    assert URL not in logged_in(cast.owner).get(reverse("accounts:tasks")).content.decode()
    assert URL in logged_in(cast.manager).get(reverse("accounts:tasks")).content.decode()
    assert logged_in(cast.manager).post(URL).status_code == 405


@pytest.mark.parametrize("people", [1, 12])
def test_one_asks_the_same_queries_as_many(cast, people, django_assert_num_queries):
    for _ in range(people):
        user = UserFactory(manager=cast.manager)
        TaskFactory(account=AccountFactory(owner=user), assignees=[user])
    client = logged_in(cast.manager)
    with django_assert_num_queries(6):
        client.get(URL)


def test_long_teams_have_pages(cast):
    for _ in range(26):
        UserFactory(manager=cast.manager)
    response = logged_in(cast.manager).get(f"{URL}?page=2")
    assert response.context["page"].number == 2
