"""Accounts of several products: the mean by ARR, and all that it is made of still adds up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.explanation import (
    moved,
    raises,
    reason_lines,
    reason_lines_of_products,
    restored_row,
    row_of,
    together,
    way_up,
)
from health.domain.metrics import METRICS, encode
from health.domain.products import mean_of_products, with_rows
from health.domain.scoring import arr_weighted, score_accounts, stored
from tests.health.domain.engine import BEST, OPS, TROUBLED, card_of, columns, scored, without
from tests.health.domain.engine import PLAIN as POINTS
from tests.health.domain.test_scoring_properties import partly

SINGLE_PRECISION = 1e-4


def mean(*products, arr=None, accounts=None, card=OPS):
    """The account of these products; one account with equal ARR unless it is said."""
    accounts = np.zeros(len(products), dtype=np.intp) if accounts is None else np.array(accounts)
    money = np.ones(len(products)) if arr is None else np.array(arr, dtype=float)
    names = {name for product in products for name in product} | {card.metrics[0]}
    encoded = {
        name: np.array(
            [(encode(name, one[name]) if name in METRICS else one[name]) if name in one else np.nan for one in products]
        )
        for name in names
    }
    scores = score_accounts(card, encoded)
    return mean_of_products(scores, arr=money, accounts=accounts, count=int(accounts.max()) + 1)


def test_the_account_is_the_mean_of_its_products_by_arr():
    # 98.75 with 30,000 and 46 with 10,000 (both by hand in test_scoring.py): 0.75 × 98.75 + 0.25 × 46 = 85.5625.
    account = mean(BEST, TROUBLED, arr=[30_000, 10_000])
    assert account.total.tolist() == [85.5625]
    assert account.tier_at(0).label == "Healthy"
    # Usage 0.75 × 100 + 0.25 × 50, engagement 0.75 × 95 + 0.25 × 30, business 75 + 17.5, sentiment 75 + 5.83.
    assert account.dimensions[0].tolist() == pytest.approx([87.5, 78.75, 92.5, 80.833], abs=1e-3)
    # Tickets 100 and 10, at 6.25 points of 100 in both: 0.0625 × 77.5 = 4.84.
    place = OPS.metrics.index("tickets_90d")
    assert (account.indicators[0, place], account.contributions[0, place]) == (77.5, pytest.approx(4.84375))
    assert account.values[0, place] == pytest.approx(0.25 * 11)
    assert account.values[0, OPS.metrics.index("nps_class")] in (0, 2)


def test_accounts_are_kept_apart_and_products_without_arr_count_alike():
    found = mean(BEST, TROUBLED, TROUBLED, BEST, arr=[0, 5, 0, 0], accounts=[1, 1, 0, 0])
    assert found.total.tolist() == [(98.75 + 46) / 2, 46]


def test_one_product_is_the_account():
    account, product = mean(TROUBLED), scored(TROUBLED)
    for name in ("values", "weights", "contributions", "raw_total", "confidence"):
        assert getattr(account, name) == pytest.approx(getattr(product, name))
    assert account.dimensions == pytest.approx(product.dimensions, abs=1e-3)


def test_a_product_of_which_too_little_is_known_counts_for_nothing_but_lowers_the_confidence():
    thin = {"csat": 3.1, "nps_class": "detractor"}  # 10 % of the weight
    account = mean(BEST, thin, arr=[60, 40])
    assert account.total.tolist() == [98.75]
    assert account.confidence.tolist() == [0.64]  # 0.6 × 1 + 0.4 × 0.1


def test_where_most_of_the_arr_is_unknown_the_account_has_no_score():
    account = mean(BEST, {"csat": 3}, arr=[10, 90])
    assert account.confidence[0] < 0.5
    assert np.isnan(account.total[0])
    assert account.tier_at(0) is None
    assert account.raw_total.tolist() == [98.75]


def test_products_of_which_nothing_is_known_make_an_account_of_which_nothing_is_known():
    account = mean({"csat": 5}, {}, {}, accounts=[0, 1, 1])
    assert np.isnan(account.raw_total).tolist() == [False, True]
    assert account.contributions[1].tolist() == [0] * len(OPS.metrics)
    assert np.isnan(account.values[1]).all()
    assert account.confidence[1] == 0


def test_what_only_one_product_has_weighs_by_the_share_of_that_product():
    # Two indicators of 50 %: one product knows both, the other only the second, which is all of its score.
    account = mean({"m0": 20, "m1": 60}, {"m1": 100}, arr=[1, 1], card=card_of(POINTS, POINTS))
    assert account.weights[0].tolist() == [25, 75]
    assert account.contributions[0].tolist() == [5, 65]  # (10 + 0) ÷ 2 and (30 + 100) ÷ 2
    assert account.indicators[0].tolist() == pytest.approx([20, 86.667], abs=1e-3)
    assert account.values[0].tolist() == [20, 80]


def test_rows_are_put_in_the_place_of_the_accounts_own():
    whole = scored(TROUBLED, BEST, TROUBLED)
    changed = with_rows(whole, np.array([2]), mean(BEST, TROUBLED))
    assert changed.total.tolist() == [46, 98.75, 72.375]
    assert changed.mixed.tolist() == [False, False, True]
    assert whole.total.tolist() == [46, 98.75, 46]
    assert row_of(changed, 2).mixed
    assert not row_of(changed, 1).mixed


products = st.lists(partly(OPS), min_size=1, max_size=4)
moneys = st.lists(st.integers(0, 1000), min_size=4, max_size=4)


@given(products, moneys)
def test_points_sum_to_the_score_weights_to_100_and_bounds_hold(readings, arr):
    own, account = scored(*readings) if any(readings) else None, None
    if own is None:
        return
    account = mean(*readings, arr=arr[: len(readings)])
    if np.isnan(account.raw_total[0]):
        assert account.weights.sum() == 0
        return
    assert 0 <= account.raw_total[0] <= 100
    assert account.weights.sum() == pytest.approx(100)
    assert account.contributions.sum() == pytest.approx(account.raw_total[0])
    for columns_, score in zip(OPS.columns, account.dimensions[0], strict=True):
        weight = account.weights[0, columns_].sum()
        assert (
            np.isnan(score)
            if weight == 0
            else score * weight / 100
            == pytest.approx(account.contributions[0, columns_].sum(), abs=SINGLE_PRECISION * 10)
        )
    if own.enough.any():
        assert account.raw_total == pytest.approx(
            arr_weighted(own.total, np.array(arr[: len(readings)], dtype=float), np.zeros(len(own), dtype=np.intp), 1)
        )


def kept(scores):
    """The account as a snapshot keeps it: single precision, None where nothing was observed."""

    def row(values):
        return [None if np.isnan(one) else float(np.float32(one)) for one in values.tolist()]

    points = np.where(np.isnan(scores.indicators), np.nan, scores.contributions)
    return restored_row(scores.scorecard, row(scores.values[0]), row(points[0]), weights=row(scores.weights[0]))


@given(products.filter(any), moneys)
def test_a_kept_account_is_restored_as_it_was(readings, arr):
    account = mean(*readings, arr=arr[: len(readings)])
    row = kept(account)
    assert row.raw_total == pytest.approx(account.raw_total[0], abs=SINGLE_PRECISION, nan_ok=True)
    assert row.dimensions == pytest.approx(account.dimensions[0], abs=0.01, nan_ok=True)
    assert row.weights == pytest.approx(account.weights[0], abs=SINGLE_PRECISION)
    assert moved(row, row_of(account, 0)) == []


@given(products.filter(any), products.filter(any))
def test_the_moves_of_an_account_of_products_sum_to_the_difference(before, after):
    then, now = kept(mean(*before)), row_of(mean(*after), 0)
    moves = moved(then, now)
    assert sum(move.points for move in moves) == pytest.approx(now.raw_total - then.raw_total, abs=0.02)
    shown = float(stored(np.array(now.raw_total)) - stored(np.array(then.raw_total)))
    if moves:
        assert round(sum(move.tenths for move in moves) - shown, 6) == 0


def test_what_moved_it_names_the_indicator_of_the_product_that_changed():
    better = TROUBLED | {"tickets_90d": 0}
    # Tickets 10 → 100 in a product with a quarter of the ARR: 90 × 6.25 % ÷ 4 = 1.40625.
    moves = moved(kept(mean(BEST, TROUBLED, arr=[3, 1])), row_of(mean(BEST, better, arr=[3, 1]), 0))
    assert [(move.metric, round(move.points, 3)) for move in moves] == [("tickets_90d", 1.406)]
    assert (moves[0].was, moves[0].now) == ("2.75 tickets in 90 days", "0 tickets in 90 days")


def test_an_account_that_begins_to_be_judged_by_its_products_moves_by_the_points_of_each_indicator():
    whole, products_ = row_of(scored(TROUBLED), 0), row_of(mean(BEST, TROUBLED), 0)
    moves = moved(whole, products_)
    assert sum(move.points for move in moves) == pytest.approx(72.375 - 46)


def test_another_scorecard_moves_an_account_of_products_as_a_whole():
    other = card_of(POINTS, POINTS)
    before, after = row_of(mean({"m0": 20, "m1": 60}, card=other), 0), row_of(mean(TROUBLED), 0)
    assert [(move.label, move.was, move.now, move.points, move.tenths) for move in moved(before, after)] == [
        ("Scorecard changed", "Test v1", "Ops v1", 6.0, 6.0)
    ]


def test_a_raise_lifts_all_products_at_once():
    row = row_of(mean(BEST, TROUBLED, arr=[1, 1]), 0)
    found = {one.metric: one for one in raises(row)}
    # Tickets stand at (100 + 10) ÷ 2 = 55: 45 × 6.25 % = 2.8125.
    assert found["tickets_90d"].points == pytest.approx(2.8125)
    # Of core actions the mean, 1.15, is in the best band already, so that nothing is said of them.
    assert "core_actions_ratio" not in found
    # All others at their best lift usage to its cap of 35, less what core actions lose of it, and what is full else.
    assert row.total < together(row, found.values()).total <= 98.75
    assert way_up(row).tier.label == "Healthy"


def test_the_reason_says_the_mean_reading_of_what_costs_the_account_the_most():
    # Tickets lose 45 × 6.25 % = 2.81 points; nothing else loses as much once core actions are the same in both.
    better = TROUBLED | {"core_actions_ratio": 1.2}
    assert reason_lines(mean(BEST, better), most=1) == ["5.5 tickets in 90 days"]


def test_where_readings_differ_the_product_is_named_that_loses_the_most_by_it():
    rows = [BEST, TROUBLED, BEST, BEST, {"csat": 1}]
    accounts = np.array([0, 0, 1, 1, 2])
    products_ = scored(*rows)
    means = mean_of_products(products_, arr=np.ones(5), accounts=accounts, count=3)
    names = ["CRM", "ERP", "CRM", "ERP", "CRM"]
    # Core actions 100 and 30 at 8.75 points, tickets 100 and 10 at 6.25.
    assert reason_lines_of_products(means, products_, names, accounts) == [
        "ERP: core actions 0.8× the segment · ERP: 11 tickets in 90 days",
        "attended an event",
        "not enough data: 5 % of weight observed",
    ]
    same = mean_of_products(scored(TROUBLED, TROUBLED), arr=np.ones(2), accounts=np.array([0, 0]), count=1)
    assert reason_lines_of_products(same, scored(TROUBLED, TROUBLED), "AB", np.array([0, 0])) == reason_lines(
        scored(TROUBLED)
    )


def test_readings_come_from_the_products_that_count():
    account = mean(BEST, without(TROUBLED, "csat"), arr=[1, 3])
    place = OPS.metrics.index("csat")
    assert account.values[0, place] == 5
    assert columns(BEST)["csat"].tolist() == [5]
