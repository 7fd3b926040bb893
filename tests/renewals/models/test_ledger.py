"""The ledger holds what was entered: its guards in the database."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account, ContractLine
from renewals.models import LedgerEntry, LedgerPack, LineArr
from renewals.services.ledger import write_ledger
from tests.factories import ContractFactory, LedgerEntryFactory, day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: LedgerEntry.objects.update(amount=5),
        lambda entry: LedgerEntry.objects.update(reason="another"),
        lambda entry: entry.delete(),
        lambda entry: LedgerEntry.objects.all().delete(),
    ],
    ids=["amount", "reason", "one is deleted", "all are deleted"],
)
def test_entries_are_neither_changed_nor_removed(change):
    entry = LedgerEntryFactory()
    with pytest.raises(DatabaseError, match="the ledger is append-only"), transaction.atomic():
        change(entry)
    assert LedgerEntry.objects.get().amount == entry.amount


def test_an_account_that_is_erased_takes_its_entries_along(cast):
    ContractFactory(account=cast.account, with_line=1000)
    kept = LedgerEntryFactory(account=cast.strangers)
    write_ledger(today=day(0), account_ids=[cast.account.pk])
    Account.objects.filter(pk=cast.account.pk).delete()
    assert list(LedgerEntry.objects.all()) == [kept]
    assert [pack.account_id for pack in LedgerPack.objects.all()] == [kept.account_id]
    assert not LineArr.objects.exists()


def test_a_line_that_goes_leaves_its_entry_without_it():
    ContractFactory(with_line=1000)
    write_ledger(today=day(0))
    ContractLine.objects.all().delete()
    assert LedgerEntry.objects.get().contract_line is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "new", "amount": -1},
        {"kind": "new", "amount": 0},
        {"kind": "expansion", "amount": -1},
        {"kind": "reactivation", "amount": -1},
        {"kind": "contraction", "amount": 1},
        {"kind": "churn", "amount": 1},
        {"kind": "churn", "amount": 0},
        {"kind": "correction", "amount": 0},
        {"kind": "upsell", "amount": 1},
        {"original_amount": 5},
        {"original_currency": "USD"},
        {"rate": 2},
    ],
)
def test_an_entry_has_the_sign_of_its_kind_and_its_original_whole(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntryFactory(**wrong)


def test_an_entry_is_not_written_twice_with_a_product_or_without():
    entry = LedgerEntryFactory()
    LedgerEntryFactory(account=entry.account, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntryFactory(account=entry.account)


def test_an_entry_of_no_account_is_refused():
    with transaction.atomic(), connection.cursor() as cursor:
        entry = LedgerEntryFactory.build(account=None)
        entry.account_id = 0
        entry.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_entries_are_seen_by_those_who_see_the_account(cast):
    own = LedgerEntryFactory(account=cast.account)
    foreign = LedgerEntryFactory(account=cast.strangers)
    for user in cast.insiders:
        assert own in LedgerEntry.objects.visible_to(user)
    assert list(LedgerEntry.objects.visible_to(cast.outsider)) == [foreign]


def test_entries_as_of_a_day_sum_to_the_arr_on_it():
    entry = LedgerEntryFactory(day=day(-1), amount=700)
    LedgerEntryFactory(account=entry.account, day=day(1), kind="churn", amount=-700)
    assert list(LedgerEntry.objects.as_of(day(0))) == [entry]


def test_packs_are_seen_by_those_who_see_the_account(cast):
    for account in (cast.account, cast.strangers):
        LedgerEntryFactory(account=account)
    for user in cast.insiders:
        assert cast.account.pk in {pack.account_id for pack in LedgerPack.objects.visible_to(user)}
    assert [pack.account_id for pack in LedgerPack.objects.visible_to(cast.outsider)] == [cast.strangers.pk]
