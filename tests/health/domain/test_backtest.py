"""Would a score have known: ranking with ties, the lowest tenth, intervals; against the plain definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.backtest import Cohorts, backtest, hanley_mcneil, lowest_shares, wilson, won_pairs


def cohorts(*rows: tuple[float, bool], day: int = 1, cents: int = 100) -> Cohorts:
    """Accounts of one day as (score, churned); NaN is no score; ranks by the bounds of Ops."""
    scores = np.array([score for score, _ in rows], dtype=float)
    ranks = [0 if math.isnan(score) else 1 + (score < 80) + (score < 60) + (score < 40) for score in scores]
    return Cohorts(
        days=np.full(len(rows), day),
        scores=scores,
        ranks=np.array(ranks, dtype=np.int8),
        churned=np.array([gone for _, gone in rows], dtype=bool),
        cents=np.full(len(rows), cents, dtype=np.int64),
    )


@pytest.mark.parametrize(
    ("rows", "auc"),
    [
        ([(10, True), (90, False)], 1.0),
        ([(90, True), (10, False)], 0.0),
        ([(50, True), (50, False)], 0.5),
        ([(20, True), (60, True), (40, False), (80, False)], 0.75),
        ([(50, True), (50, False), (70, False)], 0.75),
        ([(10, True)], None),
        ([(10, False)], None),
        ([], None),
    ],
)
def test_auc_is_the_share_of_pairs_in_which_the_churned_one_stood_lower(rows, auc):
    assert backtest(cohorts(*rows)).auc == auc


tenths = st.integers(0, 1000).map(lambda tenth: tenth / 10)


@given(st.lists(st.tuples(st.one_of(tenths, st.sampled_from([40.0, 60.0])), st.booleans()), max_size=40))
def test_auc_equals_a_walk_over_all_pairs(rows):
    gone, stayed = [s for s, churned in rows if churned], [s for s, churned in rows if not churned]
    won = sum((one < other) + (one == other) / 2 for one in gone for other in stayed)
    scores, churned = np.array([s for s, _ in rows]), np.array([c for _, c in rows], dtype=bool)
    assert won_pairs(scores, churned) == (won, len(gone) * len(stayed))


@given(st.lists(tenths, min_size=1, max_size=60), st.sampled_from([0.1, 0.25, 0.5]))
def test_the_lowest_share_is_exact_and_level_accounts_part_the_rest(scores, share):
    found = lowest_shares(np.array(scores), share)
    assert found.sum() == pytest.approx(len(scores) * share)
    for one, part in zip(scores, found, strict=True):
        below, level = sum(other < one for other in scores), scores.count(one)
        assert part == pytest.approx(min(1.0, max(0.0, (len(scores) * share - below) / level)))


def test_accounts_are_ranked_against_those_of_the_same_day_alone():
    first, second = cohorts((20, True), (30, False), day=1), cohorts((80, True), (90, False), day=91)
    both = Cohorts(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in vars(first)))
    found = backtest(both)
    assert (found.auc, found.days, found.outcomes) == (1.0, 2, 2)


def test_recall_counts_all_churned_arr_that_of_accounts_without_a_score_too():
    rows = [(5.0, True), *((50.0 + place, False) for place in range(9)), (math.nan, True)]
    found = backtest(cohorts(*rows))
    assert (found.outcomes, found.unscored_outcomes) == (2, 1)
    assert found.lowest.recall == 0.5
    assert found.lowest.false_alarms == 0
    assert found.is_thin


def test_churn_by_tier_counts_every_account_once():
    found = backtest(cohorts((90, False), (85, True), (30, True), (math.nan, False)))
    rates = {one.rank: (one.accounts, one.churned, one.rate) for one in found.tiers}
    assert rates == {1: (2, 1, 0.5), 2: (0, 0, None), 3: (0, 0, None), 4: (1, 1, 1.0), 0: (1, 0, 0.0)}


def test_nothing_known_is_unknown_and_not_zero():
    found = backtest(cohorts())
    assert (found.auc, found.auc_interval, found.lowest.recall, found.lowest.false_alarms) == (None, None, None, None)
    assert {one.interval for one in found.tiers} == {None}


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (48, 100, 0.3846, 0.5768)],
)
def test_intervals_of_shares_are_those_of_wilson(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-4)


@given(st.floats(0, 1), st.integers(1, 500), st.integers(1, 5000))
def test_the_interval_of_an_auc_holds_it_and_lies_within_0_and_1(auc, gone, stayed):
    low, high = hanley_mcneil(auc, gone, stayed)
    assert 0 <= low <= auc <= high <= 1
