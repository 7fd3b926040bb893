"""Which churn counts, and on what it rests: the greater of tier and model, use where there is neither."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from health.domain.churn_features import TERM_END
from health.domain.learned import ChurnFormula
from health.metrics import compute
from health.models import ChurnEstimate
from health.queries.churn_examples import term_ends
from health.services.learning import stop_using_model
from health.services.recompute import recompute_accounts
from tests.factories import UserFactory
from tests.health.churning import FEATURES, FORMULA, model_in_use
from tests.health.making import TODAY, account, ago, contents, contract, noon, observed_account, usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


def recomputed(*accounts):
    recompute_accounts([one.pk for one in accounts], day=TODAY)
    for one in accounts:
        one.refresh_from_db()
    return accounts


def test_without_a_model_the_tier_counts():
    (one,) = recomputed(observed_account(1.0))
    assert (one.expected_churn, one.churn_basis) == (Decimal("0.025"), "tier")
    assert not ChurnEstimate.objects.exists()


def test_with_a_model_in_use_what_it_says_counts_where_it_is_more_and_is_kept_with_its_reasons():
    good, bad = recomputed(observed_account(1.0), observed_account(0.1))
    by_tier = [float(good.expected_churn), float(bad.expected_churn)]
    model = model_in_use()
    recomputed(good, bad)
    readings = compute(FEATURES, [good.pk, bad.pk], TODAY)
    said = FORMULA.predict(np.stack([readings[name] for name in FEATURES], axis=1))
    assert by_tier == [0.025, 0.8]
    assert said[0] < 0.025
    assert said[1] > 0.8
    assert (good.churn_basis, bad.churn_basis) == ("tier", "learned")
    assert [float(good.expected_churn), float(bad.expected_churn)] == pytest.approx([0.025, said[1]], abs=0.0006)
    kept = ChurnEstimate.objects.get(account=bad)
    assert (kept.model, kept.day) == (model, TODAY)
    assert kept.probability == pytest.approx(said[1], abs=1e-6)
    assert [FEATURES[place] for place in kept.factors][:2] == ["login_days", "tickets_90d"]
    assert kept.readings[:2] == [3, 11]
    assert kept.effects[:2] == pytest.approx([2.4, 1.4])


def test_a_model_that_is_switched_off_counts_no_more():
    (one,) = recomputed(
        observed_account(0.1),
    )
    by_tier = one.expected_churn
    model = model_in_use()
    recomputed(one)
    assert one.churn_basis == "learned"
    stop_using_model(model, by=UserFactory(as_admin=True))
    recomputed(one)
    assert (one.expected_churn, one.churn_basis) == (by_tier, "tier")


def test_doing_it_again_changes_nothing():
    model_in_use()
    accounts = [observed_account(strength) for strength in (0.1, 0.6, 1.0)]
    recomputed(*accounts)
    before = contents(type(accounts[0]), ChurnEstimate)
    with time_machine.travel(noon(0) + dt.timedelta(hours=2), tick=False):
        recomputed(*accounts)
    assert contents(type(accounts[0]), ChurnEstimate) == before


def test_of_an_account_of_which_the_model_knows_too_little_the_tier_counts():
    known = [name for name in ("goals_achieved_share", "csat") for _ in range(1)]
    formula = ChurnFormula(("dau_mau", "community_activity", known[0], known[1]), FORMULA.scale, FORMULA.body)
    model_in_use(parameters=formula.to_json())
    (one,) = recomputed(observed_account(1.0))
    assert one.churn_basis == "tier"


def test_an_account_with_nothing_but_use_gets_the_prior_and_one_with_nothing_at_all_none():
    model_in_use()
    used, silent, unknown, trial = account(), account(), account(), account(is_trial=True)
    usage(used, [day for day in range(30) if day % 5 < 2], logins=3)
    usage(silent, range(40, 60), logins=3)
    usage(trial, range(30), logins=3)
    recomputed(used, silent, unknown, trial)
    assert (used.health_score, used.expected_churn, used.churn_basis) == (None, Decimal("0.300"), "use")
    assert (silent.expected_churn, silent.churn_basis) == (Decimal("0.900"), "use")
    assert (unknown.expected_churn, unknown.churn_basis) == (None, "")
    assert (trial.expected_churn, trial.churn_basis) == (None, "")


def test_statements_do_not_grow_with_the_accounts():
    model_in_use()
    counted = []
    for number in (1, 6):
        accounts = [observed_account(0.2 + 0.1 * place) for place in range(number)] + [account()]
        recomputed(*accounts)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            recompute_accounts([one.pk for one in accounts], day=TODAY)
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("begun", "term", "left"),
    [
        (ago(180), 12, 185),
        (ago(0), 1, 31),
        (ago(31), 1, 28),
        (dt.date(2025, 3, 15), 12, 365),
        (dt.date(2025, 3, 16), 12, 1),
        (dt.date(2024, 3, 15), 24, 731),
        (dt.date(2020, 8, 31), 6, 169),
    ],
)
def test_the_end_of_a_term_follows_from_start_and_term_and_not_from_the_written_end(begun, term, left):
    one = account()
    contract(one, start=begun, end=None, term_months=term)
    assert term_ends([one.pk], TODAY).tolist() == [left]


def test_of_several_contracts_the_nearest_end_counts_and_without_one_it_is_unknown():
    several, none, over = account(), account(), account()
    contract(several, start=ago(100), end=None, term_months=12)
    contract(several, start=ago(20), end=None, term_months=3)
    contract(over, start=ago(400), end=ago(35), term_months=12, status="ended")
    found = term_ends([none.pk, several.pk, over.pk], TODAY).tolist()
    assert math.isnan(found[0])
    assert found[1] == 69
    assert math.isnan(found[2])


def test_a_formula_may_go_by_the_end_of_the_term():
    formula = ChurnFormula((*FEATURES[:3], TERM_END.name), FORMULA.scale, FORMULA.body)
    model_in_use(parameters=formula.to_json())
    one = observed_account(0.1)
    recomputed(one)
    assert ChurnEstimate.objects.filter(account=one).exists()
    assert one.churn_basis == "learned"
