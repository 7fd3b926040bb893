"""Keeps current on the accounts' rows what follows from contracts, touches and tasks."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Account, Contract, ExchangeRate
from accounts.queries.terms import TERMS, terms_params
from accounts.services.latest import refresh_by_kind
from cs_workspace.common.expressions import among, array

logger = logging.getLogger(__name__)

# Columns of accounts by what is due for them, of terms `t` of an account `a`.
OF_TERMS = {
    "arr": "t.arr",
    "renewal_date": "t.renewal_date",
    "segment_id": """CASE WHEN a.segment_pinned THEN a.segment_id ELSE (
            SELECT s.id FROM accounts_segment s WHERE s.lower_arr <= t.arr ORDER BY s.lower_arr DESC LIMIT 1
        ) END""",
}
OF_TALKS = {
    "last_touch": """(
            SELECT at FROM accounts_touch
            WHERE account_id = a.id AND archived_at IS NULL AND two_way ORDER BY at DESC LIMIT 1
        )""",
    "last_action": """GREATEST(
            (SELECT at FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL ORDER BY at DESC LIMIT 1),
            (SELECT max(done_at) FROM accounts_task WHERE account_id = a.id AND status = 'done')
        )""",
}


def _update(due: Mapping[str, str], source: str) -> str:
    """A statement that brings columns of active accounts to what is due, where it differs."""

    def each(written: str) -> str:
        return ", ".join(written.format(column) for column in due)

    return f"""
    WITH due AS MATERIALIZED (
        SELECT a.id, {", ".join(f"{value} AS {column}" for column, value in due.items())}
        FROM accounts_account a {source} WHERE a.id = ANY(%(ids)s) AND a.status = 'active'
    ), locked AS (
        SELECT a.id FROM accounts_account a JOIN due USING (id)
        WHERE ({each("a.{}")}) IS DISTINCT FROM ({each("due.{}")})
        ORDER BY a.id FOR NO KEY UPDATE OF a
    )
    UPDATE accounts_account a SET {each("{0} = due.{0}")} FROM locked JOIN due USING (id) WHERE a.id = locked.id
    """  # noqa: S608  its parts are constants


WITH_TERMS = f"JOIN ({TERMS}) t ON t.account_id = a.id"
UPDATE = _update(OF_TERMS | OF_TALKS, WITH_TERMS)
UPDATE_TERMS = _update(OF_TERMS, WITH_TERMS)
UPDATE_TALKS = _update(OF_TALKS, "")


@transaction.atomic
def refresh_arr(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Brings `arr`, `renewal_date`, the segment (unless pinned), `last_touch` and `last_action` of active accounts up
    to date, and of all accounts the last touch of each kind.

    Gives the number of accounts that changed; all accounts where none are named. A churned account keeps the ARR it
    had. An amount in a currency without a rate counts one to one, which is logged.
    """
    ids = _all() if account_ids is None else account_ids
    changed = _run_terms(UPDATE, today, ids)
    refresh_by_kind(ids)
    return changed


@transaction.atomic
def refresh_terms(*, today: dt.date) -> int:
    """Of what `refresh_arr` does, ARR, renewal date and segment of all accounts: what accounts are compared by."""
    return _run_terms(UPDATE_TERMS, today, _all())


@transaction.atomic
def refresh_talks(*, account_ids: Sequence[int]) -> None:
    """Of what `refresh_arr` does, `last_touch`, `last_action` and the last touch of each kind. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_TALKS, {"ids": array(account_ids)})
    refresh_by_kind(account_ids)


def _all() -> list[int]:
    return list(Account.objects.order_by("pk").values_list("pk", flat=True))


def _run_terms(sql: str, today: dt.date, account_ids: Sequence[int]) -> int:
    missing = currencies_without_rate(today=today, account_ids=account_ids)
    if missing:
        logger.warning("No exchange rate for %s: amounts are counted one to one.", ", ".join(missing))
    with connection.cursor() as cursor:
        cursor.execute(sql, terms_params(today) | {"ids": array(account_ids)})
        return cursor.rowcount


def currencies_without_rate(*, today: dt.date, account_ids: Sequence[int]) -> list[str]:
    """Currencies of contracts in force that no rate converts to the workspace's currency. One query."""
    known = ExchangeRate.objects.filter(valid_from__lte=today).values("currency")
    found = (
        Contract.objects.in_force(today)
        .filter(among("account", account_ids))
        .exclude(currency=settings.WORKSPACE_CURRENCY)
        .exclude(currency__in=known)
    )
    return sorted(found.order_by().values_list("currency", flat=True).distinct())
