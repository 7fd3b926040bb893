import pytest
from django.db import IntegrityError, transaction

from accounts.domain.success_plans import next_review
from accounts.models import Milestone, PlanReview, SuccessPlan
from accounts.services.success_plans import (
    archive_plan,
    archive_review,
    edit_plan,
    record_review,
    restore_plan,
    start_plan,
)
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from health.models import DirtyMark
from tests.factories import AccountFactory, ContactFactory, SuccessPlanFactory, day

pytestmark = pytest.mark.django_db


def test_a_plan_begins_with_its_milestones_its_key_people_and_a_review_in_a_quarter(cast):
    champion = ContactFactory(account=cast.account, roles=["champion"])
    ContactFactory(account=cast.account, roles=["user"])
    plan = start_plan(by=cast.manager, account=cast.account)
    today = clock.today()
    assert (plan.owner, plan.began_on, plan.next_review_on) == (cast.owner, today, next_review(today))
    assert list(plan.stakeholders.all()) == [champion]
    assert [(one.title, (one.expected_on - today).days) for one in plan.milestones.all()] == [
        ("Technical set-up", 7), ("First value", 30), ("Full adoption", 90),
    ]  # fmt: skip
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_an_account_has_one_plan_at_a_time(cast):
    first = start_plan(by=cast.owner, account=cast.account)
    with pytest.raises(RefusedError, match="has a plan already"):
        start_plan(by=cast.owner, account=cast.account)
    archive_plan(by=cast.owner, plan=first)
    second = start_plan(by=cast.owner, account=cast.account)
    with pytest.raises(RefusedError, match="has a plan already"):
        restore_plan(by=cast.owner, plan=first)
    archive_plan(by=cast.owner, plan=second)
    restore_plan(by=cast.owner, plan=first)
    assert list(SuccessPlan.objects.visible_to(cast.owner)) == [first]
    with pytest.raises(IntegrityError), transaction.atomic():
        SuccessPlanFactory(account=cast.account)


def test_who_has_left_begins_no_plan(cast):
    with pytest.raises(RefusedError, match="has left"):
        start_plan(by=cast.owner, account=AccountFactory(owner=cast.owner, churned=True))


def test_owner_and_stakeholders_must_be_of_the_account(cast):
    plan = start_plan(by=cast.owner, account=cast.account)
    with pytest.raises(RefusedError, match="may not see Halden Logistics"):
        edit_plan(by=cast.owner, plan=plan, fields={"owner": cast.outsider})
    with pytest.raises(RefusedError, match="another account"):
        edit_plan(by=cast.owner, plan=plan, fields={"stakeholders": [ContactFactory(account=cast.strangers)]})
    kim = ContactFactory(account=cast.account)
    edited = edit_plan(by=cast.owner, plan=plan, fields={"owner": cast.team_mate, "stakeholders": [kim]}, version=1)
    assert (edited.owner, list(edited.stakeholders.all()), edited.version) == (cast.team_mate, [kim], 2)
    with pytest.raises(StaleError):
        edit_plan(by=cast.owner, plan=plan, fields={"next_review_on": day(5)}, version=1)


def test_a_review_moves_the_next_one_on_and_taking_it_back_moves_it_back(cast):
    plan = SuccessPlanFactory(account=cast.account, next_review_on=day(-3))
    first = record_review(by=cast.owner, plan=plan, on=day(-1), summary="All well")
    plan.refresh_from_db()
    assert (plan.next_review_on, first.was_due_on) == (next_review(day(-1)), day(-3))
    second = record_review(by=cast.owner, plan=plan, on=day(0), next_on=day(20))
    plan.refresh_from_db()
    assert plan.next_review_on == day(20)
    archive_review(by=cast.owner, review=first)
    plan.refresh_from_db()
    assert plan.next_review_on == day(20), "a later one has moved it already"
    archive_review(by=cast.owner, review=second)
    plan.refresh_from_db()
    assert plan.next_review_on == next_review(day(-1))
    assert not PlanReview.objects.kept().exists()


def test_a_review_has_been_held_and_the_next_one_follows_it(cast):
    plan = SuccessPlanFactory(account=cast.account)
    with pytest.raises(RefusedError, match="future"):
        record_review(by=cast.owner, plan=plan, on=day(1))
    with pytest.raises(RefusedError, match="follows"):
        record_review(by=cast.owner, plan=plan, on=day(-1), next_on=day(-1))


def test_each_standard_milestone_is_there_once(cast):
    plan = start_plan(by=cast.owner, account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.create(plan=plan, kind=Milestone.Kind.SETUP, title="Again")
