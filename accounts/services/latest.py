"""Keeps on the accounts' rows when somebody last spoke with them, and when somebody last did anything for them."""

from collections.abc import Collection

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.domain.cadence import COUNTED, CadenceKind
from accounts.models import Account, Task, Touch
from cs_workspace.common.expressions import array

BY_KIND = """
    WITH plain AS (
        SELECT account_id,
            max(at) FILTER (WHERE kind = ANY(%(sync)s)) AS last_sync,
            max(at) FILTER (WHERE kind = ANY(%(async)s)) AS last_async,
            max(at) FILTER (WHERE kind = ANY(%(review)s)) AS last_review
        FROM accounts_touch
        WHERE account_id = ANY(%(ids)s::bigint[]) AND archived_at IS NULL AND two_way
        GROUP BY account_id
    ), executive AS (
        SELECT c.account_id, max(t.at) AS last_executive
        FROM accounts_contact c
        JOIN accounts_touch_attendees present ON present.contact_id = c.id
        JOIN accounts_touch t ON t.id = present.touch_id
        WHERE c.account_id = ANY(%(ids)s::bigint[]) AND c.archived_at IS NULL
            AND (c.seniority = 'executive' OR c.roles @> '{sponsor}') AND t.archived_at IS NULL AND t.two_way
        GROUP BY c.account_id
    ), due AS (
        SELECT a.id, last_sync, last_async, last_review, last_executive
        FROM unnest(%(ids)s::bigint[]) AS a (id)
        LEFT JOIN plain ON plain.account_id = a.id
        LEFT JOIN executive ON executive.account_id = a.id
    ), locked AS (
        SELECT a.id FROM accounts_account a JOIN due USING (id)
        WHERE (a.last_sync, a.last_async, a.last_review, a.last_executive)
            IS DISTINCT FROM (due.last_sync, due.last_async, due.last_review, due.last_executive)
        ORDER BY a.id FOR NO KEY UPDATE OF a
    )
    UPDATE accounts_account a SET last_sync = due.last_sync, last_async = due.last_async,
        last_review = due.last_review, last_executive = due.last_executive
    FROM locked JOIN due USING (id) WHERE a.id = locked.id
"""


def refresh_by_kind(account_ids: Collection[int]) -> int:
    """Sets when the last two-way touch of each kind was; gives how many accounts changed. One statement.

    Who is an executive today makes a touch of the past an executive one, so it follows a change of contacts too.
    """
    kinds = {str(kind): list(COUNTED[kind]) for kind in (CadenceKind.SYNC, CadenceKind.ASYNC, CadenceKind.REVIEW)}
    with connection.cursor() as cursor:
        cursor.execute(BY_KIND, kinds | {"ids": array(account_ids)})
        return cursor.rowcount


def refresh_latest(account_ids: Collection[int]) -> None:
    """Sets `last_touch` (in which the customer took part), the same by kind, and `last_action`. Two statements."""
    touches = Touch.objects.kept().filter(account=OuterRef("pk")).order_by("-at").values("at")
    Account.objects.filter(pk__in=account_ids).update(
        last_touch=Subquery(touches.filter(two_way=True)[:1]), last_action=_last_action(touches)
    )
    refresh_by_kind(account_ids)


def refresh_last_action(account_ids: Collection[int | None]) -> None:
    """Sets `last_action` of accounts to their latest touch or finished task. One statement."""
    touches = Touch.objects.kept().filter(account=OuterRef("pk")).order_by("-at").values("at")
    Account.objects.filter(pk__in=[pk for pk in account_ids if pk]).update(last_action=_last_action(touches))


def _last_action(touches: QuerySet) -> Greatest:
    """The later of the two; PostgreSQL passes over the one that is missing."""
    finished = Task.objects.filter(account=OuterRef("pk"), done_at__isnull=False).order_by("-done_at").values("done_at")
    return Greatest(Subquery(touches[:1]), Subquery(finished[:1]))
