"""How good probabilities were, once the outcomes are known. Arrays over n examples, of which one account gives several.

Everything that says how sure a figure is draws whole accounts anew and not examples: those of one account are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from health.domain.scorers import FloatArray

BoolArray = npt.NDArray[np.bool_]
DRAWS: Final = 400
BINS: Final = 8


@dataclass(frozen=True)
class Bin:
    """Examples with about the same forecast: its mean, the share that came true, how many they are."""

    forecast: float
    observed: float
    examples: int


@dataclass(frozen=True)
class Quality:
    """How good the forecasts of one estimate were. `auc_low` to `auc_high` is a 95 % interval."""

    auc: float
    auc_low: float
    auc_high: float
    brier: float
    log_loss: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class Gain:
    """By how much the log loss of one estimate is lower than that of a rival, with a 95 % interval."""

    mean: float
    low: float
    high: float
    share: float
    """Of the rival's log loss."""


def log_losses(forecasts: FloatArray, outcomes: BoolArray) -> FloatArray:
    """(n,) −ln of the probability that was given to what happened; a certainty that was wrong costs 11.5."""
    kept = np.clip(forecasts, 1e-5, 1 - 1e-5)
    return -np.log(np.where(outcomes, kept, 1 - kept))


def brier_score(forecasts: FloatArray, outcomes: BoolArray) -> float:
    """Mean squared distance between forecast and outcome (Brier 1950): 0 is perfect."""
    return float(np.mean((forecasts - outcomes) ** 2))


def auc(forecasts: FloatArray, outcomes: BoolArray, weights: FloatArray | None = None) -> float:
    """The chance that a forecast for one who left is above that for one who stayed, ties counting half; NaN where all
    did the same."""
    weights = np.ones(len(forecasts)) if weights is None else weights
    order = np.argsort(forecasts, kind="stable")
    ranked, left = forecasts[order], np.where(outcomes, weights, 0.0)[order]
    stayed = weights[order] - left
    starts = np.flatnonzero(np.diff(ranked, prepend=np.nan) != 0)
    left, stayed = np.add.reduceat(left, starts), np.add.reduceat(stayed, starts)
    pairs = left.sum() * stayed.sum()
    below = np.cumsum(stayed) - stayed
    return float(np.sum(left * (below + stayed / 2)) / pairs) if pairs else float("nan")


def quality_of(forecasts: FloatArray, outcomes: BoolArray, accounts: npt.NDArray[Any], *, seed: int) -> Quality:
    """How good forecasts were; both outcomes must occur."""
    drawn = [auc(forecasts, outcomes, weights) for weights in redrawn(accounts, seed)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Quality(
        auc=auc(forecasts, outcomes),
        auc_low=float(low),
        auc_high=float(high),
        brier=brier_score(forecasts, outcomes),
        log_loss=float(np.mean(log_losses(forecasts, outcomes))),
        bins=calibration(forecasts, outcomes),
    )


def gain_of(
    forecasts: FloatArray, rival: FloatArray, outcomes: BoolArray, accounts: npt.NDArray[Any], *, seed: int
) -> Gain:
    """The paired comparison of two estimates on the same examples."""
    gains = log_losses(rival, outcomes) - log_losses(forecasts, outcomes)
    drawn = [np.average(gains, weights=weights) for weights in redrawn(accounts, seed)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    mean = float(np.mean(gains))
    return Gain(mean, float(low), float(high), mean / float(np.mean(log_losses(rival, outcomes))))


def calibration(forecasts: FloatArray, outcomes: BoolArray, bins: int = BINS) -> tuple[Bin, ...]:
    """Examples parted by their forecast into equally many, the lowest first."""
    parts = np.array_split(np.argsort(forecasts, kind="stable"), min(bins, len(forecasts)))
    return tuple(Bin(float(np.mean(forecasts[part])), float(np.mean(outcomes[part])), len(part)) for part in parts)


def redrawn(accounts: npt.NDArray[Any], seed: int, draws: int = DRAWS) -> Iterator[FloatArray]:
    """(n,) How often each example counts when as many accounts are drawn anew, with repetition; so many times."""
    rng = np.random.default_rng(seed)
    _, places = np.unique(accounts, return_inverse=True)
    count = int(places.max()) + 1
    for _ in range(draws):
        yield np.bincount(rng.integers(0, count, count), minlength=count)[places].astype(float)
