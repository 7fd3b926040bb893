"""What is done for all reviews, every hour: they follow their accounts, those that are due are opened, and each has its
checklist as it stands."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction

from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from qbr.models.review import AHEAD
from qbr.services.checklist import keep_all_checklists
from qbr.services.opening import open_due_reviews

LEFT = "The account is no customer any more."

# Until a review is held it belongs to whoever owns the account; one of a customer who left takes place no more. What
# is as it was is not touched, so a repetition changes nothing.
FOLLOW = """
    WITH now AS (
        SELECT r.id, a.owner_id, a.status = 'churned' OR a.archived_at IS NOT NULL AS is_gone
        FROM qbr_review r
        JOIN accounts_account a ON a.id = r.account_id
        WHERE r.status = ANY(%(ahead)s) AND (%(ids)s::bigint[] IS NULL OR r.account_id = ANY(%(ids)s::bigint[]))
    ), locked AS (
        SELECT r.id FROM qbr_review r JOIN now n USING (id)
        WHERE n.is_gone OR r.owner_id IS DISTINCT FROM n.owner_id
        ORDER BY r.id FOR NO KEY UPDATE OF r
    )
    UPDATE qbr_review r SET owner_id = n.owner_id, version = r.version + 1, updated_at = %(at)s,
        status = CASE WHEN n.is_gone THEN 'cancelled' ELSE r.status END,
        status_since = CASE WHEN n.is_gone THEN %(at)s ELSE r.status_since END,
        cancelled_reason = CASE WHEN n.is_gone THEN %(left)s ELSE r.cancelled_reason END
    FROM now n JOIN locked USING (id) WHERE r.id = n.id AND r.status = ANY(%(ahead)s)
"""


def look_after_reviews(*, today: dt.date, account_ids: Sequence[int] | None = None) -> None:
    """Brings all reviews to where they belong on a day; of all accounts where none are named.

    Each part finds by itself what is left to be done, so that it can be interrupted anywhere and repeated.
    """
    follow_accounts(account_ids=account_ids)
    open_due_reviews(today=today, account_ids=account_ids)
    keep_all_checklists(today=today, account_ids=account_ids)


@transaction.atomic
def follow_accounts(*, account_ids: Sequence[int] | None = None) -> int:
    """Gives reviews that are ahead to the owners of their accounts, and cancels those of accounts that left; gives how
    many changed."""
    ids = None if account_ids is None else array(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, {"ahead": AHEAD, "ids": ids, "at": clock.now(), "left": LEFT})
        return cursor.rowcount
