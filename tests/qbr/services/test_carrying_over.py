"""Goals become objectives of the plan, ideas become opportunities."""

import pytest

from accounts.models import MeasuredValue, SuccessPlan
from accounts.services.plan_parts import measure
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.services.carrying_over import carry_goals, carry_idea, take_back_goals
from renewals.models import Opportunity
from tests.factories import ExpansionSignalFactory, SuccessPlanFactory
from tests.factories.reviews import ReviewFactory, ReviewGoalFactory, ReviewIdeaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


def anew(record):
    return type(record).objects.get(pk=record.pk)


def test_goals_stand_in_the_plan_once(cast, review):
    plan = SuccessPlanFactory(account=cast.account)
    goal = ReviewGoalFactory(review=review)
    ReviewGoalFactory(review=review, archived_at=clock.now())
    assert carry_goals(by=cast.owner, review=review) == [goal]
    [objective] = plan.objectives.all()
    assert (objective.title, objective.measure, objective.unit) == (goal.title, goal.measure, goal.unit)
    assert (objective.baseline, objective.target, objective.due_on) == (40, 20, goal.due_on)
    assert objective.began_on == clock.day_of(review.held_at)
    assert anew(goal).objective == objective
    assert carry_goals(by=cast.owner, review=review) == []
    assert plan.objectives.count() == 1


def test_a_customer_without_a_plan_gets_one(cast, review):
    ReviewGoalFactory(review=review)
    carry_goals(by=cast.owner, review=review)
    plan = SuccessPlan.objects.get(account=cast.account)
    assert (plan.owner, plan.objectives.count()) == (cast.owner, 1)


def test_without_goals_no_plan_is_begun(cast, review):
    assert carry_goals(by=cast.owner, review=review) == []
    assert not SuccessPlan.objects.exists()


def test_goals_are_taken_out_of_the_plan_again_until_they_are_measured(cast, review):
    goal = ReviewGoalFactory(review=review)
    carry_goals(by=cast.owner, review=review)
    take_back_goals(by=cast.owner, review=review, goals=[goal.pk])
    assert anew(goal).objective is None
    assert SuccessPlan.objects.get().objectives.filter(archived_at=None).count() == 0
    carry_goals(by=cast.owner, review=review)
    measure(by=cast.owner, objective=anew(goal).objective, on=clock.today(), value=30)
    with pytest.raises(RefusedError, match="was measured since"):
        take_back_goals(by=cast.owner, review=review, goals=[goal.pk])
    assert MeasuredValue.objects.count() == 1


FIELDS = {"name": "Fifty more seats", "kind": "seats", "value": 12_000, "expected_close": clock.today(), "owner": None}


def test_an_idea_becomes_an_opportunity_once(cast, review):
    idea = ReviewIdeaFactory(review=review)
    begun = carry_idea(by=cast.owner, idea=idea, fields=FIELDS)
    assert (begun.account, begun.value, begun.signal, anew(idea).opportunity) == (cast.account, 12_000, None, begun)
    with pytest.raises(RefusedError, match="already"):
        carry_idea(by=cast.owner, idea=idea, fields=FIELDS)
    assert Opportunity.objects.count() == 1


def test_the_signal_behind_an_idea_is_taken_up(cast, review):
    signal = ExpansionSignalFactory(account=cast.account)
    idea = ReviewIdeaFactory(review=review, signal=signal)
    assert carry_idea(by=cast.owner, idea=idea, fields=FIELDS).signal == signal
    assert anew(signal).state == "taken_up"


def test_an_idea_whose_signal_is_over_becomes_an_opportunity_of_its_own(cast, review):
    signal = ExpansionSignalFactory(account=cast.account, state="over")
    assert carry_idea(by=cast.owner, idea=ReviewIdeaFactory(review=review, signal=signal), fields=FIELDS).signal is None


def test_before_it_was_held_nothing_is_carried_over(cast):
    review = ReviewFactory(account=cast.account)
    for do in (
        lambda: carry_goals(by=cast.owner, review=review),
        lambda: carry_idea(by=cast.owner, idea=ReviewIdeaFactory(review=review), fields=FIELDS),
    ):
        with pytest.raises(RefusedError, match="Hold the review first"):
            do()
