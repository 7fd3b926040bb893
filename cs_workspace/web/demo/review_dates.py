"""The moments of the demo's reviews: rows and history that services stamp with the time of loading get their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pgtrigger
from django.apps import apps
from django.db import connection
from pghistory.models import Event

from cs_workspace.common import clock

OPENED = (
    "UPDATE qbr_review SET created_at = %s WHERE id > %s",
    "UPDATE qbr_reviewevent SET pgh_created_at = %s WHERE pgh_id > %s",
)
# What was promised and told hangs on the review; mail of it is not sent.
TASKS = (
    "UPDATE accounts_task t SET created_at = r.held_at, updated_at = COALESCE(t.done_at, r.held_at) "
    "FROM qbr_actionitem a JOIN qbr_review r ON r.id = a.review_id WHERE a.task_id = t.id AND r.held_at IS NOT NULL"
)
TOUCHES = "UPDATE accounts_touch t SET created_at = t.at FROM qbr_review r WHERE r.touch_id = t.id"
TOLD = (
    "UPDATE accounts_notification n SET email_state = 'none', email_due_at = NULL, "
    "created_at = COALESCE(told.at, n.created_at), read_at = told.at + interval '5 hours' "
    "FROM accounts_notification same LEFT JOIN LATERAL ("
    "SELECT t.created_at AS at FROM accounts_task t JOIN qbr_actionitem a ON a.task_id = t.id "
    "WHERE starts_with(same.key, 'task:') AND split_part(same.key, ':', 2) = t.id::text) told ON true "
    "WHERE same.id = n.id AND n.id > %s"
)
UNTRACKED = ("qbr.Review:update_update", "accounts.Touch:update_update")


@contextmanager
def dated() -> Iterator[None]:
    """Reviews that are opened inside bear the moment of the demo's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COALESCE(max(id), 0) FROM qbr_review), "
            "(SELECT COALESCE(max(pgh_id), 0) FROM qbr_reviewevent)"
        )
        last = cursor.fetchone()
    yield
    with pgtrigger.ignore(*UNTRACKED), connection.cursor() as cursor:
        for statement, key in zip(OPENED, last, strict=True):
            cursor.execute(statement, [clock.now(), key])


def date_back(*, told_since: int) -> None:
    """History gets the moments at which things were done, and forgets that they were told; what hangs on reviews that
    were held gets theirs. `told_since` is the key of the last notification before them."""
    with pgtrigger.ignore(*UNTRACKED), connection.cursor() as cursor:
        for statement in (TASKS, TOUCHES):
            cursor.execute(statement)
        cursor.execute(TOLD, [told_since])
        for model in apps.get_models():
            if issubclass(model, Event) and not model._meta.proxy and hasattr(model, "pgh_context_id"):
                cursor.execute(
                    f"UPDATE {model._meta.db_table} e SET pgh_created_at = (c.metadata ->> 'at')::timestamptz "  # noqa: S608
                    "FROM pghistory_context c WHERE c.id = e.pgh_context_id AND c.metadata ? 'at'"
                )
        cursor.execute("UPDATE pghistory_context SET metadata = metadata - 'at' WHERE metadata ? 'at'")
