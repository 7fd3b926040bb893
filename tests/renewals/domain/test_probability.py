"""How likely a renewal is, and how that comes about."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.use_prior import DAILY, SILENT
from renewals.domain.probability import SIGNALS_AT_MOST, Known, estimate, is_red
from renewals.domain.stages import Stage

TODAY = dt.date(2026, 11, 26)
D = Decimal


def known(**fields):
    """An account of which a churn of 10 % is expected, spoken with 45 days ago, before anything was done."""
    usual = {
        "expected_churn": D("0.100"),
        "basis": "of the tier “Good”",
        "stage": Stage.UPCOMING,
        "due_on": TODAY + dt.timedelta(days=60),
        "last_touch": TODAY - dt.timedelta(days=45),
    }
    return Known(**usual | fields)


def parts(**fields):
    return [(one.words, one.points) for one in estimate(known(**fields), today=TODAY).parts]


@pytest.mark.parametrize(
    ("fields", "probability"),
    [
        ({}, "0.9000"),
        ({"expected_churn": D("0.025")}, "0.9750"),
        ({"expected_churn": D(0)}, "1.0000"),
        ({"signals": {3: 1}}, "0.8700"),
        ({"signals": {1: 1, 2: 1}}, "0.6900"),
        ({"signals": {1: 5}}, "0.6000"),
        ({"last_touch": None}, "0.8400"),
        ({"last_touch": TODAY}, "0.9300"),
        ({"last_touch": TODAY - dt.timedelta(days=91)}, "0.8400"),
        ({"use": DAILY}, "0.9300"),
        ({"use": SILENT}, "0.7800"),
        ({"stage": Stage.CONTRACT_OUT}, "1.0000"),
        ({"due_on": TODAY - dt.timedelta(days=1)}, "0.8000"),
        ({"due_on": TODAY}, "0.9000"),
        ({"expected_churn": D("0.950"), "signals": {1: 2}}, "0.0000"),
    ],
)
def test_the_rate_of_the_tier_is_moved_by_what_is_known(fields, probability):
    assert estimate(known(**fields), today=TODAY).probability == D(probability)


def test_what_is_not_known_stays_unknown():
    assert estimate(known(expected_churn=None, signals={1: 1}), today=TODAY) == estimate(
        known(expected_churn=None), today=TODAY
    )
    assert estimate(known(expected_churn=None), today=TODAY).probability is None


def test_each_adjustment_is_told_in_words_with_its_points():
    told = parts(signals={1: 1, 3: 2}, stage=Stage.PROPOSAL, last_touch=TODAY - dt.timedelta(days=1), use=SILENT)
    assert told == [
        ("Renewal rate of the tier “Good”", D(90)),
        ("1 critical churn signal", D(-15)),
        ("2 churn signals", D(-6)),
        ("Last two-way touch 1 day ago", D(3)),
        ("Stage “Proposal”", D(3)),
        ("Not used for 30 days", D(-12)),
    ]


def test_what_moves_nothing_is_not_told():
    assert parts() == [("Renewal rate of the tier “Good”", D(90))]


@given(
    st.decimals(0, 1, places=3),
    st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(0, 9)),
    st.sampled_from(list(Stage)),
    st.integers(-100, 400),
    st.one_of(st.none(), st.integers(0, 500)),
)
def test_it_is_a_share_and_the_sum_of_its_parts_where_that_is_one(churn, signals, stage, left, touched):
    found = estimate(
        known(
            expected_churn=churn,
            signals=signals,
            stage=stage,
            due_on=TODAY + dt.timedelta(days=left),
            last_touch=None if touched is None else TODAY - dt.timedelta(days=touched),
        ),
        today=TODAY,
    )
    total = sum(one.points for one in found.parts) / 100
    assert found.probability == min(max(total, D(0)), D(1))
    assert sum(one.points for one in found.parts if "signal" in one.words) >= SIGNALS_AT_MOST


@pytest.mark.parametrize(
    ("probability", "was_red", "red"),
    [
        ("0.5999", False, True),
        ("0.6000", False, False),
        ("0.6000", True, True),
        ("0.6199", True, True),
        ("0.6200", True, False),
        (None, False, False),
        (None, True, True),
    ],
)
def test_the_red_zone_is_entered_at_its_bound_and_left_two_points_above(probability, was_red, red):
    assert is_red(D(probability) if probability else None, was_red=was_red) is red
