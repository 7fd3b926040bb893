"""Learns from what became of accounts how likely such a one is to leave, and whether that beats the tier table.

Arrays in, a `Lesson` out. Two forms are tried, logistic regression and gradient boosting; what is told of their quality
was measured on accounts that they had not seen, with nothing known of them but what lay far enough back (`rounds`).
scikit-learn is imported only here and only while something is learned: pages and workers must not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from health.domain.forecasts import BoolArray, Gain, Quality, brier_score, gain_of, log_losses, quality_of
from health.domain.learned import Boosting, ChurnFormula, Form, IntArray, Logistic, Scale, logit, sigmoid
from health.domain.scorers import FloatArray

# Examples ask who leaves within so many days after the day on which they were looked at.
HORIZON_DAYS: Final = 90
YEAR_DAYS: Final = 365.25
LEAST_OUTCOMES, LEAST_ACCOUNTS = 60, 300
# A model is tried out only where at least so many had left before, and judged only by at least so many who left then.
LEAST_KNOWN: Final = 20
FOLDS, INNER_FOLDS, BLOCKS = 3, 3, 2
# A feature that is known of fewer examples says more about what is recorded than about the account.
LEAST_OBSERVED: Final = 0.3
# Of the rival's log loss: what is smaller is not worth a model.
LEAST_GAIN: Final = 0.01
TOP_FEATURES: Final = 8

Groups = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Examples:
    """Accounts as they stood on reference days: n rows, several for one account.

    `days` are ordinals, `table` the yearly churn that the tier table gives for the tier of that day. `churned` says
    whether the account left within `HORIZON_DAYS`; that must be known of every row.
    """

    features: tuple[str, ...]
    readings: FloatArray
    accounts: Groups
    days: Groups
    churned: BoolArray
    table: FloatArray

    def __len__(self) -> int:
        return len(self.churned)

    @property
    def account_count(self) -> int:
        """Accounts with history."""
        return len(np.unique(self.accounts))

    @property
    def outcome_count(self) -> int:
        """Accounts that left and had been looked at before."""
        return len(np.unique(self.accounts[self.churned]))

    def only(self, features: npt.NDArray[np.bool_]) -> Examples:
        """The same with some of the features."""
        names = tuple(name for name, kept in zip(self.features, features, strict=True) if kept)
        return Examples(names, self.readings[:, features], self.accounts, self.days, self.churned, self.table)


@dataclass(frozen=True)
class Importance:
    """How much a feature moves the log-odds of an account, in the mean over the examples without its sign."""

    feature: str
    effect: float


@dataclass(frozen=True)
class Lesson:
    """What was learned, how good it was on what it had not seen, and whether it may be used.

    `table` is the tier table as published, brought from a year to the horizon; `fitted` the same brought to the rates
    of this workspace on the examples that the model learned from too. `losses` are the log losses of both forms.
    """

    formula: ChurnFormula
    learned: Quality
    table: Quality
    fitted: Quality
    gain: Gain
    losses: dict[str, float]
    importances: tuple[Importance, ...]
    tested: int
    tested_outcomes: int
    is_better: bool
    reason: str


class TooFewError(ValueError):
    """There is not enough to learn from; the message says how much is missing."""


def shortage(outcomes: int, accounts: int) -> str:
    """What is missing before anything is learned, in words; empty where there is enough."""
    if outcomes >= LEAST_OUTCOMES and accounts >= LEAST_ACCOUNTS:
        return ""
    return (
        f"{outcomes} of {LEAST_OUTCOMES} churn outcomes and {min(accounts, LEAST_ACCOUNTS)} of {LEAST_ACCOUNTS} "
        f"accounts with history so far."
    )


def learn(examples: Examples, *, seed: int = 0) -> Lesson:
    """The better of two forms, learned from all examples and judged on those held out; raises `TooFewError`.

    The same examples and seed give the same lesson.
    """
    if words := shortage(examples.outcome_count, examples.account_count):
        raise TooFewError(words)
    from sklearn import config_context

    # Thousands of small trees: checking the same arrays for each would take longer than growing it.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        return _learn(examples.only(_telling(examples.readings)), seed)


def _learn(examples: Examples, seed: int) -> Lesson:
    tested, forecasts = _held_out(examples, seed)
    churned, accounts = examples.churned[tested], examples.accounts[tested]
    losses = {str(form): float(np.mean(log_losses(forecasts[form], churned))) for form in Form}
    form = min(Form, key=lambda one: losses[one])
    table = _to_horizon(examples.table[tested])
    qualities = [quality_of(one, churned, accounts, seed=seed) for one in (forecasts[form], table, forecasts["fitted"])]
    gains = [gain_of(forecasts[form], rival, churned, accounts, seed=seed) for rival in (table, forecasts["fitted"])]
    gain = min(gains, key=lambda one: one.low)
    is_better = all(_beats(one) for one in gains) and qualities[0].brier < min(one.brier for one in qualities[1:])
    formula = _fit(form, examples, np.arange(len(examples)), seed)
    return Lesson(
        formula=formula,
        learned=qualities[0],
        table=qualities[1],
        fitted=qualities[2],
        gain=gain,
        losses=losses,
        importances=_importances(formula, examples.readings),
        tested=len(tested),
        tested_outcomes=len(np.unique(accounts[churned])),
        is_better=is_better,
        reason=_reason(is_better, gain, qualities, brier_score(forecasts[form], churned)),
    )


def rounds(examples: Examples, *, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Rows to learn from and rows to be judged by, several times; no row is judged by twice.

    As in use: what is learned from had its outcome before the first day that is judged, and is never of an account that
    is judged. Days before which too few had left are not judged.
    """
    fold = _folds(examples.accounts, examples.churned, FOLDS, seed)
    days = [day for day in np.unique(examples.days) if _known_outcomes(examples, day) >= LEAST_KNOWN]
    for block in np.array_split(np.array(days, dtype=np.int64), min(BLOCKS, len(days))) if days else []:
        known = examples.days + HORIZON_DAYS <= block[0]
        judged = np.isin(examples.days, block)
        for number in range(FOLDS):
            yield np.flatnonzero(known & (fold != number)), np.flatnonzero(judged & (fold == number))


