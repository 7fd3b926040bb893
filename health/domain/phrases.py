"""Readings and goals in the words of a person: "11 tickets in 90 days", "usage −38 %", "2 fewer tickets"."""

from __future__ import annotations

import math

from health.domain.definitions import Kind, Metric
from health.domain.vocabulary import METRICS

NOT_OBSERVED = "not observed"


def describe(metric: Metric | str, value: float) -> str:
    """A short phrase for a reading; NaN is said to be not observed."""
    if isinstance(metric, str):
        metric = METRICS[metric]
    if math.isnan(value):
        return f"{metric.label} {NOT_OBSERVED}"
    if metric.kind is Kind.FLAG:
        if not metric.phrase:
            return f"{metric.label}: {'yes' if value else 'no'}"
        true, false = metric.phrase.split("|")
        return true if value else false
    return (metric.phrase or metric.label + ": {v}").format(v=value_text(metric, value), s=_plural(value))


def describe_goal(metric: Metric, value: float, target: float, *, beyond: bool = False) -> str:
    """What to reach, from a reading to a target: "2 fewer tickets in 90 days", "80 % of features in use".

    `beyond`: the target must be passed and not only met. A NaN target is the best quarter of the segment.
    """
    if math.isnan(target):
        return f"{metric.label} in the best quarter of its segment"
    if metric.kind is Kind.FLAG:
        return metric.goal or f"{metric.label}: {'yes' if target else 'no'}"
    if beyond and metric.kind in (Kind.COUNT, Kind.DAYS):
        # In whole numbers "fewer than 2" is 1.
        target = math.ceil(target) + (1 if target > value else -1)
    template = metric.goal or metric.label + ": {v}"
    distance = abs(target - value)
    counted = distance if "{more}" in template or "{fewer}" in template else target
    return template.format(
        v=_target_text(metric, value, target, beyond=beyond),
        more=_number(distance),
        fewer=_number(distance),
        s=_plural(counted),
    )


def value_text(metric: Metric, value: float) -> str:
    """The value alone: "63 %", "−38 %", "4.2", "multi-threaded"."""
    match metric.kind:
        case Kind.CATEGORY:
            return metric.categories[int(value)].replace("multi_", "multi-").replace("_", " ")
        case Kind.FLAG:
            return "yes" if value else "no"
        case Kind.SHARE:
            return percent(value)
        case Kind.CHANGE:
            return percent(value, signed=True)
        case _:
            return _number(value)


def percent(value: float, *, signed: bool = False) -> str:
    """A fraction as percent with a true minus: 0.63 → "63 %", −0.38 → "−38 %".

    A decimal is kept where whole percents would claim 0 or 100 for what is not.
    """
    points = round(abs(value) * 100, 6)
    text = f"{points:.0f}"
    if text in ("0", "100") and points != float(text):
        text = f"{points:.1f}".removesuffix(".0")
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{text} %" if float(text) else f"{text} %"


def _target_text(metric: Metric, value: float, target: float, *, beyond: bool) -> str:
    """The target alone; what must be passed says so, and a fall that is allowed is a limit."""
    text = value_text(metric, target)
    if metric.kind in (Kind.CATEGORY, Kind.COUNT, Kind.DAYS):
        return text
    if beyond:
        return f"{'above' if target > value else 'under'} {text}"
    return f"no worse than {text}" if metric.kind is Kind.CHANGE and target < 0 else text


def _number(value: float) -> str:
    """At most one decimal from 10 on, two below; thousands parted; a true minus."""
    digits = 1 if abs(value) >= 10 else 2
    text = f"{abs(value):,.{digits}f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 and text != "0" else text


def _plural(value: float) -> str:
    return "" if _number(value) == "1" else "s"
