"""What is learned from outcomes: better than the tier table where readings cause them, refused where they do not."""

import json

import numpy as np
import pytest

from health.domain.learned import ChurnFormula, Form, Logistic, Scale
from health.domain.learning import (
    HORIZON_DAYS,
    LEAST_KNOWN,
    Lesson,
    TooFewError,
    _fit,
    boosting_classifier,
    exported,
    learn,
    rounds,
    shortage,
)
from tests.health.churning import FEATURES, examples


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return learn(examples())


def test_churn_that_is_caused_by_readings_is_learned_and_beats_the_tier_table(lesson: Lesson) -> None:
    assert lesson.is_better
    assert lesson.learned.auc_low < lesson.learned.auc < lesson.learned.auc_high
    assert lesson.learned.auc > max(lesson.table.auc, lesson.fitted.auc, 0.75)
    assert lesson.learned.brier < min(lesson.table.brier, lesson.fitted.brier)
    assert lesson.gain.low > 0
    assert lesson.reason.startswith("It beats the tier table on accounts that it had not seen: log loss ")


def test_the_features_that_cause_it_stand_first_and_the_one_that_says_nothing_last(lesson: Lesson) -> None:
    names = [one.feature for one in lesson.importances]
    assert set(names[:2]) == {"login_days", "tickets_90d"}
    assert names[-1] == "nps_class" or "nps_class" not in names


def test_it_is_calibrated(lesson: Lesson) -> None:
    for part in lesson.learned.bins:
        assert part.observed == pytest.approx(part.forecast, abs=0.08)


@pytest.mark.parametrize("seed", [1, 2])
def test_outcomes_dealt_by_lot_are_not_beaten_and_the_reason_says_so(seed: int) -> None:
    found = learn(examples(seed=seed, shuffled=True))
    assert not found.is_better
    assert found.reason.startswith("It does not beat the tier table")
    # Against the table as published a constant would win already; against the fitted one nothing is left to win.
    assert found.table.log_loss > found.fitted.log_loss
    assert found.gain.low <= 0


def test_the_same_examples_twice_give_the_same_lesson(lesson: Lesson) -> None:
    again = learn(examples())
    assert again.formula.to_json() == lesson.formula.to_json()
    assert (again.learned, again.reason) == (lesson.learned, lesson.reason)


@pytest.mark.parametrize(
    ("outcomes", "accounts", "words"),
    [
        (60, 300, ""),
        (41, 300, "41 of 60 churn outcomes and 300 of 300 accounts with history so far."),
        (75, 120, "75 of 60 churn outcomes and 120 of 300 accounts with history so far."),
        (0, 4000, "0 of 60 churn outcomes and 300 of 300 accounts with history so far."),
    ],
)
def test_too_little_says_how_much_is_missing(outcomes: int, accounts: int, words: str) -> None:
    assert shortage(outcomes, accounts) == words


def test_too_few_outcomes_are_not_learned_from() -> None:
    with pytest.raises(TooFewError, match=r"of 60 churn outcomes and 300 of 300 accounts"):
        learn(examples(days=2))


def test_outcomes_that_all_came_at_once_cannot_be_held_out() -> None:
    found = examples(accounts=1500, days=3)
    with pytest.raises(TooFewError, match=f"0 of {LEAST_KNOWN} accounts that left can be held out"):
        learn(found)


def test_no_account_is_judged_by_what_was_learned_of_it_or_of_its_future() -> None:
    found = examples()
    judged_rows: list[int] = []
    for seen, judged in rounds(found, seed=3):
        assert not set(found.accounts[seen]) & set(found.accounts[judged])
        assert found.days[seen].max() + HORIZON_DAYS <= found.days[judged].min()
        judged_rows += judged.tolist()
    assert len(judged_rows) == len(set(judged_rows)) > 1000


def test_what_is_hardly_ever_observed_or_always_the_same_is_left_out() -> None:
    found = examples()
    readings = found.readings.copy()
    readings[:, 1] = 1
    readings[np.arange(len(found)) % 10 > 0, 3] = np.nan
    formula = learn(type(found)(FEATURES, readings, found.accounts, found.days, found.churned, found.table)).formula
    assert formula.features == ("login_days", "tickets_90d")


def test_the_trees_give_what_scikit_learn_gives() -> None:
    found = examples()
    scaled = Scale.of(found.readings).apply(found.readings)
    classifier = boosting_classifier(5).fit(scaled, found.churned)
    body = exported(classifier)
    said = body.base + body.contributions(scaled).sum(axis=1)
    np.testing.assert_allclose(said, classifier.decision_function(scaled), atol=1e-9)


def test_the_logistic_form_gives_what_scikit_learn_gives() -> None:
    from sklearn.linear_model import LogisticRegression

    found = examples()
    scale = Scale.of(found.readings)
    scaled = scale.apply(found.readings)
    classifier = LogisticRegression().fit(scaled, found.churned)
    formula = ChurnFormula(FEATURES, scale, Logistic(classifier.coef_[0], float(classifier.intercept_[0])))
    np.testing.assert_allclose(formula.predict(found.readings), classifier.predict_proba(scaled)[:, 1], atol=1e-12)


@pytest.mark.parametrize("form", list(Form))
def test_a_formula_comes_back_from_json_as_it_was(form: Form) -> None:
    found = examples()
    formula = _fit(form, found, np.arange(len(found)), 0)
    again = ChurnFormula.from_json(json.loads(json.dumps(formula.to_json())))
    assert np.array_equal(formula.predict(found.readings), again.predict(found.readings))
    assert formula.body.form == again.body.form == form


@pytest.mark.parametrize("form", list(Form))
def test_reasons_sum_to_the_distance_from_the_mean_account(form: Form) -> None:
    found = examples()
    formula = _fit(form, found, np.arange(len(found)), 0)
    base = formula.slope * formula.body.base + formula.offset
    distance = formula.log_odds(found.readings) - base
    np.testing.assert_allclose(formula.contributions(found.readings).sum(axis=1), distance, atol=1e-9)
    assert abs(np.mean(distance)) < 0.6
