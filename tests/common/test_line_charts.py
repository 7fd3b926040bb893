import datetime as dt

import pytest

from cs_workspace.common.charts import bar_chart, line_chart, nice_ceiling

FIRST = dt.date(2026, 9, 1)


def days(*values):
    return [(FIRST + dt.timedelta(days=number), value) for number, value in enumerate(values)]


def test_a_line_runs_from_the_first_to_the_last_day_on_its_scale():
    chart = line_chart(days(0, 50, 100), since=FIRST, until=FIRST + dt.timedelta(days=2), high=100)
    assert chart.line == "M0 1000 L500 500 L1000 0"
    assert chart.area == "M0 1000 L500 500 L1000 0 L1000 1000 L0 1000Z"
    assert [mark.label for mark in chart.values] == ["100", "50", "0"]


def test_a_gap_parts_the_line_and_a_single_day_is_a_dot():
    chart = line_chart(days(10, 10, None, None, None, 10), since=FIRST, until=FIRST + dt.timedelta(days=10), high=10)
    assert chart.line == "M0 0 L100 0"
    assert chart.dots == ((500.0, 0.0),)


def test_nothing_known_is_an_empty_chart():
    assert line_chart(days(None, None), since=FIRST, until=FIRST + dt.timedelta(days=10)).is_empty
    assert not line_chart(days(0), since=FIRST, until=FIRST + dt.timedelta(days=10)).is_empty


def test_days_outside_of_the_window_are_left_out():
    assert line_chart(days(5, 6, 7), since=FIRST + dt.timedelta(days=30), until=FIRST + dt.timedelta(days=60)).is_empty


@pytest.mark.parametrize(
    ("value", "ceiling"), [(0, 1), (0.3, 0.4), (7, 10), (38, 40), (41, 50), (100, 100), (101, 200)]
)
def test_scales_end_at_a_round_figure(value, ceiling):
    assert nice_ceiling(value) == pytest.approx(ceiling)


def test_scores_of_a_week_apart_are_one_line_where_that_is_asked_for():
    weekly = [(FIRST + dt.timedelta(days=7 * number), 50) for number in range(3)]
    until = FIRST + dt.timedelta(days=14)
    assert line_chart(weekly, since=FIRST, until=until, high=100).line == ""
    assert line_chart(weekly, since=FIRST, until=until, high=100, joined_within=7).line == "M0 500 L500 500 L1000 500"


def test_bars_stand_side_by_side_on_a_round_scale_and_what_is_not_known_has_none():
    chart = bar_chart([5, None, 0, 9])
    assert [(bar.x, bar.y, bar.width, bar.height) for bar in chart.bars] == [
        (37.5, 500.0, 175.0, 500.0),
        (537.5, 1000.0, 175.0, 0.0),
        (787.5, 100.0, 175.0, 900.0),
    ]
    assert [mark.label for mark in chart.values] == ["10", "5", "0"]


def test_bars_of_nothing_have_a_scale_all_the_same():
    assert bar_chart([]).bars == ()
    assert [mark.label for mark in bar_chart([None, None]).values] == ["1", "0.5", "0"]
