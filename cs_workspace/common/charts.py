"""Arithmetic of small drawings: paths for sparklines, lines and rings. Pure; pages put them into SVG."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RING_LENGTH = 2 * math.pi * 43

Point = tuple[dt.date, float | None]


def spark_paths(points: Sequence[Point], width: int = 88, height: int = 20) -> tuple[str, str]:
    """Path of the line and of the area under it, for scores over days; both empty under two known points.

    Days without a score are passed over, and the scale is that of the scores themselves, at least 20 points high, so
    that noise does not look like a drama.
    """
    known = [(day, float(value)) for day, value in points if value is not None]
    if len(known) < 2:
        return "", ""
    first, span = known[0][0], max((known[-1][0] - known[0][0]).days, 1)
    low, high = min(value for _, value in known), max(value for _, value in known)
    spare = max(0.0, 20 - (high - low)) / 2
    low, high = low - spare, high + spare
    inner = height - 4
    steps = [
        f"{(day - first).days / span * width:.1f} {2 + (high - value) / (high - low) * inner:.1f}"
        for day, value in known
    ]
    line = "M" + " L".join(steps)
    return line, f"{line} L{width} {height} L0 {height}Z"


# Lines are drawn in a square of this side and stretched to the room there is; words stand beside it, unstretched.
SIDE = 1000


@dataclass(frozen=True)
class Mark:
    """A label of an axis and its place, 0 to 100 percent from the start (left, or top)."""

    label: str
    at: float


@dataclass(frozen=True)
class LineChart:
    """Geometry of one line over days, in a square of `SIDE`; gaps where nothing is known.

    `dots` are days known between two gaps, which no line would show.
    """

    line: str
    area: str
    dots: tuple[tuple[float, float], ...]
    days: tuple[Mark, ...]
    values: tuple[Mark, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing at all was known."""
        return not self.line and not self.dots


def line_chart(
    points: Sequence[Point],
    *,
    since: dt.date,
    until: dt.date,
    low: float = 0,
    high: float | None = None,
    joined_within: int = 2,
) -> LineChart:
    """A line from `since` to `until`, both included, on a scale from `low` to `high` (found from the values if None).

    `points` are in the order of their days. Days that are known are joined where they lie up to `joined_within` days
    apart: by 2, one day without a value is passed over and two part the line.
    """
    known = {day: float(value) for day, value in points if value is not None and since <= day <= until}
    top = nice_ceiling(max(known.values(), default=1)) if high is None else high
    span = max((until - since).days, 1)
    runs = _runs(known, joined_within)
    paths, areas, dots = [], [], []
    for run in runs:
        steps = [
            (round((day - since).days / span * SIDE, 1), round((top - known[day]) / (top - low) * SIDE, 1))
            for day in run
        ]
        if len(steps) == 1:
            dots.append(steps[0])
            continue
        path = "M" + " L".join(f"{x:g} {y:g}" for x, y in steps)
        paths.append(path)
        areas.append(f"{path} L{steps[-1][0]:g} {SIDE} L{steps[0][0]:g} {SIDE}Z")
    return LineChart(" ".join(paths), " ".join(areas), tuple(dots), _day_marks(since, until), _value_marks(low, top))


@dataclass(frozen=True)
class Band:
    """A stretch of the scale behind a line, in a square of `SIDE`; `middle` is its place, percent from the top."""

    label: str
    rank: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return round((self.y + self.height / 2) / SIDE * 100, 2)


def bands(bounds: Sequence[tuple[float, int, str]], *, high: float = 100) -> tuple[Band, ...]:
    """Bands of a scale from the lowest bound to `high`, out of (lower bound, rank, label), the highest first."""
    low = min((lower for lower, *_ in bounds), default=0.0)
    made, upper = [], high
    for lower, rank, label in sorted(bounds, key=lambda bound: -bound[0]):
        size = (high - low) or 1
        made.append(Band(label, rank, round((high - upper) / size * SIDE, 1), round((upper - lower) / size * SIDE, 1)))
        upper = lower
    return tuple(made)


@dataclass(frozen=True)
class Pin:
    """Events on the axis, `at` percent from the left: those from `first` to `last`, too near to stand apart."""

    at: float
    first: int
    last: int

    @property
    def label(self) -> str:
        """ "3", or "3–5" for several."""
        return f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"


