"""Checkpoints: who may say what, and which word counts."""

import datetime as dt
from itertools import product

import pytest

from renewals.domain.assessments import (
    Judgements,
    Risk,
    assessment_refused,
    automated_risk,
    choices_at,
    decision_refused,
    final_word,
    reached,
)
from renewals.domain.zones import Zone

TODAY = dt.date(2026, 11, 26)
ON, WATCHING, RISK = Risk.ON_TRACK, Risk.WATCHING, Risk.AT_RISK


@pytest.mark.parametrize(
    ("left", "there", "expected"),
    [
        (181, (), None),
        (180, (), 180),
        (91, (), 180),
        (91, (180,), None),
        (90, (180,), 90),
        (85, (), 90),
        (0, (180,), 90),
        (0, (180, 90), None),
        (-1, (), None),
    ],
)
def test_a_renewal_comes_to_each_checkpoint_once_and_late_only_to_the_last(left, there, expected):
    assert reached(TODAY + dt.timedelta(days=left), today=TODAY, there=there) == expected


@pytest.mark.parametrize(
    ("zone", "at_180", "at_90"),
    [(Zone.GREEN, ON, ON), (Zone.YELLOW, WATCHING, RISK), (Zone.RED, RISK, RISK), (None, None, None)],
)
def test_the_data_judge_by_the_zone(zone, at_180, at_90):
    assert (automated_risk(zone, 180), automated_risk(zone, 90)) == (at_180, at_90)


def test_nobody_watches_any_more_at_the_last_checkpoint():
    assert (choices_at(180), choices_at(90)) == ((ON, WATCHING, RISK), (ON, RISK))
    refusal = assessment_refused(Judgements(90), WATCHING, "")
    assert (refusal.field, refusal.reason) == ("assessed", "90 days before the renewal it is on track or at risk.")
    assert assessment_refused(Judgements(180), WATCHING, "") is None


@pytest.mark.parametrize(("plan", "field"), [("", "action_plan"), ("  \n", "action_plan"), ("Call them", None)])
def test_at_risk_needs_an_action_plan(plan, field):
    refusal = assessment_refused(Judgements(90), RISK, plan)
    assert (refusal.field if refusal else None) == field


@pytest.mark.parametrize(("automated", "assessed"), list(product((None, *Risk), (None, *Risk))))
def test_where_they_agree_that_is_the_word_and_where_they_differ_a_manager_decides(automated, assessed):
    now = Judgements(180, automated, assessed)
    differ = None not in (automated, assessed) and automated is not assessed
    assert now.waits_for_manager is differ
    assert final_word(now) is (None if differ else assessed)
    assert (decision_refused(now, ON, "") is None) is differ


def test_a_manager_may_take_up_the_plan_of_the_csm():
    assert decision_refused(Judgements(90, ON, RISK, plan="Call them"), RISK, "") is None
    assert decision_refused(Judgements(90, RISK, ON), RISK, "").field == "action_plan"


def test_what_a_manager_decided_is_not_assessed_anew():
    assert assessment_refused(Judgements(90, ON, RISK, ON), ON, "").reason == "A manager has decided this checkpoint."
    assert assessment_refused(Judgements(90, ON, ON, ON), ON, "") is None
