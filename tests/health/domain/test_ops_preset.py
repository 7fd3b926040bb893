"""Every published band of the Ops scorecard, at its edges and just beside them."""

import numpy as np
import pytest

from health.domain.metrics import METRICS, encode
from health.domain.scoring import score_accounts
from health.domain.tiers import expected_churn
from tests.health.domain.engine import OPS

BANDS = [
    *[("login_days", days, points) for days, points in [(30, 100), (25, 100), (24, 70), (15, 70), (14, 30), (0, 30)]],
    *[("feature_breadth", share, points) for share, points in [
        (1, 100), (0.8, 100), (0.799, 60), (0.5, 60), (0.499, 20), (0, 20)]],
    *[("core_actions_ratio", ratio, points) for ratio, points in [
        (2, 100), (1.1, 100), (1.099, 70), (0.9, 70), (0.899, 30), (0, 30)]],
    *[("usage_change", change, points) for change, points in [
        (3, 110), (0.051, 110), (0.05, 80), (0, 80), (-0.05, 80), (-0.051, 40), (-1, 40)]],
    *[("tickets_90d", count, points) for count, points in [
        (0, 100), (1, 100), (2, 70), (5, 70), (6, 40), (10, 40), (11, 10), (500, 10)]],
    *[("training_completion", share, points) for share, points in [
        (1, 100), (0.999, 70), (0.75, 70), (0.749, 40), (0.5, 40), (0.499, 10), (0, 10)]],
    *[("meeting_attendance", share, points) for share, points in [
        (1, 100), (0.999, 70), (0.75, 70), (0.749, 30), (0, 30)]],
    ("event_attendance", True, 80), ("event_attendance", False, 40),
    *[("late_payments", count, points) for count, points in [(0, 100), (1, 60), (2, 20), (9, 20)]],
    ("contract_status", "active", 100), ("contract_status", "approaching", 70), ("contract_status", "expired", 0),
    *[("stakeholder_changes", count, points) for count, points in [(0, 100), (1, 60), (2, 20), (9, 20)]],
    ("strategic_alignment", "aligned", 100), ("strategic_alignment", "uncertain", 50),
    ("strategic_alignment", "misaligned", 0),
    *[("csat", rating, points) for rating, points in [
        (5, 100), (4.99, 70), (4, 70), (3.99, 40), (3, 40), (2.99, 10), (1, 10)]],
    ("nps_class", "promoter", 100), ("nps_class", "passive", 50), ("nps_class", "detractor", 10),
    ("sentiment", "positive", 100), ("sentiment", "neutral", 60), ("sentiment", "negative", 20),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "reading", "points"), BANDS)
def test_a_reading_gets_the_points_of_its_band(metric, reading, points):
    scores = score_accounts(OPS, {metric: np.array([encode(metric, reading)])})
    assert scores.indicators[0, OPS.metrics.index(metric)] == points


def test_every_indicator_is_covered_by_the_table():
    assert {metric for metric, _, _ in BANDS} == set(OPS.metrics)


def test_the_weights_are_the_published_ones():
    assert [(one.label, one.weight) for one in OPS.dimensions] == [
        ("Product usage", 35), ("Engagement", 25), ("Business health", 25), ("Sentiment", 15),
    ]  # fmt: skip
    for dimension in OPS.dimensions:
        assert {indicator.weight for indicator in dimension.indicators} == {100 / len(dimension.indicators)}


def test_the_tiers_are_the_published_ones():
    assert [(tier.label, tier.lower, tier.rank) for tier in OPS.tiers] == [
        ("Healthy", 80, 1), ("Watch", 60, 2), ("At-Risk", 40, 3), ("Critical", 0, 4),
    ]  # fmt: skip
    assert [float(expected_churn(tier)) for tier in OPS.tiers] == [0.025, 0.125, 0.40, 0.80]


def test_a_change_that_is_five_percent_but_for_floating_noise_is_flat():
    change = 105 / 100 - 1
    assert change > 0.05
    scores = score_accounts(OPS, {"usage_change": np.array([change])})
    assert scores.indicators[0, 3] == 80


@pytest.mark.parametrize("edge", [0.8, 0.5])
def test_a_share_kept_in_single_precision_falls_in_the_same_band(edge):
    exact, kept = edge, float(np.float32(edge))
    scores = score_accounts(OPS, {"feature_breadth": np.array([exact, kept])})
    assert scores.indicators[0, 1] == scores.indicators[1, 1]


def test_a_ratio_kept_in_single_precision_falls_in_the_same_band():
    kept = float(np.float32(0.9))
    assert kept < 0.9
    assert score_accounts(OPS, {"core_actions_ratio": np.array([kept])}).indicators[0, 2] == 70


def test_every_metric_of_the_preset_is_in_the_vocabulary():
    assert set(OPS.metrics) <= set(METRICS)
