"""What is different between two versions of a scorecard, in lines that a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from health.domain.scorecards import Dimension, Indicator, Missing, Scorecard, Scorer, Tier

NOTHING: Final = "—"
# Weights are kept with four decimals: what differs less is the same weight.
SAME_WEIGHT: Final = 0.00005
MISSING_WORDS: Final = {Missing.OMIT: "left out", Missing.NEUTRAL: "counts 50", Missing.ZERO: "counts 0"}


@dataclass(frozen=True)
class Difference:
    """One thing that differs: `what` names it, `was` and `now` are in words, an em dash where it was not there."""

    what: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: {self.was} → {self.now}"


def differences(before: Scorecard, after: Scorecard) -> list[Difference]:
    """All that differs, dimensions first, then indicators, then tiers; empty for versions that judge alike.

    Dimensions and tiers are the same by their key, indicators by their metric.
    """
    return [*_dimensions(before, after), *_indicators(before, after), *_tiers(before, after)]


def scorer_words(scorer: Scorer) -> str:
    """A scorer with its parameters: "bands: from 25 → 100, from 15 → 70, below → 30"."""
    params = scorer.params()
    if "bands" in params:
        bands = [f"from {_number(lower)} → {_number(points)}" for lower, points in params["bands"]]
        return ", ".join([f"bands: {bands[0]}", *bands[1:], f"below → {_number(params['below'])}"])
    if "points" in params:
        return f"curve: {', '.join(f'{_number(value)} → {_number(points)}' for value, points in params['points'])}"
    if "scores" in params:
        return f"lookup: {', '.join(f'{name} → {_number(points)}' for name, points in params['scores'].items())}"
    named = [f"{name.replace('_', ' ')} {_number(value)}" for name, value in params.items()]
    return f"{scorer.kind}: {', '.join(named)}"


def _dimensions(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    was = {one.key: one for one in before.dimensions}
    now = {one.key: one for one in after.dimensions}
    for key in dict.fromkeys([*was, *now]):
        old, new = was.get(key), now.get(key)
        label = (new or old).label  # type: ignore[union-attr]
        if old is None or new is None or _differ(old.weight, new.weight):
            yield Difference(f"Weight of {label}", _weight(old), _weight(new))
        if old is not None and new is not None and old.label != new.label:
            yield Difference(f"Name of {old.label}", old.label, new.label)


def _indicators(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    was, now = _by_metric(before), _by_metric(after)
    for metric in dict.fromkeys([*was, *now]):
        old, new = was.get(metric), now.get(metric)
        if old is None or new is None:
            dimension, one = new or old  # type: ignore[misc]
            said = f"{_percent(one.weight)} of {dimension.label}"
            yield Difference(one.label, NOTHING if old is None else said, NOTHING if new is None else said)
        else:
            yield from _of_indicator(*old, *new)


def _of_indicator(place: Dimension, old: Indicator, new_place: Dimension, new: Indicator) -> Iterator[Difference]:
    pairs = [
        ("dimension", place.label if place.key != new_place.key else "", new_place.label),
        ("weight", _percent(old.weight) if _differ(old.weight, new.weight) else "", _percent(new.weight)),
        ("label", old.label if old.label != new.label else "", new.label),
        ("points", scorer_words(old.scorer) if old.scorer != new.scorer else "", scorer_words(new.scorer)),
        ("where missing", MISSING_WORDS[old.missing] if old.missing != new.missing else "", MISSING_WORDS[new.missing]),
        ("young accounts", _ages(old) if old.ages != new.ages else "", _ages(new)),
    ]
    yield from (Difference(f"{new.label}, {what}", was, now) for what, was, now in pairs if was)


def _tiers(before: Scorecard, after: Scorecard) -> Iterator[Difference]:
    was, now = {one.key: one for one in before.tiers}, {one.key: one for one in after.tiers}
    for key in dict.fromkeys([*was, *now]):
        old, new = was.get(key), now.get(key)
        if old is None or new is None:
            one: Any = new or old
            said = f"from {_number(one.lower)}"
            yield Difference(f"Tier {one.label}", NOTHING if old is None else said, NOTHING if new is None else said)
        else:
            yield from _of_tier(old, new)


def _of_tier(old: Tier, new: Tier) -> Iterator[Difference]:
    pairs = [
        ("begins at", _number(old.lower), _number(new.lower)),
        ("name", old.label, new.label),
        ("rank", str(old.rank), str(new.rank)),
        ("expected churn", _churn(old), _churn(new)),
        ("action", old.action or NOTHING, new.action or NOTHING),
    ]
    yield from (Difference(f"Tier {new.label}, {what}", was, now) for what, was, now in pairs if was != now)


def _by_metric(card: Scorecard) -> dict[str, tuple[Dimension, Indicator]]:
    return {one.metric: (dimension, one) for dimension in card.dimensions for one in dimension.indicators}


def _ages(one: Indicator) -> str:
    return (
        "; ".join(f"under {_number(age.under_months)} months {scorer_words(age.scorer)}" for age in one.ages) or NOTHING
    )


def _differ(was: float, now: float) -> bool:
    return abs(was - now) > SAME_WEIGHT


def _weight(one: Dimension | None) -> str:
    return NOTHING if one is None else _percent(one.weight)


def _percent(weight: float) -> str:
    return f"{weight:.4f}".rstrip("0").rstrip(".") + " %"


def _churn(tier: Tier) -> str:
    return f"{tier.churn_low:.1%}–{tier.churn_high:.1%}".replace("%", " %")


def _number(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:g}".replace("-", "−")
