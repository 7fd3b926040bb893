"""Contracts and invoices."""

import datetime as dt

import pytest

from accounts.models import Account, ExchangeRate
from health.domain.metrics import METRICS
from health.metrics import compute
from health.metrics.registry import OF_PRODUCTS, READERS, reads
from health.models import MetricPoint
from tests.factories import InvoiceFactory
from tests.health.making import TODAY, account, ago, contract, product, reading

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


def year_old(one: Account, **fields):
    """A contract over the year that ended 20 days ago."""
    return contract(one, start=ago(385), end=ago(20), status="ended", **fields)


@pytest.mark.parametrize(
    ("before", "now", "change", "expansion"),
    [(100, 130, 0.3, 0.3), (100, 100, 0, 0), (100, 60, -0.4, 0), (0, 100, None, None)],
)
def test_the_value_of_contracts_is_measured_against_the_year_before(before, now, change, expansion):
    one, crm = account(), product()
    year_old(one, of=crm, arr=before)
    contract(one, start=ago(20), of=crm, arr=now)
    assert reading("contract_value_change", one) == change
    assert reading("expansion_12m", one) == expansion


def test_expansion_is_what_products_grew_by_and_is_not_lessened_by_what_others_lost():
    one, crm, erp, new = account(), product(), product(), product()
    for of, arr in ((crm, 100), (erp, 100)):
        year_old(one, of=of, arr=arr)
    for of, arr in ((crm, 120), (erp, 40), (new, 30)):
        contract(one, start=ago(20), of=of, arr=arr)
    assert reading("contract_value_change", one) == -0.05  # 190 against 200
    assert reading("expansion_12m", one) == 0.25  # 20 and 30 of 200


def test_a_contract_moved_to_another_is_no_growth():
    one, crm = account(), product()
    year_old(one, of=crm, arr=100)
    contract(one, start=ago(20), of=crm, arr=60)
    contract(one, start=ago(20), of=crm, arr=40)
    assert reading("expansion_12m", one) == 0


def test_the_year_before_is_365_days_and_an_end_is_the_first_day_without():
    one, crm = account(), product()
    contract(one, start=ago(800), end=ago(365), of=crm, arr=10, status="ended")
    contract(one, start=ago(365), end=ago(0), of=crm, arr=50, status="ended")
    contract(one, start=ago(0), of=crm, arr=60)
    assert reading("contract_value_change", one) == 0.2


def test_a_customer_who_left_has_lost_all_and_one_of_this_year_is_unknown():
    gone, new = account(), account()
    year_old(gone, arr=100)
    contract(new, arr=100)
    assert reading("contract_value_change", gone) == -1
    assert [reading(name, new) for name in ("contract_value_change", "expansion_12m")] == [None, None]
    assert reading("contract_value_change", account()) is None


def test_a_currency_that_moves_is_no_growth():
    one, crm = account(), product()
    year_old(one, of=crm, arr=100, currency="USD")
    contract(one, start=ago(20), of=crm, arr=100, currency="USD")
    for days, rate in ((700, "0.5"), (10, "0.9")):
        ExchangeRate.objects.create(currency="USD", valid_from=ago(days), rate=rate)
    assert reading("contract_value_change", one) == 0


def test_foreign_lines_are_converted_to_the_cent_as_the_ledger_books_them():
    one, crm = account(), product()
    ExchangeRate.objects.create(currency="USD", valid_from=ago(700), rate="0.005")
    year_old(one, of=crm, arr=1, currency="USD")
    contract(one, start=ago(20), of=crm, arr=3, currency="USD")
    assert reading("contract_value_change", one) == 1


@pytest.mark.parametrize(("overdue", "standing"), [(0, 3), (16, 1), (61, 0)])
def test_who_pays_and_grew_in_twelve_months_is_expanding(overdue, standing):
    one, crm = account(), product()
    year_old(one, of=crm, arr=100)
    contract(one, start=ago(20), of=crm, arr=101)
    InvoiceFactory(account=one, issued_on=ago(100), due_on=ago(overdue))
    assert reading("financial_standing", one) == standing
    assert reading("payment_status", one) == {3: 0, 1: 1, 0: 2}[standing]


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


def test_every_metric_has_a_reader():
    assert set(READERS) == set(METRICS)


def test_a_higher_floor_may_register_a_reader_whose_observations_come_before_what_is_sent(monkeypatch):
    monkeypatch.delitem(READERS, "review_participation")
    seen, unseen = account(), account()
    for one in (seen, unseen):
        assert reading("review_participation", one) is None
        sent(one, "review_participation", 3, 0.0)
        assert reading("review_participation", one) == 0

    @reads("review_participation")
    def reviews(asked):
        return asked.rows(
            "SELECT id, 1 AS review_participation FROM accounts_account WHERE id = ANY(%(ids)s) AND name = %(name)s",
            name=seen.name,
        )

    assert reading("review_participation", seen) == 1
    assert reading("review_participation", unseen) == 0
    assert "review_participation" not in OF_PRODUCTS
    with pytest.raises(ValueError, match="review_participation is read twice"):
        reads("review_participation")(reviews)


@pytest.mark.parametrize("value", [3.0, -1.0, 0.5])
def test_a_sent_code_that_names_no_category_is_left_out(value):
    one = account()
    sent(one, "contract_status", 1, value)
    assert reading("contract_status", one) is None


def test_a_name_that_nobody_knows_is_unknown_for_all():
    assert str(compute(["no_such_metric"], [account().pk], dt.date(2026, 1, 1))["no_such_metric"][0]) == "nan"
