"""Scorers: from readings of one metric to points of 0–100, whole columns at once.

Every scorer keeps NaN as NaN (nothing observed, nothing scored). Readings are compared at six decimals, so that the
noise of floating arithmetic (105 ÷ 100 − 1 is a little over 0.05) and of single-precision storage never decides a band.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from health.domain.definitions import Kind, Metric

FloatArray = npt.NDArray[np.float64]
Groups = npt.NDArray[Any]

EDGE_DECIMALS: Final = 6
# A band above 100 is a bonus inside its dimension; beyond this it is a typing error.
HIGHEST_BAND: Final = 200.0


class ScorecardError(ValueError):
    """A scorecard that cannot be run; the message is one line for the person who edits it."""


class ScorerKind(StrEnum):
    """The ways to score."""

    BANDS = "bands"
    LINEAR = "linear"
    RATIO = "ratio"
    LOOKUP = "lookup"
    FLAG = "flag"
    TREND = "trend"
    DECAY = "decay"
    CURVE = "curve"
    QUARTILE = "quartile"


class Band(NamedTuple):
    """From `lower` on (inclusive), `score` points."""

    lower: float
    score: float


class Target(NamedTuple):
    """A reading that would score `score`; `beyond`: to be passed and not only met. NaN: known by its rank only."""

    value: float
    score: float
    beyond: bool = False


class Scorer(ABC):
    """What all kinds share. Subclasses are frozen dataclasses whose fields are the parameters kept as JSON."""

    kind: ClassVar[ScorerKind]

    @abstractmethod
    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of readings, NaN kept. `groups` are the accounts' segments, used by `quartile` alone."""

    @abstractmethod
    def targets(self, value: float) -> tuple[Target, ...]:
        """Readings worth reaching from `value`, in no order; some may score no better than `value` does."""

    @property
    def ceiling(self) -> float:
        """The most points it may give: 100, or more where a band is above 100."""
        return 100.0

    def params(self) -> dict[str, Any]:
        """The parameters as JSON; `scorer_from_params` takes them back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def bound_to(self, metric: Metric) -> Scorer:
        """The scorer made ready for readings of that metric; raises `ScorecardError` where it does not suit."""
        if not metric.kind.is_numeric:
            other = ScorerKind.LOOKUP if metric.kind is Kind.CATEGORY else ScorerKind.FLAG
            raise ScorecardError(f"{metric.name} is a {metric.kind}: score it by “{other}”, not “{self.kind}”.")
        return self


@dataclass(frozen=True)
class Bands(Scorer):
    """Ordered thresholds, lower bound inclusive; under the lowest of them `below` points."""

    bands: tuple[Band, ...]
    below: float
    kind: ClassVar = ScorerKind.BANDS

    def __post_init__(self) -> None:
        bands = sorted((Band(*_pair("band", band)) for band in _sequence("bands", self.bands)), reverse=True)
        if not bands:
            raise ScorecardError("bands: at least one band is needed.")
        if len({band.lower for band in bands}) < len(bands):
            raise ScorecardError("bands: two bands begin at the same value.")
        for band in bands:
            _points("band", band.score)
        object.__setattr__(self, "bands", tuple(bands))
        object.__setattr__(self, "below", _points("below", self.below))

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of readings."""
        edges = np.array([band.lower for band in reversed(self.bands)])
        points = np.array([self.below, *(band.score for band in reversed(self.bands))])
        found = points[np.searchsorted(edges, _snapped(values), side="right")]
        return np.where(np.isnan(values), np.nan, found)

    def targets(self, value: float) -> tuple[Target, ...]:
        """The near edge of every other band."""
        found = [Target(band.lower, band.score) for band in self.bands if value < band.lower]
        uppers = [band.lower for band in self.bands]
        under = [*(band.score for band in self.bands[1:]), self.below]
        found += [Target(edge, score, beyond=True) for edge, score in zip(uppers, under, strict=True) if value >= edge]
        return tuple(found)

    @property
    def ceiling(self) -> float:
        """The best band, at least 100."""
        return max(100.0, self.below, *(band.score for band in self.bands))

    def params(self) -> dict[str, Any]:
        """Bands as pairs of lower bound and points, the highest first."""
        return {"bands": [list(band) for band in self.bands], "below": self.below}


