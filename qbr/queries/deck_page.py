"""A deck as its page shows it: slides with their charts drawn and the classes that set them."""

import hashlib
from dataclasses import dataclass, fields

from qbr.domain.deck import NOT_KNOWN, Block, Chart, Column, DeckContent, Look, Slide, Tone, Words
from qbr.domain.deck_drawing import Drawing, drawing_of
from qbr.domain.deck_fitting import column_widths, sizes_of


@dataclass(frozen=True)
class ShownCell:
    """A cell with its column, by which it is aligned."""

    text: str
    tone: Tone
    column: Column


@dataclass(frozen=True)
class ShownBlock:
    """A block with the size of its type in points; `kind` is words, table or the shape of a chart, and `widths` are
    those of a table's columns, in per cent."""

    kind: str
    block: Block
    size: int
    drawing: Drawing | None = None
    rows: tuple[tuple[ShownCell, ...], ...] = ()
    widths: tuple[int, ...] = ()

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Of a chart, the labels and what belongs to them, for those who cannot see it."""
        if not isinstance(self.block, Chart):
            return []
        values = self.block.series[0].values
        return [
            (label, NOT_KNOWN if value is None else f"{value:,.10g}")
            for label, value in zip(self.block.labels, values, strict=True)
        ]


@dataclass(frozen=True)
class ShownSlide:
    """A slide with its place in the deck, counted from 1; `split` is the width of the first of two blocks, in
    per cent, 0 for one alone."""

    place: int
    slide: Slide
    blocks: tuple[ShownBlock, ...]
    split: int


def shown(deck: DeckContent) -> list[ShownSlide]:
    """The slides in their order."""
    return [
        ShownSlide(place, one, _blocks(one), round(one.shares[0] * 100) if len(one.blocks) > 1 else 0)
        for place, one in enumerate(deck.slides, start=1)
    ]


def mark_of(look: Look) -> str:
    """A mark that changes with the look, for addresses of what browsers keep."""
    content = repr([getattr(look, field.name) for field in fields(look)])
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _blocks(slide: Slide) -> tuple[ShownBlock, ...]:
    return tuple(_shown(block, round(size)) for block, size in zip(slide.blocks, sizes_of(slide), strict=True))


def _shown(block: Block, size: int) -> ShownBlock:
    if isinstance(block, Chart):
        return ShownBlock(block.shape.value, block, size, drawing=drawing_of(block))
    if isinstance(block, Words):
        return ShownBlock("words", block, size)
    rows = tuple(
        tuple(ShownCell(cell.text, cell.tone, column) for cell, column in zip(row, block.columns, strict=True))
        for row in block.rows
    )
    return ShownBlock("table", block, size, rows=rows, widths=tuple(round(one) for one in column_widths(block, 100)))
