"""Reports read what the ledger has, and what was written past it is mended."""

import logging

import pytest
from django.db import IntegrityError, connection, transaction

from cs_workspace.common import clock
from renewals.models import LedgerEntry, LedgerPack
from renewals.queries.movements import movements_of
from renewals.services.ledger import check_ledger
from renewals.services.ledger_packs import mend_packs
from tests.factories import ContractFactory, LedgerEntryFactory, day
from tests.renewals.books import table_of

pytestmark = pytest.mark.django_db


def packed(account):
    return table_of(movements_of(LedgerPack.objects.filter(account=account)).movements)


def test_what_is_appended_is_packed_in_the_same_statement():
    entry = LedgerEntryFactory(day=day(-10), amount=700)
    assert packed(entry.account) == [(0, day(-10).isoformat(), "new", 700)]
    later = LedgerEntryFactory.build(account=entry.account, day=day(-5), kind="churn", amount=-700)
    other = LedgerEntryFactory.build(account=LedgerEntryFactory().account, day=day(-5), kind="churn", amount=-12000)
    LedgerEntry.objects.bulk_create([later, other])
    assert packed(entry.account)[1:] == [(0, day(-5).isoformat(), "churn", -700)]
    assert mend_packs([entry.account_id, other.account_id]) == []


def test_what_is_not_appended_is_not_packed():
    entry = LedgerEntryFactory()
    before = packed(entry.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntryFactory(account=entry.account)
    assert packed(entry.account) == before


def test_what_was_written_past_the_ledger_is_logged_and_mended_once(caplog):
    spoilt, lost, made, whole = (LedgerEntryFactory().account for _ in range(4))
    before = [packed(account) for account in (spoilt, lost, whole)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE renewals_ledgerpack SET entries = entries || entries WHERE account_id = %s", [spoilt.pk])
    LedgerPack.objects.filter(account=lost).delete()
    invented = ContractFactory().account
    LedgerPack.objects.create(account=invented, entries=bytes(22))
    with caplog.at_level(logging.ERROR):
        check_ledger(today=clock.today())
    told = [record.args[0] for record in caplog.records if "Reports read other entries" in record.msg]
    assert told == [spoilt.pk, lost.pk, invented.pk]
    assert [packed(account) for account in (spoilt, lost, whole)] == before
    assert not LedgerPack.objects.filter(account=invented).exists()
    assert mend_packs([spoilt.pk, lost.pk, made.pk, whole.pk, invented.pk]) == []
