"""Each kind of scorer on its own, and what it refuses."""

import json

import numpy as np
import pytest

from health.domain.metrics import METRICS
from health.domain.scorecards import ScorecardError, scorer_from_params
from health.domain.scorers import Bands, Curve, Decay, Flag, Linear, Lookup, Ratio, Trend


def points(scorer, *values):
    return scorer.score(np.array(values, dtype=float)).tolist()


def test_bands_hold_from_their_lower_bound_and_below_holds_under_all():
    assert points(Bands(((15, 70), (25, 100)), below=30), 14.9, 15, 24, 25, 99) == [30, 70, 70, 100, 100]


def test_linear_is_clamped_and_turns_round_where_low_is_above_high():
    assert points(Linear(0, 10), -5, 0, 2.5, 10, 99) == [0, 0, 25, 100, 100]
    assert points(Linear(1, 0), 0, 0.25, 1, 2) == [100, 75, 0, 0]
    assert points(Linear(-100, 100), -100, 0, 50) == [0, 50, 75]


def test_ratio_is_clamped_at_its_target():
    assert points(Ratio(0.2), -1, 0, 0.05, 0.2, 0.9) == [0, 0, 25, 100, 100]


def test_lookup_gives_the_points_of_the_category_in_the_order_of_the_metric():
    scorer = Lookup({"late": 50, "delinquent": 0, "current": 100}).bound_to(METRICS["payment_status"])
    assert points(scorer, 0, 1, 2) == [100, 50, 0]  # current, late, delinquent


def test_flag_gives_the_two_scores():
    assert points(Flag(), 1, 0) == [100, 0]
    assert points(Flag(yes=80, no=40), 1, 0) == [80, 40]


def test_trend_has_three_classes_and_the_dead_band_belongs_to_flat():
    assert points(Trend(110, 80, 40), 0.051, 0.05, 0, -0.05, -0.051) == [110, 80, 80, 80, 40]
    assert points(Trend(100, 70, 30, dead_band=0.2), 0.2, 0.21, -0.21) == [70, 100, 30]


def test_decay_is_full_while_fresh_and_nothing_when_stale():
    # Between 7 and 60 days it falls by 100 ÷ 53 a day: 33.5 days is half way.
    assert points(Decay(7, 60), 0, 7, 33.5, 60, 400) == [100, 100, 50, 0, 0]


def test_curve_is_linear_between_points_and_the_upper_point_of_a_jump_holds():
    scorer = Curve(((0, 0), (0.2, 30), (0.2, 40), (0.4, 60), (0.4, 70), (0.6, 100)))
    assert points(scorer, -1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 9) == [0, 0, 15, 40, 50, 70, 85, 100, 100]
    assert points(scorer, 0.199)[0] == pytest.approx(29.85)


def test_the_upper_point_of_a_falling_jump_holds_too():
    scorer = Curve(((0, 100), (10, 60), (10, 40), (20, 0)))
    assert points(scorer, 0, 5, 10, 15) == [100, 80, 60, pytest.approx(20)]


@pytest.mark.parametrize(
    "scorer",
    [
        Bands(((1, 100),), below=0), Linear(0, 1), Ratio(1), Lookup({"a": 1}), Flag(), Trend(3, 2, 1),
        Decay(1, 2), Curve(((0, 0), (1, 100))),
    ],
    ids=lambda scorer: scorer.kind,
)  # fmt: skip
def test_a_missing_reading_has_no_points(scorer):
    assert np.isnan(points(scorer, np.nan)[0])


PARAMS = [
    ("bands", {"bands": [[25, 100], [15, 70]], "below": 30}),
    ("linear", {"low": -100, "high": 100}),
    ("ratio", {"target": 5}),
    ("lookup", {"scores": {"current": 100, "late": 50, "delinquent": 0}}),
    ("flag", {"yes": 80, "no": 40}),
    ("trend", {"up": 110, "flat": 80, "down": 40, "dead_band": 0.05}),
    ("decay", {"fresh": 7, "stale": 60}),
    ("curve", {"points": [[0, 10], [30, 40], [90, 70]]}),
    ("quartile", {"lower_is_better": True}),
]


@pytest.mark.parametrize(("kind", "params"), PARAMS)
def test_parameters_survive_json(kind, params):
    scorer = scorer_from_params(kind, params)
    assert scorer.kind == kind
    assert scorer.params() == params
    assert scorer_from_params(kind, json.loads(json.dumps(scorer.params()))) == scorer


@pytest.mark.parametrize(
    ("kind", "params", "reason"),
    [
        ("magic", {}, "No scorer is called “magic”"),
        ("linear", [1, 2], "must be an object"),
        ("linear", {"low": 0}, "missing 1 required positional argument: 'high'"),
        ("linear", {"low": 0, "high": 1, "mid": 2}, "unknown parameter mid"),
        ("linear", {"low": 1, "high": 1}, "must differ"),
        ("linear", {"low": "a", "high": 1}, "low must be a number"),
        ("linear", {"low": True, "high": 2}, "low must be a number"),
        ("linear", {"low": float("nan"), "high": 1}, "low must be a number"),
        ("linear", {"low": 10**400, "high": 1}, "low must be a number"),
        ("ratio", {"target": 0}, "above 0"),
        ("bands", {"bands": [], "below": 0}, "at least one band"),
        ("bands", {"bands": 3, "below": 0}, "bands must be a list"),
        ("bands", {"bands": "ab", "below": 0}, "bands must be a list"),
        ("bands", {"bands": [[1, 2, 3]], "below": 0}, "pair of value and score"),
        ("bands", {"bands": [[1, 50], [1, 60]], "below": 0}, "begin at the same value"),
        ("bands", {"bands": [[1, 500]], "below": 0}, "between 0 and 200"),
        ("bands", {"bands": [[1, 50]], "below": -1}, "between 0 and 200"),
        ("lookup", {"scores": {}}, "at least one category"),
        ("flag", {"yes": 101, "no": "x"}, "no must be a number"),
        ("trend", {"up": 1, "flat": 1, "down": 1, "dead_band": -0.1}, "dead band"),
        ("decay", {"fresh": 60, "stale": 7}, "below stale"),
        ("curve", {"points": [[0, 0]]}, "at least two points"),
        ("curve", {"points": [[1, 0], [0, 100]]}, "in the order"),
        ("curve", {"points": [[1, 0], [1, 10], [1, 20]]}, "at most two"),
        ("curve", {"points": [[0, 0], [1, 120]]}, "from 0 to 100"),
        ("quartile", {"lower_is_better": "yes"}, "true or false"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_with_the_reason(kind, params, reason):
    with pytest.raises(ScorecardError, match=reason.replace("(", r"\(")):
        scorer_from_params(kind, params)


@pytest.mark.parametrize(
    ("scorer", "metric", "reason"),
    [
        (Linear(0, 1), "payment_status", "score it by “lookup”"),
        (Linear(0, 1), "exec_sponsor", "score it by “flag”"),
        (Flag(), "login_days", "no yes/no metric"),
        (Lookup({"a": 1}), "login_days", "has no categories"),
        (Lookup({"current": 1, "late": 1}), "payment_status", "lacks delinquent"),
        (Lookup({"current": 1, "late": 1, "delinquent": 0, "lost": 2}), "payment_status", "does not know lost"),
    ],
)
def test_a_scorer_that_does_not_suit_its_metric_is_refused(scorer, metric, reason):
    with pytest.raises(ScorecardError, match=reason):
        scorer.bound_to(METRICS[metric])
