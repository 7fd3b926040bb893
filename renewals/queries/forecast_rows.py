"""The rows of the forecast, as SQL that its figures, its lists and what is kept of it build upon.

A row is a renewal, or a contract whose renewal is not opened yet: its date is the contract's end, its probability what
the account's expected churn leaves, its part `not_opened`.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models.account import AccountQuerySet
from accounts.queries.terms import FOLLOWS, WORTH
from cs_workspace.common import clock
from renewals.domain.forecast import Part

NOBODY = "none"

PART = f"""CASE WHEN r.stage = 'closed' THEN CASE WHEN r.outcome = 'lost' THEN '{Part.LOST}' ELSE '{Part.WON}' END
    WHEN r.category = '' THEN '{Part.UNFORECAST}' ELSE r.category END"""
# Both need `seen`, the accounts; due in [since, until), and with `overdue` also open ones that were due before.
RENEWALS = f"""
    SELECT r.id AS renewal_id, r.contract_id, r.account_id, r.due_on, r.owner_id, r.segment_id, {PART} AS part,
        r.current_arr,
        CASE WHEN r.stage = 'closed' THEN r.closed_arr ELSE COALESCE(r.expected_arr, r.current_arr) END AS expected_arr,
        CASE WHEN r.stage <> 'closed' THEN COALESCE(r.chosen_probability, r.computed_probability)
            WHEN r.outcome = 'lost' THEN 0 ELSE 1 END AS probability
    FROM renewals_renewal r JOIN seen a ON a.id = r.account_id
    WHERE r.due_on < %(until)s::date
        AND (r.due_on >= %(since)s::date OR %(overdue)s AND r.stage <> 'closed')
"""  # noqa: S608  its parts are constants
NOT_OPENED = f"""
    SELECT NULL::bigint, c.id, c.account_id, c."end", a.owner_id, a.segment_id, '{Part.NOT_OPENED}', worth.arr,
        worth.arr, 1 - a.expected_churn
    FROM seen a JOIN accounts_contract c ON c.account_id = a.id
    CROSS JOIN LATERAL (SELECT {WORTH} AS arr) worth
    WHERE a.status = 'active' AND NOT a.is_trial AND c.status = 'active'
        AND c."end" >= GREATEST(%(since)s::date, %(today)s::date) AND c."end" < %(until)s::date
        AND NOT EXISTS (SELECT FROM accounts_contract f WHERE {FOLLOWS})
        AND NOT EXISTS (
            SELECT FROM renewals_renewal r
            WHERE r.contract_id = c.id AND (r.due_on = c."end" OR r.stage <> 'closed')
        )
"""  # noqa: S608  its parts are constants
NOW = f"{RENEWALS} UNION ALL {NOT_OPENED}"
# What was forecast of each month at its beginning.
KEPT = """
    SELECT l.renewal_id, l.contract_id, l.account_id, l.due_on, l.owner_id, l.segment_id, l.part, l.current_arr,
        l.expected_arr, l.probability
    FROM renewals_forecastsnapshot s
    JOIN renewals_forecastline l
        ON l.forecast_id = s.id AND l.due_on >= s.month AND l.due_on < s.month + interval '1 month'
    JOIN seen a ON a.id = l.account_id
    WHERE s.month >= %(since)s::date AND s.month < %(until)s::date
"""
# How a row adds up, as `renewals.domain.forecast.sums_of` has it.
KEPT_ARR = f"CASE WHEN part = '{Part.LOST}' THEN 0 ELSE LEAST(expected_arr, current_arr) END"
UPSELL = f"CASE WHEN part = '{Part.LOST}' THEN 0 ELSE GREATEST(expected_arr - current_arr, 0) END"
SUMS = f"""
    count(*), COALESCE(sum(current_arr), 0), COALESCE(sum({KEPT_ARR}), 0), COALESCE(sum({UPSELL}), 0),
    COALESCE(sum(({KEPT_ARR}) * probability), 0), count(*) FILTER (WHERE probability IS NULL),
    COALESCE(sum({KEPT_ARR}) FILTER (WHERE probability IS NULL), 0)
"""


@dataclass(frozen=True)
class Scope:
    """Whose renewals: keys of a team's manager, an owner and a segment, `none` for those without; empty for all."""

    team: str = ""
    csm: str = ""
    segment: str = ""

    @property
    def condition(self) -> str:
        """SQL over a row. A team is whoever reports to its manager."""
        parts = [
            _is("row.owner_id", self.csm, "csm"),
            _is("row.segment_id", self.segment, "segment"),
            _is("(SELECT u.manager_id FROM accounts_user u WHERE u.id = row.owner_id)", self.team, "team"),
        ]
        return " AND ".join(part for part in parts if part) or "TRUE"

    @property
    def params(self) -> dict[str, int]:
        """The parameters of the condition."""
        given = {"csm": self.csm, "segment": self.segment, "team": self.team}
        return {name: int(key) for name, key in given.items() if key and key != NOBODY}


def rows_sql(source: str, accounts: AccountQuerySet) -> tuple[str, dict[str, Any]]:
    """`WITH seen …, row …`: the rows of a source, `NOW` or `KEPT`, of some accounts; and its parameters.

    Who uses it gives `since`, `until` and `overdue` besides.
    """
    columns = ("id", "owner_id", "segment_id", "status", "is_trial", "expected_churn")
    seen, params = accounts.order_by().values(*columns).query.sql_with_params()
    named = {f"p{place}": value for place, value in enumerate(params)}
    seen = seen % tuple(f"%({name})s" for name in named)
    known = {"today": clock.today(), "currency": settings.WORKSPACE_CURRENCY, "overdue": False}
    return f"WITH seen AS ({seen}), row AS ({source})", named | known


def months_between(first: dt.date, day: str) -> str:
    """SQL for how many months the month of a day lies after that of `first`."""
    return f"(extract(year FROM {day}) * 12 + extract(month FROM {day}))::int - {first.year * 12 + first.month}"


def _is(column: str, key: str, name: str) -> str:
    if not key:
        return ""
    return f"{column} IS NULL" if key == NOBODY else f"{column} = %({name})s"
