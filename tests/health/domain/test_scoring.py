"""The engine by hand: what is missing, what is capped, what is enough, with the arithmetic beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.common.points import whole_points
from health.domain.quartiles import Quartile
from health.domain.scorecards import AgeBand, Bands, Dimension, Indicator, Scorecard
from health.domain.scoring import arr_weighted, combine, quartile_tables, score_accounts, stored, stored_text
from health.domain.tiers import tier_index
from tests.health.domain.engine import BEST, OPS, PLAIN, TROUBLED, TWO_TIERS, card_of, columns, number_metric, scored
from tests.health.domain.engine import without as left_out


def test_an_account_in_trouble():
    # Usage (70 + 60 + 30 + 40) ÷ 4 = 50 · engagement (10 + 40 + 30 + 40) ÷ 4 = 30
    # business (100 + 70 + 60 + 50) ÷ 4 = 70 · sentiment (40 + 10 + 20) ÷ 3 = 23.33
    # 0.35 × 50 + 0.25 × 30 + 0.25 × 70 + 0.15 × 23.33 = 17.5 + 7.5 + 17.5 + 3.5 = 46
    scores = scored(TROUBLED)
    assert scores.dimensions[0].tolist() == pytest.approx([50, 30, 70, 70 / 3])
    assert scores.total[0] == 46
    assert scores.tier_at(0).label == "At-Risk"
    assert scores.confidence[0] == 1


def test_a_band_above_100_lifts_its_dimension():
    # (100 + 60 + 30 + 110) ÷ 4 = 75: with the trend counted as 100 it would be 72.5.
    scores = scored(BEST | {"feature_breadth": 0.5, "core_actions_ratio": 0.1})
    assert scores.indicators[0, 3] == 110
    assert scores.dimensions[0, 0] == 75


def test_a_dimension_ends_at_100_and_shortens_what_its_indicators_give_in_proportion():
    # Usage (100 + 100 + 100 + 110) ÷ 4 = 102.5 → 100:
    # of its 35 points each 100 gives 35 × 100/410 and the trend 35 × 110/410.
    scores = scored(BEST)
    assert scores.dimensions[0, 0] == 100
    assert scores.contributions[0, :4].tolist() == pytest.approx([3500 / 410] * 3 + [3850 / 410])
    # Engagement (100 + 100 + 100 + 80) ÷ 4 = 95: 35 + 0.25 × 95 + 25 + 15 = 98.75.
    assert scores.total[0] == 98.75
    assert scores.contributions[0].sum() == pytest.approx(98.75, abs=1e-9)


def test_a_missing_indicator_hands_its_weight_to_the_rest_of_its_dimension():
    # Without CSAT sentiment is (10 + 20) ÷ 2 = 15: 46 − 0.15 × (23.33 − 15) = 44.75.
    scores = scored(left_out(TROUBLED, "csat"))
    assert scores.dimensions[0, 3] == 15
    assert scores.total[0] == 44.75
    assert scores.confidence[0] == 0.95
    assert scores.weights[0, 12:].tolist() == [0, 7.5, 7.5]


def test_a_dimension_without_any_indicator_is_left_out_of_the_total():
    # (35 × 50 + 25 × 30 + 25 × 70) ÷ 85 = 4250 ÷ 85 = 50.
    scores = scored(left_out(TROUBLED, "csat", "nps_class", "sentiment"))
    assert np.isnan(scores.dimensions[0, 3])
    assert scores.total[0] == 50
    assert scores.confidence[0] == 0.85


def test_with_less_than_half_of_the_weight_there_is_no_score():
    # Engagement and three indicators of business: 25 + 3 × 6.25 = 43.75 %.
    names = [*OPS.metrics[OPS.columns[1]], *OPS.metrics[OPS.columns[2]][:3]]
    scores = scored({name: BEST[name] for name in names})
    assert scores.confidence[0] == 0.4375
    assert not scores.enough[0]
    assert np.isnan(scores.total[0])
    assert scores.tier[0] == -1
    assert scores.tier_at(0) is None
    # (95 × 25 + 100 × 25) ÷ 50: known, but not given out as the score.
    assert scores.raw_total[0] == 97.5


def test_with_exactly_half_of_the_weight_there_is_a_score():
    # Usage and sentiment: 35 + 15.
    names = [*OPS.metrics[OPS.columns[0]], *OPS.metrics[OPS.columns[3]]]
    scores = scored({name: BEST[name] for name in names})
    assert scores.confidence[0] == 0.5
    assert scores.total[0] == 100


def test_an_account_without_any_reading_has_no_score_and_no_contributions():
    scores = score_accounts(OPS, {"csat": np.array([np.nan, 5.0])})
    assert np.isnan(scores.raw_total[0])
    assert scores.confidence[0] == 0
    assert scores.contributions[0].sum() == 0
    assert scores.weights[0].sum() == 0


def test_a_stand_in_counts_in_the_mean_but_nobody_observed_it():
    readings = {"m0": np.array([80.0])}
    assert score_accounts(card_of(PLAIN, PLAIN), readings).raw_total[0] == 80
    neutral = score_accounts(card_of(PLAIN, PLAIN, missing="neutral"), readings)
    zero = score_accounts(card_of(PLAIN, PLAIN, missing="zero"), readings)
    assert (neutral.raw_total[0], zero.raw_total[0]) == (65, 40)
    assert neutral.confidence[0] == zero.confidence[0] == 0.5


def test_stand_ins_alone_make_no_score():
    scores = score_accounts(card_of(PLAIN, PLAIN, missing="neutral"), {"m0": np.array([np.nan])})
    assert scores.confidence[0] == 0
    assert np.isnan(scores.total[0])


def test_an_indicator_of_weight_nothing_is_shown_and_changes_nothing():
    card = Scorecard("s", "S", 1, (Dimension("d", "D", 100, (
        Indicator("a", "", 100, PLAIN, definition=number_metric("a")),
        Indicator("b", "", 0, PLAIN, definition=number_metric("b")),
    )),), TWO_TIERS)  # fmt: skip
    scores = score_accounts(card, {"a": np.array([70.0, np.nan]), "b": np.array([10.0, 10.0])})
    assert scores.raw_total[0] == 70
    assert scores.indicators[0, 1] == 10
    assert np.isnan(scores.raw_total[1])


def test_the_tier_is_that_of_the_unrounded_score():
    scores = score_accounts(card_of(PLAIN), {"m0": np.array([49.96, 50.0])})
    assert stored(scores.total).tolist() == [49.9, 50.0]
    assert [scores.tier_at(row).label for row in range(2)] == ["Bad", "Good"]


def test_a_score_that_is_80_but_for_floating_noise_is_80():
    scores = score_accounts(card_of(PLAIN, PLAIN, PLAIN), {f"m{i}": np.array([50.0]) for i in range(3)})
    assert scores.total[0] == 50
    assert scores.tier_at(0).label == "Good"


def test_a_young_account_is_scored_by_the_narrowest_age_band_it_is_in():
    card = Scorecard("s", "S", 1, (Dimension("d", "D", 100, (
        Indicator("a", "", 100, Bands(((10, 100),), 0), ages=(
            AgeBand(12, Bands(((5, 100),), 0)), AgeBand(3, Bands(((1, 100),), 0))), definition=number_metric("a")),
    )),), TWO_TIERS)  # fmt: skip
    readings, months = {"a": np.array([1.0, 1, 5, 5, 10, 5])}, np.array([2.9, 3, 11.9, 12, 50, np.nan])
    assert score_accounts(card, readings, months=months).total.tolist() == [100, 0, 100, 0, 100, 0]
    assert score_accounts(card, readings).total.tolist() == [0, 0, 0, 0, 100, 0]


def test_a_chunk_scored_by_tables_of_the_whole_book_gets_the_scores_of_the_whole_book():
    card = card_of(Quartile(), Quartile(lower_is_better=True), PLAIN)
    rng = np.random.default_rng(7)
    readings = {name: rng.normal(50, 20, 60).round() for name in card.metrics}
    segments = np.repeat(["smb", "enterprise", ""], 20)
    whole = score_accounts(card, readings, segments=segments)
    tables = quartile_tables(card, readings, segments)
    assert set(tables) == {"m0", "m1"}
    chunk = {name: column[10:25] for name, column in readings.items()}
    part = score_accounts(card, chunk, segments=segments[10:25], quartiles=tables)
    assert part.total.tolist() == whole.total[10:25].tolist()


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="csat 2, nps 1"):
        score_accounts(OPS, {"csat": np.zeros(2), "nps": np.zeros(1)})


def test_no_accounts_have_no_scores():
    assert len(score_accounts(OPS, {})) == 0
    assert score_accounts(OPS, {}).tier.tolist() == []


def test_metrics_that_the_scorecard_does_not_use_are_left_alone():
    assert scored(TROUBLED | {"nps": -100}).total[0] == 46


def test_combining_the_indicator_scores_again_gives_the_same_scores():
    scores = scored(TROUBLED, BEST, left_out(BEST, "csat"))
    again = combine(OPS, scores.values, scores.indicators)
    assert again.raw_total.tolist() == scores.raw_total.tolist()


@pytest.mark.parametrize(
    ("score", "kept"),
    [
        (46.04, 46.0), (46.06, 46.1), (46.95, 46.9), (46.96, 46.9), (79.94, 79.9), (79.96, 79.9), (79.999, 79.9),
        (79.9999999999, 80.0), (80.0, 80.0), (80.04, 80.0), (99.99, 99.9), (100.0, 100.0), (0.0, 0.0), (0.96, 0.9),
    ],
)  # fmt: skip
def test_stored_scores_have_one_decimal_and_no_point_that_was_not_reached(score, kept):
    assert float(stored(np.array(score))) == kept
    assert stored_text(score) == f"{kept:.1f}"


@given(st.floats(0, 100))
def test_what_is_stored_and_what_is_shown_lie_in_the_tier_that_was_chosen(score):
    exact = np.round(np.array([score]), 9)
    kept = stored(exact)
    shown = np.array([float(whole_points(float(kept[0])))])
    chosen = tier_index(OPS, exact).tolist()
    assert tier_index(OPS, kept).tolist() == tier_index(OPS, shown).tolist() == chosen


def test_what_is_unknown_stays_unknown_when_it_is_stored():
    assert np.isnan(stored(np.array([np.nan]))).all()


def test_products_and_children_are_weighted_by_their_arr():
    # (80 × 30,000 + 40 × 10,000) ÷ 40,000 = 70; the unscored one does not count; no ARR at all: a plain mean.
    scores = np.array([80.0, 40, np.nan, 60, 20, np.nan])
    arr = np.array([30_000.0, 10_000, 99_000, 0, 0, 5])
    groups = np.array([0, 0, 0, 1, 1, 2])
    means = arr_weighted(scores, arr, groups, 3)
    assert means[:2].tolist() == [70, 40]
    assert np.isnan(means[2])


def test_fifty_thousand_accounts_keep_their_order_and_their_points():
    accounts = columns(TROUBLED, BEST)
    many = {name: np.tile(column, 25_000) for name, column in accounts.items()}
    scores = score_accounts(OPS, many)
    assert set(scores.total[::2]) == {46}
    assert set(scores.total[1::2]) == {98.75}
