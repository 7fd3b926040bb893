"""Contracts and invoices."""

import datetime as dt

import pytest

from health.metrics import compute
from health.models import MetricPoint
from tests.factories import InvoiceFactory
from tests.health.making import TODAY, account, ago, contract, reading

pytestmark = pytest.mark.django_db

ACTIVE, APPROACHING, EXPIRED = 0, 1, 2


@pytest.mark.parametrize(
    ("days_left", "status"), [(91, ACTIVE), (90, APPROACHING), (1, APPROACHING), (0, EXPIRED), (-30, EXPIRED)]
)
def test_a_contract_approaches_its_end_90_days_before_and_is_over_on_it(days_left, status):
    one = account()
    contract(one, start=ago(300), end=ago(-days_left))
    assert reading("contract_status", one) == status
    assert reading("days_to_renewal", one) == days_left


def test_an_open_ended_contract_is_active_and_has_no_renewal():
    one = account()
    contract(one, end=None)
    assert reading("contract_status", one) == ACTIVE
    assert reading("days_to_renewal", one) is None


def test_without_a_contract_nothing_is_known_and_a_draft_is_none():
    one = account()
    contract(one, status="draft")
    assert reading("contract_status", one) is None
    assert reading("days_to_renewal", one) is None


def test_the_nearest_end_counts_unless_another_contract_follows_on():
    one = account()
    contract(one, start=ago(300), end=ago(-40))
    contract(one, start=ago(100), end=ago(-200))
    assert reading("days_to_renewal", one) == 40
    contract(one, start=ago(-40), end=ago(-405))
    assert reading("days_to_renewal", one) == 200


def test_a_contract_that_ended_since_was_in_force_before():
    one = account()
    contract(one, start=ago(400), end=ago(35), status="ended")
    contract(one, start=ago(35), end=ago(-330))
    assert reading("contract_status", one, day=ago(60)) == APPROACHING
    assert reading("contract_status", one) == ACTIVE


def test_a_contract_ended_early_is_not_in_force():
    one = account()
    contract(one, start=ago(100), end=ago(-100), status="ended")
    assert reading("contract_status", one) is None


def test_invoices_are_late_when_paid_after_they_were_due_or_overdue():
    one = account()
    InvoiceFactory(account=one, due_on=ago(100), paid_on=ago(99))
    InvoiceFactory(account=one, due_on=ago(200), paid_on=ago(200))
    InvoiceFactory(account=one, due_on=ago(364), paid_on=ago(300))
    InvoiceFactory(account=one, due_on=ago(365), paid_on=ago(300))
    InvoiceFactory(account=one, due_on=ago(1))
    InvoiceFactory(account=one, due_on=TODAY)
    InvoiceFactory(account=one, due_on=ago(50), status="void")
    assert reading("late_payments", one) == 3
    assert reading("late_payments", account()) is None


@pytest.mark.parametrize(
    ("overdue", "payment", "standing"), [(-5, 0, 2), (15, 0, 2), (16, 1, 1), (60, 1, 1), (61, 2, 0)]
)
def test_payment_is_late_after_15_days_and_delinquent_after_60(overdue, payment, standing):
    one = account()
    InvoiceFactory(account=one, due_on=ago(overdue), issued_on=ago(100))
    InvoiceFactory(account=one, due_on=ago(300), paid_on=ago(100))
    assert reading("payment_status", one) == payment
    assert reading("financial_standing", one) == standing


def test_an_invoice_paid_since_was_unpaid_before():
    one = account()
    InvoiceFactory(account=one, due_on=ago(80), paid_on=ago(5))
    assert reading("payment_status", one) == 0
    assert reading("payment_status", one, day=ago(10)) == 2
    assert reading("late_payments", one, day=ago(80)) == 0
    assert reading("payment_status", one, day=ago(200)) is None


def sent(one, name: str, days: int, value: float) -> None:
    MetricPoint.objects.create(account=one, name=name, day=ago(days), value=value)


def test_a_metric_of_our_own_is_its_newest_value_of_30_days():
    one = account()
    sent(one, "orders", 3, 7.5)
    sent(one, "orders", 9, 1.0)
    assert reading("orders", one) == 7.5
    assert reading("orders", one, day=ago(4)) == 1
    assert reading("orders", one, day=ago(-27)) is None


def test_a_reading_sent_from_outside_stands_where_we_observe_nothing():
    one, seen = account(), account()
    InvoiceFactory(account=seen, due_on=ago(1))
    for each in (one, seen):
        sent(each, "late_payments", 1, 4)
    assert reading("late_payments", one) == 4
    assert reading("late_payments", seen) == 1


@pytest.mark.parametrize("value", [3.0, -1.0, 0.5])
def test_a_sent_code_that_names_no_category_is_left_out(value):
    one = account()
    sent(one, "contract_status", 1, value)
    assert reading("contract_status", one) is None


def test_a_name_that_nobody_knows_is_unknown_for_all():
    assert str(compute(["no_such_metric"], [account().pk], dt.date(2026, 1, 1))["no_such_metric"][0]) == "nan"
