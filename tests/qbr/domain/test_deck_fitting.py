"""What fits on a slide: nothing is lost, nothing overflows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr.domain.deck import Cell, Column, Figure, Line, Slide, Table, Words
from qbr.domain.deck_fitting import (
    BLOCK_TITLE,
    BODY_END,
    MARGIN,
    SLIDE_WIDTH,
    boxes_of,
    clipped,
    column_widths,
    fitted,
    head_height,
    line_height,
    lines_of,
    row_height,
    size_for,
    sizes_of,
    width_of,
)
from qbr.domain.deck_slides import slides_of
from tests.qbr.decks import ARABIC, LONG, beside, crowded, empty, full

words = st.text(st.sampled_from("abc MW漢ش.,1"), max_size=400)


@pytest.mark.parametrize(
    ("text", "width", "lines"), [("", 3, 1), ("short", 3, 1), ("one two three four", 0.6, 4), ("漢" * 20, 1, 4)]
)
def test_lines_are_broken_between_words_and_in_those_that_are_too_long(text, width, lines):
    assert lines_of(text, 14, width) == lines


@given(words, st.floats(0.5, 12), st.integers(1, 4))
def test_what_is_clipped_fits_and_begins_as_the_text_does(text, width, most):
    short = clipped(text, 14, width, most)
    assert lines_of(short, 14, width) <= most
    assert text.startswith(short.removesuffix("…").rstrip()) or short == text


@given(st.lists(words, max_size=60), st.booleans())
def test_lines_go_on_until_the_last_and_none_is_higher_than_its_slide(texts, has_figures):
    figures = (Figure("One", "1"),) if has_figures else ()
    slide = Slide("x", "X", figures=figures, blocks=(Words("Said", tuple(Line(text) for text in texts)),))
    made = fitted(slide)
    said = "".join(line.text for one in made for line in one.blocks[0].lines)
    assert "".join(said.split()) == "".join("".join(texts).split())
    for one in made:
        [box], [block] = boxes_of(one), one.blocks
        assert sum(line_height(line, box.width) for line in block.lines) <= box.height - BLOCK_TITLE + 1e-6


@given(st.lists(st.tuples(words, words), max_size=60))
def test_rows_go_on_until_the_last_and_have_room(cells):
    rows = tuple((Cell(one), Cell(two)) for one, two in cells)
    made = fitted(Slide("x", "X", blocks=(Table("", (Column("A", 2), Column("B")), rows),)))
    assert sum(len(one.blocks[0].rows) for one in made) == len(rows)
    for one in made:
        [box], [block], [size] = boxes_of(one), one.blocks, sizes_of(one)
        widths = column_widths(block, box.width)
        used = head_height(size) + sum(row_height(row, widths, size) for row in block.rows)
        assert used <= box.height + 1e-6


def test_two_blocks_stand_beside_each_other_inside_of_the_margins():
    one, two = boxes_of(Slide("x", "X", blocks=(Words("", ()), Words("", ())), shares=(0.5, 0.5)))
    assert one.x == MARGIN
    assert one.x + one.width < two.x
    assert two.x + two.width == pytest.approx(SLIDE_WIDTH - MARGIN)
    assert one.y + one.height == pytest.approx(BODY_END)


def test_a_block_with_little_in_it_is_set_larger_than_one_with_much():
    few, many = (Words("", tuple(Line(text) for text in ["Why?"] * count)) for count in (3, 14))
    assert sizes_of(Slide("x", "X", blocks=(few,))) > sizes_of(Slide("x", "X", blocks=(many,)))


@pytest.mark.parametrize("name", [LONG, ARABIC, "A"])
def test_a_title_takes_the_largest_size_in_which_it_fits(name):
    size = size_for(name, 6)
    assert lines_of(name, size, 6) == 1 or size == 16


@pytest.mark.parametrize("facts", [full(), empty(), crowded()], ids=["full", "empty", "crowded"])
def test_no_slide_of_a_deck_has_more_than_it_can_hold(facts):
    for slide in slides_of(facts, beside()):
        for block, box, size in zip(slide.blocks, boxes_of(slide), sizes_of(slide), strict=True):
            room = box.height - (BLOCK_TITLE if block.title else 0) + 1e-6
            if isinstance(block, Words):
                assert sum(line_height(line, box.width, size) for line in block.lines) <= room
            elif isinstance(block, Table):
                widths = column_widths(block, box.width)
                assert head_height(size) + sum(row_height(row, widths, size) for row in block.rows) <= room


def test_wide_letters_take_more_room_than_narrow_ones():
    assert width_of("ill", 12) < width_of("abc", 12) < width_of("漢漢漢", 12)
