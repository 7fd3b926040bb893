"""What endangers an onboarding: each signal at its border, and what is unknown raises nothing."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.onboarding_risks import RULES, Risk, Seen, find

LEFT = ("Ina Ito", dt.date(2026, 3, 9))
LATER = Seen(day=40)


def risks(**seen) -> list[Risk]:
    return [finding.risk for finding in find(replace(LATER, **seen))]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"champion_left": LEFT}, [Risk.CHAMPION_LEFT]),
        ({"logged_in": False, "day": 3}, []),
        ({"logged_in": False, "day": 4}, [Risk.NO_LOGIN]),
        ({"logged_in": False, "day": 7}, [Risk.NO_LOGIN_WEEK]),  # the worse one takes its place
        ({"logged_in": True, "day": 7}, []),
        ({"integrations": (2, 2)}, []),
        ({"integrations": (2, 1)}, [Risk.INTEGRATION_FAILING]),
        ({"kickoff_late": 7}, []),
        ({"kickoff_late": 8}, [Risk.KICKOFF_LATE]),
        ({"kickoff_late": 14}, [Risk.KICKOFF_LATE]),
        ({"kickoff_late": 15}, [Risk.KICKOFF_VERY_LATE]),
        ({"active": (4, 10), "day": 29}, []),
        ({"active": (4, 10), "day": 30}, [Risk.FEW_ACTIVE]),
        ({"active": (5, 10), "day": 30}, []),
        ({"active": (0, 0), "day": 30}, []),
        ({"has_sponsor": False, "day": 6}, []),
        ({"has_sponsor": False, "day": 7}, [Risk.NO_SPONSOR]),
        ({"criteria_late": 0}, []),
        ({"criteria_late": 1}, [Risk.NO_CRITERIA]),
        ({"blocker": ("SSO fails", 7)}, []),
        ({"blocker": ("SSO fails", 8)}, [Risk.BLOCKER]),
        ({"unanswered": 1, "silent_days": 30}, []),
        ({"unanswered": 2, "silent_days": 13}, []),
        ({"unanswered": 2, "silent_days": 14}, [Risk.UNRESPONSIVE]),
        ({"training": (1, 2)}, []),
        ({"training": (1, 3)}, [Risk.TRAINING]),
        ({"training": (0, 0)}, []),
        ({"changed": ("Bo Berg", 29)}, [Risk.PEOPLE_CHANGED]),
        ({"changed": ("Bo Berg", 30)}, []),
    ],
)
def test_each_signal_holds_from_its_border_on(seen, expected):
    assert risks(**seen) == expected


def test_what_is_unknown_raises_nothing():
    assert find(Seen(day=60)) == []


def test_self_service_knows_no_meetings_and_people():
    everything = {
        "champion_left": LEFT,
        "kickoff_late": 20,
        "has_sponsor": False,
        "criteria_late": 9,
        "logged_in": False,
    }
    assert risks(**everything, is_guided=False) == [Risk.NO_LOGIN_WEEK]


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ({"champion_left": LEFT}, "Ina Ito left on 9 Mar 2026, and there is no other champion."),
        ({"integrations": (3, 1)}, "1 of 3 integrations is still connected."),
        ({"criteria_late": 1}, "The success criteria were due 1 day ago and are not written."),
        ({"changed": ("Bo Berg", 0)}, "Bo Berg left today."),
        ({"active": (3, 10)}, "3 of 10 users active on day 40."),
    ],
)
def test_the_evidence_says_what_was_seen(seen, text):
    assert [finding.evidence for finding in find(replace(LATER, **seen))] == [text]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (1, {"champion_left", "no_login_week", "kickoff_very_late", "no_criteria", "blocker", "unresponsive"}),
        (2, {"no_login", "integration_failing"}),
        (3, {"kickoff_late", "few_active", "no_sponsor"}),
        (4, {"training", "people_changed"}),
    ],
)
def test_severities_are_those_of_the_plan(severity, expected):
    assert {risk.value for risk, rule in RULES.items() if rule.severity == severity} == expected


def test_a_new_champion_is_asked_for_within_48_hours():
    assert RULES[Risk.CHAMPION_LEFT].hours == 48


@given(st.integers(-14, 120), st.integers(0, 60), st.booleans())
def test_of_two_that_say_the_same_only_the_worse_one_holds(day, late, logged_in):
    found = risks(day=day, kickoff_late=late, logged_in=logged_in)
    assert not {Risk.KICKOFF_LATE, Risk.KICKOFF_VERY_LATE} <= set(found)
    assert not {Risk.NO_LOGIN, Risk.NO_LOGIN_WEEK} <= set(found)
