"""The ledger follows the contracts, whatever becomes of them."""

import datetime as dt
import logging
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Contract, ContractLine, ExchangeRate
from accounts.services.arr import refresh_arr
from renewals.models import LedgerEntry
from renewals.services.ledger import check_ledger, write_ledger
from renewals.tasks import keep_ledger
from tests.factories import (
    AccountFactory,
    ContractFactory,
    ContractLineFactory,
    ExchangeRateFactory,
    ProductFactory,
    day,
)

pytestmark = pytest.mark.django_db


def entries(account):
    """What the ledger holds of an account, in the order of the book: days from today, kind, amount."""
    return [
        ((one.day - day(0)).days, one.kind, one.amount)
        for one in LedgerEntry.objects.filter(account=account).order_by("day", "product", "number")
    ]


def write(days=0):
    return write_ledger(today=day(days))


@pytest.fixture
def account(db):
    return AccountFactory()


@pytest.fixture
def product(db):
    return ProductFactory()


def line(account, product, since, until=None, arr=1000, **fields):
    """A contract over days from today with one line."""
    contract = ContractFactory(
        account=account, start=day(since), end=None if until is None else day(until),
        **{name: fields.pop(name) for name in ("status", "currency", "source") if name in fields},
    )  # fmt: skip
    return ContractLineFactory(contract=contract, product=product, arr=Decimal(arr), **fields)


def test_a_contract_is_booked_when_it_has_begun_and_again_when_it_is_over(account, product):
    line(account, product, 10, 20)
    assert [write(on) for on in (9, 10, 19, 20, 21)] == [0, 1, 0, 1, 0]
    assert entries(account) == [(10, "new", 1000), (20, "churn", -1000)]
    sums = [sum(LedgerEntry.objects.as_of(day(on)).values_list("amount", flat=True)) for on in (9, 10, 19, 20)]
    assert sums == [0, 1000, 1000, 0]


def test_written_twice_nothing_is_doubled(account, product):
    line(account, product, -100, -50)
    line(account, product, -50, arr=1500)
    assert (write(), write()) == (2, 0)
    assert entries(account) == [(-100, "new", 1000), (-50, "expansion", 500)]


def test_an_entry_says_what_it_rests_on(account, product):
    own = line(account, product, -100, arr=Decimal("1234.56"))
    foreign = line(AccountFactory(), product, -100, source="crm", external_id="l1")
    write()
    entry = LedgerEntry.objects.get(account=account)
    assert (entry.contract_line, entry.product, entry.source, entry.amount) == (
        own, product, LedgerEntry.Source.CONTRACT, Decimal("1234.56"),
    )  # fmt: skip
    assert (entry.original_amount, entry.original_currency, entry.rate, entry.reason) == (None, "", None, "")
    assert LedgerEntry.objects.get(contract_line=foreign).source == LedgerEntry.Source.IMPORT


def test_a_draft_is_not_booked(account, product):
    line(account, product, -100, status=Contract.Status.DRAFT)
    assert write() == 0


def test_a_renewal_signed_late_takes_the_churn_back(account, product):
    line(account, product, -365, -10)
    write()
    line(account, product, -10, arr=1100)
    write()
    assert entries(account) == [
        (-365, "new", 1000), (-10, "churn", -1000), (-10, "correction", 1000), (-10, "expansion", 100),
    ]  # fmt: skip
    assert LedgerEntry.objects.get(kind="correction").reason


def test_a_line_that_grows_counts_from_the_day_on_which_it_is_seen(account, product):
    own = line(account, product, -100, 100)
    write()
    for on, arr in ((1, 1400), (2, 1400), (5, 900)):
        ContractLine.objects.filter(pk=own.pk).update(arr=arr)
        write(on)
    write(100)
    assert entries(account) == [
        (-100, "new", 1000), (1, "expansion", 400), (5, "contraction", -500), (100, "churn", -900),
    ]  # fmt: skip


def test_what_is_changed_on_the_day_on_which_it_was_first_seen_was_a_mistake(account, product):
    own = line(account, product, -100)
    write()
    ContractLine.objects.filter(pk=own.pk).update(arr=1400)
    write()
    assert entries(account) == [(-100, "new", 1000), (-100, "correction", 400)]


@pytest.mark.parametrize("status", [Contract.Status.CANCELLED, Contract.Status.ENDED])
def test_what_is_cancelled_before_its_end_is_over_on_the_day_on_which_that_is_seen(account, product, status):
    own = line(account, product, -100, 100)
    write()
    Contract.objects.filter(pk=own.contract_id).update(status=status)
    assert [write(on) for on in (3, 4, 100, 101)] == [1, 0, 0, 0]
    assert entries(account) == [(-100, "new", 1000), (3, "churn", -1000)]


def test_what_was_cancelled_for_a_day_that_has_passed_is_over_since_then(account, product):
    line(account, product, -100, -20, status=Contract.Status.CANCELLED)
    write()
    assert entries(account) == [(-100, "new", 1000), (-20, "churn", -1000)]


def test_what_was_cancelled_before_it_was_ever_seen_is_nothing(account, product):
    line(account, product, -100, 100, status=Contract.Status.CANCELLED)
    assert write() == 0


def test_a_contract_that_moves_to_another_account_is_taken_back_and_booked_there(account, product):
    own, other = line(account, product, -100), AccountFactory()
    write()
    Contract.objects.filter(pk=own.contract_id).update(account=other)
    write()
    assert entries(account) == [(-100, "new", 1000), (-100, "correction", -1000)]
    assert entries(other) == [(-100, "new", 1000)]