def pins(days: Sequence[dt.date], *, since: dt.date, until: dt.date, apart: float) -> tuple[Pin, ...]:
    """Pins of events in the order of their days, numbered from 1; what lies within `apart` percent of the first event
    of a pin shares it."""
    span = max((until - since).days, 1)
    made: list[Pin] = []
    for number, day in enumerate(days, start=1):
        at = round((day - since).days / span * 100, 2)
        if made and at - made[-1].at < apart:
            made[-1] = Pin(made[-1].at, made[-1].first, number)
        else:
            made.append(Pin(at, number, number))
    return tuple(made)


@dataclass(frozen=True)
class Bar:
    """One bar in a square of `SIDE`; without a height where the value is 0."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BarChart:
    """Geometry of bars side by side, in a square of `SIDE`; what is not known has no bar."""

    bars: tuple[Bar, ...]
    values: tuple[Mark, ...]


def bar_chart(values: Sequence[float | None]) -> BarChart:
    """A bar for each value from 0 to the next round figure above the highest."""
    top = nice_ceiling(max((value for value in values if value is not None), default=1))
    room = SIDE / max(len(values), 1)
    bars = tuple(
        Bar(
            round(place * room + room * 0.15, 1),
            round(SIDE - value / top * SIDE, 1),
            round(room * 0.7, 1),
            round(value / top * SIDE, 1),
        )
        for place, value in enumerate(values)
        if value is not None
    )
    return BarChart(bars, _value_marks(0, top))


@dataclass(frozen=True)
class Piece:
    """One part of a column; `place` says which of the series it is."""

    place: int
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """Parts on top of each other, the first series at the bottom; what is 0 has no part."""

    x: float
    width: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class StackedChart:
    """Geometry of columns side by side, in a square of `SIDE`."""

    columns: tuple[Column, ...]
    values: tuple[Mark, ...]


def stacked_chart(columns: Sequence[Sequence[float]], *, label: Callable[[float], str]) -> StackedChart:
    """A column for each set of values, one value a series and none below 0, from 0 to the next round figure above the
    highest column. `label` writes a value of the scale."""
    top = nice_ceiling(max((sum(values) for values in columns), default=1))
    room = SIDE / max(len(columns), 1)
    made = []
    for number, values in enumerate(columns):
        pieces, base = [], float(SIDE)
        for place, value in enumerate(values):
            height = value / top * SIDE
            base -= height
            if value:
                pieces.append(Piece(place, round(base, 1), round(height, 1)))
        made.append(Column(round(number * room + room * 0.15, 1), round(room * 0.7, 1), tuple(pieces)))
    marks = tuple(Mark(label(value), at) for value, at in ((top, 0), (top / 2, 50), (0, 100)))
    return StackedChart(tuple(made), marks)


def share_chart(points: Sequence[tuple[float, float]]) -> LineChart:
    """A line through points of two shares, with a dot at each, both scales from 0 to the round figure above all.

    So the diagonal from the lower left is where both shares are equal.
    """
    top = nice_ceiling(max((max(point) for point in points), default=1))
    dots = tuple((round(x / top * SIDE, 1), round((top - y) / top * SIDE, 1)) for x, y in sorted(points))
    line = "M" + " L".join(f"{x:g} {y:g}" for x, y in dots) if len(dots) > 1 else ""
    marks = [Mark(f"{share:.0%}".replace("%", " %"), at) for share, at in ((0, 0), (top / 2, 50), (top, 100))]
    return LineChart(line, "", dots, tuple(marks), tuple(Mark(mark.label, 100 - mark.at) for mark in reversed(marks)))


def nice_ceiling(value: float) -> float:
    """The next round figure that is not below a value: 1, 2, 4, 5 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= value * (1 - 1e-9))


def _runs(known: dict[dt.date, float], joined_within: int) -> list[list[dt.date]]:
    """Days that follow each other closely enough to be one line."""
    runs: list[list[dt.date]] = []
    for day in known:
        if runs and (day - runs[-1][-1]).days <= joined_within:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _day_marks(since: dt.date, until: dt.date) -> tuple[Mark, ...]:
    span = max((until - since).days, 1)
    days = [since + dt.timedelta(days=round(span * part / 3)) for part in range(4)]
    form = "%b %Y" if span > 200 else "%b"
    labels = [f"{day:{form}}" if span > 200 else f"{day.day} {day:{form}}" for day in days]
    return tuple(Mark(label, (day - since).days / span * 100) for label, day in zip(labels, days, strict=True))


def _value_marks(low: float, high: float) -> tuple[Mark, ...]:
    middle = (low + high) / 2
    return tuple(Mark(f"{value:g}", (high - value) / (high - low) * 100) for value in (high, middle, low))
