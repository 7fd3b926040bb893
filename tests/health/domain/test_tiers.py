"""Tiers, how firmly an account stays in one, and what is at risk there."""

from decimal import Decimal

import numpy as np
import pytest

from health.domain.tiers import expected_churn, held_tier, revenue_at_risk, tier_index, tier_rank
from tests.health.domain.engine import OPS

HEALTHY, WATCH, AT_RISK, CRITICAL = range(4)


@pytest.mark.parametrize(
    ("score", "index"),
    [(100, HEALTHY), (80, HEALTHY), (79.96, WATCH), (60, WATCH), (59.99, AT_RISK), (40, AT_RISK), (39.99, CRITICAL),
     (0, CRITICAL), (-2, CRITICAL), (np.nan, -1)],
)  # fmt: skip
def test_a_tier_begins_at_its_bound_on_the_unrounded_score(score, index):
    assert tier_index(OPS, np.array([score]))[0] == index
    assert tier_rank(OPS, np.array([score]))[0] == index + 1


@pytest.mark.parametrize(
    ("score", "previous", "held"),
    [
        (59.9, WATCH, AT_RISK),  # into a worse tier at its bound
        (60.0, AT_RISK, AT_RISK),  # out of it not yet
        (61.9, AT_RISK, AT_RISK),
        (62.0, AT_RISK, WATCH),
        (61.0, CRITICAL, AT_RISK),  # clears 40 by far, 60 not by two points
        (90.0, CRITICAL, HEALTHY),
        (60.0, WATCH, WATCH),
        (60.0, -1, WATCH),
        (np.nan, WATCH, -1),
    ],
)
def test_a_worse_tier_is_left_only_two_points_above_its_bound(score, previous, held):
    assert held_tier(OPS, np.array([score]), np.array([previous], dtype=np.int8))[0] == held


def test_a_score_that_swings_around_a_bound_changes_tier_once():
    held = np.array([WATCH], dtype=np.int8)
    seen = []
    for score in (60.5, 59.5, 60.5, 59.8, 61.5, 59.0):
        held = held_tier(OPS, np.array([score]), held)
        seen.append(int(held[0]))
    assert seen == [WATCH, AT_RISK, AT_RISK, AT_RISK, AT_RISK, AT_RISK]


def test_revenue_at_risk_is_arr_times_the_middle_of_the_expected_churn():
    at_risk = OPS.tiers[AT_RISK]
    assert expected_churn(at_risk) == Decimal("0.40")
    assert revenue_at_risk(at_risk, Decimal("184000.00")) == Decimal("73600.00")
    assert revenue_at_risk(None, Decimal("184000.00")) is None
