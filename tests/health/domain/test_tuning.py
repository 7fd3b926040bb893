"""What another version would change: who moves, with how much ARR, and why, in points that add up."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.explanation import row_of
from health.domain.scorecards import Scorecard
from health.domain.tuning import compare, shifts
from tests.health.domain.engine import BEST, OPS, TROUBLED, scored, without


def weighed(*weights: float, card: Scorecard = OPS) -> Scorecard:
    """The scorecard with other weights of its dimensions, as the next version."""
    pairs = zip(card.dimensions, weights, strict=True)
    return replace(card, version=2, dimensions=tuple(replace(one, weight=weight) for one, weight in pairs))


def test_accounts_and_money_are_counted_from_tier_to_tier():
    accounts = (BEST, TROUBLED, without(BEST, *list(BEST)[:12]))
    before, after = scored(*accounts), scored(*accounts, card=weighed(0, 0, 0, 100))
    found = compare(before, after, np.array([1_000, 200, 50]))
    assert found.accounts.sum() == 3
    assert found.cents.sum() == 1_250
    assert (found.accounts[1, 1], found.accounts[3, 4], found.accounts[0, 1]) == (1, 1, 1)
    assert found.moving(down=True) == (1, 200)
    assert found.moving(down=False) == (0, 0)
    assert (found.changed, found.gaining_a_score, found.losing_the_score) == (2, 1, 0)


def test_nobody_is_no_comparison_that_fails():
    found = compare(scored(), scored(), np.empty(0, dtype=np.int64))
    assert (found.changed, len(found.movers)) == (0, 0)


def test_the_same_version_moves_nobody():
    same = scored(BEST, TROUBLED)
    found = compare(same, same, np.array([1, 1]))
    assert (found.changed, len(found.movers)) == (0, 0)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_shifts_sum_to_the_move(first, second, third):
    cuts = sorted((first, second, third))
    weights = np.diff([0, *cuts, 100])
    before, after = (row_of(scored(TROUBLED, card=card), 0) for card in (OPS, weighed(*weights.tolist())))
    total = sum(one.points for one in shifts(before, after))
    # Shifts that are not worth a word are left out.
    assert total == pytest.approx(after.raw_total - before.raw_total, abs=0.05 * len(OPS.indicators))


def test_what_weighs_more_and_stands_low_pulls_down():
    before, after = (row_of(scored(TROUBLED, card=card), 0) for card in (OPS, weighed(20, 25, 25, 30)))
    found = shifts(before, after)
    assert after.raw_total < before.raw_total
    assert found[0].points < 0
    low = [one for one in found if one.because == "weighs more" and one.points < 0]
    assert {one.metric for one in low} >= {"nps_class", "sentiment"}


def test_an_indicator_left_out_is_named():
    dimension = OPS.dimensions[3]
    kept = tuple(replace(one, weight=50) for one in dimension.indicators[:2])
    card = replace(OPS, dimensions=(*OPS.dimensions[:3], replace(dimension, indicators=kept)))
    before, after = row_of(scored(TROUBLED), 0), row_of(scored(TROUBLED, card=card), 0)
    found = {one.metric: one.because for one in shifts(before, after)}
    assert found["sentiment"] == "left out of the draft"
    assert {one.metric: one.because for one in shifts(after, before)}["sentiment"] == "new in the draft"
