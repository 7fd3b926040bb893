"""What a deck is made of: slides with figures, charts, tables and words, whatever shows them.

A slide is laid out alike in the browser, in PowerPoint and in a PDF: its title and lead, a row of figures, and below it
one block or two side by side. Every value is text that is ready to be read, but for those of charts, which stay numbers
so that a chart can be edited; None is where nothing is known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from qbr.domain.agendas import Point
from qbr.domain.reviews import Kind, Part

NOT_KNOWN = "not known"


class Tone(StrEnum):
    """How a figure or a cell is meant; there is always a word beside the colour."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


class Shape(StrEnum):
    """How a chart is drawn: over time, side by side, or as bars with names before them."""

    LINE = "line"
    COLUMNS = "columns"
    BARS = "bars"


@dataclass(frozen=True)
class Figure:
    """One number with its name, and what stands below it."""

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.PLAIN

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return self.value != NOT_KNOWN


@dataclass(frozen=True)
class Line:
    """A line of words: a point of a list, a sentence, or a heading above such."""

    text: str
    is_point: bool = True
    is_heading: bool = False


@dataclass(frozen=True)
class Words:
    """Lines under a heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Series:
    """One value for each label of its chart."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Series over the same labels, from 0 to `high`, or to what the values ask for where that is None."""

    title: str
    shape: Shape
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    high: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is anything to draw."""
        return any(value is not None for one in self.series for value in one.values)


@dataclass(frozen=True)
class Column:
    """A column of a table; widths are shares of each other."""

    title: str
    width: float = 1
    is_figure: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell with words and how they are meant."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Table:
    """Rows under columns, all of the same number of cells."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


Block = Words | Chart | Table


@dataclass(frozen=True)
class Slide:
    """One slide. `number` of `count` slides say the same title; `notes` are for the speaker alone, and `shares` the
    widths of two blocks beside each other."""

    key: str
    title: str
    part: Part | None = None
    lead: str = ""
    figures: tuple[Figure, ...] = ()
    blocks: tuple[Block, ...] = ()
    shares: tuple[float, float] = (0.58, 0.42)
    notes: str = ""
    number: int = 1
    count: int = 1

    @property
    def is_opening(self) -> bool:
        """The one with the customer's name on it."""
        return self.key == "title"

    @property
    def heading(self) -> str:
        """The title, with its number where there are several."""
        return f"{self.title} ({self.number} of {self.count})" if self.count > 1 else self.title


@dataclass(frozen=True)
class Invited:
    """Somebody who is to take part."""

    name: str
    title: str
    is_ours: bool


@dataclass(frozen=True)
class Meeting:
    """What the deck is shown in. `starts_at` is in the zone of the meeting; None where it has no day yet."""

    kind: Kind
    starts_at: dt.datetime | None = None
    points: tuple[Point, ...] = ()
    invited: tuple[Invited, ...] = ()


@dataclass(frozen=True)
class Written:
    """What people wrote for a part: `lines` beside its figures, `notes` for the speaker."""

    lines: tuple[Line, ...] = ()
    notes: str = ""
    is_left_out: bool = False


@dataclass(frozen=True)
class NextGoal:
    """What is to be achieved until the next review; `owner` is a name, empty for nobody."""

    title: str
    measure: str
    unit: str
    baseline: Decimal
    target: Decimal
    due_on: dt.date
    owner: str


@dataclass(frozen=True)
class Idea:
    """A way to grow that was chosen to be shown, with its worth a year where that is known."""

    title: str
    reason: str
    value: Decimal | None


@dataclass(frozen=True)
class Beside:
    """What stands in a deck beside the facts: the meeting, the words and what was chosen for it."""

    meeting: Meeting
    written: dict[Part, Written] = field(default_factory=dict)
    goals: tuple[NextGoal, ...] = ()
    ideas: tuple[Idea, ...] = ()

    def of(self, part: Part) -> Written:
        """What was written for a part; nothing where nobody did."""
        return self.written.get(part, Written())


@dataclass(frozen=True)
class Look:
    """How a deck looks: colours as # and six hexadecimal digits, the logo as the bytes of a PNG or JPEG."""

    company: str
    colour: str
    accent: str
    footer: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class DeckContent:
    """A whole deck, the one source of all that shows it."""

    title: str
    slides: tuple[Slide, ...]
    look: Look
