"""Six checks: met above their limits, missed at them, and unknown where nothing is known."""

import datetime as dt
from dataclasses import replace

import pytest

from renewals.domain.readiness import BUDGET_DAYS, EXECUTIVE_DAYS, Check, Known, readiness_of

TODAY = dt.date(2026, 11, 26)
READY = Known(
    health=80.1,
    adoption=0.701,
    executive_on=TODAY - dt.timedelta(days=EXECUTIVE_DAYS),
    has_contacts=True,
    has_plan=True,
    roi_records=2,
    roi_confirmed=1,
    budget=True,
    budget_on=TODAY - dt.timedelta(days=BUDGET_DAYS),
    champion=7,
)


def answer(check, known):
    return next(one for one in readiness_of(known, today=TODAY).answers if one.check is check)


def test_six_of_six():
    ready = readiness_of(READY, today=TODAY)
    assert (ready.met, ready.of, ready.missing) == (6, 6, [])


@pytest.mark.parametrize(
    ("check", "change", "is_met"),
    [
        (Check.HEALTH, {"health": 80.0}, False),
        (Check.HEALTH, {"health": None}, None),
        (Check.ADOPTION, {"adoption": 0.70}, False),
        (Check.ADOPTION, {"adoption": None}, None),
        (Check.EXECUTIVE, {"executive_on": TODAY - dt.timedelta(days=EXECUTIVE_DAYS + 1)}, False),
        (Check.EXECUTIVE, {"executive_on": None}, False),
        (Check.EXECUTIVE, {"executive_on": None, "has_contacts": False}, None),
        (Check.ROI, {"roi_confirmed": 0}, False),
        (Check.ROI, {"roi_confirmed": 0, "roi_records": 0}, False),
        (Check.ROI, {"has_plan": False}, None),
        (Check.BUDGET, {"budget": False}, False),
        (Check.BUDGET, {"budget": None}, None),
        (Check.BUDGET, {"budget_on": TODAY - dt.timedelta(days=BUDGET_DAYS + 1)}, None),
        (Check.CHAMPION, {"champion": 6.0}, False),
        (Check.CHAMPION, {"champion": 0.0}, False),
        (Check.CHAMPION, {"champion": None}, None),
        (Check.CHAMPION, {"has_contacts": False}, None),
    ],
)
def test_each_check_has_its_limit_and_knows_what_it_does_not_know(check, change, is_met):
    assert answer(check, replace(READY, **change)).is_met is is_met


def test_what_is_missing_comes_before_what_is_unknown():
    found = readiness_of(replace(READY, health=None, adoption=0.2), today=TODAY)
    assert [one.check for one in found.missing] == [Check.ADOPTION, Check.HEALTH]
    assert found.met == 4


def test_a_share_just_above_the_limit_does_not_read_as_at_it():
    assert answer(Check.ADOPTION, replace(READY, adoption=0.7)).words == "70.0 %"
    assert answer(Check.ADOPTION, Known()).words == "No use of features is seen"
