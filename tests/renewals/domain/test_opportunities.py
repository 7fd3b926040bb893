"""Opportunities: which move is possible, what one is worth, and rates that name their cases."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.opportunities import (
    LEAST_CASES,
    OPEN_STAGES,
    STAGE_PROBABILITY,
    Share,
    Stage,
    move_refused,
    probability_of,
    weighted,
    win_rate,
)


@pytest.mark.parametrize("now", list(Stage))
@pytest.mark.parametrize("to", list(Stage))
def test_open_ones_move_freely_between_open_stages_and_nowhere_else(now, to):
    assert (move_refused(now, to) == "") is (now in OPEN_STAGES and to in OPEN_STAGES and now is not to)


def test_the_further_it_is_the_likelier_it_is():
    way = [STAGE_PROBABILITY[stage] for stage in OPEN_STAGES]
    assert way == sorted(way)
    assert STAGE_PROBABILITY[Stage.WON] == 1
    assert STAGE_PROBABILITY[Stage.LOST] == 0


def test_the_owner_is_believed_while_it_is_open():
    assert probability_of(Stage.PROPOSED, None) == Decimal("0.50")
    assert probability_of(Stage.PROPOSED, Decimal("0.9")) == Decimal("0.9")
    assert probability_of(Stage.LOST, Decimal("0.9")) == 0


@given(st.lists(st.tuples(st.decimals(0, 10**9, places=2), st.decimals(0, 1, places=4))))
def test_the_weighted_forecast_is_never_above_the_pipeline(worth):
    assert weighted(worth) <= sum((value for value, _ in worth), Decimal(0)) + Decimal("0.01")


def test_a_win_rate_needs_cases():
    assert win_rate(2, LEAST_CASES - 3).share is None
    assert win_rate(3, LEAST_CASES - 3).share == pytest.approx(0.6)
    assert win_rate(0, LEAST_CASES).share == 0
    assert Share(Decimal(5), Decimal(0)).share is None
