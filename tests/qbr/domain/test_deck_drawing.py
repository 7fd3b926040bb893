"""Charts as lines and bars, and colours that can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr.domain.colours import BLACK, INK, WHITE, contrast, ink_on, on_white
from qbr.domain.deck import Chart, Look, Series, Shape
from qbr.domain.deck_drawing import drawing_of, top_of
from qbr.domain.deck_frame import palette_of

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def chart(shape, *values, high=None):
    return Chart("Use", shape, tuple(f"L{place}" for place in range(len(values))), (Series("Use", values),), high)


def test_a_line_is_parted_where_nothing_is_known():
    drawing = drawing_of(chart(Shape.LINE, 0, 50, None, 100, high=100))
    assert drawing.runs == (((0, 1000), (333.3, 500)), ((1000, 0),))
    assert drawing.path == "M0 1000 L333.3 500 M1000 0 L1000 0"
    assert [(tick.text, tick.at) for tick in drawing.scale] == [("100", 0), ("50", 50), ("0", 100)]


def test_columns_stand_over_their_names_and_what_is_not_known_has_none():
    drawing = drawing_of(chart(Shape.COLUMNS, 2, None))
    [bar] = drawing.bars
    assert (bar.height, bar.top, bar.middle, bar.value) == (1000, 0, 25, "2")
    assert [name.at for name in drawing.names] == [25, 75]


def test_bars_lie_beside_their_names():
    first, second = drawing_of(chart(Shape.BARS, 10, 5)).bars
    assert (first.end, first.level) == (100, 25)
    assert (second.end, second.level) == (50, 75)


def test_of_many_labels_some_are_named():
    assert len(drawing_of(chart(Shape.LINE, *range(52))).names) == 7


def test_a_scale_ends_at_the_round_figure_above_or_where_it_is_told_to():
    assert top_of(chart(Shape.LINE, 3, None)) == 4
    assert top_of(chart(Shape.LINE, 3, high=100)) == 100
    assert top_of(chart(Shape.LINE, 0)) == 1


@given(colours, colours)
def test_whatever_colours_are_chosen_words_and_charts_can_be_read(colour, accent):
    palette = palette_of(Look("Us", colour, accent))
    assert contrast(palette.ink, palette.ground) >= 4.5
    assert contrast(palette.faded, palette.ground) >= 4.5
    assert contrast(palette.strong, WHITE) >= 4.5
    assert contrast(palette.drawn, WHITE) >= 3


@pytest.mark.parametrize(("ground", "ink"), [("#ffe066", INK), ("#1f3a5f", WHITE), ("#00848a", BLACK)])
def test_the_ink_is_the_one_that_is_read_better(ground, ink):
    assert ink_on(ground) == ink


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert on_white("#1f3a5f") == "#1f3a5f"
