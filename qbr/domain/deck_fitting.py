"""How much fits on a slide: widths of text reckoned without a font, and slides split before anything overflows.

Lengths are inches of a slide of 13.333 × 7.5, sizes of type are points. Widths are those of a wide face (DejaVu apart,
every face that decks are shown with is narrower), so that what is reckoned to fit does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from qbr.domain.deck import Block, Cell, Chart, Line, Slide, Table, Words

T = TypeVar("T")

POINTS_AN_INCH: Final = 72
LEADING: Final = 1.25
SLIDE_WIDTH, SLIDE_HEIGHT = 13.333, 7.5
MARGIN: Final = 0.6
BODY_WIDTH: Final = SLIDE_WIDTH - 2 * MARGIN
TITLE_TOP, TITLE_HEIGHT = 0.42, 0.62
LEAD_TOP, LEAD_HEIGHT = 1.04, 0.34
BODY_TOP, BODY_END = 1.62, 6.88
FIGURES_HEIGHT: Final = 1.2
GAP: Final = 0.3
BLOCK_TITLE: Final = 0.38
TEXT_SIZE: Final = 14
TABLE_SIZE: Final = 12
HEAD_SIZE: Final = 10.5
CELL_PAD_X, CELL_PAD_Y = 0.14, 0.06
LINE_GAP: Final = 0.09
POINT_INDENT: Final = 0.22
# A block with little in it is set larger, up to these; one beside another never as large as one alone.
TEXT_SIZES_ALONE: Final = (22, 20, 18, 16, TEXT_SIZE)
TEXT_SIZES_BESIDE: Final = (18, 16, TEXT_SIZE)
TABLE_SIZES: Final = (17, 16, 15, 14, 13, TABLE_SIZE)
WIDE: Final = 8
# In columns from this width on, sentences stand, which may be broken; in others names, days and figures.
ROOMY: Final = 1.9
# A cell says no more than this; the whole text is on the account's pages.
CELL_LINES: Final = 3
TITLE_SIZES: Final = (26, 24, 22, 20, 18, 16)


def width_of(text: str, size: float) -> float:
    """About how wide a line of text is, in inches."""
    return sum(_em(letter) for letter in text) * size / POINTS_AN_INCH


def lines_of(text: str, size: float, width: float) -> int:
    """How many lines a text takes, broken between words, and inside of those that are longer than a line."""
    lines, at, space = 1, 0.0, width_of(" ", size)
    for word in text.split():
        length = width_of(word, size)
        if at and at + space + length > width:
            lines, at = lines + 1, 0.0
        if length > width:
            whole = int(length // width)
            lines, length = lines + whole, length - whole * width
        at += length + (space if at else 0)
    return lines


def clipped(text: str, size: float, width: float, lines: int) -> str:
    """The text as far as it fits into so many lines, with an ellipsis where something is left out."""
    if lines_of(text, size, width) <= lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = lines_of(f"{text[:middle].rstrip()}…", size, width) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


def size_for(text: str, width: float, sizes: Sequence[float] = TITLE_SIZES, lines: int = 1) -> float:
    """The largest of some sizes, from large to small, in which a text fits; the smallest where it does in none."""
    return next((size for size in sizes if lines_of(text, size, width) <= lines), sizes[-1])


@dataclass(frozen=True)
class Box:
    """The room of a block, in inches from the upper left corner of the slide."""

    x: float
    y: float
    width: float
    height: float


def boxes_of(slide: Slide) -> tuple[Box, ...]:
    """Where the blocks of a slide stand, in their order."""
    top = BODY_TOP + (FIGURES_HEIGHT + GAP if slide.figures else 0)
    height = BODY_END - top
    if len(slide.blocks) < 2:
        return tuple(Box(MARGIN, top, BODY_WIDTH, height) for _ in slide.blocks)
    room = BODY_WIDTH - GAP
    first = room * slide.shares[0] / sum(slide.shares)
    return Box(MARGIN, top, first, height), Box(MARGIN + first + GAP, top, room - first, height)


def column_widths(table: Table, width: float) -> list[float]:
    """How wide the columns of a table are, in inches."""
    whole = sum(column.width for column in table.columns)
    return [width * column.width / whole for column in table.columns]


def row_height(row: Sequence[Cell], widths: Sequence[float], size: float = TABLE_SIZE) -> float:
    """How high a row of a table is, by its fullest cell."""
    lines = max(
        (lines_of(cell.text, size, width - 2 * CELL_PAD_X) for cell, width in zip(row, widths, strict=True)), default=1
    )
    return lines * size * LEADING / POINTS_AN_INCH + 2 * pad_of(size)


def head_height(size: float = TABLE_SIZE) -> float:
    """How high the head of a table is whose cells are set in a size."""
    return head_size(size) * LEADING / POINTS_AN_INCH + 2 * pad_of(size)


def head_size(size: float) -> float:
    """The size of a table's head, by that of its cells."""
    return size * HEAD_SIZE / TABLE_SIZE


def pad_of(size: float) -> float:
    """The room above and below the words of a cell: more of it the larger they are."""
    return CELL_PAD_Y * (size / TABLE_SIZE) ** 3