@dataclass(frozen=True)
class Linear(Scorer):
    """`low` to `high` mapped to 0–100 and clamped; `low` above `high` turns it round."""

    low: float
    high: float
    kind: ClassVar = ScorerKind.LINEAR

    def __post_init__(self) -> None:
        _set_numbers(self)
        if self.low == self.high:
            raise ScorecardError("linear: low and high must differ.")

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of readings."""
        return np.clip((values - self.low) / (self.high - self.low) * 100, 0, 100)

    def targets(self, value: float) -> tuple[Target, ...]:
        """The end that gives 100."""
        return (Target(self.high, 100.0),)


@dataclass(frozen=True)
class Ratio(Scorer):
    """The reading ÷ `target` × 100, clamped."""

    target: float
    kind: ClassVar = ScorerKind.RATIO

    def __post_init__(self) -> None:
        _set_numbers(self)
        if self.target <= 0:
            raise ScorecardError("ratio: the target must be above 0.")

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of readings."""
        return np.clip(values / self.target * 100, 0, 100)

    def targets(self, value: float) -> tuple[Target, ...]:
        """The target itself."""
        return (Target(self.target, 100.0),)


@dataclass(frozen=True)
class Lookup(Scorer):
    """Categories to points. Must name every category of its metric, which `bound_to` puts in the metric's order."""

    scores: tuple[tuple[str, float], ...]
    kind: ClassVar = ScorerKind.LOOKUP

    def __post_init__(self) -> None:
        if isinstance(self.scores, Mapping):
            object.__setattr__(self, "scores", tuple(self.scores.items()))
        pairs = _sequence("scores", self.scores)
        if not pairs:
            raise ScorecardError("lookup: at least one category is needed.")
        object.__setattr__(self, "scores", tuple((str(name), _points(str(name), score)) for name, score in pairs))

    def bound_to(self, metric: Metric) -> Lookup:
        """With the categories in the metric's order, so that a reading is the place of its points."""
        if metric.kind is not Kind.CATEGORY:
            raise ScorecardError(f"{metric.name} has no categories: it cannot be scored by “lookup”.")
        given = dict(self.scores)
        missing = [name for name in metric.categories if name not in given]
        unknown = [name for name in given if name not in metric.categories]
        if missing or unknown:
            wrong = f"lacks {', '.join(missing)}" if missing else f"does not know {', '.join(unknown)}"
            known = ", ".join(metric.categories)
            raise ScorecardError(f"lookup: {metric.name} has the categories {known}; it {wrong}.")
        return Lookup(tuple((name, given[name]) for name in metric.categories))

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of codes."""
        points = np.array([score for _, score in self.scores])
        missing = np.isnan(values)
        codes = np.where(missing, 0, values).astype(np.intp)
        return np.where(missing, np.nan, points[codes])

    def targets(self, value: float) -> tuple[Target, ...]:
        """Every category."""
        return tuple(Target(float(code), score) for code, (_, score) in enumerate(self.scores))

    @property
    def ceiling(self) -> float:
        """The best category, at least 100."""
        return max(100.0, *(score for _, score in self.scores))

    def params(self) -> dict[str, Any]:
        """Points by category."""
        return {"scores": dict(self.scores)}


@dataclass(frozen=True)
class Flag(Scorer):
    """True gives `yes` points, false `no`."""

    yes: float = 100.0
    no: float = 0.0
    kind: ClassVar = ScorerKind.FLAG

    def __post_init__(self) -> None:
        _set_points(self, "yes", "no")

    def bound_to(self, metric: Metric) -> Flag:
        """Itself, for a flag."""
        if metric.kind is not Kind.FLAG:
            raise ScorecardError(f"{metric.name} is no yes/no metric: it cannot be scored by “flag”.")
        return self

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of flags."""
        return np.where(np.isnan(values), np.nan, np.where(values != 0, self.yes, self.no))

    def targets(self, value: float) -> tuple[Target, ...]:
        """Both answers."""
        return (Target(1.0, self.yes), Target(0.0, self.no))

    @property
    def ceiling(self) -> float:
        """The better answer, at least 100."""
        return max(100.0, self.yes, self.no)


