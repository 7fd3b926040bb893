"""Where the lines and bars of a deck's chart stand, in a square of `SIDE`, for outputs that draw charts themselves."""

import math
from dataclasses import dataclass
from typing import Final

from cs_workspace.common.charts import SIDE, nice_ceiling
from qbr.domain.deck import Chart, Shape

MOST_LABELS: Final = 7
# Of the room that a column or bar has, how much it takes.
FILLED: Final = 0.62


@dataclass(frozen=True)
class Tick:
    """Words beside an axis, `at` percent from the left, or from the top."""

    text: str
    at: float


@dataclass(frozen=True)
class Bar:
    """A column or bar; `value` is what stands at its end. The properties are per cent from the left and the top."""

    x: float
    y: float
    width: float
    height: float
    value: str

    @property
    def middle(self) -> float:
        """The middle of a column."""
        return round((self.x + self.width / 2) / SIDE * 100, 2)

    @property
    def level(self) -> float:
        """The middle of a bar."""
        return round((self.y + self.height / 2) / SIDE * 100, 2)

    @property
    def top(self) -> float:
        """The end of a column."""
        return round(self.y / SIDE * 100, 2)

    @property
    def end(self) -> float:
        """The end of a bar."""
        return round((self.x + self.width) / SIDE * 100, 2)


@dataclass(frozen=True)
class Drawing:
    """A chart of one series: `runs` are the points of its lines, gaps between them, `bars` its columns or bars.

    `scale` are the ticks of the axis with the values, `names` those of the axis with the labels.
    """

    runs: tuple[tuple[tuple[float, float], ...], ...]
    bars: tuple[Bar, ...]
    scale: tuple[Tick, ...]
    names: tuple[Tick, ...]

    @property
    def path(self) -> str:
        """The lines as the path of an SVG; a single value is a line without length, which has round ends."""
        parts = (" L".join(f"{x:g} {y:g}" for x, y in (run if len(run) > 1 else run * 2)) for run in self.runs)
        return " ".join(f"M{part}" for part in parts)


def top_of(chart: Chart) -> float:
    """Where the scale of a chart ends: at its own end, or at the round figure above its highest value."""
    values = (value for one in chart.series for value in one.values if value is not None)
    return chart.high or nice_ceiling(max(values, default=1))


def drawing_of(chart: Chart) -> Drawing:
    """The geometry of a chart's first series."""
    values = chart.series[0].values
    top = top_of(chart)
    if chart.shape is Shape.LINE:
        return Drawing(_runs(values, top), (), _scale(top), _thinned(chart.labels, _line_places(len(values))))
    if chart.shape is Shape.COLUMNS:
        places = [(place + 0.5) / len(values) * 100 for place in range(len(values))]
        return Drawing((), _columns(values, top), _scale(top), _thinned(chart.labels, places))
    places = [(place + 0.5) / len(values) * 100 for place in range(len(values))]
    names = tuple(Tick(label, round(at, 2)) for label, at in zip(chart.labels, places, strict=True))
    return Drawing((), _bars(values, top), (), names)


def _line_places(count: int) -> list[float]:
    """Where the labels of a line stand: the first at the beginning, the last at the end."""
    return [place / max(count - 1, 1) * 100 for place in range(count)]


def _runs(values: tuple[float | None, ...], top: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    runs: list[list[tuple[float, float]]] = []
    follows = False
    for place, value in zip(_line_places(len(values)), values, strict=True):
        if value is None:
            follows = False
            continue
        point = (round(place / 100 * SIDE, 1), round((1 - value / top) * SIDE, 1))
        if follows:
            runs[-1].append(point)
        else:
            runs.append([point])
        follows = True
    return tuple(tuple(run) for run in runs)


def _columns(values: tuple[float | None, ...], top: float) -> tuple[Bar, ...]:
    room = SIDE / len(values)
    return tuple(
        Bar(
            round((place + (1 - FILLED) / 2) * room, 1),
            round((1 - value / top) * SIDE, 1),
            round(room * FILLED, 1),
            round(value / top * SIDE, 1),
            f"{value:,.10g}",
        )
        for place, value in enumerate(values)
        if value is not None
    )


def _bars(values: tuple[float | None, ...], top: float) -> tuple[Bar, ...]:
    room = SIDE / len(values)
    return tuple(
        Bar(
            0,
            round((place + (1 - FILLED) / 2) * room, 1),
            round(value / top * SIDE, 1),
            round(room * FILLED, 1),
            f"{value:,.10g}",
        )
        for place, value in enumerate(values)
        if value is not None
    )


def _scale(top: float) -> tuple[Tick, ...]:
    return tuple(Tick(f"{top * part:,.10g}", (1 - part) * 100) for part in (1, 0.5, 0))


def _thinned(labels: tuple[str, ...], places: list[float]) -> tuple[Tick, ...]:
    """As many labels as have room beside each other, at even distances from the first."""
    step = max(1, math.ceil(len(labels) / MOST_LABELS))
    return tuple(
        Tick(label, round(at, 2))
        for place, (label, at) in enumerate(zip(labels, places, strict=True))
        if place % step == 0
    )
