"""Keeps the contracts whose renewal is not opened yet, so that the forecast need not look for them in all contracts.

The database marks an account with each change of what they are made of (migration 0009), in the same transaction. The
forecast passes over what is kept of a marked account and looks at the account itself, so that it is right at any time;
keeping only makes it quick.
"""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction

from cs_workspace.common.expressions import array
from renewals.models import AwaitedMark, AwaitedRenewal
from renewals.queries.awaited import COLUMNS, OF_ACCOUNT
from renewals.services.opening import batches

# The number of the lock under which accounts are kept, one batch after the other: of two the one that looked earlier
# would otherwise write last.
LOCK = 7_301
KEPT = ", ".join(column for column in COLUMNS if column != "contract_id")
KEEP = f"""
    WITH live AS MATERIALIZED (
        SELECT live.* FROM unnest(%(ids)s::bigint[]) AS chosen (account_id) CROSS JOIN LATERAL ({OF_ACCOUNT}) live
    ), gone AS (
        DELETE FROM renewals_awaitedrenewal k
        WHERE k.account_id = ANY(%(ids)s::bigint[])
            AND NOT EXISTS (SELECT FROM live WHERE live.contract_id = k.contract_id)
        RETURNING 1
    ), kept AS (
        INSERT INTO renewals_awaitedrenewal AS k (contract_id, {KEPT})
        SELECT contract_id, {KEPT} FROM live ORDER BY contract_id
        ON CONFLICT (contract_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in KEPT.split(", "))}
        WHERE ({", ".join(f"k.{name}" for name in KEPT.split(", "))})
            IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in KEPT.split(", "))})
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept)
"""  # noqa: S608  its parts are constants
MARK_FOREIGN = """
    INSERT INTO renewals_awaitedmark (account_id)
    SELECT DISTINCT k.account_id FROM renewals_awaitedrenewal k JOIN accounts_contract c ON c.id = k.contract_id
    WHERE c.currency <> %s
"""


def keep_awaited(*, today: dt.date) -> int:
    """Keeps anew what is awaited of marked accounts, and takes their marks away; gives how many contracts changed.

    Each batch is one transaction. Marks that come meanwhile stay, unless what they are of is already seen.
    """
    marked = AwaitedMark.objects.order_by("account_id").values_list("account_id", flat=True).distinct()
    changed = sum(_keep(batch, today) for batch in batches(list(marked)))
    AwaitedRenewal.objects.filter(due_on__lt=today).delete()
    return changed


def mark_foreign() -> None:
    """Marks the accounts with contracts in other currencies, whose rates may have changed. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_FOREIGN, [settings.WORKSPACE_CURRENCY])


@transaction.atomic
def _keep(account_ids: Sequence[int], today: dt.date) -> int:
    """The marks go first: the statement after it sees every change that left one of these."""
    params = {"ids": array(account_ids), "today": today, "currency": settings.WORKSPACE_CURRENCY}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM renewals_awaitedmark WHERE account_id = ANY(%(ids)s::bigint[])", params)
        cursor.execute(KEEP, params)
        changed: int = cursor.fetchone()[0]
        return changed
