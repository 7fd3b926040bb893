"""Text, tables and charts as PowerPoint has them, in the look of a deck; charts stay charts that can be edited."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from qbr.domain.colours import INK
from qbr.domain.deck import Chart, Line, Shape, Table, Tone
from qbr.domain.deck_drawing import top_of
from qbr.domain.deck_fitting import (
    CELL_PAD_X,
    POINT_INDENT,
    POINTS_AN_INCH,
    Box,
    column_widths,
    gap_of,
    head_height,
    head_size,
    pad_of,
    row_height,
)
from qbr.domain.deck_frame import RULE, SOFT, TONES

FONT: Final = "Arial"
NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
AXIS_SIZE: Final = 10
CHARTS: Final = {
    Shape.LINE: XL_CHART_TYPE.LINE_MARKERS,
    Shape.COLUMNS: XL_CHART_TYPE.COLUMN_CLUSTERED,
    Shape.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
}


@dataclass(frozen=True)
class Type:
    """How a paragraph is set; sizes in points."""

    size: float
    colour: str = INK
    is_bold: bool = False
    is_figure: bool = False
    after: float = 0


def rgb(colour: str) -> RGBColor:
    """A colour as the library takes it."""
    return RGBColor.from_string(_hex(colour))


def is_rtl(text: str) -> bool:
    """Whether a text begins with a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def add_text(slide: Any, box: Box, lines: Sequence[tuple[str, Type]], *, fill: str = "", pad: float = 0) -> Any:
    """A text box, on a ground where `fill` is a colour; `pad` inches inside of it."""
    x, y, width, height = (Inches(one) for one in (box.x, box.y, box.width, box.height))
    shape = slide.shapes.add_textbox(x, y, width, height)
    if fill:
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(fill)
    fill_frame(shape.text_frame, lines, pad=pad)
    return shape


def fill_frame(frame: Any, lines: Sequence[tuple[str, Type]], *, pad: float = 0, dots: Sequence[str] = ()) -> None:
    """Puts paragraphs into a frame that keeps its size; `dots` are the colours of points, empty for a line without."""
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Inches(pad)
    for place, (text, kind) in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        set_paragraph(paragraph._p, text, kind, dot=dots[place] if dots else "")


def set_paragraph(paragraph: Any, text: str, kind: Type, *, dot: str = "") -> None:
    """Words in their size and colour, from the side where their script begins, with a point before them in `dot`.

    Written as XML: the library asks for each property anew where it belongs, which takes ten times as long.
    """
    from_right = is_rtl(text)
    properties = _add(paragraph, "a:pPr", algn="r" if kind.is_figure or from_right else "l")
    if from_right:
        properties.set("rtl", "1")
    _add(_add(properties, "a:spcBef"), "a:spcPts", val="0")
    _add(_add(properties, "a:spcAft"), "a:spcPts", val=str(round(kind.after * 100)))
    if dot:
        properties.set("marR" if from_right else "marL", str(Inches(POINT_INDENT)))
        properties.set("indent", str(-Inches(POINT_INDENT)))
        _add(_add(properties, "a:buClr"), "a:srgbClr", val=_hex(dot))
        _add(properties, "a:buFont", typeface=FONT)
        _add(properties, "a:buChar", char="•")
    run = _add(paragraph, "a:r")
    face = _add(run, "a:rPr", lang="en-GB", sz=str(round(kind.size * 100)), b="1" if kind.is_bold else "0", dirty="0")
    _add(_add(face, "a:solidFill"), "a:srgbClr", val=_hex(kind.colour))
    for script in ("a:latin", "a:cs"):
        _add(face, script, typeface=FONT)
    _add(run, "a:t").text = _printable(text)


def _add(parent: Any, name: str, **attributes: str) -> Any:
    child = parent.makeelement(qn(name), attributes)
    parent.append(child)
    return child


def _hex(colour: str) -> str:
    return colour.removeprefix("#").upper()


def _printable(text: str) -> str:
    """The text as XML takes it: on one line, without the characters that only control something."""
    lines = "".join(" " if letter.isspace() else letter for letter in text)
    kept = (letter for letter in lines if unicodedata.category(letter) not in ("Cc", "Cs", "Cn"))
    return " ".join("".join(kept).split())


def add_lines(slide: Any, box: Box, lines: Sequence[Line], *, size: float, dot: str) -> None:
    """Points, sentences and headings in a size of type; `dot` is the colour of the points."""
    shape = slide.shapes.add_textbox(*(Inches(one) for one in (box.x, box.y, box.width, box.height)))
    dots = [dot if line.is_point and not line.is_heading else "" for line in lines]
    fill_frame(shape.text_frame, [(line.text, _type_of(line, size)) for line in lines], dots=dots)


