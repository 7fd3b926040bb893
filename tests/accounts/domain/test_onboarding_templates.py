"""The templates that ship, and what is told of those that make no sense."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.domain.onboarding import Owner, Stage
from accounts.domain.onboarding_templates import StepPlan, problems_of, templates_that_ship

ENTERPRISE, MID_MARKET, SMB, SELF_SERVE = templates_that_ship()


@pytest.mark.parametrize(
    ("plan", "within"),
    [
        (ENTERPRISE, dt.timedelta(days=30)),
        (MID_MARKET, dt.timedelta(days=14)),
        (SMB, dt.timedelta(hours=24)),
        (SELF_SERVE, dt.timedelta(minutes=10)),
    ],
)
def test_each_segment_has_its_target_for_first_value(plan, within):
    assert plan.first_value_within == within


def test_the_ninety_days_have_the_stages_of_the_table():
    assert ENTERPRISE.stages == MID_MARKET.stages == {
        Stage.BEFORE: (-14, 0),
        Stage.FOUNDATION: (0, 7),
        Stage.CORE: (8, 28),
        Stage.WIDER: (29, 56),
        Stage.OPTIMISATION: (57, 90),
    }  # fmt: skip
    assert max(step.due for step in SMB.steps) == 30


@pytest.mark.parametrize("plan", templates_that_ship(), ids=lambda plan: plan.key)
def test_every_template_makes_sense_and_gives_the_customer_something_to_do(plan):
    assert problems_of(plan) == []
    assert any(step.owner is Owner.CUSTOMER for step in plan.steps)


@pytest.mark.parametrize("plan", templates_that_ship(), ids=lambda plan: plan.key)
def test_the_first_value_is_due_by_its_target(plan):
    [value] = [step for step in plan.steps if step.first_value]
    assert value.due <= plan.first_value_within.days or plan.first_value_within < dt.timedelta(days=1)


LATE = StepPlan("x", Stage.FOUNDATION, "Too late", 30)
SHORT = StepPlan("x", Stage.FOUNDATION, "Too short", 5, longest=3)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ([*SMB.steps, LATE], "“Too late” is due on day 30, outside of Foundation."),
        ([*SMB.steps, replace(SHORT, due=2, longest=1)], "“Too short” takes at the longest less than until it is due."),
        ([*SMB.steps, SMB.steps[0]], "Two steps have the same key."),
        ([step for step in SMB.steps if not step.first_value], "One step must be the first value."),
        ([replace(step, longest=None) for step in SMB.steps], "One step must be a milestone."),
    ],
)
def test_what_makes_no_sense_is_named(steps, problem):
    assert problems_of(replace(SMB, steps=steps)) == [problem]
