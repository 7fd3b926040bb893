"""What an account has under contract on a day, as SQL that set-based statements build upon."""

import datetime as dt
from typing import Any

from django.conf import settings

from cs_workspace.common import clock

# In force on %(day)s: signed, begun and not yet over. A contract that has ended since was in force until its end.
IN_FORCE = """(
    c.start <= %(day)s::date AND (c."end" IS NULL OR c."end" > %(day)s::date)
    AND (c.status = 'active' OR c.status = 'ended' AND c."end" <= %(today)s::date)
)"""

# Contract f follows on contract c, which then has no renewal of its own: f is signed, begins within the 30 days before
# the end of c and lasts longer.
FOLLOWS = """(
    f.account_id = c.account_id AND f.status = 'active' AND f.start > c.start
    AND f.start BETWEEN c."end" - 30 AND c."end" AND (f."end" IS NULL OR f."end" > c."end")
)"""


def line_arr(day: str) -> str:
    """SQL for the ARR of line l of contract c in workspace currency at the rate of a day, itself SQL.

    A currency without a rate counts one to one. Each line is rounded to the cent, as the ledger books it, so that sums
    of lines agree wherever they are made.
    """
    return f"""round(l.arr * CASE WHEN c.currency = %(currency)s THEN 1 ELSE COALESCE((
        SELECT r.rate FROM accounts_exchangerate r
        WHERE r.currency = c.currency AND r.valid_from <= {day} ORDER BY r.valid_from DESC LIMIT 1
    ), 1) END, 2)"""  # noqa: S608  the day is an expression of ours


# What contract c is worth a year in workspace currency on %(today)s.
WORTH = f"""(
    SELECT COALESCE(sum({line_arr("%(today)s::date")}), 0)
    FROM accounts_contractline l WHERE l.contract_id = c.id
)"""  # noqa: S608  its parts stand above

# One row an account of %(ids)s as of %(day)s: `arr` in workspace currency, `seats` licensed and assigned,
# `expected_logins` a week, `renewal_date`, `in_force` (number of contracts), `ended_on` (end of the last contract that
# is over). Ends are the first day without the contract. On a past day, of which nobody knows what was signed, a
# contract that follows must have begun. `refresh_arr` logs what has no rate.
TERMS = f"""
    SELECT a.id AS account_id, COALESCE(lines.arr, 0) AS arr, lines.seats, lines.seats_assigned,
        forced.expected_logins, forced.renewal_date, COALESCE(forced.in_force, 0) AS in_force, past.ended_on
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN (
        SELECT c.account_id, count(*) AS in_force, sum(c.expected_logins_per_week) AS expected_logins,
            min(c."end") FILTER (WHERE NOT EXISTS (
                SELECT 1 FROM accounts_contract f
                WHERE {FOLLOWS} AND (f.start <= %(day)s::date OR %(day)s::date >= %(today)s::date)
            )) AS renewal_date
        FROM accounts_contract c
        WHERE c.account_id = ANY(%(ids)s) AND {IN_FORCE}
        GROUP BY c.account_id
    ) forced ON forced.account_id = a.id
    LEFT JOIN (
        SELECT c.account_id, sum(l.seats) AS seats, sum(l.seats_assigned) AS seats_assigned,
            sum({line_arr("%(day)s::date")}) AS arr
        FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = ANY(%(ids)s) AND {IN_FORCE}
        GROUP BY c.account_id
    ) lines ON lines.account_id = a.id
    LEFT JOIN (
        SELECT c.account_id, max(c."end") AS ended_on
        FROM accounts_contract c
        WHERE c.account_id = ANY(%(ids)s) AND c.status IN ('active', 'ended', 'cancelled')
            AND c.start <= %(day)s::date AND c."end" <= %(day)s::date
        GROUP BY c.account_id
    ) past ON past.account_id = a.id
"""  # noqa: S608  its parts stand above


def terms_params(day: dt.date) -> dict[str, Any]:
    """The parameters of `TERMS` beside the accounts."""
    return {"day": day, "today": clock.today(), "currency": settings.WORKSPACE_CURRENCY}
