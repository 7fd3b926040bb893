"""Scaling, log-odds and the strongest reasons, in figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.learned import Boosting, ChurnFormula, Logistic, Scale, logit, sigmoid, strongest

SCALE = Scale(np.array([0.0, -1.0]), np.array([30.0, 1.0]), np.array([20.0, 0.0]), np.array([5.0, 0.5]))


def test_readings_are_clipped_to_what_was_common_and_unknown_ones_are_the_mean() -> None:
    scaled = SCALE.apply(np.array([[10.0, 0.5], [99.0, np.nan], [20.0, -7.0]]))
    assert scaled.tolist() == [[-2.0, 1.0], [2.0, 0.0], [0.0, -2.0]]


def test_a_logistic_formula_by_hand() -> None:
    formula = ChurnFormula(("login_days", "usage_change"), SCALE, Logistic(np.array([-1.0, -0.5]), -3.0), 2.0, 1.0)
    readings = np.array([[10.0, -0.5]])
    assert formula.contributions(readings).tolist() == [[4.0, 1.0]]
    assert formula.log_odds(readings).tolist() == [0.0]
    assert formula.predict(readings).tolist() == [0.5]


def test_a_tree_by_hand() -> None:
    """One question about the first feature; three examples went left, one right."""
    body = Boosting(
        feature=np.array([[0, 0, 0]]),
        threshold=np.array([[-1.0, 0.0, 0.0]]),
        left=np.array([[1, 1, 2]]),
        right=np.array([[2, 1, 2]]),
        value=np.array([[0.5, 0.8, -0.4]]),
        start=-2.0,
        depth=1,
    )
    formula = ChurnFormula(("login_days", "usage_change"), SCALE, body)
    assert body.base == -1.5
    assert formula.log_odds(np.array([[10.0, 0.0], [15.0, 0.0], [25.0, 0.0]])) == pytest.approx([-1.2, -1.2, -2.4])
    assert formula.contributions(np.array([[25.0, 0.0]])) == pytest.approx(np.array([[-0.9, 0.0]]))


def test_the_strongest_reasons_come_first_whatever_their_direction() -> None:
    assert strongest(np.array([[0.1, -3.0, 2.0, 0.0]]), 3).tolist() == [[1, 2, 0]]


@given(st.floats(-700, 700))
def test_probabilities_lie_between_0_and_1_and_come_back(log_odds: float) -> None:
    probability = float(sigmoid(np.array(log_odds)))
    assert 0 <= probability <= 1
    if abs(log_odds) < 11:
        assert float(logit(np.array(probability))) == pytest.approx(log_odds, abs=1e-6)
