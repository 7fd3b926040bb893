"""Every indicator of the Benchmark model: against the segment at each quartile and beside it, and the plain scales."""

import numpy as np
import pytest

from health.domain.scorecards import load_preset
from health.domain.scoring import score_accounts
from health.domain.tiers import expected_churn
from tests.health.domain.engine import points_of

BENCHMARK = load_preset("benchmark")

# Of a segment with the quartiles 0, 4, 8, 12, 16 a reading gains 25 ÷ 4 = 6.25 points for each unit.
POINTS = [(0, 0), (0.01, 0.0625), (3.99, 24.9375), (4, 25), (4.01, 25.0625), (6, 37.5), (7.99, 49.9375), (8, 50),
          (8.01, 50.0625), (11.99, 74.9375), (12, 75), (12.01, 75.0625), (15.99, 99.9375), (16, 100)]  # fmt: skip
FIVE_POINTS = (0.0, 4.0, 8.0, 12.0, 16.0)
RANKED = [
    "login_days", "feature_breadth", "core_actions_per_user", "integration_count", "data_volume_change",
    "ticket_volume_ratio", "community_activity", "contact_count",
]  # fmt: skip
LOWER_IS_BETTER = {"ticket_volume_ratio"}
PLAIN = [
    *[("critical_ticket_share", share, points) for share, points in [
        (0, 100), (0.001, 99.9), (0.25, 75), (0.999, 0.1), (1, 0)]],
    *[(metric, share, points)
      for metric in ("training_completion", "meeting_attendance", "goals_achieved_share")
      for share, points in [(0, 0), (0.001, 0.1), (0.5, 50), (0.999, 99.9), (1, 100)]],
    *[("nps", nps, points) for nps, points in [
        (-100, 0), (-99, 0.5), (-50, 25), (0, 50), (40, 70), (99, 99.5), (100, 100)]],
    *[("stakeholder_satisfaction", rating, points) for rating, points in [
        (1, 0), (1.01, 0.25), (3, 50), (4.99, 99.75), (5, 100)]],
    *[("champion_strength", strength, points) for strength, points in [
        (0, 0), (0.01, 0.1), (7, 70), (9.99, 99.9), (10, 100)]],
    *[(metric, answer, 100 if answer else 0)
      for metric in ("event_attendance", "outcome_evidence", "exec_sponsor", "buying_committee")
      for answer in (True, False)],
]  # fmt: skip


def against_segment(metric, readings):
    table = {"smb": FIVE_POINTS, "": (100.0, 200.0, 300.0, 400.0, 500.0)}
    segments = np.array(["smb"] * len(readings))
    scores = score_accounts(BENCHMARK, {metric: np.array(readings)}, segments=segments, quartiles={metric: table})
    return scores.indicators[:, BENCHMARK.metrics.index(metric)]


@pytest.mark.parametrize("metric", RANKED)
def test_a_reading_is_ranked_between_the_quartiles_of_its_own_segment(metric):
    found = against_segment(metric, [float(reading) for reading, _ in POINTS])
    points = np.array([points for _, points in POINTS])
    assert found == pytest.approx(100 - points if metric in LOWER_IS_BETTER else points, abs=1e-9)


@pytest.mark.parametrize("metric", RANKED)
def test_a_reading_beyond_the_segment_is_clamped(metric):
    ends = [100, 0] if metric in LOWER_IS_BETTER else [0, 100]
    assert against_segment(metric, [-1.0, 17.0]).tolist() == ends


@pytest.mark.parametrize(("metric", "reading", "points"), PLAIN)
def test_a_reading_gets_the_points_of_its_scale(metric, reading, points):
    assert points_of(BENCHMARK, metric, reading) == pytest.approx(points, abs=1e-9)


def test_every_indicator_is_covered_by_the_tables():
    assert {*RANKED, *(metric for metric, _, _ in PLAIN)} == set(BENCHMARK.metrics)


def test_a_small_segment_is_ranked_against_the_whole_book():
    # Seven of a segment and eleven others: the whole book has the readings 0 to 17, so 8.5 is its median.
    readings = np.arange(18.0)
    segments = np.array(["small"] * 7 + ["large"] * 11)
    scores = score_accounts(BENCHMARK, {"contact_count": readings}, segments=segments)
    column = scores.indicators[:, BENCHMARK.metrics.index("contact_count")]
    assert column[6] == pytest.approx(100 * 6 / 17)
    # The eleven have a segment of their own: 7 is its minimum, 12 its median, 17 its maximum.
    assert column[[7, 12, 17]].tolist() == [0, 50, 100]


def test_the_weights_are_the_published_ones_and_indicators_share_their_dimension_equally():
    assert [(one.label, one.weight, [term.metric for term in one.indicators]) for one in BENCHMARK.dimensions] == [
        ("Product usage", 40, [
            "login_days", "feature_breadth", "core_actions_per_user", "integration_count", "data_volume_change"]),
        ("Engagement", 25, [
            "ticket_volume_ratio", "critical_ticket_share", "training_completion", "meeting_attendance",
            "event_attendance", "community_activity"]),
        ("Business value", 20, ["goals_achieved_share", "nps", "outcome_evidence", "stakeholder_satisfaction"]),
        ("Relationship", 15, ["champion_strength", "contact_count", "exec_sponsor", "buying_committee"]),
    ]  # fmt: skip
    for dimension in BENCHMARK.dimensions:
        assert {indicator.weight for indicator in dimension.indicators} == {100 / len(dimension.indicators)}


def test_the_tiers_are_the_published_ones_with_their_churn():
    assert [(tier.label, tier.lower, tier.rank, tier.churn_low, tier.churn_high) for tier in BENCHMARK.tiers] == [
        ("Healthy", 80, 1, 0, 0.05), ("Good", 60, 2, 0.10, 0.15), ("At-Risk", 40, 3, 0.30, 0.50),
        ("Critical", 0, 4, 0.60, 1),
    ]  # fmt: skip
    assert [float(expected_churn(tier)) for tier in BENCHMARK.tiers] == [0.025, 0.125, 0.40, 0.80]
    said = ["Renew early, plan expansion", "120 days", "180 days", "executive"]
    assert all(words in tier.action for words, tier in zip(said, BENCHMARK.tiers, strict=True))


@pytest.mark.parametrize(
    ("score", "label"),
    [(100, "Healthy"), (80, "Healthy"), (79.999, "Good"), (60, "Good"), (59.999, "At-Risk"), (40, "At-Risk"),
     (39.999, "Critical"), (0, "Critical")],
)  # fmt: skip
def test_a_tier_begins_at_its_lower_bound(score, label):
    assert BENCHMARK.tier_of(score).label == label
