"""The ledger against the contracts: whose entries do not sum to what is under contract."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from renewals.queries.contract_lines import RATES, SIGNED, span_params

# Asks the lines in force, and not the spans that the ledger is written from, so that it finds what is wrong with those.
DIFFERENCES = f"""
    WITH signed AS ({SIGNED}), rates AS ({RATES}), due AS (
        SELECT s.account_id, sum(round(s.arr * COALESCE(r.rate, 1), 2)) AS arr
        FROM signed s LEFT JOIN rates r USING (account_id, currency)
        WHERE s.status = 'active' AND (s."end" IS NULL OR s."end" > %(today)s::date)
        GROUP BY s.account_id
    ), booked AS (
        SELECT account_id, sum(amount) AS arr FROM renewals_ledgerentry
        WHERE account_id = ANY(%(ids)s::bigint[]) AND day <= %(today)s::date
        GROUP BY account_id
    )
    SELECT a.id, a.name, COALESCE(booked.arr, 0), COALESCE(due.arr, 0)
    FROM due FULL JOIN booked USING (account_id) JOIN accounts_account a ON a.id = account_id
    WHERE COALESCE(booked.arr, 0) <> COALESCE(due.arr, 0)
    ORDER BY abs(COALESCE(booked.arr, 0) - COALESCE(due.arr, 0)) DESC, a.id
"""  # noqa: S608  its parts are constants


@dataclass(frozen=True)
class Difference:
    """An account whose ledger says another ARR than its contracts; both in workspace currency."""

    account_id: int
    name: str
    ledger: Decimal
    contracts: Decimal


def ledger_differences(account_ids: Sequence[int], *, today: dt.date) -> list[Difference]:
    """Of these accounts those that differ as of a day, the largest difference first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, span_params(account_ids, today))
        return [Difference(*row) for row in cursor.fetchall()]
