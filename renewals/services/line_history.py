"""What an import tells of the past of contract lines, so that it reaches the ledger as movements on their days."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

# What is told of a line is its whole past: what was told of it before goes, and so do amounts that the ledger saw while
# it knew less. Only the day on which a cancellation was seen stays, for an import tells of none.
FORGET = """
    DELETE FROM renewals_linearr v USING accounts_contractline l JOIN accounts_contract c ON c.id = l.contract_id
    WHERE v.line_id = l.id AND l.source = %(source)s AND l.external_id = ANY(%(keys)s)
        AND (v.is_told OR l.external_id = ANY(%(told)s::text[]) AND (v.arr <> 0 OR c.status = 'active'))
        AND NOT EXISTS (
            SELECT FROM unnest(%(told)s::text[], %(days)s::date[]) AS given (key, day)
            WHERE given.key = l.external_id AND given.day = v.seen_on
        )
    RETURNING c.account_id
"""
TELL = """
    WITH told AS (
        INSERT INTO renewals_linearr AS v (line_id, seen_on, arr, is_told)
        SELECT l.id, given.day, given.arr, TRUE
        FROM unnest(%(told)s::text[], %(days)s::date[], %(amounts)s::numeric[]) AS given (key, day, arr)
        JOIN accounts_contractline l ON l.source = %(source)s AND l.external_id = given.key
        ORDER BY l.id, given.day
        ON CONFLICT (line_id, seen_on) DO UPDATE SET arr = excluded.arr, is_told = TRUE
            WHERE (v.arr, v.is_told) IS DISTINCT FROM (excluded.arr, TRUE)
        RETURNING line_id
    )
    SELECT DISTINCT c.account_id
    FROM told JOIN accounts_contractline l ON l.id = told.line_id JOIN accounts_contract c ON c.id = l.contract_id
"""


@transaction.atomic
def tell_lines(*, source: str, keys: Sequence[str], history: Sequence[tuple[str, dt.date, Decimal]]) -> set[int]:
    """Writes what a source tells of its lines `keys`, in place of what it told before; gives the accounts concerned.

    `history` holds for a line, by its key, its ARR in the contract's currency from a day on: the first one from the
    contract's beginning. A line of which nothing is told has had one amount as far as the source knows. Doing it again
    changes nothing. The ledger follows when it is written next.
    """
    params: dict[str, Any] = {
        "source": source,
        "keys": list(keys),
        "told": [key for key, _, _ in history],
        "days": [day for _, day, _ in history],
        "amounts": [arr for _, _, arr in history],
    }
    found: set[int] = set()
    with connection.cursor() as cursor:
        for statement in (FORGET, TELL):
            cursor.execute(statement, params)
            found |= {pk for (pk,) in cursor.fetchall()}
    return found
