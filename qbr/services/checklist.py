"""The checklist of reviews: made with them, moved with their day, and ticked by the system or by hand.

A point that nobody touched follows what is there: it is ticked when that is done, and open again when it is not. Once
somebody said how it stands, only people change it; `done_by` names who that was, of an open point as well.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from cs_workspace.common.refusals import RefusedError
from qbr.domain.checklist import DAYS_BEFORE, done_by_itself
from qbr.models import ChecklistItem, Review
from qbr.models.review import AHEAD
from qbr.queries.checklist import seen_of

# Reviews of one statement, which is one transaction.
BATCH = 2_000
# Before that nothing of a list is due, and what is there is not looked at night after night.
LOOKED_AT = dt.timedelta(days=max(DAYS_BEFORE.values()) + 7)

# Only what is not as it should be is written, so a repetition changes nothing.
KEEP = """
    WITH wanted AS (
        SELECT r.id AS review_id, k.key,
            COALESCE((r.starts_at AT TIME ZONE %(zone)s)::date, r.due_on) - k.days AS due_on
        FROM qbr_review r CROSS JOIN unnest(%(keys)s::text[], %(days)s::int[]) AS k (key, days)
        WHERE r.status = ANY(%(ahead)s) AND (%(ids)s::bigint[] IS NULL OR r.id = ANY(%(ids)s::bigint[]))
            AND (%(accounts)s::bigint[] IS NULL OR r.account_id = ANY(%(accounts)s::bigint[]))
    )
    INSERT INTO qbr_checklistitem (review_id, key, due_on)
    SELECT w.review_id, w.key, w.due_on
    FROM wanted w LEFT JOIN qbr_checklistitem i USING (review_id, key)
    WHERE i.id IS NULL OR i.due_on <> w.due_on
    ORDER BY w.review_id, w.key
    ON CONFLICT (review_id, key) DO UPDATE SET due_on = excluded.due_on
"""
TICK = """
    WITH found AS (
        SELECT i.id, f.done FROM unnest(%(reviews)s::bigint[], %(keys)s::text[], %(done)s::bool[])
            AS f (review_id, key, done)
        JOIN qbr_checklistitem i USING (review_id, key)
        WHERE i.done_by_id IS NULL AND (i.done_at IS NOT NULL) <> f.done
        ORDER BY i.id FOR NO KEY UPDATE OF i
    )
    UPDATE qbr_checklistitem i SET done_at = CASE WHEN f.done THEN %(at)s END
    FROM found f WHERE i.id = f.id AND i.done_by_id IS NULL
"""


def keep_all_checklists(*, today: dt.date, account_ids: Sequence[int] | None = None) -> None:
    """Every review that is ahead has its list, by its day as it is now, and those that come soon are looked at; of all
    accounts where none are named."""
    _keep(None, account_ids)
    end = today + LOOKED_AT
    soon = Review.objects.ahead().filter(Q(due_on__lt=end) | Q(starts_at__lt=clock.start_of(end)))
    if account_ids is not None:
        soon = soon.filter(account__in=account_ids)
    for batch in _batches(list(soon.order_by("pk").values_list("pk", flat=True))):
        tick_what_is_done(batch)


@transaction.atomic
def keep_checklist(review: Review) -> None:
    """Gives a review its list, moves the days of the list with its own, and looks at what is done."""
    _keep([review.pk])
    tick_what_is_done([review.pk])


@transaction.atomic
def tick_what_is_done(review_ids: Sequence[int]) -> None:
    """Ticks what can be seen to be done, and opens again what was ticked so and is not; what people said stays. Of
    reviews that are ahead only."""
    ahead = Review.objects.ahead().filter(pk__in=review_ids).values_list("pk", flat=True)
    rows = [
        (pk, item.value, item in done)
        for pk, seen in seen_of(list(ahead)).items()
        for done in [done_by_itself(seen)]
        for item in DAYS_BEFORE
    ]
    if not rows:
        return
    reviews, keys, done = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TICK, {"reviews": array(reviews), "keys": keys, "done": done, "at": clock.now()})


@transaction.atomic
def say_done(*, by: User, item: ChecklistItem, done: bool) -> ChecklistItem:
    """Says that a point is done, or that it is not whatever the system sees. Raises `RefusedError` where the review is
    not ahead."""
    held = _locked(item)
    held.done_at, held.done_by = (clock.now() if done else None), by
    held.save(update_fields=["done_at", "done_by"])
    return held


@transaction.atomic
def leave_to_itself(*, item: ChecklistItem) -> ChecklistItem:
    """Takes back what people said of a point: it follows what is there again. Raises `RefusedError` as `say_done`."""
    held = _locked(item)
    held.done_at = held.done_by = None
    held.save(update_fields=["done_at", "done_by"])
    tick_what_is_done([held.review_id])
    held.refresh_from_db()
    return held


@transaction.atomic
def hand_over(*, item: ChecklistItem, owner: User | None) -> ChecklistItem:
    """Gives a point to somebody; to nobody is to whoever owns the review. Raises `RefusedError` as `say_done`."""
    held = _locked(item)
    held.owner = owner
    held.save(update_fields=["owner"])
    return held


def _locked(item: ChecklistItem) -> ChecklistItem:
    held = ChecklistItem.objects.select_for_update(of=("self",)).select_related("review").get(pk=item.pk)
    if not held.review.is_ahead:
        raise RefusedError("This review is not ahead any more. Its list stays as it is.")
    return held


def _keep(review_ids: Sequence[int] | None, account_ids: Sequence[int] | None = None) -> None:
    params = {
        "zone": settings.TIME_ZONE,
        "ahead": AHEAD,
        "keys": [item.value for item in DAYS_BEFORE],
        "days": list(DAYS_BEFORE.values()),
        "ids": None if review_ids is None else array(review_ids),
        "accounts": None if account_ids is None else array(account_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, params)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
