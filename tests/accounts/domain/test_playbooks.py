"""Plans of playbooks: conditions, triggers, what makes no sense, and the way through JSON."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.playbook_presets import preset_playbooks
from accounts.domain.playbooks import (
    Condition,
    Fact,
    FactKind,
    Otherwise,
    Plan,
    Step,
    StepKind,
    Trigger,
    condition_in_words,
    problems_of,
)

FACTS = {
    fact.key: fact
    for fact in (
        Fact("score", "Score", FactKind.NUMBER),
        Fact("tier", "Tier", FactKind.RANK, (("1", "Healthy"), ("3", "At-Risk"), ("4", "Critical"))),
        Fact("stage", "Stage", FactKind.CHOICE, (("onboarding", "Onboarding"), ("renewing", "Renewing"))),
        Fact("signals", "Open churn signals", FactKind.SET, (("silent", "Silent"),)),
    )
}
HAND = Trigger("hand")
CALL = Step(StepKind.TASK, title="Call")


@pytest.mark.parametrize(
    ("fact", "operator", "value", "known", "holds"),
    [
        ("score", "at_least", "50", Decimal("50.0"), True),
        ("score", "at_least", "50", Decimal("49.9"), False),
        ("score", "at_most", "50", 50, True),
        ("score", "at_least", "50", 0, False),  # known to be nothing is known
        ("tier", "at_least", "3", 4, True),
        ("tier", "is", "3", 3, True),
        ("tier", "is_not", "3", 3, False),
        ("stage", "is", "renewing", "renewing", True),
        ("signals", "includes", "silent", {"silent", "payment"}, True),
        ("signals", "includes", "silent", set(), False),
        ("signals", "lacks", "silent", set(), True),
        ("score", "at_least", "50", None, None),
        ("stage", "is_not", "renewing", None, None),
    ],
)
def test_a_condition_holds_does_not_or_is_not_known(fact, operator, value, known, holds):
    assert Condition(fact, operator, value).holds({fact: known}) is holds


def test_a_condition_is_said_in_words():
    assert condition_in_words(Condition("tier", "at_least", "3"), FACTS) == "Tier is or is worse than At-Risk"
    assert condition_in_words(Condition("score", "at_most", "40"), FACTS) == "Score is at most 40"
    assert condition_in_words(Condition("gone", "is", "1"), FACTS) == "gone is 1"


@pytest.mark.parametrize(
    ("trigger", "kind", "choice", "number", "is_met"),
    [
        (Trigger("tier_entered", "4"), "tier_entered", "4", None, True),
        (Trigger("tier_entered", "4"), "tier_entered", "3", None, False),
        (Trigger("signal_raised"), "signal_raised", "silent", None, True),
        (Trigger("signal_raised"), "tier_entered", "4", None, False),
        (Trigger("score_drop", number=20), "score_drop", "", 20, True),
        (Trigger("score_drop", number=20), "score_drop", "", 19, False),
        (Trigger("score_drop", number=20), "score_drop", "", None, False),
        (Trigger("score_drop"), "score_drop", "", 3, True),
    ],
)
def test_a_trigger_is_met_by_what_it_waits_for(trigger, kind, choice, number, is_met):
    assert trigger.is_met_by(kind, choice, number) is is_met


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((), [("plan", None, "steps")]),
        ((CALL,), []),
        ((replace(CALL, title=" "),), [("step", 0, "title")]),
        ((CALL, replace(CALL, body="{champoin.name}")), [("step", 1, "body")]),
        ((replace(CALL, days=366),), [("step", 0, "days")]),
        ((replace(CALL, days=-1),), [("step", 0, "days")]),
        ((Step(StepKind.WAIT),), [("step", 0, "days")]),
        ((Step(StepKind.EMAIL, title="Hello"),), [("step", 0, "body")]),
        ((Step(StepKind.CONDITION),), [("step", 0, "fact")]),
        ((Step(StepKind.CONDITION, condition=Condition("score", "includes", "x")),),
         [("step", 0, "operator"), ("step", 0, "value")]),
        ((Step(StepKind.CONDITION, condition=Condition("score", "at_least", "nan")),), [("step", 0, "value")]),
        ((Step(StepKind.CONDITION, condition=Condition("tier", "is", "9")),), [("step", 0, "value")]),
        ((Step(StepKind.CONDITION, condition=Condition("tier", "is", "3"), otherwise=Otherwise.SKIP),),
         [("step", 0, "skip")]),
        ((Step(StepKind.CONDITION, condition=Condition("tier", "is", "3"), otherwise=Otherwise.SKIP), CALL), []),
        ((CALL,) * 41, [("plan", None, "steps")]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_where_it_stands(steps, told):
    found = problems_of(Plan(HAND, tuple(steps)), FACTS)
    assert [(one.part, one.place, one.field) for one in found] == told


def test_a_condition_of_the_plan_that_makes_no_sense_is_told_too():
    plan = Plan(HAND, (CALL,), (Condition("score", "at_least", "50"), Condition("gone", "is", "1")))
    assert [(one.part, one.place, one.field) for one in problems_of(plan, FACTS)] == [("condition", 1, "fact")]
    lost = Plan(HAND, (CALL,), stops_when_left=True)
    assert [one.field for one in problems_of(lost, FACTS)] == ["stops_when_left"]


def test_those_that_ship_have_keys_and_names_of_their_own_and_come_back_from_json():
    presets = preset_playbooks()
    assert len({one.key for one in presets}) == len({one.name for one in presets}) == len(presets) == 51
    for one in presets:
        assert Plan.from_dict(json.loads(json.dumps(one.plan.to_dict()))) == one.plan


conditions = st.builds(Condition, st.sampled_from(sorted(FACTS)), st.just("is"), st.text(max_size=5))
steps = st.builds(
    Step,
    st.sampled_from(StepKind),
    title=st.text(max_size=10),
    days=st.integers(0, 20),
    blocks=st.booleans(),
    condition=st.none() | conditions,
    otherwise=st.sampled_from(Otherwise),
)
plans = st.builds(
    Plan, st.builds(Trigger, st.text(max_size=5)), st.lists(steps).map(tuple), st.lists(conditions).map(tuple)
)


@given(plans)
def test_a_plan_comes_back_from_json_as_it_was(plan):
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
