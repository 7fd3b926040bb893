"""Paths of small drawings."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.common.charts import spark_paths

FIRST = dt.date(2026, 1, 1)
SCORES = st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=90)


def days(values: list[float | None]) -> list[tuple[dt.date, float | None]]:
    return [(FIRST + dt.timedelta(days=n), value) for n, value in enumerate(values)]


def test_a_line_runs_from_edge_to_edge() -> None:
    line, area = spark_paths(days([0, 100]))
    assert line == "M0.0 18.0 L88.0 2.0"
    assert area == "M0.0 18.0 L88.0 2.0 L88 20 L0 20Z"


def test_fewer_than_two_scores_draw_nothing() -> None:
    assert spark_paths(days([None, 50, None])) == ("", "")


def test_noise_does_not_fill_the_height() -> None:
    line, _ = spark_paths(days([50, 51]))
    assert line == "M0.0 10.4 L88.0 9.6"


@given(SCORES)
def test_every_point_lies_inside_the_drawing(values: list[float | None]) -> None:
    line, _ = spark_paths(days(values))
    for step in filter(None, line.removeprefix("M").split(" L")):
        x, y = map(float, step.split())
        assert 0 <= x <= 88
        assert 2 <= y <= 18


@given(SCORES)
def test_days_without_a_score_are_passed_over(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    line, _ = spark_paths(days(values))
    assert line.count(" L") + 1 == len(known) if len(known) > 1 else line == ""
