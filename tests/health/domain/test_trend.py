"""Where a score is going."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.trend import score_trends

DAYS = np.arange(700_000, 700_031)  # 31 days: today and the 30 before


def trend(scores, days=DAYS):
    result = score_trends(np.array([scores], dtype=float), np.asarray(days))
    return result.change[0], str(result.course[0]), bool(result.sustained[0])


@pytest.mark.parametrize(
    ("points", "course"),
    [(3.1, "improving"), (3.0, "stable"), (0, "stable"), (-3.0, "stable"), (-3.1, "declining"), (-40, "declining")],
)
def test_a_straight_line_is_judged_by_its_points_over_30_days(points, course):
    change, found, _ = trend(np.linspace(70, 70 + points, 31))
    assert change == pytest.approx(points, abs=1e-6)
    assert found == course


def test_days_without_a_score_are_left_out():
    scores = np.linspace(80, 50, 31)
    scores[3:20:2] = np.nan
    assert trend(scores)[0] == pytest.approx(-30)


def test_weekly_scores_are_enough():
    assert trend([80, 77, 74, 71, 68], [700_002, 700_009, 700_016, 700_023, 700_030])[1] == "declining"


def test_too_few_scores_say_nothing():
    change, course, sustained = trend([80, 60, 50, 40], [700_000, 700_010, 700_020, 700_030])
    assert np.isnan(change)
    assert (course, sustained) == ("", False)


def test_a_stretch_that_is_too_short_says_nothing():
    assert trend(np.linspace(80, 40, 14), DAYS[:14])[1] == ""
    assert trend(np.linspace(80, 40, 15), DAYS[:15])[1] == "declining"


def test_what_lies_before_the_window_is_left_out():
    days = np.arange(699_900, 700_031)
    scores = np.where(days < 700_000, 10.0, 80.0)
    assert trend(scores, days)[0] == pytest.approx(0)


def test_no_snapshots_at_all_say_nothing():
    result = score_trends(np.empty((2, 0)), np.empty(0, dtype=np.int64))
    assert result.course.tolist() == ["", ""]
    assert np.isnan(result.change).all()
    assert not result.sustained.any()
    assert trend(np.full(31, np.nan))[1] == ""


def test_a_fall_through_the_whole_window_is_sustained_and_one_since_last_week_is_not():
    assert trend(np.linspace(80, 60, 31))[2]
    late = np.concatenate([np.full(24, 80.0), np.linspace(75, 50, 7)])
    assert trend(late)[1] == "declining"
    assert not trend(late)[2]


def test_a_slow_fall_that_is_stable_is_not_sustained():
    assert not trend(np.linspace(80, 78, 31))[2]


def test_a_third_without_a_score_is_no_sustained_fall():
    scores = np.linspace(80, 50, 31)
    scores[10:20] = np.nan
    assert trend(scores)[1:] == ("declining", False)


@given(st.lists(st.one_of(st.just(np.nan), st.floats(0, 100)), min_size=31, max_size=31))
def test_it_agrees_with_the_line_of_least_squares(scores):
    scores = np.array(scores)
    seen = ~np.isnan(scores)
    change, course, _ = trend(scores)
    if course:
        slope = np.polyfit(DAYS[seen] - DAYS[-1], scores[seen], 1)[0]
        assert change == pytest.approx(slope * 30, abs=1e-6)
    else:
        assert seen.sum() < 5 or DAYS[seen][-1] - DAYS[seen][0] < 14


def test_many_accounts_are_judged_as_each_alone():
    rng = np.random.default_rng(3)
    scores = rng.uniform(0, 100, (200, 31))
    scores[rng.random(scores.shape) < 0.3] = np.nan
    together = score_trends(scores, DAYS)
    alone = [trend(one) for one in scores]
    assert together.course.tolist() == [course for _, course, _ in alone]
    assert together.change.tolist() == pytest.approx([change for change, _, _ in alone], nan_ok=True)