class TestCurrencies:
    @pytest.fixture(autouse=True)
    def _rates(self, db):
        ExchangeRateFactory(currency="USD", valid_from=day(-400), rate=Decimal("0.9"))
        ExchangeRateFactory(currency="USD", valid_from=day(-50), rate=Decimal("0.8"))

    def test_a_change_of_the_rate_is_no_movement(self, account, product):
        line(account, product, -300, -20, currency="USD")
        line(account, product, -20, currency="USD")
        write()
        entry = LedgerEntry.objects.get()
        assert (entry.amount, entry.original_amount, entry.original_currency, entry.rate) == (
            900, 1000, "USD", Decimal("0.9"),
        )  # fmt: skip

    def test_what_the_table_says_later_of_the_past_changes_nothing(self, account, product):
        line(account, product, -300, currency="USD")
        write()
        ExchangeRate.objects.update(rate=Decimal("0.5"))
        line(account, product, -5, currency="USD", arr=100)
        write()
        assert [amount for _, _, amount in entries(account)] == [900, 90]
        assert check_ledger(today=day(0)) == []

    def test_before_the_first_rate_the_oldest_counts(self, account, product):
        line(account, product, -900, currency="USD")
        write()
        assert entries(account) == [(-900, "new", 900)]

    def test_without_any_rate_it_counts_one_to_one_until_there_is_one(self, account, product, caplog):
        line(account, product, -300, currency="SEK")
        with caplog.at_level(logging.WARNING):
            write()
        assert "No exchange rate for SEK" in caplog.text
        assert LedgerEntry.objects.get().rate is None
        ExchangeRateFactory(currency="SEK", rate=Decimal("0.1"))
        write()
        assert entries(account) == [(-300, "new", 1000), (-300, "correction", -900)]
        assert (write(), check_ledger(today=day(0))) == (0, [])

    def test_lines_are_rounded_one_by_one_so_that_the_account_has_what_the_ledger_says(self, account):
        ExchangeRate.objects.update(rate=Decimal("0.9137"))
        for _ in range(3):
            line(account, ProductFactory(), -30, currency="USD", arr=Decimal("0.55"))
        write()
        refresh_arr(today=day(0), account_ids=[account.pk])
        account.refresh_from_db()
        # 3 × 0.50, where 1.65 at 0.9137 is 1.51.
        assert account.arr == sum(amount for _, _, amount in entries(account)) == Decimal("1.50")

    def test_another_currency_at_a_renewal_moves_what_it_is_worth(self, account, product):
        line(account, product, -300, -20, currency="USD")
        line(account, product, -20, arr=950)
        write()
        assert entries(account) == [(-300, "new", 900), (-20, "expansion", 50)]
        assert LedgerEntry.objects.get(kind="expansion").original_currency == ""


def test_a_difference_is_found_and_logged(account, product, caplog):
    line(account, product, -100)
    behind = line(AccountFactory(name="Behind"), product, -100, arr=300)
    write()
    ContractLine.objects.filter(pk=behind.pk).update(arr=700)
    with caplog.at_level(logging.ERROR):
        (found,) = check_ledger(today=day(0))
    assert (found.name, found.ledger, found.contracts) == ("Behind", 300, 700)
    assert "says an ARR of 300.00, its contracts say 700.00" in caplog.text
    write(1)
    assert check_ledger(today=day(1)) == []


def test_the_night_runs_twice_without_harm(account, product, caplog):
    line(account, product, -100)
    with caplog.at_level(logging.WARNING):
        keep_ledger()
        keep_ledger()
    assert entries(account) == [(-100, "new", 1000)]
    assert caplog.text == ""


def test_the_number_of_statements_does_not_hang_on_the_number_of_accounts(product):
    counts = []
    for accounts in (1, 5):
        for _ in range(accounts):
            line(AccountFactory(), product, -100)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            write()
        counts.append(len(captured))
    # The accounts; a savepoint around: lock, lines seen, spans, entries there, entries appended.
    assert counts == [8, 8]


def test_the_ledger_sums_to_the_contracts_on_every_day_of_many_random_ones():
    rng = Random(5)
    products = [ProductFactory() for _ in range(3)]
    ExchangeRateFactory(currency="USD", valid_from=day(-500), rate=Decimal("0.9137"))
    lines = []
    for _ in range(25):
        account = AccountFactory()
        for _ in range(rng.randint(0, 5)):
            since = rng.randint(-60, 5)
            lines.append(
                line(account, rng.choice(products), since, rng.choice([None, since + rng.randint(0, 60)]),
                     arr=Decimal(rng.randint(0, 99_999)) / 100, currency=rng.choice(["EUR", "USD"]))
            )  # fmt: skip
    write()
    rate = {"EUR": Decimal(1), "USD": Decimal("0.9137")}
    booked = list(LedgerEntry.objects.values_list("account", "product", "day", "amount"))
    for on in (day(ahead) for ahead in range(-62, 1)):
        due: dict = {}
        for one in lines:
            contract = one.contract
            if contract.start <= on and (contract.end is None or contract.end > on):
                key = contract.account_id, one.product_id
                due[key] = due.get(key, 0) + (one.arr * rate[contract.currency]).quantize(
                    Decimal("0.01"), "ROUND_HALF_UP"
                )
        held: dict = {}
        for account_id, product_id, since, amount in booked:
            if since <= on:
                held[account_id, product_id] = held.get((account_id, product_id), 0) + amount
        assert {key: arr for key, arr in held.items() if arr} == {key: arr for key, arr in due.items() if arr}
    assert check_ledger(today=day(0)) == []
    assert write() == 0


def test_days_far_away_are_no_trouble(account, product):
    ContractFactory(account=account, start=dt.date(1, 1, 1), end=dt.date(9999, 12, 31), with_line=500)
    write()
    assert LedgerEntry.objects.get().day == dt.date(1, 1, 1)
