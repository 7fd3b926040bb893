"""When touches of each kind are due, out of what is kept current on the accounts' rows.

`accounts.services.latest` keeps there when the last two-way touch of each kind was, so that reading it for any number
of accounts is one query, and asking who is due is a condition.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import JSONObject

from accounts.domain.cadence import (
    BY_RANK,
    INTERVALS,
    CadenceKind,
    Pace,
    Paces,
    Standing,
    paces_of,
    standing,
)
from accounts.models import Account, Segment
from cs_workspace.common import clock

LAST: Final[Mapping[CadenceKind, str]] = {
    CadenceKind.ANY: "last_touch",
    CadenceKind.SYNC: "last_sync",
    CadenceKind.ASYNC: "last_async",
    CadenceKind.REVIEW: "last_review",
    CadenceKind.EXECUTIVE: "last_executive",
}
"""Where the last touch of a kind stands on an account."""

CADENCE = "cadence"
"""The name under which `with_cadence` adds what a cell of the book needs."""


def touch_due(segments: Iterable[Segment], *, today: dt.date, kinds: Collection[CadenceKind] = tuple(CadenceKind)) -> Q:
    """Accounts with which a touch of one of the kinds is due. `segments` are all there are."""
    due = Q(pk=None)
    if CadenceKind.ANY in kinds:
        for rank, pace in BY_RANK.items():
            due |= Q(health_rank=rank) & silent_since(CadenceKind.ANY, INTERVALS[pace].latest_before(today))
    for (kind, pace), keys in _segments_by_pace(segments, kinds).items():
        due |= Q(segment__in=keys) & silent_since(kind, INTERVALS[pace].latest_before(today))
    return due


def silent_since(kind: CadenceKind, day: dt.date) -> Q:
    """Without a touch of the kind after that day; without any, of customers who came by then or nobody knows when."""
    field, next_day = LAST[kind], clock.start_of(day + dt.timedelta(days=1))
    came = Q(customer_since=None) | Q(customer_since__lte=day)
    return Q(**{f"{field}__lt": next_day}) | Q(**{field: None}) & came


def standings_of(account: Account, *, today: dt.date) -> list[Standing]:
    """How each kind stands with an account whose segment is at hand, in the order of the kinds. No query."""
    segment = account.segment
    chosen = segment.chosen_paces if segment else None
    paces = paces_of(segment.key if segment else "", account.health_rank, chosen)
    last = {kind: getattr(account, LAST[kind]) for kind in paces}
    return _standings(paces, last, account.customer_since, today)


def with_cadence() -> JSONObject:
    """What `standings_in` needs of an account, as one value."""
    fields = {field: field for field in (*LAST.values(), "customer_since", "health_rank", "status")}
    paces = {name: f"segment__{name}" for name in ("sync_pace", "async_pace", "review_pace", "executive_pace")}
    return JSONObject(segment="segment__key", **fields, **paces)


def standings_in(value: Mapping[str, Any], *, today: dt.date) -> list[Standing]:
    """The same as `standings_of`, of what `with_cadence` read; none for those who are no customers any more."""
    if value["status"] != Account.Status.ACTIVE:
        return []
    chosen = {kind: value[f"{kind}_pace"] or "" for kind in CadenceKind if kind is not CadenceKind.ANY}
    paces = paces_of(value["segment"] or "", value["health_rank"], chosen)
    last = {kind: _moment(value[LAST[kind]]) for kind in paces}
    since = value["customer_since"]
    return _standings(paces, last, dt.date.fromisoformat(since) if since else None, today)


def _standings(
    paces: Paces, last: Mapping[CadenceKind, dt.datetime | None], since: dt.date | None, today: dt.date
) -> list[Standing]:
    days = {kind: None if moment is None else clock.day_of(moment) for kind, moment in last.items()}
    return [standing(kind, pace, days[kind], since, today=today) for kind, pace in paces.items()]


def _segments_by_pace(
    segments: Iterable[Segment], kinds: Collection[CadenceKind]
) -> dict[tuple[CadenceKind, Pace], list[int]]:
    """Keys of the segments that ask for a kind at a pace that has an interval."""
    found: dict[tuple[CadenceKind, Pace], list[int]] = {}
    for segment in segments:
        for kind, pace in paces_of(segment.key, None, segment.chosen_paces).items():
            if kind in kinds and pace in INTERVALS:
                found.setdefault((kind, pace), []).append(segment.pk)
    return found


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
