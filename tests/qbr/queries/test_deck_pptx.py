"""PowerPoint files, opened again: their charts are charts, with the series and values of the deck."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from qbr.domain.deck import Chart
from qbr.queries.deck_pptx import pptx_of
from tests.qbr.decks import ARABIC, LOOK, beside, content, crowded, empty, full


def opened(deck):
    return Presentation(io.BytesIO(pptx_of(deck)))


def charts(slides):
    return [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]


def png(width=300, height=80):
    file = io.BytesIO()
    Image.new("RGBA", (width, height), (31, 58, 95, 255)).save(file, "PNG")
    return file.getvalue()


def test_it_is_16_to_9_and_has_a_slide_with_a_title_for_each_of_the_deck():
    deck = content()
    made = opened(deck)
    assert (made.slide_width, made.slide_height) == (Inches(13.333), Inches(7.5))
    assert [slide.shapes.title.text_frame.text for slide in made.slides] == [one.heading for one in deck.slides]


def test_its_charts_can_be_edited_and_hold_the_values_of_the_deck():
    deck = content()
    meant = [block for one in deck.slides for block in one.blocks if isinstance(block, Chart)]
    made = charts(opened(deck).slides)
    assert [chart.chart_type for chart in made] == [
        *(XL_CHART_TYPE.LINE_MARKERS, XL_CHART_TYPE.LINE_MARKERS),
        *(XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.COLUMN_CLUSTERED),
    ]
    for chart, block in zip(made, meant, strict=True):
        [series] = chart.plots[0].series
        assert tuple(series.values) == block.series[0].values
        assert tuple(chart.plots[0].categories) == block.labels
        assert series.name == block.series[0].name
        assert chart.part.chart_workbook.xlsx_part is not None


def test_notes_are_for_the_speaker():
    made = opened(content())
    assert made.slides[2].notes_slide.notes_text_frame.text == "Figures of 1 July – 28 September 2026."


def test_tables_are_tables():
    made = opened(content())
    [table] = [shape.table for shape in made.slides[3].shapes if shape.has_table]
    assert [cell.text for cell in table.rows[1].cells][:2] == ["Shorter quarterly closing", "40 h"]


@pytest.mark.parametrize("facts", [full(), empty(), crowded()], ids=["full", "empty", "crowded"])
def test_nothing_stands_outside_of_a_slide(facts):
    made = opened(content(facts, look=replace(LOOK, logo=png())))
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= made.slide_width
            assert shape.top + shape.height <= made.slide_height


def test_words_from_right_to_left_are_set_so():
    made = opened(content(replace(full(), account=replace(full().account, name=ARABIC))))
    [paragraph] = made.slides[0].shapes.title.text_frame.paragraphs
    assert paragraph._p.pPr.get("rtl") == "1"


def test_a_logo_keeps_its_proportions():
    made = opened(content(look=replace(LOOK, logo=png(400, 100))))
    pictures = [shape for slide in made.slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == len(made.slides)
    assert {round(shape.width / shape.height, 1) for shape in pictures} == {4.0}


def test_letters_that_xml_does_not_take_are_left_out():
    facts = replace(full(), account=replace(full().account, name="Lark\x0bspur\x00 <&> \ud83d"))
    assert opened(content(facts)).slides[0].shapes.title.text_frame.text == "Lark spur <&>"


def test_a_meeting_without_a_day_or_people_makes_a_deck():
    around = beside()
    meeting = replace(around.meeting, starts_at=None, invited=(), points=())
    assert len(opened(content(around=replace(around, meeting=meeting))).slides) == len(content().slides)