@dataclass(frozen=True)
class Trend(Scorer):
    """A change in three classes: beyond the dead band up or down, else flat. The edges of the dead band are flat."""

    up: float
    flat: float
    down: float
    dead_band: float = 0.05
    kind: ClassVar = ScorerKind.TREND

    def __post_init__(self) -> None:
        _set_points(self, "up", "flat", "down")
        _set_numbers(self)
        if self.dead_band < 0:
            raise ScorecardError("trend: the dead band cannot be below 0.")

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of changes (fractions)."""
        changes = _snapped(values)
        classes = np.where(changes > self.dead_band, self.up, np.where(changes < -self.dead_band, self.down, self.flat))
        return np.where(np.isnan(values), np.nan, classes)

    def targets(self, value: float) -> tuple[Target, ...]:
        """The near edges of the other two classes."""
        flat = -self.dead_band if value < 0 else self.dead_band
        return (
            Target(self.dead_band, self.up, beyond=True),
            Target(flat, self.flat),
            Target(-self.dead_band, self.down, beyond=True),
        )

    @property
    def ceiling(self) -> float:
        """The best class, at least 100."""
        return max(100.0, self.up, self.flat, self.down)


@dataclass(frozen=True)
class Decay(Scorer):
    """Days since something: 100 up to `fresh`, falling linearly to 0 at `stale`."""

    fresh: float
    stale: float
    kind: ClassVar = ScorerKind.DECAY

    def __post_init__(self) -> None:
        _set_numbers(self)
        if not 0 <= self.fresh < self.stale:
            raise ScorecardError("decay: fresh must be at least 0 and below stale.")

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of days."""
        return np.clip((self.stale - values) / (self.stale - self.fresh) * 100, 0, 100)

    def targets(self, value: float) -> tuple[Target, ...]:
        """The last fresh day."""
        return (Target(self.fresh, 100.0),)


@dataclass(frozen=True)
class Curve(Scorer):
    """Ordered points, linear between them, clamped at the ends; of two points at one value the upper one holds."""

    points: tuple[tuple[float, float], ...]
    kind: ClassVar = ScorerKind.CURVE

    def __post_init__(self) -> None:
        points = tuple(_pair("point", point) for point in _sequence("points", self.points))
        if len(points) < 2:
            raise ScorecardError("curve: at least two points are needed.")
        xs = [x for x, _ in points]
        if xs != sorted(xs):
            raise ScorecardError("curve: the points must be in the order of their values.")
        if any(xs.count(x) > 2 for x in xs):
            raise ScorecardError("curve: at most two points may share a value.")
        if any(not 0 <= y <= 100 for _, y in points):
            raise ScorecardError("curve: points are scored from 0 to 100.")
        object.__setattr__(self, "points", points)

    def score(self, values: FloatArray, groups: Groups | None = None) -> FloatArray:
        """Points for a column of readings."""
        xs, ys = np.array(self._upper_holds()).T
        scored = np.interp(_snapped(values), xs, ys)
        return np.where(np.isnan(values), np.nan, scored)

    def _upper_holds(self) -> list[tuple[float, float]]:
        """At a falling jump the upper point comes first and must hold too, so the lower one begins just after it."""
        points: list[tuple[float, float]] = []
        for x, y in self.points:
            falls = points and points[-1][0] == x and points[-1][1] > y
            points.append((math.nextafter(x, math.inf) if falls else x, y))
        return points

    def targets(self, value: float) -> tuple[Target, ...]:
        """The points of the curve."""
        return tuple(Target(x, max(y for other, y in self.points if other == x)) for x in {x for x, _ in self.points})

    def params(self) -> dict[str, Any]:
        """Points as pairs of value and score."""
        return {"points": [list(point) for point in self.points]}


def _snapped(values: FloatArray) -> FloatArray:
    return np.round(values, EDGE_DECIMALS)


def number(name: str, raw: object) -> float:
    """A finite number out of JSON or TOML; raises `ScorecardError` naming what it is."""
    try:
        value = math.nan if isinstance(raw, bool) else float(raw)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise ScorecardError(f"{name} must be a number.")
    return value


def _points(name: str, raw: object) -> float:
    value = number(name, raw)
    if not 0 <= value <= HIGHEST_BAND:
        raise ScorecardError(f"{name}: a score lies between 0 and {HIGHEST_BAND:g}, {value:g} does not.")
    return value


def _sequence(name: str, raw: object) -> Sequence[Any]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise ScorecardError(f"{name} must be a list.")
    return raw


def _pair(name: str, raw: object) -> tuple[float, float]:
    pair = _sequence(name, raw)
    if len(pair) != 2:
        raise ScorecardError(f"A {name} is a pair of value and score.")
    return number(f"{name} value", pair[0]), number(f"{name} score", pair[1])


def _set_numbers(scorer: Scorer) -> None:
    """Every field of a frozen scorer as a finite float."""
    for field in fields(scorer):  # type: ignore[arg-type]
        object.__setattr__(scorer, field.name, number(field.name, getattr(scorer, field.name)))


def _set_points(scorer: Scorer, *names: str) -> None:
    for name in names:
        object.__setattr__(scorer, name, _points(name, getattr(scorer, name)))
