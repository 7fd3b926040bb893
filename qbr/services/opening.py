"""Opening reviews: by themselves, each once, a quarter before their day.

What is known of many accounts is read by one statement, the domain says what is due, and another statement writes it.
That each opens once is decided by the unique constraints: of two at once the second adds nothing, and whoever was
interrupted is repeated without harm.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from cs_workspace.common.upserting import defaults_of
from qbr.domain.opening import Due, Known, Plan, reviews_due
from qbr.domain.reviews import Kind
from qbr.models import Review
from qbr.models.review import AHEAD, DONE
from qbr.queries.segment_plans import segment_plans

# Accounts of one statement, which is one transaction.
BATCH = 5_000

# What `Known` says of each account. A review that came by itself and was cancelled counts as held on its day: its turn
# is over. One that somebody asked for and cancelled never took place and moves nothing.
KNOWN = """
    SELECT a.id, a.owner_id, a.time_zone, a.segment_id, a.customer_since,
        (a.last_review AT TIME ZONE %(zone)s)::date, a.health_trend = 'declining',
        CASE WHEN a.seasonal THEN a.low_season_months ELSE '{}' END,
        r.last, r.latest, r.nearest, r.ahead, o.began
    FROM accounts_account a
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(kind, day) FILTER (WHERE day IS NOT NULL) AS last, max(day) AS latest,
            min(nearest) AS nearest, array_agg(kind) FILTER (WHERE nearest IS NOT NULL) AS ahead
        FROM (
            SELECT kind, max(CASE
                    WHEN status = ANY(%(done)s) THEN (held_at AT TIME ZONE %(zone)s)::date
                    WHEN status = 'cancelled' AND origin <> 'request' THEN due_on
                END) AS day,
                min(due_on) FILTER (WHERE status = ANY(%(ahead)s)) AS nearest
            FROM qbr_review WHERE account_id = a.id GROUP BY kind
        ) of_kind
    ) r ON true
    LEFT JOIN LATERAL (
        SELECT max(started_on) AS began FROM accounts_onboarding WHERE account_id = a.id AND state <> 'cancelled'
    ) o ON true
    WHERE a.id = ANY(%(ids)s::bigint[]) AND a.status = 'active' AND a.archived_at IS NULL AND NOT a.is_trial
        AND a.segment_id IS NOT NULL
    ORDER BY a.id
"""
GIVEN = {
    "account_id": "bigint", "owner_id": "bigint", "time_zone": "text", "kind": "text", "origin": "text",
    "agenda": "text", "due_on": "date", "since": "date", "until": "date",
}  # fmt: skip
REVIEW = defaults_of(Review, {*GIVEN, "status_since"})
OPEN = f"""
    INSERT INTO qbr_review ({", ".join((*GIVEN, "status_since", *REVIEW))})
    SELECT {", ".join(GIVEN)}, %(at)s, {", ".join(REVIEW.values())}
    FROM unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in GIVEN.items())}) AS given ({", ".join(GIVEN)})
    ON CONFLICT DO NOTHING
    RETURNING id
"""  # noqa: S608  its parts stand above


def open_due_reviews(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Opens the reviews that appear by `today`; of all accounts where none are named.

    Gives how many were opened; doing it again opens none.
    """
    plans = segment_plans()
    if account_ids is None:
        account_ids = list(Account.objects.scoreable().order_by("pk").values_list("pk", flat=True))
    opened = 0
    for batch in batches(account_ids):
        opened += len(_open(batch, plans, today))
    return opened


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The keys in portions, each for one statement."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


@transaction.atomic
def _open(account_ids: Sequence[int], plans: Mapping[int, Plan], today: dt.date) -> list[int]:
    """Opens what is due of some accounts; gives the keys of the reviews."""
    rows = [row for line in _read(account_ids) for row in _rows(line, plans, today)]
    if not rows:
        return []
    columns = dict(zip(GIVEN, map(list, zip(*rows, strict=True)), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(OPEN, columns | {"at": clock.now()})
        return [pk for (pk,) in cursor.fetchall()]


def _read(account_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    about = {"zone": settings.TIME_ZONE, "done": DONE, "ahead": AHEAD, "ids": array(account_ids)}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, about)
        return list(cursor.fetchall())


def _rows(line: Sequence[Any], plans: Mapping[int, Plan], today: dt.date) -> Iterable[tuple[Any, ...]]:
    """What is due of an account that was read by `KNOWN`, as rows of `GIVEN`."""
    account, owner, zone, segment, *about = line
    return [(account, owner, zone, *_columns(due)) for due in reviews_due(_known(*about), plans[segment], today=today)]


def _known(
    since: dt.date | None,
    last_review: dt.date | None,
    is_declining: bool,
    low_months: list[int],
    last: str | None,
    latest: dt.date | None,
    nearest: dt.date | None,
    ahead: list[str] | None,
    began: dt.date | None,
) -> Known:
    days = {Kind(kind): dt.date.fromisoformat(day) for kind, day in json.loads(last or "{}").items()}
    if last_review is not None:
        # Whatever it was called, and whether or not it was prepared here: they have seen us.
        days[Kind.QBR] = max(days.get(Kind.QBR, last_review), last_review)
    return Known(
        customer_since=since,
        last=days,
        latest=max((day for day in (latest, last_review) if day), default=None),
        nearest=nearest,
        ahead=tuple(Kind(kind) for kind in ahead or ()),
        is_declining=is_declining,
        onboarded_on=began,
        low_months=low_months,
    )


def _columns(due: Due) -> tuple[Any, ...]:
    return due.kind.value, due.origin.value, due.agenda.value, due.due_on, due.since, due.until
