"""Scorecards: dimensions of weighted indicators and a table of tiers, as data; and the presets that ship as files.

Weights of a scorecard, and of each dimension, are percent and sum to 100. They are kept with few decimals where people
edit them (six equal shares of four decimals come to 100.0002), so a thousandth is forgiven and shares are taken of the
sum.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from health.domain.definitions import Metric
from health.domain.quartiles import Quartile
from health.domain.scorers import (
    Band,
    Bands,
    Curve,
    Decay,
    Flag,
    FloatArray,
    Linear,
    Lookup,
    Ratio,
    ScorecardError,
    Scorer,
    ScorerKind,
    Target,
    Trend,
    number,
)
from health.domain.vocabulary import METRICS

__all__ = [
    "AgeBand", "Band", "Bands", "Curve", "Decay", "Dimension", "Flag", "Indicator", "Linear", "Lookup", "Missing",
    "Quartile", "Ratio", "Scorecard", "ScorecardError", "Scorer", "ScorerKind", "Target", "Tier", "Trend",
    "age_bands", "age_bands_to_list", "equal_weights", "load_preset", "preset_names", "scorer_from_params",
]  # fmt: skip

PRESETS: Final = Path(__file__).resolve().parent.parent / "presets"
WEIGHT_TOLERANCE: Final = 0.001
EQUAL: Final = "equal"
SCORERS: Final[Mapping[str, type[Scorer]]] = {
    scorer.kind: scorer for scorer in (Bands, Linear, Ratio, Lookup, Flag, Trend, Decay, Curve, Quartile)
}


class Missing(StrEnum):
    """What an indicator counts where nothing was observed: left out, 50 or 0."""

    OMIT = "omit"
    NEUTRAL = "neutral"
    ZERO = "zero"

    @property
    def score(self) -> float:
        """The points put in place of the missing score; NaN where it is left out."""
        return {Missing.OMIT: np.nan, Missing.NEUTRAL: 50.0, Missing.ZERO: 0.0}[self]


@dataclass(frozen=True)
class AgeBand:
    """Another scorer for accounts younger than `under_months`."""

    under_months: float
    scorer: Scorer

    def __post_init__(self) -> None:
        if self.under_months <= 0:
            raise ScorecardError(f"An age band must end after 0 months, not at {self.under_months:g}.")


@dataclass(frozen=True)
class Indicator:
    """A metric, the scorer that maps it to points, and its weight (percent of its dimension).

    `definition` is looked up among the shipped metrics; a custom metric brings its own.
    """

    metric: str
    label: str
    weight: float
    scorer: Scorer
    missing: Missing = Missing.OMIT
    ages: tuple[AgeBand, ...] = ()
    definition: Metric = field(default=None, repr=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        definition = self.definition or METRICS.get(self.metric)
        if definition is None:
            raise ScorecardError(f"No metric is called “{self.metric}”.")
        set_field = object.__setattr__
        set_field(self, "definition", definition)
        set_field(self, "label", self.label or definition.label)
        set_field(self, "weight", _weight(self.metric, self.weight))
        set_field(self, "scorer", self.scorer.bound_to(definition))
        set_field(self, "ages", tuple(AgeBand(age.under_months, age.scorer.bound_to(definition)) for age in self.ages))
        try:
            set_field(self, "missing", Missing(self.missing))
        except ValueError:
            known = ", ".join(Missing)
            raise ScorecardError(f"{self.metric}: missing is one of {known}, not “{self.missing}”.") from None

    @property
    def ceiling(self) -> float:
        """The most points it may give: 100, or its best band where that lies above."""
        return max(self.scorer.ceiling, *(age.scorer.ceiling for age in self.ages), 100.0)

    def scorer_at(self, months: float) -> Scorer:
        """The scorer for an account that many months old; an unknown age (NaN) counts as grown up."""
        young = [age for age in self.ages if months < age.under_months]
        return min(young, key=lambda age: age.under_months).scorer if young else self.scorer

    def to_dict(self) -> dict[str, Any]:
        """As JSON; what is left at its default is left out."""
        data: dict[str, Any] = {
            "metric": self.metric,
            "label": self.label,
            "weight": self.weight,
            "scorer": _scorer_to_dict(self.scorer),
        }
        if self.missing is not Missing.OMIT:
            data["missing"] = str(self.missing)
        if self.ages:
            data["ages"] = age_bands_to_list(self.ages)
        return data


@dataclass(frozen=True)
class Dimension:
    """A weighted group of indicators; `weight` is percent of the scorecard."""

    key: str
    label: str
    weight: float
    indicators: tuple[Indicator, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(self.indicators))
        object.__setattr__(self, "weight", _weight(self.label, self.weight))
        if not self.indicators:
            raise ScorecardError(f"“{self.label}” has no indicators.")
        _must_sum_to_100(f"The weights of “{self.label}”", [indicator.weight for indicator in self.indicators])

    def to_dict(self) -> dict[str, Any]:
        """As JSON; equal weights are said so and not spelt out, for a third has no end."""
        data: dict[str, Any] = {"key": self.key, "label": self.label, "weight": self.weight}
        indicators = [indicator.to_dict() for indicator in self.indicators]
        if [indicator.weight for indicator in self.indicators] == equal_weights(len(self.indicators)):
            data["weights"] = EQUAL
            for indicator in indicators:
                del indicator["weight"]
        return data | {"indicators": indicators}


@dataclass(frozen=True)
class Tier:
    """A band of the score from `lower` (inclusive) to the next better tier.

    `rank` runs from 1 (best) to 4 (worst) and gives the colour; `churn_low` and `churn_high` bound the expected yearly
    churn, as shares.
    """

    key: str
    label: str
    lower: float
    rank: int
    churn_low: float
    churn_high: float
    action: str = ""

    def __post_init__(self) -> None:
        for name in ("lower", "churn_low", "churn_high"):
            object.__setattr__(self, name, number(f"{self.label}: {name}", getattr(self, name)))
        if not 0 <= self.lower < 100:
            raise ScorecardError(f"“{self.label}” must begin between 0 and 100, not at {self.lower:g}.")
        if not 0 <= self.churn_low <= self.churn_high <= 1:
            raise ScorecardError(f"“{self.label}”: expected churn is two shares from 0 to 1, the lower one first.")
        if self.rank not in (1, 2, 3, 4):
            raise ScorecardError(f"“{self.label}”: the rank runs from 1 (best) to 4 (worst).")


@dataclass(frozen=True)
class Scorecard:
    """A versioned way to judge accounts. Tiers are ordered from the best to the worst, which begins at 0."""

    key: str
    name: str
    version: int
    dimensions: tuple[Dimension, ...]
    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", tuple(self.dimensions))
        tiers = tuple(sorted(self.tiers, key=lambda tier: tier.lower, reverse=True))
        object.__setattr__(self, "tiers", tiers)
        _must_sum_to_100(f"The dimension weights of “{self.name}”", [one.weight for one in self.dimensions])
        for what, names in (
            ("metric", [indicator.metric for indicator in self.indicators]),
            ("dimension", [dimension.key for dimension in self.dimensions]),
            ("tier", [tier.key for tier in tiers]),
        ):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ScorecardError(f"“{self.name}” has the {what} {', '.join(sorted(twice))} twice.")
        if not tiers or tiers[-1].lower != 0:
            raise ScorecardError(f"The lowest tier of “{self.name}” must begin at 0.")
        ranks = [tier.rank for tier in tiers]
        if sorted(set(ranks)) != ranks or len({tier.lower for tier in tiers}) < len(tiers):
            raise ScorecardError(f"The tiers of “{self.name}” need bounds of their own, and worse ranks further down.")

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in the order of their dimensions: the columns of scores."""
        return tuple(indicator for dimension in self.dimensions for indicator in dimension.indicators)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The names of the metrics, in the order of the indicators."""
        return tuple(indicator.metric for indicator in self.indicators)

    @cached_property
    def columns(self) -> tuple[slice, ...]:
        """For each dimension, its indicators' columns."""
        ends = np.cumsum([len(dimension.indicators) for dimension in self.dimensions]).tolist()
        return tuple(slice(end - len(one.indicators), end) for one, end in zip(self.dimensions, ends, strict=True))

    @cached_property
    def shares(self) -> FloatArray:
        """The weight of each indicator in the whole score with everything observed; sums to 1."""
        return np.array(
            [
                one.weight / sum(each.weight for each in self.dimensions)
                * indicator.weight / sum(each.weight for each in one.indicators)
                for one in self.dimensions
                for indicator in one.indicators
            ]
        )  # fmt: skip

    def tier_of(self, score: float) -> Tier | None:
        """The tier of an unrounded score; None for NaN (not enough data)."""
        return next((tier for tier in self.tiers if score >= tier.lower), None)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, custom: Mapping[str, Metric] | None = None) -> Scorecard:
        """Made from JSON or TOML; `custom` holds metrics beside the shipped ones. Raises `ScorecardError`."""
        data = _table("A scorecard", data, {"key", "name", "version", "dimensions", "tiers"})
        return cls(
            key=str(data["key"]),
            name=str(data["name"]),
            version=int(number("The version", data["version"])),
            dimensions=tuple(_dimension(one, custom or {}) for one in _list("dimensions", data["dimensions"])),
            tiers=tuple(_tier(one) for one in _list("tiers", data["tiers"])),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `from_dict` gives an equal scorecard back."""
        return {
            "key": self.key,
            "name": self.name,
            "version": self.version,
            "dimensions": [dimension.to_dict() for dimension in self.dimensions],
            "tiers": [{each.name: getattr(tier, each.name) for each in fields(tier)} for tier in self.tiers],
        }


def equal_weights(count: int) -> list[float]:
    """`count` equal shares of 100."""
    return [100 / count] * count


def scorer_from_params(kind: str, params: Mapping[str, Any]) -> Scorer:
    """The scorer of that kind with parameters as JSON keeps them; raises `ScorecardError` where they do not fit."""
    if kind not in SCORERS:
        raise ScorecardError(f"No scorer is called “{kind}” (there are: {', '.join(SCORERS)}).")
    if not isinstance(params, Mapping):
        raise ScorecardError(f"{kind}: the parameters must be an object.")
    known = [each.name for each in fields(SCORERS[kind])]  # type: ignore[arg-type]
    unknown = [str(name) for name in params if name not in known]
    if unknown:
        raise ScorecardError(f"{kind}: unknown parameter {', '.join(unknown)} (it takes: {', '.join(known)}).")
    try:
        return SCORERS[kind](**params)
    except TypeError as error:  # the constructor names what is missing
        raise ScorecardError(f"{kind}: {str(error).rpartition('__init__() ')[2]}.") from None


def age_bands(raw: object) -> tuple[AgeBand, ...]:
    """Age bands as JSON keeps them: `{"under_months": 6, "scorer": {"kind": …}}`; raises `ScorecardError`."""
    rows = [_table("An age band", one, {"under_months", "scorer"}) for one in _list("ages", raw)]
    ages = tuple(AgeBand(number("under_months", row["under_months"]), _scorer(row["scorer"])) for row in rows)
    if len({age.under_months for age in ages}) < len(ages):
        raise ScorecardError("Two age bands end at the same month.")
    return ages


def age_bands_to_list(ages: Sequence[AgeBand]) -> list[dict[str, Any]]:
    """As JSON; `age_bands` takes them back."""
    return [{"under_months": age.under_months, "scorer": _scorer_to_dict(age.scorer)} for age in ages]


def preset_names() -> list[str]:
    """The presets that ship, by name."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load_preset(name: str) -> Scorecard:
    """The preset of that name; raises `ScorecardError` where there is none."""
    if name not in preset_names():
        raise ScorecardError(f"No preset is called “{name}” (there are: {', '.join(preset_names())}).")
    return Scorecard.from_dict(tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8")))


def _dimension(raw: object, custom: Mapping[str, Metric]) -> Dimension:
    data = _table("A dimension", raw, {"key", "label", "weight", "indicators"}, {"weights"})
    rows = _list("indicators", data["indicators"])
    weights: list[Any] = [None] * len(rows)
    if "weights" in data:
        if data["weights"] != EQUAL:
            raise ScorecardError(f"{data['label']}: weights is “{EQUAL}” or left out.")
        weights = list(equal_weights(len(rows)))
    indicators = tuple(_indicator(row, weight, custom) for row, weight in zip(rows, weights, strict=True))
    return Dimension(str(data["key"]), str(data["label"]), data["weight"], indicators)


def _indicator(raw: object, equal_share: float | None, custom: Mapping[str, Metric]) -> Indicator:
    weight = {"weight"} if equal_share is None else set()
    data = _table("An indicator", raw, {"metric", "scorer"} | weight, {"label", "missing", "ages"})
    name = str(data["metric"])
    return Indicator(
        metric=name,
        label=str(data.get("label", "")),
        weight=data["weight"] if equal_share is None else equal_share,
        scorer=_scorer(data["scorer"]),
        missing=data.get("missing", Missing.OMIT),
        ages=age_bands(data.get("ages", [])),
        definition=METRICS.get(name) or custom.get(name),  # type: ignore[arg-type]
    )


def _tier(raw: object) -> Tier:
    data = _table("A tier", raw, {"key", "label", "lower", "rank", "churn_low", "churn_high"}, {"action"})
    return Tier(**data)


def _scorer(raw: object) -> Scorer:
    if not isinstance(raw, Mapping) or "kind" not in raw:
        raise ScorecardError("A scorer is an object with its kind.")
    return scorer_from_params(str(raw["kind"]), {name: value for name, value in raw.items() if name != "kind"})


def _scorer_to_dict(scorer: Scorer) -> dict[str, Any]:
    return {"kind": str(scorer.kind), **scorer.params()}


def _table(what: str, raw: object, needed: set[str], optional: AbstractSet[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise ScorecardError(f"{what} must be an object.")
    missing, unknown = needed - set(raw), set(raw) - needed - optional
    if missing or unknown:
        wrong = f"lacks {', '.join(sorted(missing))}" if missing else f"does not take {', '.join(sorted(unknown))}"
        raise ScorecardError(f"{what} {wrong}.")
    return raw


def _list(name: str, raw: object) -> Sequence[Any]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise ScorecardError(f"{name} must be a list.")
    return raw


def _weight(name: str, raw: object) -> float:
    weight = number(f"The weight of {name}", raw)
    if not 0 <= weight <= 100:
        raise ScorecardError(f"The weight of {name} lies between 0 and 100, {weight:g} does not.")
    return weight


def _must_sum_to_100(what: str, weights: Sequence[float]) -> None:
    total = sum(weights)
    if abs(total - 100) > WEIGHT_TOLERANCE:
        shown = f"{total:.4f}".rstrip("0").rstrip(".")
        raise ScorecardError(f"{what} sum to {shown}, not to 100.")
