import datetime as dt
import json
from decimal import Decimal
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_workspace.common import clock
from renewals.domain.movements import GAINS, KINDS, LOSSES, Kind, Movements
from renewals.domain.periods import Period
from renewals.domain.retention import measure, measure_groups
from renewals.models import LedgerEntry, LedgerPack
from renewals.queries.movements import entries_of, movements_of
from renewals.services.ledger import write_ledger
from tests.factories import AccountFactory, ContractFactory, LedgerEntryFactory, ProductFactory
from tests.renewals.books import table_of

pytestmark = pytest.mark.django_db


def test_entries_are_read_as_they_were_written():
    one, other = LedgerEntryFactory(day=dt.date(2025, 1, 31), amount=Decimal("1234.56")), AccountFactory()
    LedgerEntryFactory(account=one.account, day=dt.date(2025, 6, 1), kind="contraction", amount=Decimal("-34.56"))
    LedgerEntryFactory(account=other, day=dt.date(1, 1, 1), amount=Decimal("999999999999.99"))
    LedgerEntryFactory(account=other, day=dt.date(9999, 12, 31), kind="correction", amount=Decimal("-0.01"))
    found = movements_of(LedgerPack.objects.all())
    assert found.account_ids.tolist() == [one.account_id, other.pk]
    assert table_of(found.movements) == [
        (0, "2025-01-31", "new", Decimal("1234.56")),
        (0, "2025-06-01", "contraction", Decimal("-34.56")),
        (1, "0001-01-01", "new", Decimal("999999999999.99")),
        (1, "9999-12-31", "correction", Decimal("-0.01")),
    ]


def test_of_no_entries_there_are_no_movements():
    found = movements_of(LedgerPack.objects.all())
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


# Account, product, day, kind and cents of entries in any order, several of a day among them, as corrections make them.
ENTRIES = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 12), st.sampled_from(KINDS), st.integers(1, 10_000)),
    max_size=25,
)
FIRST = dt.date(2026, 1, 28)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTRIES, st.integers(0, 12), st.integers(1, 12))
def test_packs_give_the_figures_that_the_pure_functions_make_of_the_entries(db, drawn, begin, length):
    """Whatever the order in which entries are appended, in one statement and in several."""
    accounts, products = [AccountFactory() for _ in range(5)], [None, ProductFactory(), ProductFactory()]
    entries = [
        LedgerEntryFactory.build(
            account=accounts[account], product=products[product], day=FIRST + dt.timedelta(ahead), kind=kind.value,
            amount=sign_of(kind, cents) * Decimal(cents) / 100, number=number,
        )
        for number, (account, product, ahead, kind, cents) in enumerate(drawn)
    ]  # fmt: skip
    half = len(entries) // 2
    for part in (entries[:half], entries[half:]):
        LedgerEntry.objects.bulk_create(part)
    found = entries_of(LedgerPack.objects.filter(account__in=accounts))
    since = FIRST + dt.timedelta(begin)
    period = Period(since, since + dt.timedelta(length))

    assert found.account_ids.tolist() == sorted({entry.account_id for entry in entries})
    assert measure(found.book.movements, period) == measure(by_hand(entries), period)
    for product in products[1:]:
        own = [entry for entry in entries if entry.product == product]
        assert measure(found.of_product(product.pk).book.movements, period) == measure(by_hand(own), period)
    split = found.by_product
    keys, group = np.unique(split.product, return_inverse=True)
    measured = measure_groups(split.movements, period, group, len(keys))
    for key, of_group in zip(keys.tolist(), measured, strict=True):
        assert of_group == measure(by_hand([one for one in entries if (one.product_id or 0) == key]), period)


def sign_of(kind, cents):
    """Corrections go either way."""
    if kind in GAINS:
        return 1
    return -1 if kind in LOSSES or cents % 2 else 1


def by_hand(entries):
    """Movements of entries, one by one."""
    places = {pk: place for place, pk in enumerate(sorted({entry.account_id for entry in entries}))}
    rows = [
        (places[one.account_id], one.day.toordinal(), KINDS.index(Kind(one.kind)), int(one.amount * 100))
        for one in entries
    ]
    return Movements.of(len(places), *np.array(rows, dtype=np.int64).reshape(-1, 4).T)
