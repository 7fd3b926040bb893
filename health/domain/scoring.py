"""The engine: readings of many accounts to scores, with every point accounted for.

A score is a weighted mean of what was observed. Missing indicators are left out and the remaining weights renormalised,
first inside the dimension, then between dimensions; the share of weight observed is the confidence. An indicator that
counts 50 or 0 where nothing was seen (`missing`) keeps its weight in the mean but adds nothing to the confidence, for
nobody observed it.

A dimension is capped at 100. Where the cap bites (a band above 100), it shortens the contributions of the dimension's
indicators in proportion, so contributions always sum to the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.quartiles import Quartile, QuartileTable, quartile_table
from health.domain.scorecards import Indicator, Scorecard, Tier
from health.domain.scorers import FloatArray, Groups, Scorer
from health.domain.tiers import tier_index

ENOUGH: Final = 0.5
# Sums of products carry noise in the 14th digit; a tier or a rounding must not hang on it.
EXACT_DECIMALS: Final = 9
STORED_DECIMALS: Final = 1

Quartiles = Mapping[str, QuartileTable]


@dataclass(frozen=True)
class Scores:
    """Scores of n accounts by a scorecard with d dimensions and i indicators; columns in the scorecard's order.

    raw_total      (n,)   0–100, unrounded, of whatever was observed; NaN where nothing was
    dimensions     (n, d) 0–100; NaN where nothing of it was observed
    indicators     (n, i) 0–100, above where a band is; NaN where nothing was observed and nothing is put in its place
    values         (n, i) the readings, NaN where missing
    weights        (n, i) points of 100 after renormalising; 0 where left out; a row sums to 100
    contributions  (n, i) points; a row sums to raw_total
    confidence     (n,)   share of weight observed, 0–1
    mixed          (n,)   accounts whose row is the mean of their products' (`health.domain.products`): there scores of
                          indicators follow from points and weights, and not from readings; None where there is none
    """

    scorecard: Scorecard
    values: FloatArray
    indicators: FloatArray
    dimensions: FloatArray
    weights: FloatArray
    contributions: FloatArray
    raw_total: FloatArray
    confidence: FloatArray
    mixed: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.raw_total)

    @cached_property
    def enough(self) -> npt.NDArray[np.bool_]:
        """(n,) Whether at least half of the weight was observed."""
        return self.confidence >= ENOUGH

    @cached_property
    def total(self) -> FloatArray:
        """(n,) The score, unrounded; NaN where not enough was observed."""
        return np.where(self.enough, self.raw_total, np.nan)

    @cached_property
    def tier(self) -> npt.NDArray[np.int8]:
        """(n,) Index into the scorecard's tiers, of the unrounded score; −1 without one."""
        return tier_index(self.scorecard, self.total)

    def tier_at(self, row: int) -> Tier | None:
        """The tier of one account; None without a score."""
        index = int(self.tier[row])
        return None if index < 0 else self.scorecard.tiers[index]


def score_accounts(
    scorecard: Scorecard,
    readings: Mapping[str, FloatArray],
    *,
    segments: Groups | None = None,
    months: FloatArray | None = None,
    quartiles: Quartiles | None = None,
) -> Scores:
    """Score accounts, all columns of one length.

    `readings` maps metric names to columns of readings (NaN where missing; an absent metric is missing for all).
    `segments` are the accounts' segments ("" for none), for `quartile`; `quartiles` are tables taken from the whole
    book beforehand (`quartile_tables`), which chunks and single accounts need. `months` are months since start, for
    age bands.
    Raises `ValueError` for columns of different lengths.
    """
    count = _length(readings, segments, months)
    shape = (count, len(scorecard.indicators))
    values, indicators = np.full(shape, np.nan, order="F"), np.full(shape, np.nan, order="F")
    for column, indicator in enumerate(scorecard.indicators):
        if indicator.metric in readings:
            values[:, column] = readings[indicator.metric]
            table = None if quartiles is None else quartiles.get(indicator.metric, {})
            indicators[:, column] = _indicator_scores(indicator, values[:, column], segments, months, table)
    return combine(scorecard, values, indicators)


