"""The rows of the forecast, as SQL that its figures, its lists and what is kept of it build upon.

A row is a renewal, or a contract whose renewal is not opened yet: its date is the contract's end, its probability what
the account's expected churn leaves, its part `not_opened`.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Account, User
from cs_workspace.common import clock
from renewals.domain.forecast import Part
from renewals.queries.awaited import AWAITED

NOBODY = "none"

PART = f"""CASE WHEN r.stage = 'closed' THEN CASE WHEN r.outcome = 'lost' THEN '{Part.LOST}' ELSE '{Part.WON}' END
    WHEN r.category = '' THEN '{Part.UNFORECAST}' ELSE r.category END"""
# Of accounts {among}, due in [since, until), and with `overdue` also open ones that were due before.
RENEWALS = f"""
    SELECT r.id AS renewal_id, r.contract_id, r.account_id, r.due_on, r.owner_id, r.segment_id, {PART} AS part,
        r.current_arr,
        CASE WHEN r.stage = 'closed' THEN r.closed_arr ELSE COALESCE(r.expected_arr, r.current_arr) END AS expected_arr,
        CASE WHEN r.stage <> 'closed' THEN COALESCE(r.chosen_probability, r.computed_probability)
            WHEN r.outcome = 'lost' THEN 0 ELSE 1 END AS probability
    FROM renewals_renewal r
    WHERE r.account_id {{among}} AND r.due_on < %(until)s::date
        AND (r.due_on >= %(since)s::date OR %(overdue)s AND r.stage <> 'closed')
"""  # noqa: S608  its parts are constants
NOT_OPENED = f"""
    SELECT NULL::bigint, w.contract_id, w.account_id, w.due_on, w.owner_id, w.segment_id, '{Part.NOT_OPENED}', w.arr,
        w.arr, w.probability
    FROM ({AWAITED}) w
    WHERE w.account_id {{among}} AND w.due_on >= %(since)s::date AND w.due_on < %(until)s::date
"""  # noqa: S608  its parts are constants
NOW = f"{RENEWALS} UNION ALL {NOT_OPENED}"
# What was forecast of each month at its beginning.
KEPT = """
    SELECT l.renewal_id, l.contract_id, l.account_id, l.due_on, l.owner_id, l.segment_id, l.part, l.current_arr,
        l.expected_arr, l.probability
    FROM renewals_forecastsnapshot s
    JOIN renewals_forecastline l
        ON l.forecast_id = s.id AND l.due_on >= s.month AND l.due_on < s.month + interval '1 month'
    WHERE l.account_id {among} AND s.month >= %(since)s::date AND s.month < %(until)s::date
"""
# How a row adds up, as `renewals.domain.forecast.sums_of` has it.
KEPT_ARR = f"CASE WHEN part = '{Part.LOST}' THEN 0 ELSE LEAST(expected_arr, current_arr) END"
UPSELL = f"CASE WHEN part = '{Part.LOST}' THEN 0 ELSE GREATEST(expected_arr - current_arr, 0) END"
# Sums of rows with `kept_arr` and `upsell_arr`, by the names of `renewals.domain.forecast.Sums`.
SUMS = {
    "count": "count(*)",
    "due": "COALESCE(sum(current_arr), 0)",
    "kept": "COALESCE(sum(kept_arr), 0)",
    "upsell": "COALESCE(sum(upsell_arr), 0)",
    "weighted": "COALESCE(sum(kept_arr * probability), 0)",
    "unknown": "count(*) FILTER (WHERE probability IS NULL)",
    "unknown_kept": "COALESCE(sum(kept_arr) FILTER (WHERE probability IS NULL), 0)",
}


@dataclass(frozen=True)
class Scope:
    """Whose renewals: keys of a team's manager, an owner and a segment, `none` for those without; empty for all."""

    team: str = ""
    csm: str = ""
    segment: str = ""

    @property
    def condition(self) -> str:
        """SQL over a row. A team is whoever reports to its manager; `none` is also whatever has no owner."""
        parts = [
            _is("row.owner_id", self.csm, "csm"),
            _is("row.segment_id", self.segment, "segment"),
            _in_team(self.team),
        ]
        return " AND ".join(part for part in parts if part) or "TRUE"

    @property
    def params(self) -> dict[str, int]:
        """The parameters of the condition."""
        given = {"csm": self.csm, "segment": self.segment, "team": self.team}
        return {name: int(key) for name, key in given.items() if key and key != NOBODY}


def rows_sql(source: str, user: User | None) -> tuple[str, dict[str, Any]]:
    """`WITH … row …`: the rows of a source, `NOW` or `KEPT`, of the accounts that a user sees, None for all that are
    not archived; and its parameters.

    Who uses it gives `since`, `until` and `overdue` besides.
    """
    if user is None or (user.is_active and user.sees_everything):
        # The few archived ones are left out: to look for each of 50,000 takes longer than to add it up.
        named, among = Account.objects.exclude(archived_at=None), "NOT IN (SELECT id FROM named)"
    else:
        named, among = Account.objects.visible_to(user), "IN (SELECT id FROM named)"
    sql, params = named.order_by().values("id").query.sql_with_params()
    names = [f"p{place}" for place in range(len(params))]
    sql = sql % tuple(f"%({name})s" for name in names)
    rows = source.format(among=among)
    known = {"today": clock.today(), "currency": settings.WORKSPACE_CURRENCY, "overdue": False}
    return f"WITH named AS ({sql}), row AS ({rows})", dict(zip(names, params, strict=True)) | known


def _is(column: str, key: str, name: str) -> str:
    if not key:
        return ""
    return f"{column} IS NULL" if key == NOBODY else f"{column} = %({name})s"


def _in_team(key: str) -> str:
    if not key:
        return ""
    if key == NOBODY:
        return "(row.owner_id IS NULL OR row.owner_id IN (SELECT id FROM accounts_user WHERE manager_id IS NULL))"
    return "row.owner_id IN (SELECT id FROM accounts_user WHERE manager_id = %(team)s)"
