"""What contract lines say of many accounts at once: their spans of ARR in workspace currency, as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection

from cs_workspace.common.expressions import array
from renewals.domain.ledger import NEVER, Spans

# Lines of %(ids)s that were signed and have begun by %(today)s, those that are over among them.
SIGNED = """
    SELECT l.id, l.contract_id, l.product_id, l.arr, c.account_id, c.currency, c.start, c."end", c.status,
        l.source <> '' OR c.source <> '' AS imported
    FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
    WHERE c.account_id = ANY(%(ids)s::bigint[]) AND c.start <= %(today)s::date AND c.status <> 'draft'
"""
# The rate at which an account's ARR in a currency is booked, whatever the table of rates says later: that of its first
# entry, else the one of the day on which its first contract in the currency began, else the oldest there is. Needs
# `signed`. Null where the currency has no rate at all.
RATES = """
    SELECT first.account_id, first.currency, COALESCE(
        (SELECT e.rate FROM renewals_ledgerentry e
            WHERE e.account_id = first.account_id AND e.original_currency = first.currency AND e.rate IS NOT NULL
            ORDER BY e.id LIMIT 1),
        (SELECT r.rate FROM accounts_exchangerate r
            WHERE r.currency = first.currency AND r.valid_from <= first.day ORDER BY r.valid_from DESC LIMIT 1),
        (SELECT r.rate FROM accounts_exchangerate r WHERE r.currency = first.currency ORDER BY r.valid_from LIMIT 1)
    ) AS rate
    FROM (
        SELECT account_id, currency, min(start) AS day FROM signed
        WHERE currency <> %(currency)s GROUP BY account_id, currency
    ) first
"""
# One row for each amount that a line had: the first counts from the beginning of the contract, the others from the day
# on which they were seen until the next one was. The last two columns say whether the line begins, or ends, with a
# renewal that is closed.
SPANS = f"""
    WITH signed AS ({SIGNED}), rates AS ({RATES}), seen AS (
        SELECT s.*, v.arr AS arr_then,
            CASE WHEN lag(v.seen_on) OVER line IS NULL THEN s.start ELSE GREATEST(s.start, v.seen_on) END AS since,
            LEAST(lead(v.seen_on) OVER line, s."end") AS until
        FROM signed s JOIN renewals_linearr v ON v.line_id = s.id
        WINDOW line AS (PARTITION BY v.line_id ORDER BY v.seen_on)
    )
    SELECT s.account_id, s.product_id, s.since - date '0001-01-01' + 1,
        COALESCE(s.until - date '0001-01-01' + 1, {NEVER}),
        (round(s.arr_then * COALESCE(r.rate, 1), 2) * 100)::bigint, s.id, s.currency, (s.arr_then * 100)::bigint,
        r.rate, s.imported, made.id IS NOT NULL AND s.since = s.start, closed.id IS NOT NULL AND s.until = s."end"
    FROM seen s LEFT JOIN rates r USING (account_id, currency)
    LEFT JOIN renewals_renewal made ON made.new_contract_id = s.contract_id
    LEFT JOIN renewals_renewal closed
        ON closed.contract_id = s.contract_id AND closed.due_on = s."end" AND closed.stage = 'closed'
"""  # noqa: S608  its parts stand above


@dataclass(frozen=True)
class Contracted:
    """The spans of accounts, with what their currencies are called and by which rate each account's are booked."""

    spans: Spans
    currencies: list[str]
    """By place; that of the workspace is "" and has no rate."""
    rates: dict[tuple[int, int], Decimal]
    """By account and place of the currency; a currency without a rate counts one to one and is not here."""
    imported: frozenset[int]
    """Keys of lines that came from outside, with their contract or by themselves."""
    renewed: frozenset[tuple[int, int]]
    """Keys of lines with the ordinal of the day on which they begin or end by a renewal."""

    @property
    def without_rate(self) -> list[str]:
        """Currencies that count one to one for want of a rate."""
        found = zip(self.spans.account.tolist(), self.spans.currency.tolist(), strict=True)
        missing = {place for account, place in found if place and (account, place) not in self.rates}
        return sorted(self.currencies[place] for place in missing)


def contracted(account_ids: Sequence[int], *, today: dt.date) -> Contracted:
    """What the accounts' lines have said up to a day, the amounts that they had before among it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SPANS, span_params(account_ids, today))
        rows = cursor.fetchall()
    currencies = ["", *sorted({row[6] for row in rows} - {settings.WORKSPACE_CURRENCY})]
    places = {name: place for place, name in enumerate(currencies)} | {settings.WORKSPACE_CURRENCY: 0}
    numbers = np.array([(*row[:6], places[row[6]], row[7]) for row in rows], dtype=np.int64).reshape(-1, 8)
    return Contracted(
        spans=Spans(*numbers.T),
        currencies=currencies,
        rates={(row[0], places[row[6]]): row[8] for row in rows if row[8] is not None},
        imported=frozenset(row[5] for row in rows if row[9]),
        renewed=frozenset(
            [*((row[5], row[2]) for row in rows if row[10]), *((row[5], row[3]) for row in rows if row[11])]
        ),
    )


def span_params(account_ids: Sequence[int], today: dt.date) -> dict[str, Any]:
    """The parameters of `SIGNED`, `RATES` and `SPANS`."""
    return {"ids": array(account_ids), "today": today, "currency": settings.WORKSPACE_CURRENCY}