def _type_of(line: Line, size: float) -> Type:
    colour = INK if line.is_point or line.is_heading else SOFT
    return Type(size, colour, line.is_heading, after=gap_of(size) * POINTS_AN_INCH)


def add_table(slide: Any, box: Box, table: Table, *, size: float, colour: str) -> None:
    """A table without a grid: a rule of the main colour under its head, a light one under each row."""
    widths = column_widths(table, box.width)
    heights = [head_height(size), *(row_height(row, widths, size) for row in table.rows)]
    place = (Inches(one) for one in (box.x, box.y, box.width, sum(heights)))
    frame = slide.shapes.add_table(len(table.rows) + 1, len(table.columns), *place)
    made = frame.table
    made._tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Inches(width)
    for row, height in zip(made.rows, heights, strict=True):
        row.height = Inches(height)
    for cell, column in zip(made.rows[0].cells, table.columns, strict=True):
        kind = Type(head_size(size), SOFT, True, column.is_figure)
        _set_cell(cell, column.title, kind, rule=colour, weight=1.25, pad=pad_of(size))
    for row, cells in zip(list(made.rows)[1:], table.rows, strict=True):
        for cell, words, column in zip(row.cells, cells, table.columns, strict=True):
            kind = Type(size, TONES[words.tone], words.tone is not Tone.PLAIN, column.is_figure)
            _set_cell(cell, words.text, kind, rule=RULE, weight=0.75, pad=pad_of(size))


def _set_cell(cell: Any, text: str, kind: Type, *, rule: str, weight: float, pad: float) -> None:
    element = cell._tc
    set_paragraph(element.txBody.findall(qn("a:p"))[0], text, kind)
    sides = {side: str(Inches(CELL_PAD_X)) for side in ("marL", "marR")} | {
        side: str(Inches(pad)) for side in ("marT", "marB")
    }
    properties = _add(element, "a:tcPr", anchor="t", **sides)
    line = _add(properties, "a:lnB", w=str(int(Pt(weight))), cap="flat", cmpd="sng")
    _add(_add(line, "a:solidFill"), "a:srgbClr", val=_hex(rule))


def add_chart(slide: Any, box: Box, chart: Chart, *, colour: str) -> None:
    """A chart of PowerPoint's own, with its sheet of figures; what is not known is empty in it."""
    data = CategoryChartData(number_format="#,##0")
    data.categories = chart.labels
    for series in chart.series:
        data.add_series(series.name, series.values)
    place = (Inches(one) for one in (box.x, box.y, box.width, box.height))
    frame = slide.shapes.add_chart(CHARTS[chart.shape], *place, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.title)
    made = frame.chart
    made.has_title, made.has_legend = False, False
    made.font.size, made.font.name = Pt(AXIS_SIZE), FONT
    made.font.color.rgb = rgb(SOFT)
    if chart.shape is Shape.LINE:
        _draw_line(made, colour)
    else:
        _draw_bars(made, chart.shape, colour)
    _rule_axes(made, chart)


def _draw_line(made: Any, colour: str) -> None:
    for series in made.plots[0].series:
        series.smooth = False
        series.format.line.width = Pt(2.25)
        series.format.line.color.rgb = rgb(colour)
        series.marker.size = 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = rgb(colour)
        series.marker.format.line.color.rgb = rgb(colour)


def _draw_bars(made: Any, shape: Shape, colour: str) -> None:
    plot = made.plots[0]
    plot.gap_width = 60 if shape is Shape.BARS else 90
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.font.size, labels.font.name = Pt(AXIS_SIZE + 1), FONT
    labels.font.color.rgb = rgb(INK)
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    for series in plot.series:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(colour)


def _rule_axes(made: Any, chart: Chart) -> None:
    values, names = made.value_axis, made.category_axis
    values.minimum_scale, values.maximum_scale = 0, top_of(chart)
    values.major_unit = top_of(chart) / 2
    values.format.line.fill.background()
    values.major_tick_mark = names.major_tick_mark = XL_TICK_MARK.NONE
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "#,##0", False
    names.format.line.color.rgb = rgb(RULE)
    names.has_major_gridlines = False
    if chart.shape is Shape.BARS:
        names.reverse_order = True
        values.has_major_gridlines = False
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    else:
        values.has_major_gridlines = True
        values.major_gridlines.format.line.color.rgb = rgb(RULE)
        values.major_gridlines.format.line.width = Emu(6350)
