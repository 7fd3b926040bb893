import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from cs_workspace.common import clock
from renewals.models import LedgerEntry
from renewals.queries.movements import movements_of
from renewals.services.ledger import write_ledger
from tests.factories import AccountFactory, ContractFactory, LedgerEntryFactory
from tests.renewals.books import table_of

pytestmark = pytest.mark.django_db


def test_entries_are_read_as_they_were_written():
    one, other = LedgerEntryFactory(day=dt.date(2025, 1, 31), amount=Decimal("1234.56")), AccountFactory()
    LedgerEntryFactory(account=one.account, day=dt.date(2025, 6, 1), kind="contraction", amount=Decimal("-34.56"))
    LedgerEntryFactory(account=other, day=dt.date(1, 1, 1), amount=Decimal("999999999999.99"))
    LedgerEntryFactory(account=other, day=dt.date(9999, 12, 31), kind="correction", amount=Decimal("-0.01"))
    found = movements_of(LedgerEntry.objects.all())
    assert found.account_ids.tolist() == [one.account_id, other.pk]
    assert table_of(found.movements) == [
        (0, "2025-01-31", "new", Decimal("1234.56")),
        (0, "2025-06-01", "contraction", Decimal("-34.56")),
        (1, "0001-01-01", "new", Decimal("999999999999.99")),
        (1, "9999-12-31", "correction", Decimal("-0.01")),
    ]


def test_of_no_entries_there_are_no_movements():
    found = movements_of(LedgerEntry.objects.all())
    assert (found.movements.size, len(found.account_ids)) == (0, 0)


def test_the_command_reports_the_workspace_and_leaves_archived_accounts_out():
    ContractFactory(start=dt.date(2024, 5, 1), end=dt.date(2025, 5, 1), with_line=1000)
    ContractFactory(start=dt.date(2024, 5, 1), end=None, with_line=3000)
    ContractFactory(start=dt.date(2024, 5, 1), end=None, with_line=500, account__archived_at=clock.now())
    write_ledger(today=clock.today())
    out = StringIO()
    call_command("retention", since="2025-01-01", until="2026-01-01", by="quarter", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["start_arr"], found["churn"], found["end_arr"], found["grr"]) == (4000, -1000, 3000, 0.75)
    assert [one["lost_logos"] for one in found["periods"]] == [0, 1, 0, 0]
