"""Success plans as metrics, and what a goal that is reached does to the score."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Objective
from accounts.services.plan_parts import add_part, archive_value, measure
from accounts.services.success_plans import archive_plan, start_plan
from health.metrics import compute
from health.models import Scorecard, Snapshot
from health.services.presets import install_preset
from health.services.recompute import recompute_accounts
from health.services.runs import refresh_dirty
from tests.factories import MeasuredValueFactory, ObjectiveFactory, RoiRecordFactory, SuccessPlanFactory, UserFactory
from tests.health.making import TODAY, account, ago, noon, observed_account, reading

pytestmark = pytest.mark.django_db

GOALS = ("goals_defined", "goals_achieved_share", "goals_standing")
METRICS = (*GOALS, "roi_documented", "outcome_evidence")


def plan_of(one, **fields):
    return SuccessPlanFactory(account=one, **{"began_on": ago(100)} | fields)


def goal(plan, *values, **fields):
    """An objective from 0 to 100; each of `values` is the days since it was measured, and the value."""
    made = ObjectiveFactory(plan=plan, **{"began_on": ago(100), "due_on": ago(-100)} | fields)
    for days, value in values:
        MeasuredValueFactory(objective=made, on=ago(days), value=value)
    return made


def read(one, *names, day=TODAY):
    return [reading(name, one, day=day) for name in names]


def test_without_a_plan_nothing_is_known():
    assert read(account(), *METRICS) == [None] * 5


def test_a_plan_without_goals_has_none_defined_and_no_share():
    one = account()
    plan_of(one)
    assert read(one, *METRICS) == [0, None, None, 0, 0]


@pytest.mark.parametrize(
    ("values", "share", "standing"),
    [([50, 60], 0, 0), ([100, 60], 0.5, 1), ([100, 130], 1, 2), ([99.99], 0, 0)],
)
def test_achieved_are_goals_whose_latest_value_meets_the_target(values, share, standing):
    one = account()
    plan = plan_of(one)
    for value in values:
        goal(plan, (20, 10), (5, Decimal(str(value))))
    assert read(one, *GOALS) == [len(values), share, standing]


def test_downwards_less_is_better_and_a_goal_without_a_value_is_not_achieved():
    one = account()
    plan = plan_of(one)
    goal(plan, (5, 7), baseline=48, target=8)
    goal(plan, (5, 9), baseline=48, target=8)
    goal(plan)
    goal(plan, baseline=48, target=8)
    assert read(one, *GOALS) == [4, 0.25, 1]


def test_readings_are_as_of_the_day():
    one = account()
    plan = plan_of(one)
    goal(plan, (30, 100), (10, 90))
    goal(plan, (5, 100), began_on=ago(20))
    Objective.objects.update(created_at=noon(0))
    assert read(one, *GOALS) == [2, 0.5, 1]
    assert read(one, *GOALS, day=ago(5)) == [2, 0.5, 1]
    assert read(one, *GOALS, day=ago(6)) == [2, 0, 0]
    assert read(one, *GOALS, day=ago(29)) == [1, 1, 2]
    assert read(one, *GOALS, day=ago(31)) == [1, 0, 0]
    assert read(one, *GOALS, day=ago(101)) == [None] * 3


def test_what_was_put_away_later_was_there_and_what_was_taken_back_never_was():
    one = account()
    old = plan_of(one, archived_at=noon(10))
    goal(old, (50, 100))
    plan = plan_of(one, began_on=ago(9))
    goal(plan, (5, 100), archived_at=noon(2))
    reached = goal(plan, (5, 100))
    assert read(one, *GOALS) == [1, 1, 2]
    assert read(one, *GOALS, day=ago(3)) == [2, 1, 2]
    assert read(one, *GOALS, day=ago(20)) == [1, 1, 2]
    archive_value(by=UserFactory(), value=reached.values.get())
    assert read(one, *GOALS) == [1, 0, 0]


def test_roi_is_documented_in_the_plan_and_evidence_lies_within_180_days_whatever_the_plan():
    one, other, third = account(), account(), account()
    old = plan_of(one, archived_at=noon(50), began_on=ago(300))
    RoiRecordFactory(plan=old, on=ago(179))
    plan_of(one, began_on=ago(49))
    RoiRecordFactory(plan=plan_of(other, began_on=ago(300)), on=ago(180))
    RoiRecordFactory(plan=plan_of(third), on=ago(3), archived_at=noon(1))
    wanted = ("roi_documented", "outcome_evidence")
    assert read(one, *wanted) == [0, 1]
    assert read(other, *wanted) == [1, 0]
    assert read(other, *wanted, day=ago(179)) == [1, 1]
    assert read(other, *wanted, day=ago(181)) == [0, 0]
    assert read(third, *wanted) == [0, 0]


def test_one_statement_reads_all_five_of_all_accounts():
    accounts = [account() for _ in range(5)]
    for one in accounts[:4]:
        goal(plan_of(one), (5, 100))
    with CaptureQueriesContext(connection) as queries:
        found = compute(METRICS, [one.pk for one in accounts], TODAY)
    assert [one["sql"] for one in queries if "accounts_successplan" in one["sql"]] == [queries[0]["sql"]]
    assert found["goals_standing"][:4].tolist() == [2] * 4


def test_a_goal_that_reaches_its_target_changes_the_score_and_taking_it_back_changes_it_back():
    """From the form's verb over the mark to the snapshot: by the lifecycle preset a fifth of the score are goals, which
    give 15 points of 100 for none, 50 for some, 85 for all."""
    Scorecard.objects.update(is_default=False)
    Scorecard.objects.filter(pk=install_preset("lifecycle").pk).update(is_default=True)
    one, by = observed_account(0.8), UserFactory()
    plan = start_plan(by=by, account=one)
    objective = add_part(
        by=by,
        plan=plan,
        part=Objective,
        fields={"title": "Fewer hours", "measure": "Hours", "unit": "h", "baseline": Decimal(48), "target": Decimal(8),
                "began_on": ago(60), "due_on": ago(-30)},
    )  # fmt: skip

    def score():
        assert refresh_dirty() == 1
        one.refresh_from_db()
        assert Snapshot.objects.get(account=one, day=TODAY).score == one.health_score
        return one.health_score

    recompute_accounts([one.pk], day=TODAY)
    none = score()
    with time_machine.travel(noon(0) + dt.timedelta(minutes=1), tick=False):
        measured = measure(by=by, objective=objective, on=TODAY, value=Decimal(8))
        assert score() - none == Decimal("20.0"), "(85 − 15) × 0.20 ÷ the 0.70 of the weight that is known"
        assert one.health_confidence == Decimal("0.7")
        archive_value(by=by, value=measured)
        assert score() == none
        archive_plan(by=by, plan=plan)
        assert score() != none, "without a plan its dimension is not known"