def _held_out(examples: Examples, seed: int) -> tuple[IntArray, dict[str, FloatArray]]:
    """The rows that are judged, and for each what both forms and the fitted table said of it without having seen it."""
    tested: list[IntArray] = []
    said: dict[str, list[FloatArray]] = {name: [] for name in (*Form, "fitted")}
    for seen, judged in rounds(examples, seed=seed):
        tested.append(judged)
        for form in Form:
            said[form].append(_fit(form, examples, seen, seed).predict(examples.readings[judged]))
        slope, offset = _calibrated(logit(examples.table[seen]), examples.churned[seen])
        said["fitted"].append(sigmoid(slope * logit(examples.table[judged]) + offset))
    rows = np.concatenate(tested) if tested else np.empty(0, dtype=np.intp)
    left = len(np.unique(examples.accounts[rows][examples.churned[rows]]))
    if left < LEAST_KNOWN:
        raise TooFewError(
            f"{left} of {LEAST_KNOWN} accounts that left can be held out to judge a model by: "
            f"before the others too few had left to learn from."
        )
    return rows, {name: np.concatenate(parts) for name, parts in said.items()}


def _fit(form: Form, examples: Examples, rows: IntArray, seed: int) -> ChurnFormula:
    """The form learned from the rows, calibrated on log-odds that it gave for accounts that it had not seen (Platt)."""
    readings, churned = examples.readings[rows], examples.churned[rows]
    scale = Scale.of(readings)
    scaled = scale.apply(readings)
    fold = _folds(examples.accounts[rows], churned, INNER_FOLDS, seed + 1)
    log_odds = np.zeros(len(rows))
    for number in range(INNER_FOLDS):
        out = fold == number
        body = FITS[form](scaled[~out], churned[~out], seed)
        log_odds[out] = body.base + body.contributions(scaled[out]).sum(axis=1)
    slope, offset = _calibrated(log_odds, churned)
    return ChurnFormula(examples.features, scale, FITS[form](scaled, churned, seed), slope, offset)


def _logistic(scaled: FloatArray, churned: BoolArray, seed: int) -> Logistic:
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=0.1, max_iter=1_000).fit(scaled, churned)
    return Logistic(found.coef_[0], float(found.intercept_[0]))


def _boosting(scaled: FloatArray, churned: BoolArray, seed: int) -> Boosting:
    return exported(boosting_classifier(seed).fit(scaled, churned))


def boosting_classifier(seed: int) -> Any:
    """Small trees that learn slowly: with some dozens of outcomes anything larger learns them by heart."""
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=30, learning_rate=0.12, max_depth=2, min_samples_leaf=20, random_state=seed
    )


