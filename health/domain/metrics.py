"""Readings of metrics: from what people and files write to floats in arrays, and back."""

from __future__ import annotations

import math

from health.domain.definitions import Direction, Kind, Metric
from health.domain.phrases import describe
from health.domain.vocabulary import METRICS

__all__ = ["METRICS", "Direction", "Kind", "Metric", "ReadingError", "decode", "describe", "encode", "metric_named"]


class ReadingError(ValueError):
    """A reading that a metric cannot have; `metric` is its name, `reason` one line for a person."""

    def __init__(self, metric: str, reason: str) -> None:
        super().__init__(f"{metric}: {reason}")
        self.metric = metric
        self.reason = reason


def metric_named(name: str) -> Metric:
    """The shipped metric of that name; raises `ReadingError` where there is none."""
    try:
        return METRICS[name]
    except KeyError:
        raise ReadingError(name, "no metric has this name") from None


def encode(metric: Metric | str, raw: object) -> float:
    """The float that stands for a raw reading in arrays.

    Takes True or False for a flag, the name of a category, a number for the rest. Raises `ReadingError` for a name that
    is no metric's, a wrong type, NaN, infinities and what the metric cannot be (half a ticket, a CSAT of 7).
    """
    if isinstance(metric, str):
        metric = metric_named(metric)
    if metric.kind is Kind.FLAG:
        if not isinstance(raw, bool):
            raise ReadingError(metric.name, f"must be true or false, not {_shown(raw)}")
        return float(raw)
    if metric.kind is Kind.CATEGORY:
        if not isinstance(raw, str) or raw not in metric.categories:
            raise ReadingError(metric.name, f"must be one of {', '.join(metric.categories)}, not {_shown(raw)}")
        return float(metric.categories.index(raw))
    return _number(metric, raw)


def decode(metric: Metric | str, value: float) -> float | int | bool | str | None:
    """What a float in an array stands for; None where nothing was observed."""
    if isinstance(metric, str):
        metric = metric_named(metric)
    if math.isnan(value):
        return None
    if metric.kind is Kind.FLAG:
        return value != 0
    if metric.kind is Kind.CATEGORY:
        return metric.categories[int(value)]
    return int(value) if metric.kind is Kind.COUNT else float(value)


def _number(metric: Metric, raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ReadingError(metric.name, f"must be a number, not {_shown(raw)}")
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ReadingError(metric.name, "must be a finite number")
    if metric.kind is Kind.COUNT and not value.is_integer():
        raise ReadingError(metric.name, f"must be a whole number, not {value:g}")
    if metric.low is not None and value < metric.low:
        raise ReadingError(metric.name, f"cannot be below {metric.low:g}, but is {value:g}{_hint(metric)}")
    if metric.high is not None and value > metric.high:
        raise ReadingError(metric.name, f"cannot be above {metric.high:g}, but is {value:g}{_hint(metric)}")
    return value


def _hint(metric: Metric) -> str:
    return " (write fractions, not percent)" if metric.kind in (Kind.SHARE, Kind.CHANGE) else ""


def _shown(raw: object) -> str:
    """A raw value in an error line: its type where it is a container, never more than a few characters."""
    if raw is None:
        return "empty"
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, dict | list):
        return "a list or object"
    text = raw if isinstance(raw, str) else repr(raw)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
