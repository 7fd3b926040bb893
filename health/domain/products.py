"""Accounts of several products: every product is scored by its own observations, the account is their mean by ARR.

All that such an account shows is the mean of its products, weighted by their ARR: score, dimensions, weights of
indicators, points, readings. So it stays as additive as any other account: the points of its indicators sum to its
score, because those of each product sum to the product's, and the weights sum to 100.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray
from health.domain.scoring import EXACT_DECIMALS, Scores

# As many decimals of a score as points and weights kept in single precision can give back.
KEPT_DECIMALS: Final = 3

Places = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


def mean_of_products(products: Scores, *, arr: FloatArray, accounts: Places, count: int) -> Scores:
    """Scores of `count` accounts out of those of their m products, at most one row a product and account.

    `arr` (m,) is each product's in one currency, `accounts` (m,) the place of its account in 0 … count − 1. Where an
    account's ARR is 0 altogether, its products count alike.

    A product without enough data has no score and counts for nothing, unless no product of its account has one: then
    all count, so that what is known of them is shown. The confidence is the mean over all products, with a score or
    without: where most of the ARR lies in products of which little is known, little is known of the account.
    An indicator's score is its points ÷ its weight, as is a dimension's.
    """
    known = ~np.isnan(products.raw_total)
    with_score = np.bincount(accounts, products.enough, minlength=count) > 0
    counted = np.where(with_score[accounts], products.enough, known)
    share = _shares(arr, accounts, count, counted)

    everywhere = _shares(arr, accounts, count, np.ones(len(arr), dtype=bool))
    confidence = np.bincount(accounts, everywhere * products.confidence, minlength=count)
    return _of_points(
        products.scorecard,
        values=_readings(products, share, accounts, count),
        contributions=_sums(share, products.contributions, accounts, count),
        weights=_sums(share, products.weights, accounts, count),
        confidence=np.round(confidence, EXACT_DECIMALS),
    )


def mixed_scores(card: Scorecard, values: FloatArray, contributions: FloatArray, weights: FloatArray) -> Scores:
    """The scores of one account of several products, as they were: its readings, points and weights (i,).

    The confidence is the weight of what was observed of any product, for that of each is gone.
    """
    confidence = np.round(~np.isnan(values) @ card.shares, EXACT_DECIMALS)
    return _of_points(
        card,
        values=values[None],
        contributions=contributions[None],
        weights=weights[None],
        confidence=np.array([confidence]),
        decimals=KEPT_DECIMALS,
    )


def _of_points(
    card: Scorecard,
    *,
    values: FloatArray,
    contributions: FloatArray,
    weights: FloatArray,
    confidence: FloatArray,
    decimals: int = EXACT_DECIMALS,
) -> Scores:
    """What follows from points and weights (n, i): the score is the sum of points, NaN where nothing has a weight."""
    dimensions = [
        _scores(contributions[:, one].sum(axis=1), weights[:, one].sum(axis=1), decimals) for one in card.columns
    ]
    raw_total = np.round(contributions.sum(axis=1), EXACT_DECIMALS)
    return Scores(
        scorecard=card,
        values=values,
        indicators=_scores(contributions, weights, decimals),
        dimensions=np.column_stack(dimensions),
        weights=weights,
        contributions=contributions,
        raw_total=np.where(weights.any(axis=1), raw_total, np.nan),
        confidence=confidence,
        mixed=np.ones(len(values), dtype=bool),
    )


def with_rows(scores: Scores, rows: Places, part: Scores) -> Scores:
    """`scores` with the accounts at `rows` replaced by those of `part`, by the same scorecard."""
    mixed = np.zeros(len(scores), dtype=bool)
    mixed[rows] = True

    def changed(whole: FloatArray, replaced: FloatArray) -> FloatArray:
        result = whole.copy(order="K")
        result[rows] = replaced
        return result

    return Scores(
        scorecard=scores.scorecard,
        values=changed(scores.values, part.values),
        indicators=changed(scores.indicators, part.indicators),
        dimensions=changed(scores.dimensions, part.dimensions),
        weights=changed(scores.weights, part.weights),
        contributions=changed(scores.contributions, part.contributions),
        raw_total=changed(scores.raw_total, part.raw_total),
        confidence=changed(scores.confidence, part.confidence),
        mixed=mixed,
    )


def _readings(products: Scores, share: FloatArray, accounts: Places, count: int) -> FloatArray:
    """(count, i) The mean of what was observed of the products; NaN where nothing was of any that counts.

    Names and yes/no have no mean: observed of the account as a whole, they are the same for all of its products.
    """
    observed = ~np.isnan(products.values) & (share > 0)[:, None]
    seen = _sums(share, observed.astype(float), accounts, count)
    sums = _sums(share, np.where(observed, products.values, 0.0), accounts, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(seen > 0, sums / seen, np.nan)
    for column, indicator in enumerate(products.scorecard.indicators):
        if not indicator.definition.kind.is_numeric:
            there = observed[:, column]
            means[accounts[there], column] = products.values[there, column]
    return np.round(means, EXACT_DECIMALS).astype(np.float64)


def _scores(points: FloatArray, weights: FloatArray, decimals: int) -> FloatArray:
    """Points of a weight as a score of 0–100; NaN where there is no weight."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weights > 0, np.round(points / weights * 100, decimals), np.nan)


def _shares(arr: FloatArray, accounts: Places, count: int, counted: Mask) -> FloatArray:
    """(m,) Each product's part of its account, 0 for what does not count; they sum to 1 where anything does."""
    money = np.where(counted, arr, 0.0)
    without_money = np.bincount(accounts, money, minlength=count)[accounts] == 0
    money = np.where(without_money, counted.astype(float), money)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(money / np.bincount(accounts, money, minlength=count)[accounts])


def _sums(share: FloatArray, rows: FloatArray, accounts: Places, count: int) -> FloatArray:
    """(count, i) The rows of products, added up by account, each by its share."""
    total = np.zeros((count, rows.shape[1]))
    np.add.at(total, accounts, rows * share[:, None])
    return total