def exported(classifier: Any) -> Boosting:
    """The trees of a fitted classifier of scikit-learn as arrays, padded to the size of the largest."""
    trees = [tree.tree_ for tree in classifier.estimators_[:, 0]]
    size = max(tree.node_count for tree in trees)
    own = np.arange(size)
    feature, threshold = np.zeros((len(trees), size), dtype=np.intp), np.zeros((len(trees), size))
    left, right = np.tile(own, (len(trees), 1)), np.tile(own, (len(trees), 1))
    value = np.zeros((len(trees), size))
    for row, tree in enumerate(trees):
        nodes = slice(tree.node_count)
        inner = tree.children_left >= 0
        feature[row, nodes] = np.where(inner, tree.feature, 0)
        threshold[row, nodes] = tree.threshold
        left[row, nodes] = np.where(inner, tree.children_left, own[nodes])
        right[row, nodes] = np.where(inner, tree.children_right, own[nodes])
        value[row, nodes] = classifier.learning_rate * tree.value[:, 0, 0]
        # Children follow their parents, so from the end on every child has its mean already.
        for node in np.flatnonzero(inner)[::-1]:
            below = [left[row, node], right[row, node]]
            value[row, node] = np.average(value[row, below], weights=tree.weighted_n_node_samples[below])
    start = float(logit(classifier.init_.class_prior_[1:])[0])
    return Boosting(feature, threshold, left, right, value, start, max(tree.max_depth for tree in trees))


FITS: Final[dict[Form, Callable[[FloatArray, BoolArray, int], Logistic | Boosting]]] = {
    Form.LOGISTIC: _logistic,
    Form.BOOSTING: _boosting,
}


def _calibrated(log_odds: FloatArray, churned: BoolArray) -> tuple[float, float]:
    """Slope and offset that bring log-odds to the rates that were seen; a slope below 0 says that they told nothing."""
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=100.0, max_iter=1_000).fit(log_odds[:, None], churned)
    if found.coef_[0, 0] > 0:
        return float(found.coef_[0, 0]), float(found.intercept_[0])
    return 0.0, float(logit(np.array(np.mean(churned))))


def _folds(accounts: Groups, churned: BoolArray, count: int, seed: int) -> Groups:
    """(n,) A fold for each row: all rows of an account in one, those who left spread evenly over all."""
    names, places = np.unique(accounts, return_inverse=True)
    left = np.zeros(len(names), dtype=bool)
    left[places[churned]] = True
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(~left[order], kind="stable")]
    fold = np.empty(len(names), dtype=np.int64)
    fold[order] = np.arange(len(names)) % count
    return fold[places]


def _known_outcomes(examples: Examples, day: int) -> int:
    """Accounts of which it was known on that day that they had left."""
    known = (examples.days + HORIZON_DAYS <= day) & examples.churned
    return len(np.unique(examples.accounts[known]))


def _telling(readings: FloatArray) -> npt.NDArray[np.bool_]:
    """(f,) Features that are observed often enough and are not always the same."""
    observed = ~np.isnan(readings)
    often = observed.mean(axis=0) >= LEAST_OBSERVED
    differ = np.array([len(np.unique(column[seen])) > 1 for column, seen in zip(readings.T, observed.T, strict=True)])
    if not (often & differ).any():
        raise TooFewError("No metric of the scorecards was observed often enough to learn from.")
    return often & differ


def _to_horizon(yearly: FloatArray) -> FloatArray:
    """The chance to leave within the horizon, of that to leave within a year, if no day is like another."""
    return 1 - (1 - yearly) ** (HORIZON_DAYS / YEAR_DAYS)


def _importances(formula: ChurnFormula, readings: FloatArray) -> tuple[Importance, ...]:
    effects = np.abs(formula.contributions(readings)).mean(axis=0)
    order = np.argsort(-effects, kind="stable")[:TOP_FEATURES]
    return tuple(Importance(formula.features[place], float(effects[place])) for place in order if effects[place] > 0)


def _beats(gain: Gain) -> bool:
    """Not by chance, and by enough to be worth a model."""
    return gain.low > 0 and gain.share >= LEAST_GAIN


def _reason(is_better: bool, gain: Gain, qualities: list[Quality], brier: float) -> str:
    learned, table, fitted = (f"{one.log_loss:.3f}" for one in qualities)
    figures = (
        f"log loss {learned} against {table} of the table and {fitted} of the table fitted to the same outcomes; "
        f"better by {_signed(gain.mean)} with a 95 % interval from {_signed(gain.low)} to {_signed(gain.high)}"
    )
    if is_better:
        return f"It beats the tier table on accounts that it had not seen: {figures}."
    if gain.low <= 0:
        return f"It does not beat the tier table: {figures}, which could be chance."
    if gain.share < LEAST_GAIN:
        return f"It does not beat the tier table by enough to matter: {figures}."
    best = min(one.brier for one in qualities[1:])
    return f"It does not beat the tier table: its Brier score is {brier:.3f} against {best:.3f}; {figures}."


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