def combine(scorecard: Scorecard, values: FloatArray, indicators: FloatArray) -> Scores:
    """From indicator scores (n, i), NaN where not observed, to everything else; the second half of `score_accounts`."""
    observed = ~np.isnan(indicators)
    stand_ins = np.array([indicator.missing.score for indicator in scorecard.indicators])
    filled = np.where(observed, indicators, stand_ins)
    present = ~np.isnan(filled)
    known = np.where(present, filled, 0.0)

    count = len(filled)
    dimensions = np.full((count, len(scorecard.dimensions)), np.nan)
    weights = np.zeros(filled.shape, order="F")
    contributions = np.zeros(filled.shape, order="F")
    with np.errstate(invalid="ignore", divide="ignore"):
        for place, (dimension, columns) in enumerate(zip(scorecard.dimensions, scorecard.columns, strict=True)):
            inside = present[:, columns] * np.array([indicator.weight for indicator in dimension.indicators])
            inside = inside / inside.sum(axis=1, keepdims=True)
            mean = np.round((inside * known[:, columns]).sum(axis=1), EXACT_DECIMALS)
            dimensions[:, place] = np.minimum(mean, 100)
            # Kept as shares of the dimension until the dimensions' own weights are known.
            weights[:, columns] = inside
            contributions[:, columns] = inside * known[:, columns] / 100 * np.where(mean > 100, 100 / mean, 1)[:, None]
        outside = ~np.isnan(dimensions) * np.array([dimension.weight for dimension in scorecard.dimensions])
        outside = outside / outside.sum(axis=1, keepdims=True) * 100
    for place, columns in enumerate(scorecard.columns):
        weights[:, columns] *= outside[:, [place]]
        contributions[:, columns] *= outside[:, [place]]
    # A dimension left out has no weight and no contribution, in place of 0 × NaN.
    weights, contributions = np.nan_to_num(weights), np.nan_to_num(contributions)

    raw_total = np.round(contributions.sum(axis=1), EXACT_DECIMALS)
    raw_total[np.isnan(dimensions).all(axis=1)] = np.nan
    confidence = np.round(observed @ scorecard.shares, EXACT_DECIMALS)
    return Scores(scorecard, values, filled, dimensions, weights, contributions, raw_total, confidence)


def quartile_tables(
    scorecard: Scorecard, readings: Mapping[str, FloatArray], segments: Groups | None = None
) -> dict[str, QuartileTable]:
    """The quartiles of the whole book for every indicator scored by `quartile`, by metric; JSON keeps them."""
    return {
        indicator.metric: quartile_table(readings[indicator.metric], segments)
        for indicator in scorecard.indicators
        if indicator.metric in readings and any(isinstance(each, Quartile) for each in _scorers(indicator))
    }


def stored(scores: FloatArray) -> FloatArray:
    """Scores as they are stored: one decimal, halves to the even digit, but no whole point that was not reached.

    Tiers are chosen before this, and their bounds are whole points: 79.96 is stored as 79.9, for 80.0 would lie in a
    better tier than the one stored beside it.
    """
    rounded = np.round(scores, STORED_DECIMALS)
    lifted = (rounded > np.round(scores, EXACT_DECIMALS)) & (rounded == np.floor(rounded))
    return np.where(lifted, np.round(rounded - 10.0**-STORED_DECIMALS, STORED_DECIMALS), rounded)


def stored_text(score: float) -> str:
    """One score as it is stored, in words of alerts."""
    return f"{float(stored(np.array(score))):.{STORED_DECIMALS}f}"


def arr_weighted(scores: FloatArray, arr: FloatArray, groups: npt.NDArray[np.intp], count: int) -> FloatArray:
    """(count,) The mean score of each group, weighted by ARR: of an account's products, of a parent's children.

    Members without a score are left out; members whose ARR is 0 count only where the whole group has none. NaN for a
    group without any score. `groups` holds each member's place in 0 … count − 1.
    """
    scored = ~np.isnan(scores)
    groups, scores, arr = groups[scored], scores[scored], arr[scored]
    money = np.bincount(groups, arr, minlength=count)
    weight = np.where(money[groups] > 0, arr, 1.0)
    with np.errstate(invalid="ignore"):
        means = np.bincount(groups, weight * scores, minlength=count) / np.bincount(groups, weight, minlength=count)
    return np.round(means, EXACT_DECIMALS)


def _indicator_scores(
    indicator: Indicator,
    values: FloatArray,
    segments: Groups | None,
    months: FloatArray | None,
    table: QuartileTable | None,
) -> FloatArray:
    result = _scored(indicator.scorer, values, segments, table)
    if indicator.ages and months is not None:
        # The narrowest band that holds an account wins, so wide ones are laid down first.
        for age in sorted(indicator.ages, key=lambda one: one.under_months, reverse=True):
            young = months < age.under_months
            result[young] = _scored(age.scorer, values, segments, table)[young]
    return np.clip(result, 0, indicator.ceiling)


def _scored(scorer: Scorer, values: FloatArray, segments: Groups | None, table: QuartileTable | None) -> FloatArray:
    if isinstance(scorer, Quartile):
        return scorer.score(values, segments, table)
    return scorer.score(values, segments)


def _scorers(indicator: Indicator) -> list[Scorer]:
    return [indicator.scorer, *(age.scorer for age in indicator.ages)]


def _length(readings: Mapping[str, FloatArray], segments: Groups | None, months: FloatArray | None) -> int:
    columns: dict[str, npt.NDArray[np.generic]] = dict(readings)
    columns |= {name: column for name, column in (("segments", segments), ("months", months)) if column is not None}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        shown = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise ValueError(f"Columns must have one length: {shown}.")
    return lengths.pop() if lengths else 0
