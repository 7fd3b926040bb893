import datetime as dt

import pytest

from cs_workspace.common.charts import line_chart, nice_ceiling

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
