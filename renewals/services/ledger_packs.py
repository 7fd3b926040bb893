"""What reports read of the ledger, against the ledger itself."""

import logging
from collections.abc import Sequence

from django.db import connection, transaction

from cs_workspace.common.expressions import array
from renewals.models.ledger import PACKED_ENTRY

logger = logging.getLogger(__name__)

PACKED = f"""
    SELECT account_id, string_agg({PACKED_ENTRY}, '' ORDER BY id) AS entries
    FROM renewals_ledgerentry WHERE account_id = ANY(%(ids)s::bigint[]) GROUP BY account_id
"""  # noqa: S608  its part is a constant
DIFFERENT = f"""
    WITH due AS ({PACKED}), held AS (
        SELECT account_id, entries FROM renewals_ledgerpack WHERE account_id = ANY(%(ids)s::bigint[])
    )
    SELECT account_id FROM due FULL JOIN held USING (account_id)
    WHERE due.entries IS DISTINCT FROM held.entries ORDER BY account_id
"""  # noqa: S608  its part stands above
LOCK = "SELECT 1 FROM accounts_account WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
REMOVE = "DELETE FROM renewals_ledgerpack WHERE account_id = ANY(%(ids)s::bigint[])"
FILL = f"INSERT INTO renewals_ledgerpack (account_id, entries) {PACKED}"


def mend_packs(account_ids: Sequence[int]) -> list[int]:
    """Packs anew the accounts whose pack holds other entries than the ledger, and gives them; each is logged as an
    error, for it takes somebody who wrote past the ledger's trigger."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, {"ids": array(account_ids)})
        found = [pk for (pk,) in cursor.fetchall()]
    if found:
        _pack(found)
    for pk in found:
        logger.error("Reports read other entries of account %d than its ledger has; they were packed anew.", pk)
    return found


@transaction.atomic
def _pack(account_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        # As whoever appends does, so that nothing is appended in between.
        for statement in (LOCK, REMOVE, FILL):
            cursor.execute(statement, {"ids": array(account_ids)})
