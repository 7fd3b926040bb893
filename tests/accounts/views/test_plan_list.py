"""The list of success plans."""

import pytest
from django.urls import reverse

from accounts.queries.plan_list import CHIPS, PlanFilter, plan_counts, plan_list
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import AccountFactory, ObjectiveFactory, SuccessPlanFactory, day

pytestmark = pytest.mark.django_db

URL = "accounts:plans"


def plan(cast, name, *, review=30, **fields):
    account = AccountFactory(owner=cast.owner, name=name, **fields)
    return SuccessPlanFactory(account=account, owner=cast.owner, next_review_on=day(review))


def reached(of):
    return ObjectiveFactory(plan=of, current=100, measured_on=day(-1))


@pytest.fixture
def plans(cast):
    """One plan in each state, one of them due for its review."""
    made = {name: plan(cast, name) for name in ("Achieved", "On track", "At risk", "Missed", "Empty")}
    reached(made["Achieved"])
    ObjectiveFactory(plan=made["Achieved"], archived_at=clock.now())
    reached(made["On track"])
    ObjectiveFactory(plan=made["On track"], current=60, measured_on=day(-1))
    reached(made["At risk"])
    ObjectiveFactory(plan=made["At risk"])
    ObjectiveFactory(plan=made["Missed"], due_on=day(-1))
    plan(cast, "Due", review=-3)
    return made


def names(cast, user=None, **asked):
    response = logged_in(user or cast.owner).get(reverse(URL), asked)
    assert response.status_code == 200
    return [row.plan.account.name for row in response.context["rows"]]


def test_plans_stand_in_the_order_of_their_reviews(cast, plans):
    assert names(cast) == ["Due", "Achieved", "On track", "At risk", "Missed", "Empty"]
    assert names(cast, sort="account") == ["Achieved", "At risk", "Due", "Empty", "Missed", "On track"]


def test_each_chip_counts_what_it_shows(cast, plans):
    shown = {
        "due": ["Due"],
        "behind": ["At risk", "Missed"],
        "on_track": ["On track"],
        "achieved": ["Achieved"],
        "empty": ["Due", "Empty"],
    }
    for only, found in shown.items():
        assert names(cast, only=only) == found
    counts = plan_counts(cast.owner, PlanFilter())
    assert counts == {only: len(found) for only, found in shown.items()} | {"all": 6}
    assert {only: plan_list(cast.owner, PlanFilter(only=only)).count() for only in CHIPS} == counts


def test_the_row_says_how_the_objectives_stand(cast, plans):
    answer = logged_in(cast.owner).get(reverse(URL), {"q": "at risk"}).content.decode()
    assert "1 of 2 achieved" in answer
    assert '<span class="tier t3">1</span>' in answer


def test_the_list_is_narrowed_by_owner_and_text(cast, plans):
    mates = plan(cast, "Mates")
    mates.owner = cast.team_mate
    mates.save()
    nobody = plan(cast, "Nobody's")
    nobody.owner = None
    nobody.save()
    assert names(cast, owner=cast.team_mate.pk) == ["Mates"]
    assert names(cast, owner="none") == ["Nobody's"]
    assert names(cast, q="miss") == ["Missed"]
    assert names(cast, q="zzz") == []


@pytest.mark.parametrize("asked", [{"only": "x"}, {"owner": "x"}, {"owner": "9" * 30}, {"sort": "x"}, {"q": "x" * 200}])
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, plans, asked):
    response = logged_in(cast.owner).get(reverse(URL), asked)
    assert "was left out" in response.content.decode()
    assert len(response.context["rows"]) == 6


def test_everybody_sees_the_plans_of_their_accounts_only(cast, plans):
    assert len(names(cast, cast.manager)) == len(names(cast, cast.executive)) == 6
    assert names(cast, cast.outsider) == []
    assert "No plans yet" in logged_in(cast.outsider).get(reverse(URL)).content.decode()


def test_plans_of_those_who_left_and_plans_put_away_are_not_listed(cast):
    plan(cast, "Gone", churned=True)
    away = plan(cast, "Away")
    away.archived_at = clock.now()
    away.save()
    assert names(cast) == []


def test_accounts_without_a_plan_are_counted_and_found_in_the_book(cast, plans):
    client = logged_in(cast.owner)
    answer = client.get(reverse(URL)).content.decode()
    assert "1 account has no plan" in answer
    book = client.get(reverse("accounts:book"), {"plan": "none"}).content.decode()
    assert "Halden Logistics" in book
    assert ">Missed<" not in book
    behind = client.get(reverse("accounts:book"), {"plan": "behind"}).content.decode()
    assert ">Missed<" in behind
    assert "Halden Logistics" not in behind


def test_the_list_takes_the_same_queries_for_one_plan_as_for_sixty(cast, django_assert_num_queries):
    client = logged_in(cast.owner)
    for count in (1, 59):
        for number in range(count):
            ObjectiveFactory(plan=plan(cast, f"Plan {count}-{number}"))
        with django_assert_num_queries(8):
            answer = client.get(reverse(URL))
    assert "1–50 of 60 plans" in answer.content.decode()


def test_only_gets_are_answered(cast):
    assert logged_in(cast.owner).post(reverse(URL)).status_code == 405
