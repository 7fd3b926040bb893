"""Every term of the five-dimension formula: a share of 0–1 times 100, clamped, at both ends and just beside them."""

import pytest

from health.domain.scorecards import load_preset
from health.domain.tiers import expected_churn
from tests.health.domain.engine import points_of, terms_of

FIVE = load_preset("five_dimension")

TERMS = [
    *[(metric, share, points) for metric in ("active_user_ratio", "logins_per_week_ratio") for share, points in [
        (0, 0), (0.001, 0.1), (0.63, 63), (0.999, 99.9), (1, 100), (1.001, 100), (2, 100)]],
    *[(metric, share, points)
      for metric in ("feature_breadth", "email_response_rate", "meeting_attendance")
      for share, points in [(0, 0), (0.001, 0.1), (0.5, 50), (0.999, 99.9), (1, 100)]],
    ("review_participation", True, 100), ("review_participation", False, 0),
    # Full for 7 days, then 100 ÷ 53 a day down to 60 days.
    *[("days_since_contact", days, points) for days, points in [
        (0, 100), (6, 100), (7, 100), (8, 100 * 52 / 53), (33.5, 50), (59, 100 / 53), (60, 0), (61, 0), (400, 0)]],
    # 1 − the ratio: as many tickets as usual, or more, is nothing.
    *[("ticket_volume_ratio", ratio, points) for ratio, points in [
        (0, 100), (0.001, 99.9), (0.25, 75), (0.999, 0.1), (1, 0), (1.001, 0), (4, 0)]],
    *[("critical_ticket_share", share, points) for share, points in [
        (0, 100), (0.001, 99.9), (0.25, 75), (0.999, 0.1), (1, 0)]],
    *[(metric, rating, points) for metric in ("support_csat", "csat") for rating, points in [
        (1, 20), (1.01, 20.2), (3, 60), (4.99, 99.8), (5, 100)]],
    *[("nps", nps, points) for nps, points in [
        (-100, 0), (-99, 0.5), (-50, 25), (0, 50), (40, 70), (99, 99.5), (100, 100)]],
    ("sentiment", "positive", 100), ("sentiment", "neutral", 50), ("sentiment", "negative", 0),
    ("payment_status", "current", 100), ("payment_status", "late", 50), ("payment_status", "delinquent", 0),
    *[("expansion_12m", share, points) for share, points in [
        (0, 0), (0.001, 0.5), (0.05, 25), (0.1, 50), (0.199, 99.5), (0.2, 100), (0.201, 100), (3, 100)]],
    ("renewal_budget_confirmed", True, 100), ("renewal_budget_confirmed", False, 0),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "reading", "points"), TERMS)
def test_a_reading_gets_the_points_of_its_term(metric, reading, points):
    assert points_of(FIVE, metric, reading) == pytest.approx(points, abs=1e-9)


def test_every_term_is_covered_by_the_table():
    assert {metric for metric, _, _ in TERMS} == set(FIVE.metrics)


def test_the_weights_are_the_published_ones():
    assert [(one.label, one.weight) for one in FIVE.dimensions] == [
        ("Usage", 30), ("Engagement", 25), ("Support", 20), ("Satisfaction", 15), ("Financial", 10),
    ]  # fmt: skip
    assert terms_of(FIVE) == {
        "Usage": [("active_user_ratio", 40), ("feature_breadth", 30), ("logins_per_week_ratio", 30)],
        "Engagement": [
            ("email_response_rate", 30), ("meeting_attendance", 25), ("review_participation", 25),
            ("days_since_contact", 20),
        ],
        "Support": [("ticket_volume_ratio", 30), ("critical_ticket_share", 30), ("support_csat", 40)],
        "Satisfaction": [("nps", 50), ("csat", 30), ("sentiment", 20)],
        "Financial": [("payment_status", 40), ("expansion_12m", 30), ("renewal_budget_confirmed", 30)],
    }  # fmt: skip


def test_the_three_tiers_are_green_yellow_and_red_with_their_cadence():
    assert [(tier.label, tier.lower, tier.rank) for tier in FIVE.tiers] == [
        ("Healthy", 80, 1), ("At Risk", 50, 2), ("Critical", 0, 4),
    ]  # fmt: skip
    cadence = ["monthly", "every two weeks", "weekly"]
    assert [tier.action for tier in FIVE.tiers] == [f"Watch daily, review {each}." for each in cadence]
    # The middle of 0–5 %, of 10–50 % and of 30–100 %.
    assert [float(expected_churn(tier)) for tier in FIVE.tiers] == [0.025, 0.30, 0.65]


@pytest.mark.parametrize(
    ("score", "label"),
    [(100, "Healthy"), (80, "Healthy"), (79.999, "At Risk"), (50, "At Risk"), (49.999, "Critical"), (0, "Critical")],
)
def test_a_tier_begins_at_its_lower_bound(score, label):
    assert FIVE.tier_of(score).label == label
