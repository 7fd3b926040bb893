"""Columns whose parts stand on top of each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.common.charts import SIDE, stacked_chart


def test_parts_stand_on_each_other_from_the_bottom_and_what_is_0_has_none():
    chart = stacked_chart([[30, 0, 70], [0, 50, 0], [0, 0, 0]], label="{:g} €".format)
    pieces = [[(piece.place, piece.y, piece.height) for piece in column.pieces] for column in chart.columns]
    assert pieces == [[(0, 700, 300), (2, 0, 700)], [(1, 500, 500)], []]
    assert [mark.label for mark in chart.values] == ["100 €", "50 €", "0 €"]
    assert [(column.x, column.width) for column in chart.columns] == [(50, 233.3), (383.3, 233.3), (716.7, 233.3)]


@given(st.lists(st.lists(st.integers(0, 10**9), min_size=3, max_size=3), max_size=12))
def test_columns_stay_within_the_square(columns):
    chart = stacked_chart(columns, label=str)
    for values, column in zip(columns, chart.columns, strict=True):
        assert len(column.pieces) == sum(1 for value in values if value)
        assert all(-0.1 <= piece.y <= SIDE and 0 <= piece.height <= SIDE + 0.1 for piece in column.pieces)
        if column.pieces:
            assert column.pieces[0].y + column.pieces[0].height == pytest.approx(SIDE, abs=0.2)
