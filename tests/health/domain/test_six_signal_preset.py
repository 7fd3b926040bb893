"""Every band of the six-signal CRM model, at its edges, just beside them and at both ends."""

import pytest

from health.domain.scorecards import load_preset
from health.domain.tiers import expected_churn
from tests.health.domain.engine import OPS, points_of

SIX = load_preset("six_signal")

BANDS = [
    *[("usage_change", change, points) for change, points in [
        (3, 100), (0.051, 100), (0.05, 70), (0.049, 70), (0, 70), (-0.049, 70), (-0.05, 70), (-0.051, 30), (-1, 30)]],
    *[("tickets_90d", count, points) for count, points in [
        (0, 100), (1, 100), (2, 70), (3, 70), (5, 70), (6, 40), (7, 40), (10, 40), (11, 10), (500, 10)]],
    *[("nps", nps, points) for nps, points in [
        (-100, 0), (-99, 0.5), (-50, 25), (0, 50), (40, 70), (99, 99.5), (100, 100)]],
    # Full for 7 days, then 100 ÷ 53 a day down to 60 days.
    *[("days_since_contact", days, points) for days, points in [
        (0, 100), (6, 100), (7, 100), (8, 100 * 52 / 53), (33.5, 50), (59, 100 / 53), (60, 0), (61, 0), (400, 0)]],
    ("payment_status", "current", 100), ("payment_status", "late", 50), ("payment_status", "delinquent", 0),
    # One point a day to 30 days, then 30 ÷ 60 = ½ a day to 90, then 30 ÷ 90 = ⅓ a day to 180.
    *[("days_to_renewal", days, points) for days, points in [
        (-30, 10), (-1, 10), (0, 10), (1, 11), (15, 25), (29, 39), (30, 40), (31, 40.5), (60, 55), (89, 69.5), (90, 70),
        (91, 70 + 1 / 3), (135, 85), (179, 100 - 1 / 3), (180, 100), (181, 100), (700, 100)]],
]  # fmt: skip


@pytest.mark.parametrize(("metric", "reading", "points"), BANDS)
def test_a_reading_gets_the_points_of_its_band(metric, reading, points):
    assert points_of(SIX, metric, reading) == pytest.approx(points, abs=1e-9)


def test_every_indicator_is_covered_by_the_table():
    assert {metric for metric, _, _ in BANDS} == set(SIX.metrics)


def test_tickets_are_scored_as_in_ops():
    assert SIX.indicators[1].scorer == OPS.indicators[OPS.metrics.index("tickets_90d")].scorer


def test_the_six_signals_have_their_published_weights():
    assert [(one.label, one.weight, [term.metric for term in one.indicators]) for one in SIX.dimensions] == [
        ("Usage trend", 20, ["usage_change"]),
        ("Support tickets", 15, ["tickets_90d"]),
        ("NPS", 15, ["nps"]),
        ("Engagement", 20, ["days_since_contact"]),
        ("Payment", 15, ["payment_status"]),
        ("Renewal", 15, ["days_to_renewal"]),
    ]


def test_the_tiers_are_the_published_ones():
    assert [(tier.label, tier.lower, tier.rank, tier.action) for tier in SIX.tiers] == [
        ("Healthy", 80, 1, "Plan expansion."),
        ("Stable", 60, 2, "Keep up regular engagement."),
        ("At-Risk", 40, 3, "Reach out proactively."),
        ("Critical", 0, 4, "Intervene immediately."),
    ]
    assert [float(expected_churn(tier)) for tier in SIX.tiers] == [0.025, 0.125, 0.40, 0.80]


@pytest.mark.parametrize(
    ("score", "label"),
    [(100, "Healthy"), (80, "Healthy"), (79.999, "Stable"), (60, "Stable"), (59.999, "At-Risk"), (40, "At-Risk"),
     (39.999, "Critical"), (0, "Critical")],
)  # fmt: skip
def test_a_tier_begins_at_its_lower_bound(score, label):
    assert SIX.tier_of(score).label == label
