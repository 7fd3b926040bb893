"""A deck as a PDF: the same slides as everywhere else, one a page."""

from dataclasses import asdict
from typing import Any, Final

from cs_workspace.common.typesetting import pdf_from
from qbr.domain.deck import Block, Chart, DeckContent, Look, Shape, Slide, Table
from qbr.domain.deck_drawing import drawing_of
from qbr.domain.deck_fitting import (
    BODY_WIDTH,
    Box,
    boxes_of,
    clipped,
    column_widths,
    gap_of,
    head_size,
    pad_of,
    sizes_of,
    width_of,
)
from qbr.domain.deck_frame import LEAD_SIZE, RULE, SOFT, TONES, cards_of, foot_of, palette_of, title_of
from qbr.domain.deck_parts import NAME_SIZE

TEMPLATE: Final = "qbr/deck/deck.typ"


def pdf_of(deck: DeckContent) -> bytes:
    """The file."""
    look = deck.look
    data = {
        "title": deck.title,
        "company": look.company,
        "foot": foot_of(look),
        "logo": list(look.logo or b""),
        "colours": {**asdict(palette_of(look)), "soft": SOFT, "rule": RULE},
        "slides": [_slide(one, look) for one in deck.slides],
    }
    return pdf_from(TEMPLATE, data)


def _slide(one: Slide, look: Look) -> dict[str, Any]:
    """A slide with places in inches and sizes of type in points."""
    title, size, width = title_of(one, look)
    return {
        "opening": one.is_opening,
        "title": title,
        "size": size,
        "width": width,
        "lead": clipped(one.lead, LEAD_SIZE, BODY_WIDTH, 1),
        "cards": [
            {
                "label": card.figure.label,
                "value": card.figure.value,
                "note": card.figure.note,
                "known": card.figure.is_known,
                "size": card.size,
                "colour": card.colour,
                "box": asdict(card.box),
            }
            for card in cards_of(one)
        ],
        "blocks": [
            _block(block, box, type_size)
            for block, box, type_size in zip(one.blocks, boxes_of(one), sizes_of(one), strict=True)
        ],
    }


def _block(block: Block, box: Box, size: float) -> dict[str, Any]:
    around = {"title": clipped(block.title, LEAD_SIZE, box.width, 1), "box": asdict(box), "size": size}
    if isinstance(block, Chart):
        names = max((width_of(label, NAME_SIZE) for label in block.labels), default=0)
        kind = "bars" if block.shape is Shape.BARS else "chart"
        return {**around, "kind": kind, "names_width": names, **asdict(drawing_of(block))}
    if isinstance(block, Table):
        return {
            **around,
            "kind": "table",
            "widths": column_widths(block, box.width),
            "head_size": head_size(size),
            "pad": pad_of(size),
            "columns": [{"title": column.title, "figure": column.is_figure} for column in block.columns],
            "rows": [[{"text": cell.text, "colour": TONES[cell.tone]} for cell in row] for row in block.rows],
        }
    return {**around, "kind": "words", "gap": gap_of(size), "lines": [asdict(line) for line in block.lines]}
