"""A deck as a PowerPoint file: every slide as it is presented, with native charts and tables, and speaker's notes."""

import io
from typing import Any, Final

from pptx import Presentation
from pptx.util import Inches

from qbr.domain.colours import WHITE
from qbr.domain.deck import Block, Chart, DeckContent, Look, Slide, Table
from qbr.domain.deck_fitting import (
    BLOCK_TITLE,
    BODY_WIDTH,
    LEAD_HEIGHT,
    LEAD_TOP,
    MARGIN,
    SLIDE_HEIGHT,
    SLIDE_WIDTH,
    TITLE_HEIGHT,
    TITLE_TOP,
    Box,
    boxes_of,
    clipped,
    sizes_of,
)
from qbr.domain.deck_frame import (
    CARD_PAD,
    FOOT_SIZE,
    FOOT_WIDTH,
    LABEL_SIZE,
    LEAD_SIZE,
    LOGO_HEIGHT,
    LOGO_WIDTH,
    NOTE_SIZE,
    SOFT,
    Palette,
    cards_of,
    foot_of,
    palette_of,
    title_of,
)
from qbr.queries.pptx_parts import Type, add_chart, add_lines, add_table, add_text, fill_frame, rgb

PPTX_TYPE: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# Of the layouts of an empty presentation, the one with a title and nothing else.
TITLE_ONLY: Final = 5
FOOT_TOP: Final = 7.04


def pptx_of(deck: DeckContent) -> bytes:
    """The file."""
    made = Presentation()
    made.slide_width, made.slide_height = Inches(SLIDE_WIDTH), Inches(SLIDE_HEIGHT)
    made.core_properties.title = deck.title
    made.core_properties.author = deck.look.company
    palette = palette_of(deck.look)
    for number, one in enumerate(deck.slides, start=1):
        slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
        if one.is_opening:
            _open(slide, one, deck.look, palette)
        else:
            _fill(slide, one, deck.look, palette, number)
        if one.notes:
            slide.notes_slide.notes_text_frame.text = one.notes
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _open(slide: Any, one: Slide, look: Look, palette: Palette) -> None:
    """The customer's name on the main colour, the logo on white, which is the ground that logos are made for."""
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = rgb(palette.ground)
    add_text(slide, Box(MARGIN, 1.55, 0.9, 0.07), [], fill=palette.mark)
    add_text(slide, Box(MARGIN, 1.75, BODY_WIDTH, 0.5), [(one.lead, Type(20, palette.faded))])
    title, size, width = title_of(one, look)
    _title(slide, Box(MARGIN, 2.3, width, 1.7), title, Type(size, palette.ink, True))
    lines = [
        (line.text, Type(18, palette.faded, after=4)) for block in one.blocks for line in getattr(block, "lines", ())
    ]
    add_text(slide, Box(MARGIN, 4.15, BODY_WIDTH, 1.4), lines)
    if look.logo:
        add_text(slide, Box(MARGIN, 6.1, LOGO_WIDTH + 0.4, LOGO_HEIGHT + 0.3), [], fill=WHITE)
        _logo(slide, look.logo, Box(MARGIN + 0.2, 6.25, LOGO_WIDTH, LOGO_HEIGHT), is_right=False)
    else:
        add_text(slide, Box(MARGIN, 6.4, BODY_WIDTH, 0.4), [(look.company, Type(16, palette.ink, True))])


def _fill(slide: Any, one: Slide, look: Look, palette: Palette, number: int) -> None:
    title, size, width = title_of(one, look)
    _title(slide, Box(MARGIN, TITLE_TOP, width, TITLE_HEIGHT), title, Type(size, palette.strong, True))
    if one.lead:
        lead = clipped(one.lead, LEAD_SIZE, BODY_WIDTH, 1)
        add_text(slide, Box(MARGIN, LEAD_TOP, BODY_WIDTH, LEAD_HEIGHT), [(lead, Type(LEAD_SIZE, SOFT))])
    if look.logo:
        _logo(slide, look.logo, Box(SLIDE_WIDTH - MARGIN - LOGO_WIDTH, TITLE_TOP, LOGO_WIDTH, LOGO_HEIGHT))
    for card in cards_of(one):
        figure = card.figure
        lines = [
            (figure.label, Type(LABEL_SIZE, SOFT, after=3)),
            (figure.value, Type(card.size, card.colour, figure.is_known, after=1)),
            (figure.note, Type(NOTE_SIZE, SOFT)),
        ]
        add_text(slide, card.box, lines, fill=palette.card, pad=CARD_PAD)
    for block, box, type_size in zip(one.blocks, boxes_of(one), sizes_of(one), strict=True):
        _block(slide, block, box, type_size, palette)
    add_text(slide, Box(MARGIN, FOOT_TOP, FOOT_WIDTH, 0.28), [(foot_of(look), Type(FOOT_SIZE, SOFT))])
    page = Box(MARGIN + FOOT_WIDTH, FOOT_TOP, BODY_WIDTH - FOOT_WIDTH, 0.28)
    add_text(slide, page, [(f"{number}", Type(FOOT_SIZE, SOFT, is_figure=True))])


def _block(slide: Any, block: Block, box: Box, size: float, palette: Palette) -> None:
    if block.title:
        title = clipped(block.title, LEAD_SIZE, box.width, 1)
        kind = Type(LEAD_SIZE, palette.strong, True)
        add_text(slide, Box(box.x, box.y, box.width, BLOCK_TITLE), [(title, kind)])
        box = Box(box.x, box.y + BLOCK_TITLE, box.width, box.height - BLOCK_TITLE)
    if isinstance(block, Chart):
        add_chart(slide, box, block, colour=palette.drawn)
    elif isinstance(block, Table):
        add_table(slide, box, block, size=size, colour=palette.strong)
    else:
        add_lines(slide, box, block.lines, size=size, dot=palette.drawn)


def _title(slide: Any, box: Box, text: str, kind: Type) -> None:
    """The title in the place that PowerPoint reads titles from."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in (box.x, box.y, box.width, box.height))
    fill_frame(shape.text_frame, [(text, kind)])


def _logo(slide: Any, logo: bytes, box: Box, *, is_right: bool = True) -> None:
    """The logo as large as the box allows, in its own proportions, at one side of it."""
    picture = slide.shapes.add_picture(io.BytesIO(logo), 0, 0)
    scale = min(Inches(box.width) / picture.width, Inches(box.height) / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture.left = Inches(box.x) + (Inches(box.width) - picture.width if is_right else 0)
    picture.top = Inches(box.y) + (Inches(box.height) - picture.height) // 2
    picture._element.nvPicPr.cNvPr.set("descr", "Logo")
