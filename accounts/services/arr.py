"""Keeps current on the accounts' rows what follows from contracts, touches and tasks."""

import datetime as dt
import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Account, Contract, ExchangeRate
from accounts.queries.terms import TERMS, terms_params
from accounts.services.latest import refresh_by_kind
from cs_workspace.common.expressions import among, array

logger = logging.getLogger(__name__)

UPDATE = f"""
    WITH terms AS ({TERMS}), due AS (
        SELECT a.id, t.arr, t.renewal_date, touched.last_touch, acted.last_action,
            CASE WHEN a.segment_pinned THEN a.segment_id ELSE (
                SELECT s.id FROM accounts_segment s WHERE s.lower_arr <= t.arr ORDER BY s.lower_arr DESC LIMIT 1
            ) END AS segment_id
        FROM accounts_account a JOIN terms t ON t.account_id = a.id
        LEFT JOIN LATERAL (
            SELECT at AS last_touch FROM accounts_touch
            WHERE account_id = a.id AND archived_at IS NULL AND two_way ORDER BY at DESC LIMIT 1
        ) touched ON TRUE
        CROSS JOIN LATERAL (SELECT GREATEST(
            (SELECT at FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL ORDER BY at DESC LIMIT 1),
            (SELECT max(done_at) FROM accounts_task WHERE account_id = a.id AND status = 'done')
        ) AS last_action) acted
        WHERE a.status = 'active'
    ), locked AS (
        SELECT a.id FROM accounts_account a JOIN due USING (id)
        WHERE (a.arr, a.renewal_date, a.segment_id, a.last_touch, a.last_action)
            IS DISTINCT FROM (due.arr, due.renewal_date, due.segment_id, due.last_touch, due.last_action)
        ORDER BY a.id FOR NO KEY UPDATE OF a
    )
    UPDATE accounts_account a SET arr = due.arr, renewal_date = due.renewal_date, segment_id = due.segment_id,
        last_touch = due.last_touch, last_action = due.last_action
    FROM locked JOIN due USING (id) WHERE a.id = locked.id
"""  # noqa: S608  its parts are constants


@transaction.atomic
def refresh_arr(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Brings `arr`, `renewal_date`, the segment (unless pinned), `last_touch` and `last_action` of active accounts up
    to date, and of all accounts the last touch of each kind.

    Gives the number of accounts that changed; all accounts where none are named. A churned account keeps the ARR it
    had. An amount in a currency without a rate counts one to one, which is logged.
    """
    if account_ids is None:
        account_ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    missing = currencies_without_rate(today=today, account_ids=account_ids)
    if missing:
        logger.warning("No exchange rate for %s: amounts are counted one to one.", ", ".join(missing))
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, terms_params(today) | {"ids": array(account_ids)})
        changed = cursor.rowcount
    refresh_by_kind(account_ids)
    return changed


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
