"""A churn model that was learned, as plain numbers: probabilities and their reasons in NumPy, to JSON and back.

What learned it is not needed to use it, and nothing that comes out of the database is ever executed. Readings are
arrays (n accounts × f features) of floats as `health.domain.definitions` describes them, NaN where nothing was
observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from health.domain.scorers import FloatArray

IntArray = npt.NDArray[np.intp]


class Form(StrEnum):
    """What kinds of models are tried."""

    LOGISTIC = "logistic"
    BOOSTING = "boosting"


@dataclass(frozen=True)
class Scale:
    """How readings are made fit for a model: (f,) each, taken from the examples that it learned from.

    Readings beyond what was common there count as its end; where nothing was observed the mean stands in, so that it
    speaks neither for nor against.
    """

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, readings: FloatArray) -> Scale:
        """The scale of these examples: from the first to the 99th percentile. Each column has readings that differ."""
        low, high = np.nanpercentile(readings, [1, 99], axis=0)
        clipped = np.clip(readings, low, high)
        spread = np.nanstd(clipped, axis=0)
        return cls(low, high, np.nanmean(clipped, axis=0), np.where(spread > 0, spread, 1.0))

    def apply(self, readings: FloatArray) -> FloatArray:
        """(n, f) Distances from the mean in standard deviations; 0 where nothing was observed."""
        return np.nan_to_num((np.clip(readings, self.low, self.high) - self.mean) / self.spread)


class Body(Protocol):
    """What turns scaled readings into log-odds."""

    form: Form

    def contributions(self, scaled: FloatArray) -> FloatArray:
        """(n, f) What each feature adds to the log-odds of the mean account."""

    @property
    def base(self) -> float:
        """The log-odds of the mean account."""


@dataclass(frozen=True)
class Logistic:
    """A weight for each feature (f,), and the log-odds where all are at their mean."""

    weights: FloatArray
    base: float
    form: Form = Form.LOGISTIC

    def contributions(self, scaled: FloatArray) -> FloatArray:
        """(n, f) Weight × distance from the mean."""
        return scaled * self.weights


@dataclass(frozen=True)
class Boosting:
    """Trees (t trees × m nodes, root first), each adding to the log-odds what stands at the leaf that is reached.

    A leaf is its own child. `value` is what a leaf adds and, inside, the mean over the examples that passed there: the
    steps of a path from the root to the leaf then say which feature moved the sum by how much.
    """

    feature: IntArray
    threshold: FloatArray
    left: IntArray
    right: IntArray
    value: FloatArray
    start: float
    depth: int
    form: Form = Form.BOOSTING

    @property
    def base(self) -> float:
        """The mean log-odds over the examples."""
        return float(self.start + self.value[:, 0].sum())

    def contributions(self, scaled: FloatArray) -> FloatArray:
        """(n, f) The sums of the steps of all paths, by the feature that parted them."""
        # scikit-learn compares in single precision.
        single = scaled.astype(np.float32)
        rows = np.arange(len(scaled))
        found = np.zeros(scaled.shape)
        for feature, threshold, left, right, value in zip(
            self.feature, self.threshold, self.left, self.right, self.value, strict=True
        ):
            node = np.zeros(len(scaled), dtype=np.intp)
            for _ in range(self.depth):
                column = feature[node]
                following = np.where(single[rows, column] <= threshold[node], left[node], right[node])
                found[rows, column] += value[following] - value[node]
                node = following
        return found


@dataclass(frozen=True)
class ChurnFormula:
    """A model ready for use: which features it takes, how it scales them, and how its log-odds are calibrated."""

    features: tuple[str, ...]
    scale: Scale
    body: Logistic | Boosting
    slope: float = 1.0
    offset: float = 0.0

    def contributions(self, readings: FloatArray) -> FloatArray:
        """(n, f) What each feature adds to the calibrated log-odds of the mean account; 0 where nothing was observed
        and the model is logistic."""
        return self.slope * self.body.contributions(self.scale.apply(readings))

    def log_odds(self, readings: FloatArray) -> FloatArray:
        """(n,) Calibrated log-odds of churn within the horizon."""
        return self.slope * self.body.base + self.offset + self.contributions(readings).sum(axis=1)

    def predict(self, readings: FloatArray) -> FloatArray:
        """(n,) Probabilities of churn within the horizon."""
        return sigmoid(self.log_odds(readings))

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "form": str(self.body.form),
            "features": list(self.features),
            "slope": self.slope,
            "offset": self.offset,
            "scale": _lists(self.scale),
            "body": _lists(self.body),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ChurnFormula:
        """The model that `to_json` wrote, equal to the last bit."""
        body = data["body"]
        return cls(
            features=tuple(data["features"]),
            scale=Scale(**{name: np.array(values, dtype=float) for name, values in data["scale"].items()}),
            body=_logistic(body) if data["form"] == Form.LOGISTIC else _boosting(body),
            slope=data["slope"],
            offset=data["offset"],
        )


def sigmoid(log_odds: FloatArray) -> FloatArray:
    """Probabilities of log-odds; no overflow however large they are."""
    return 0.5 * (1 + np.tanh(np.asarray(log_odds) / 2))


def logit(probabilities: FloatArray) -> FloatArray:
    """Log-odds of probabilities, which are kept a hundred-thousandth away from 0 and 1."""
    kept = np.clip(probabilities, 1e-5, 1 - 1e-5)
    return np.log(kept / (1 - kept))


def strongest(contributions: FloatArray, count: int) -> IntArray:
    """(n, count) The features that moved each account most, in either direction, the strongest first."""
    return np.argsort(-np.abs(contributions), axis=1, kind="stable")[:, :count]


def _lists(part: Scale | Logistic | Boosting) -> dict[str, Any]:
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in vars(part).items()
        if name != "form"
    }


def _logistic(data: dict[str, Any]) -> Logistic:
    return Logistic(np.array(data["weights"], dtype=float), data["base"])


def _boosting(data: dict[str, Any]) -> Boosting:
    return Boosting(
        feature=np.array(data["feature"], dtype=np.intp),
        threshold=np.array(data["threshold"], dtype=float),
        left=np.array(data["left"], dtype=np.intp),
        right=np.array(data["right"], dtype=np.intp),
        value=np.array(data["value"], dtype=float),
        start=data["start"],
        depth=data["depth"],
    )
