"""Keeps the ARR ledger in step with the contracts, by appending entries."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from renewals.domain.ledger import Additions, Booked, amend, derive
from renewals.domain.movements import KINDS, PLACE, Kind
from renewals.models import LedgerEntry
from renewals.queries.contract_lines import Contracted, contracted
from renewals.queries.ledger_check import Difference, ledger_differences
from renewals.services.ledger_packs import mend_packs

logger = logging.getLogger(__name__)

# Accounts of one transaction, so that memory stays flat however large the book is.
BATCH = 10_000
CORRECTED = "The contracts say otherwise than was entered for this day."

# A line that is new counts from its contract's beginning with what it is worth now. Where its amount is another than
# was seen last, the new one counts from today; one that was first seen today is not settled before the day is over.
# What is ended or cancelled before its end is worth nothing from now on, and what it was worth so far stays.
SEE_LINES = """
    INSERT INTO renewals_linearr (line_id, seen_on, arr)
    SELECT l.id, %(today)s::date, now.arr
    FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.status = 'active' OR c."end" <= %(today)s::date THEN l.arr ELSE 0 END AS arr
    ) now
    LEFT JOIN LATERAL (
        SELECT v.arr FROM renewals_linearr v WHERE v.line_id = l.id ORDER BY v.seen_on DESC LIMIT 1
    ) last ON TRUE
    WHERE c.account_id = ANY(%(ids)s::bigint[]) AND c.status <> 'draft' AND last.arr IS DISTINCT FROM now.arr
    ORDER BY l.id
    ON CONFLICT (line_id, seen_on) DO UPDATE SET arr = excluded.arr
"""
BOOKED = """
    SELECT account_id, day - date '0001-01-01' + 1, COALESCE(product_id, 0), kind, (amount * 100)::bigint
    FROM renewals_ledgerentry WHERE account_id = ANY(%(ids)s::bigint[])
"""
APPEND = """
    INSERT INTO renewals_ledgerentry (account_id, day, product_id, kind, amount, contract_line_id, source,
        original_amount, original_currency, rate, number, reason, created_at)
    SELECT account_id, date '0001-01-01' + day - 1, NULLIF(product_id, 0), kind, amount / 100.0, NULLIF(line_id, -1),
        source, CASE WHEN currency <> '' THEN original / 100.0 END, currency, rate, number, reason, %(at)s
    FROM unnest(
        %(account)s::bigint[], %(day)s::int[], %(product)s::bigint[], %(kind)s::text[], %(amount)s::bigint[],
        %(line)s::bigint[], %(source)s::text[], %(original)s::bigint[], %(currency)s::text[], %(rate)s::numeric[],
        %(number)s::int[], %(reason)s::text[]
    ) AS given (account_id, day, product_id, kind, amount, line_id, source, original, currency, rate, number, reason)
    ON CONFLICT (account_id, day, product_id, number) DO NOTHING
"""
LOCK = "SELECT 1 FROM accounts_account WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"


def write_ledger(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Appends what the ledger lacks of the contracts up to a day; all accounts where none are named.

    Gives the number of entries. Doing it again appends nothing. Each batch of accounts is one transaction.
    """
    if account_ids is None:
        account_ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_write(batch, today) for batch in _batches(account_ids))


def check_ledger(*, today: dt.date) -> list[Difference]:
    """The accounts whose ledger does not sum to what is under contract; each is logged as an error.

    What reports read of the ledger is compared with it too, and mended.
    """
    account_ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    found: list[Difference] = []
    for batch in _batches(account_ids):
        found += ledger_differences(batch, today=today)
        mend_packs(batch)
    for one in found:
        logger.error(
            "The ledger of account %d says an ARR of %s, its contracts say %s.",
            one.account_id,
            one.ledger,
            one.contracts,
        )
    return found


@transaction.atomic
def _write(account_ids: Sequence[int], today: dt.date) -> int:
    with connection.cursor() as cursor:
        # Whoever else writes the ledger of these accounts waits, so that what is read here is what there is.
        cursor.execute(LOCK, [array(account_ids)])
        cursor.execute(SEE_LINES, {"ids": array(account_ids), "today": today})
    held = contracted(account_ids, today=today)
    if held.without_rate:
        logger.warning("No exchange rate for %s: amounts are booked one to one.", ", ".join(held.without_rate))
    return _append(amend(_booked(account_ids), derive(held.spans, today.toordinal())), held)


def _booked(account_ids: Sequence[int]) -> Booked:
    with connection.cursor() as cursor:
        cursor.execute(BOOKED, {"ids": array(account_ids)})
        rows = [(*row[:3], PLACE[row[3]], row[4]) for row in cursor.fetchall()]
    return Booked(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def _append(added: Additions, held: Contracted) -> int:
    if not len(added.account):
        return 0
    numbers = ("account", "day", "product", "amount", "line", "original", "number")
    # Entries in which currencies meet, and corrections, are in that of the workspace.
    foreign = np.maximum(added.currency, 0).tolist()
    kinds = [KINDS[place] for place in added.kind.tolist()]
    params: dict[str, Any] = {name: array(getattr(added, name).tolist()) for name in numbers} | {
        "at": clock.now(),
        "kind": [kind.value for kind in kinds],
        "source": [_source(*moved, held) for moved in zip(added.line.tolist(), added.day.tolist(), strict=True)],
        "currency": [held.currencies[place] for place in foreign],
        "rate": [held.rates.get(key) for key in zip(added.account.tolist(), foreign, strict=True)],
        "reason": [CORRECTED if kind is Kind.CORRECTION else "" for kind in kinds],
    }
    with connection.cursor() as cursor:
        cursor.execute(APPEND, params)
        return cursor.rowcount


def _source(line: int, day: int, held: Contracted) -> str:
    if (line, day) in held.renewed:
        return LedgerEntry.Source.RENEWAL.value
    return LedgerEntry.Source.IMPORT.value if line in held.imported else LedgerEntry.Source.CONTRACT.value


def _batches(account_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (account_ids[start : start + BATCH] for start in range(0, len(account_ids), BATCH))
