"""What renewals tell health: whether one shrinks, and whether its budget is confirmed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from health.metrics import compute
from renewals.models import Renewal
from tests.factories import AccountFactory, BudgetAnswerFactory, RenewalFactory, day, days_ago
from tests.health.making import reading

pytestmark = pytest.mark.django_db

D = Decimal


def open_renewal(**fields):
    return RenewalFactory(current_arr=D(1000), **fields)


def now(metric, account):
    return reading(metric, account, day=day(0))


def date_back(renewal: Renewal, *days: int) -> None:
    """Lets the entries of its history lie so many days back, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_id FROM renewals_renewalevent WHERE pgh_obj_id = %s ORDER BY pgh_id", [renewal.pk])
        for (key,), back in zip(cursor.fetchall(), days, strict=True):
            cursor.execute(
                "UPDATE renewals_renewalevent SET pgh_created_at = %s WHERE pgh_id = %s", [days_ago(back), key]
            )


@pytest.mark.parametrize(("fields", "risk"), [
    ({}, None),
    ({"category": "commit"}, 0),
    ({"category": "at_risk"}, 0),
    ({"expected_arr": D(1000)}, 0),
    ({"expected_arr": D(1500)}, 0),
    ({"expected_arr": D(999)}, 1),
    ({"expected_arr": D(0), "category": "omitted"}, 1),
    ({"expected_arr": D(500), "stage": "closed", "outcome": "contracted", "closed_arr": D(500),
      "closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, None),
])  # fmt: skip
def test_a_renewal_is_expected_to_shrink_by_what_its_owner_says(fields, risk):
    assert now("contraction_risk", open_renewal(**fields).account) == risk


def test_one_of_several_renewals_that_shrinks_is_enough():
    account = AccountFactory()
    open_renewal(account=account, category="commit")
    open_renewal(account=account, expected_arr=D(1))
    assert now("contraction_risk", account) == 1


def test_a_past_day_is_read_as_it_was():
    renewal = open_renewal(category="commit")
    renewal.expected_arr = D(400)
    renewal.save()
    date_back(renewal, 30, 10)
    read = {back: reading("contraction_risk", renewal.account, day=day(-back)) for back in (31, 30, 11, 10, 0)}
    assert read == {31: None, 30: 0, 11: 0, 10: 1, 0: 1}


def test_the_budget_is_what_was_said_last_within_a_year():
    account = AccountFactory()
    assert now("renewal_budget_confirmed", account) is None
    for back, confirmed in ((400, True), (100, True), (20, False)):
        BudgetAnswerFactory(account=account, is_confirmed=confirmed, at=days_ago(back))
    read = {back: reading("renewal_budget_confirmed", account, day=day(-back)) for back in (401, 400, 101, 99, 19, 0)}
    assert read == {401: None, 400: 1, 101: 1, 99: 1, 19: 0, 0: 0}
    old = AccountFactory()
    BudgetAnswerFactory(account=old, is_confirmed=True, at=days_ago(366))
    assert now("renewal_budget_confirmed", old) is None


def test_many_accounts_take_one_statement_a_metric(django_assert_num_queries):
    accounts = [open_renewal(category="commit").account for _ in range(3)]
    for account in accounts:
        BudgetAnswerFactory(account=account, is_confirmed=True)
    with django_assert_num_queries(3):  # and one for what is sent from outside
        found = compute(["contraction_risk", "renewal_budget_confirmed"], [account.pk for account in accounts], day(0))
    assert found["contraction_risk"].tolist() == [0, 0, 0]
    assert found["renewal_budget_confirmed"].tolist() == [1, 1, 1]
