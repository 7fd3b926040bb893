"""How good probabilities were, in figures that can be checked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.forecasts import auc, brier_score, calibration, gain_of, log_losses, quality_of

ACCOUNTS = np.arange(6)


@pytest.mark.parametrize(
    ("forecasts", "outcomes", "expected"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0.0),
        ([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5),
        ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75),
        ([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1], 0.875),
    ],
)
def test_auc_is_the_chance_to_rank_one_who_left_above_one_who_stayed(
    forecasts: list[float], outcomes: list[int], expected: float
) -> None:
    assert auc(np.array(forecasts), np.array(outcomes, dtype=bool)) == pytest.approx(expected)


def test_auc_is_not_a_number_where_all_did_the_same() -> None:
    assert np.isnan(auc(np.array([0.1, 0.9]), np.array([True, True])))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 3)), min_size=2, max_size=20))
def test_a_weight_counts_like_so_many_copies(rows: list[tuple[int, bool, int]]) -> None:
    forecasts, outcomes, weights = (np.array(column) for column in zip(*rows, strict=True))
    weighted = auc(forecasts / 5, outcomes, weights.astype(float))
    copied = auc(np.repeat(forecasts / 5, weights), np.repeat(outcomes, weights))
    assert weighted == pytest.approx(copied, nan_ok=True)


def test_brier_and_log_loss_by_hand() -> None:
    forecasts, outcomes = np.array([0.5, 0.2]), np.array([True, False])
    assert brier_score(forecasts, outcomes) == pytest.approx((0.25 + 0.04) / 2)
    assert log_losses(forecasts, outcomes) == pytest.approx([np.log(2), -np.log(0.8)])


def test_a_wrong_certainty_costs_much_and_not_everything() -> None:
    assert log_losses(np.array([0.0]), np.array([True])) == pytest.approx([-np.log(1e-5)])


def test_bins_hold_equally_many_from_the_lowest_forecast_to_the_highest() -> None:
    bins = calibration(np.array([0.9, 0.1, 0.2, 0.8]), np.array([True, False, True, True]), bins=2)
    assert [(part.forecast, part.observed, part.examples) for part in bins] == [
        (pytest.approx(0.15), 0.5, 2),
        (pytest.approx(0.85), 1.0, 2),
    ]


def test_the_interval_holds_the_figure_and_is_the_same_for_a_seed() -> None:
    rng = np.random.default_rng(0)
    forecasts = rng.random(300)
    outcomes, accounts = rng.random(300) < forecasts, np.arange(300) // 3
    found = quality_of(forecasts, outcomes, accounts, seed=4)
    assert 0.5 < found.auc_low < found.auc < found.auc_high < 1
    assert found == quality_of(forecasts, outcomes, accounts, seed=4)


def test_an_estimate_gains_nothing_over_itself_and_much_over_its_opposite() -> None:
    outcomes = np.array([True, False, True, False, True, False])
    forecasts = np.where(outcomes, 0.8, 0.2)
    same = gain_of(forecasts, forecasts, outcomes, ACCOUNTS, seed=0)
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    assert gain_of(forecasts, 1 - forecasts, outcomes, ACCOUNTS, seed=0).low > 1
