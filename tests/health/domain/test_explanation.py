"""Why a score is what it is, in points that add up."""

import numpy as np
import pytest
from hypothesis import given

from health.domain.explanation import (
    moved,
    raises,
    reason_lines,
    reasons,
    restored_row,
    row_of,
    steps,
    together,
    way_up,
)
from health.domain.quartiles import Quartile
from health.domain.scorecards import Dimension, Indicator, Scorecard
from health.domain.scoring import score_accounts, stored
from tests.health.domain.engine import (
    BEST,
    OPS,
    PLAIN,
    TROUBLED,
    TWO_TIERS,
    card_of,
    number_metric,
    row,
    scored,
    without,
)
from tests.health.domain.test_scoring_properties import account

EXACT = 1e-8


def points(moves):
    return {move.metric: round(move.points, 6) for move in moves}


def test_each_indicator_that_changed_has_moved_the_score_by_its_weight():
    # Tickets 70 → 10 at 6.25 points of 100: −3.75. Usage trend 80 → 40 at 8.75: −3.5.
    before = TROUBLED | {"tickets_90d": 3, "usage_change": 0.0}
    moves = moved(row(before), row(TROUBLED))
    assert points(moves) == {"tickets_90d": -3.75, "usage_change": -3.5}
    assert (moves[0].was, moves[0].now) == ("3 tickets in 90 days", "11 tickets in 90 days")
    assert [move.tenths for move in moves] == [-3.7, -3.5]  # shown: 53.2 (53.25) → 46.0


def test_a_reading_that_changed_inside_its_band_has_moved_nothing():
    assert moved(row(TROUBLED), row(TROUBLED | {"tickets_90d": 12})) == []


def test_an_indicator_that_stood_still_moves_nothing_when_another_is_first_seen():
    moves = moved(row(without(TROUBLED, "csat")), row(TROUBLED))
    assert points(moves) == {"csat": 1.25}  # 44.75 → 46
    assert moves[0].was == "CSAT not observed"


def test_an_indicator_no_longer_observed_takes_its_effect_with_it():
    moves = moved(row(TROUBLED), row(without(TROUBLED, "csat")))
    assert points(moves) == {"csat": -1.25}
    assert moves[0].now == "CSAT not observed"


def test_the_cap_of_a_dimension_falls_on_the_indicator_that_moved():
    # Usage 102.5, capped at 100 → (70 + 100 + 100 + 110) ÷ 4 = 95: 35 % of 5 points.
    assert points(moved(row(BEST), row(BEST | {"login_days": 20}))) == {"login_days": -1.75}


def test_nothing_moved_an_account_that_had_no_score():
    nothing = row_of(score_accounts(OPS, {"csat": np.array([np.nan])}), 0)
    assert moved(nothing, row(TROUBLED)) == []
    assert moved(row(TROUBLED), nothing) == []


def reweighted(*weights, version=2):
    indicators = tuple(
        Indicator(f"m{place}", "", weight, PLAIN, definition=number_metric(f"m{place}"))
        for place, weight in enumerate(weights)
    )
    return Scorecard("test", "Test", version, (Dimension("all", "All", 100, indicators),), TWO_TIERS)


def test_what_the_scorecard_changed_is_said_apart_from_what_the_account_changed():
    before = row_of(score_accounts(reweighted(50, 50, version=1), {"m0": np.array([20.0]), "m1": np.array([60.0])}), 0)
    after = row_of(score_accounts(reweighted(25, 75), {"m0": np.array([20.0]), "m1": np.array([80.0])}), 0)
    # 40 → 50 by the new weights of the old readings, then 0.75 × 20 = 15 by the reading.
    moves = moved(before, after)
    assert points(moves) == {"": 10, "m1": 15}
    said = next(move for move in moves if not move.metric)
    assert (said.label, said.was, said.now) == ("Scorecard changed", "Test v1", "Test v2")


def test_a_scorecard_of_other_metrics_accounts_for_the_whole_difference():
    before = row_of(score_accounts(card_of(PLAIN), {"m0": np.array([20.0])}), 0)
    after = row({**TROUBLED})
    moves = moved(before, after)
    assert sum(move.points for move in moves) == pytest.approx(26, abs=EXACT)


@given(account.filter(bool), account.filter(bool))
def test_moves_add_up_exactly_and_as_shown(first, second):
    before, after = row(first), row(second)
    moves = moved(before, after)
    assert sum(move.points for move in moves) == pytest.approx(after.raw_total - before.raw_total, abs=EXACT)
    shown = float(stored(np.array(after.raw_total))) - float(stored(np.array(before.raw_total)))
    if moves:
        assert sum(move.tenths for move in moves) == pytest.approx(shown, abs=1e-6)
    assert all(abs(move.tenths - move.points) < 0.2 for move in moves)
    assert [abs(move.points) for move in moves] == sorted((abs(move.points) for move in moves), reverse=True)


def test_what_would_raise_it_most_comes_first_with_its_goal_and_its_points():
    # Core actions 30 → 100 and the trend 40 → 110, each 8.75 % of 70 points; tickets 10 → 100: 6.25 % of 90.
    best = raises(row(TROUBLED))
    assert [(one.metric, round(one.points, 3)) for one in best[:3]] == [
        ("core_actions_ratio", 6.125),
        ("usage_change", 6.125),
        ("tickets_90d", 5.625),
    ]
    assert [one.goal for one in best[:3]] == [
        "core actions at 1.1× the segment",
        "usage above +5 %",
        "10 fewer tickets in 90 days",
    ]
    assert best[2].now == "11 tickets in 90 days"
    assert best[2].total == 51.625
    assert best[2].tier.label == "At-Risk"


