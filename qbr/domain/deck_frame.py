"""What stands around the blocks of a slide, for every file alike: colours, title, cards of figures, foot."""

from dataclasses import dataclass
from typing import Final

from qbr.domain.colours import INK, TEXT, WHITE, contrast, ink_on, mixed, on_white
from qbr.domain.deck import Figure, Look, Slide, Tone
from qbr.domain.deck_fitting import (
    BODY_TOP,
    BODY_WIDTH,
    FIGURES_HEIGHT,
    MARGIN,
    TITLE_SIZES,
    Box,
    clipped,
    size_for,
)

SOFT, RULE, GOOD, BAD = "#5d6270", "#d9dbe0", "#17663f", "#a02a1c"
TONES: Final = {Tone.PLAIN: INK, Tone.GOOD: GOOD, Tone.BAD: BAD}
LOGO_WIDTH, LOGO_HEIGHT = 1.7, 0.5
LEAD_SIZE, FOOT_SIZE, LABEL_SIZE, NOTE_SIZE, UNKNOWN_SIZE = 14, 10, 11, 10.5, 18
NAME_SIZES: Final = (44, 40, 36, 32, 28, 24)
NAME_LINES: Final = 2
FIGURE_SIZES: Final = (24, 22, 20, 18, 16, 14, 12)
CARD_PAD: Final = 0.14
CARD_GAP: Final = 0.15
# A card alone is not as wide as the slide.
CARD_WIDTH: Final = 3.95
FOOT_WIDTH: Final = BODY_WIDTH - 1


@dataclass(frozen=True)
class Palette:
    """The colours of a deck: `ground` of its opening with its inks, `strong` for titles, `drawn` for charts, `card`."""

    ground: str
    mark: str
    ink: str
    faded: str
    strong: str
    drawn: str
    card: str


def palette_of(look: Look) -> Palette:
    """Colours that can be read, out of the two that were chosen."""
    ink, strong = ink_on(look.colour), on_white(look.colour)
    mark = look.accent if look.accent != look.colour else ink
    softer = mixed(ink, look.colour, 0.12)
    faded = softer if contrast(softer, look.colour) >= TEXT else ink
    return Palette(look.colour, mark, ink, faded, strong, on_white(look.accent, 3), mixed(WHITE, strong, 0.06))


@dataclass(frozen=True)
class Card:
    """A figure with its place; `size` is that of its value."""

    figure: Figure
    box: Box
    size: float
    colour: str


def cards_of(slide: Slide) -> tuple[Card, ...]:
    """A card for each figure, side by side; many of them over the whole width."""
    if not slide.figures:
        return ()
    width = min((BODY_WIDTH - CARD_GAP * (len(slide.figures) - 1)) / len(slide.figures), CARD_WIDTH)
    return tuple(
        _card(one, Box(MARGIN + place * (width + CARD_GAP), BODY_TOP, width, FIGURES_HEIGHT))
        for place, one in enumerate(slide.figures)
    )


def _card(one: Figure, box: Box) -> Card:
    room = box.width - 2 * CARD_PAD
    size = size_for(one.value, room, FIGURE_SIZES)
    short = Figure(
        clipped(one.label, LABEL_SIZE, room, 1),
        clipped(one.value, size, room, 1),
        clipped(one.note, NOTE_SIZE, room, 1),
        one.tone,
    )
    if not one.is_known:
        return Card(short, box, min(size, UNKNOWN_SIZE), SOFT)
    return Card(short, box, size, TONES[one.tone])


def title_of(slide: Slide, look: Look) -> tuple[str, float, float]:
    """The title of a slide as far as it fits beside the logo, its size of type and its width."""
    if slide.is_opening:
        size = size_for(slide.title, BODY_WIDTH, NAME_SIZES, lines=NAME_LINES)
        return clipped(slide.title, size, BODY_WIDTH, NAME_LINES), size, BODY_WIDTH
    width = BODY_WIDTH - (LOGO_WIDTH + 0.3 if look.logo else 0)
    size = size_for(slide.heading, width, TITLE_SIZES)
    return clipped(slide.heading, size, width, 1), size, width


def foot_of(look: Look) -> str:
    """What stands at the foot of every slide."""
    foot = " · ".join(text for text in (look.company, look.footer) if text)
    return clipped(foot, FOOT_SIZE, FOOT_WIDTH, 1)
