"""Every band of the Lifecycle engine: its edges, just beside them, inside, and beyond both ends."""

import pytest

from health.domain.scorecards import load_preset
from health.domain.tiers import expected_churn
from tests.health.domain.engine import points_of

LIFECYCLE = load_preset("lifecycle")

# Linear inside a band: a hundredth of a point of `dau_mau` is 30 ÷ 0.2 × 0.0001 = 0.015 in the lowest band,
# 20 ÷ 0.2 × 0.0001 = 0.01 in the middle one and 30 ÷ 0.2 × 0.0001 = 0.015 in the highest.
BANDS = [
    *[("dau_mau", share, points) for share, points in [
        (0, 0), (0.0001, 0.015), (0.1, 15), (0.1999, 29.985), (0.2, 40), (0.2001, 40.01), (0.3, 50), (0.3999, 59.99),
        (0.4, 70), (0.4001, 70.015), (0.5, 85), (0.5999, 99.985), (0.6, 100), (0.6001, 100), (1, 100)]],
    # 30 ÷ 0.45 × 0.0009 = 0.06; 20 ÷ 0.1 × 0.001 = 0.2; 30 ÷ 0.25 × 0.001 = 0.12.
    *[("login_change", change, points) for change, points in [
        (-1, 0), (-0.5009, 0), (-0.5, 0), (-0.4991, 0.06), (-0.275, 15), (-0.0509, 29.94), (-0.05, 40), (-0.049, 40.2),
        (0, 50), (0.049, 59.8), (0.05, 70), (0.051, 70.12), (0.175, 85), (0.299, 99.88), (0.3, 100), (0.301, 100),
        (9, 100)]],
    ("relationship_depth", "none", 15), ("relationship_depth", "champion", 50),
    ("relationship_depth", "multi_threaded", 85),
    ("goals_standing", "none", 15), ("goals_standing", "some", 50), ("goals_standing", "all", 85),
    ("financial_standing", "delinquent", 0), ("financial_standing", "late", 15), ("financial_standing", "on_time", 50),
    ("financial_standing", "expanding", 85),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "reading", "points"), BANDS)
def test_a_reading_gets_the_points_of_its_place_in_the_band(metric, reading, points):
    assert points_of(LIFECYCLE, metric, reading) == pytest.approx(points, abs=1e-9)


def test_every_indicator_is_covered_by_the_table():
    assert {metric for metric, _, _ in BANDS} == set(LIFECYCLE.metrics)


def test_the_weights_are_the_published_ones():
    assert [(one.label, one.weight, [term.metric for term in one.indicators]) for one in LIFECYCLE.dimensions] == [
        ("Product usage", 30, ["dau_mau"]),
        ("Engagement", 20, ["login_change"]),
        ("Relationship", 15, ["relationship_depth"]),
        ("Outcomes", 20, ["goals_standing"]),
        ("Financial", 15, ["financial_standing"]),
    ]


def test_the_tiers_are_the_published_ones():
    assert [(tier.label, tier.lower, tier.rank) for tier in LIFECYCLE.tiers] == [
        ("Thriving", 80, 1), ("Healthy", 60, 2), ("At-Risk", 40, 3), ("Critical", 0, 4),
    ]  # fmt: skip
    assert [float(expected_churn(tier)) for tier in LIFECYCLE.tiers] == [0.025, 0.125, 0.40, 0.80]
    assert "within 48 hours" in LIFECYCLE.tiers[2].action
    assert "an executive the same day, save plan within 24 hours" in LIFECYCLE.tiers[3].action


@pytest.mark.parametrize(
    ("score", "label"),
    [(100, "Thriving"), (80, "Thriving"), (79.999, "Healthy"), (60, "Healthy"), (59.999, "At-Risk"), (40, "At-Risk"),
     (39.999, "Critical"), (0, "Critical")],
)  # fmt: skip
def test_a_tier_begins_at_its_lower_bound(score, label):
    assert LIFECYCLE.tier_of(score).label == label