def test_the_next_step_is_the_next_better_band():
    nearest = {one.metric: one for one in steps(row(TROUBLED))}
    assert nearest["tickets_90d"].goal == "1 fewer ticket in 90 days"
    assert nearest["tickets_90d"].points == pytest.approx(1.875)  # 10 → 40 at 6.25 %
    assert nearest["contract_status"].goal == "contract active"


def test_what_is_at_its_best_or_was_not_observed_cannot_be_raised():
    named = {one.metric for one in raises(row(without(TROUBLED, "csat")))}
    assert "csat" not in named
    assert "late_payments" not in named


def test_nothing_is_promised_where_the_cap_eats_it():
    # Three indicators of usage at 100 and the trend flat: 380 ÷ 4 = 95; rising would be 102.5, but it ends at 100.
    flat = raises(row(BEST | {"usage_change": 0.0}))
    assert [(one.metric, round(one.points, 6)) for one in flat] == [("usage_change", 1.75)]  # 35 % of 5
    assert flat[0].total == row(BEST).total


def test_an_account_at_its_best_has_nothing_to_raise():
    assert raises(row(BEST)) == []
    assert way_up(row(BEST)) is None


def test_an_account_of_a_segment_can_rise_to_its_best_quarter():
    card = card_of(Quartile())
    scores = score_accounts(card, {"m0": np.arange(9.0)})
    raised = raises(row_of(scores, 2))
    assert raised[0].goal == "M0 in the best quarter of its segment"
    assert raised[0].total == 75
    assert raises(row_of(scores, 8)) == []


def test_the_way_up_is_the_fewest_raises_that_reach_a_better_tier():
    # 46 + 6.125 + 6.125 = 58.25 is not yet Watch; with the tickets 63.875 is.
    outcome = way_up(row(TROUBLED))
    assert [one.metric for one in outcome.raises] == ["core_actions_ratio", "usage_change", "tickets_90d"]
    assert outcome.points == pytest.approx(17.875)
    assert outcome.tier.label == "Watch"


def test_a_way_up_that_is_too_long_says_how_far_the_best_raises_reach():
    outcome = way_up(row(TROUBLED), most=2)
    assert len(outcome.raises) == 2
    assert outcome.tier.label == "At-Risk"


@given(account.filter(bool))
def test_raises_together_never_pass_100_and_never_lose(readings):
    one = row(readings)
    outcome = together(one, raises(one))
    assert one.raw_total - EXACT <= outcome.total <= 100
    assert all(raised.points > 0 for raised in raises(one))


def test_reasons_name_what_costs_the_most_points():
    # Lost: core actions 8.75 × 0.7 = 6.125, tickets 6.25 × 0.9 = 5.625, usage trend 8.75 × 0.6 = 5.25.
    assert reasons(row(TROUBLED)) == ["core actions 0.8× the segment", "11 tickets in 90 days", "usage −38 %"]
    assert reasons(row(TROUBLED), most=1) == ["core actions 0.8× the segment"]


def test_what_costs_less_than_a_point_is_no_reason():
    card = reweighted(95, 5)
    one = row_of(score_accounts(card, {"m0": np.array([100.0]), "m1": np.array([81.0])}), 0)
    other = row_of(score_accounts(card, {"m0": np.array([100.0]), "m1": np.array([80.0])}), 0)
    assert reasons(one) == []  # 5 % of 19
    assert reasons(other) == ["M1: 80"]  # 5 % of 20


def test_lines_for_a_list_say_the_same_as_the_reasons_of_each_account():
    scores = scored(TROUBLED, BEST, {"csat": 2, "sentiment": "negative"}, without(TROUBLED, "tickets_90d"))
    lines = reason_lines(scores)
    assert lines[0] == "core actions 0.8× the segment · 11 tickets in 90 days"
    assert lines[2] == "not enough data: 10 % of weight observed"
    # Without tickets a meeting weighs 25 ÷ 3: it costs 8.33 × 0.7 = 5.83.
    assert lines[3] == "core actions 0.8× the segment · 50 % of meetings attended"
    for place in (0, 1, 3):
        assert lines[place] == " · ".join(reasons(row_of(scores, place), most=2))


def single(values):
    return [None if np.isnan(value) else float(np.float32(value)) for value in values]


@given(account.filter(bool))
def test_a_row_out_of_a_snapshot_in_single_precision_is_the_row_that_went_in(readings):
    made = row(readings)
    back = restored_row(OPS, single(made.values), single(np.where(np.isnan(made.values), np.nan, made.contributions)))
    assert back.raw_total == pytest.approx(made.raw_total, abs=EXACT)
    assert back.indicators.tolist() == pytest.approx(made.indicators.tolist(), nan_ok=True)
    assert back.tier == made.tier


def test_what_was_scored_against_the_segment_is_restored_from_its_points():
    card = card_of(Quartile(), Quartile(lower_is_better=True), PLAIN)
    readings = {"m0": np.arange(9.0), "m1": np.arange(9.0), "m2": np.linspace(10, 90, 9)}
    made = row_of(score_accounts(card, readings), 3)
    back = restored_row(card, single(made.values), single(made.contributions))
    assert back.indicators.tolist() == pytest.approx(made.indicators.tolist(), abs=1e-4)
    assert back.total == pytest.approx(made.total, abs=1e-4)