def line_height(line: Line, width: float, size: float = TEXT_SIZE) -> float:
    """How high a line of words is, with the gap after it."""
    room = width - (POINT_INDENT if line.is_point and not line.is_heading else 0)
    return lines_of(line.text, size, room) * size * LEADING / POINTS_AN_INCH + gap_of(size)


def gap_of(size: float) -> float:
    """The gap after a line of words."""
    return LINE_GAP * (size / TEXT_SIZE) ** 2


def sizes_of(slide: Slide) -> tuple[float, ...]:
    """In which sizes the words of the blocks are set; alike on slides that go on with each other."""
    if slide.count > 1:
        return tuple(TABLE_SIZE if isinstance(block, Table) else TEXT_SIZE for block in slide.blocks)
    return tuple(_size_of(block, box) for block, box in zip(slide.blocks, boxes_of(slide), strict=True))


def _size_of(block: Block, box: Box) -> float:
    """In which size the words of a block are set: the largest in which all of it has room."""
    height = box.height - (BLOCK_TITLE if block.title else 0)
    if isinstance(block, Words):
        sizes = TEXT_SIZES_ALONE if box.width > WIDE else TEXT_SIZES_BESIDE
        heights = {size: sum(line_height(line, box.width, size) for line in block.lines) for size in sizes}
        return next((size for size in sizes if heights[size] <= height), TEXT_SIZE)
    if isinstance(block, Table):
        return next((size for size in TABLE_SIZES if _has_room(block, box.width, height, size)), TABLE_SIZE)
    return TEXT_SIZE


def _has_room(table: Table, width: float, height: float, size: float) -> bool:
    """Whether a table fits in a size, and no cell is broken by it but those of wide columns, by one line more."""
    widths = column_widths(table, width)
    rooms = [one - 2 * CELL_PAD_X for one in widths]
    heads = zip([column.title for column in table.columns], rooms, strict=True)
    if any(lines_of(title, head_size(size), room) > 1 for title, room in heads):
        return False
    cells = [(cell.text, room) for row in table.rows for cell, room in zip(row, rooms, strict=True)]
    if any(lines_of(text, size, room) > lines_of(text, TABLE_SIZE, room) + (room > ROOMY) for text, room in cells):
        return False
    return head_height(size) + sum(row_height(row, widths, size) for row in table.rows) <= height


def fitted(slide: Slide) -> tuple[Slide, ...]:
    """The slide, and those that go on with what it has no room for. Figures and notes are on the first."""
    made, rest = [], slide
    while True:
        parts = [_split(block, box) for block, box in zip(rest.blocks, boxes_of(rest), strict=True)]
        made.append(replace(rest, blocks=tuple(head for head, _ in parts)))
        left = tuple(tail for _, tail in parts if tail is not None)
        if not left:
            break
        rest = replace(rest, blocks=left, figures=(), notes="")
    return tuple(replace(one, number=place, count=len(made)) for place, one in enumerate(made, start=1))


def _split(block: Block, box: Box) -> tuple[Block, Block | None]:
    """What of a block fits into a box, and what does not; at least one row or line always does."""
    height = box.height - (BLOCK_TITLE if block.title else 0)
    if isinstance(block, Chart):
        return block, None
    if isinstance(block, Words):
        lines = _broken(block.lines, box.width, height)
        count = _fitting([line_height(line, box.width) for line in lines], height)
        rest = replace(block, lines=lines[count:]) if lines[count:] else None
        return replace(block, lines=lines[:count]), rest
    widths = column_widths(block, box.width)
    rows = tuple(_with_short_cells(row, widths) for row in block.rows)
    height -= head_height()
    count = _fitting([row_height(row, widths) for row in rows], height)
    return replace(block, rows=rows[:count]), replace(block, rows=rows[count:]) if rows[count:] else None


def _fitting(heights: Sequence[float], height: float) -> int:
    """How many of some heights have room below each other; one at least, where there is any."""
    count, used = 0, 0.0
    for one in heights:
        if count and used + one > height:
            break
        count, used = count + 1, used + one
    return count


def _with_short_cells(row: tuple[Cell, ...], widths: Sequence[float]) -> tuple[Cell, ...]:
    return tuple(
        replace(cell, text=clipped(cell.text, TABLE_SIZE, width - 2 * CELL_PAD_X, CELL_LINES))
        for cell, width in zip(row, widths, strict=True)
    )


def _broken(lines: tuple[Line, ...], width: float, height: float) -> tuple[Line, ...]:
    """The lines, those that alone are higher than a box cut into several."""
    made: list[Line] = []
    for line in lines:
        rest = line.text
        while line_height(replace(line, text=rest), width) > height:
            most = max(1, int((height - LINE_GAP) * POINTS_AN_INCH / (TEXT_SIZE * LEADING)))
            part = clipped(rest, TEXT_SIZE, width - POINT_INDENT, most).removesuffix("…")
            cut = part.rfind(" ")
            part = part[:cut] if cut > len(part) // 2 else part
            made.append(replace(line, text=part.strip()))
            rest = rest[len(part) :].strip()
        made.append(replace(line, text=rest))
    return tuple(made)


def _em(letter: str) -> float:
    """About how wide a letter is, in em."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    if letter in " .,:;'!|il()[]ıjtfI":
        return 0.33
    if letter in "mwMW@%—×":
        return 0.93
    return 0.74 if letter.isupper() else 0.64 if letter.isdigit() else 0.6
