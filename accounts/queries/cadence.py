"""When touches of each kind are due, out of what is kept current on the accounts' rows.

`accounts.services.latest` keeps there when the last two-way touch of each kind was, so that reading it for any number
of accounts is one query, and asking who is due is a condition.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db.models import BooleanField, F, Func, Q
from django.db.models.functions import JSONObject

from accounts.domain.cadence import (
    BY_RANK,
    BY_SEGMENT,
    INTERVALS,
    CadenceKind,
    Paces,
    Standing,
    most_pressing,
    paces_of,
    standing,
)
from accounts.models import Account
from cs_workspace.common import clock

LAST: Final[Mapping[CadenceKind, str]] = {
    CadenceKind.ANY: "last_touch",
    CadenceKind.SYNC: "last_sync",
    CadenceKind.ASYNC: "last_async",
    CadenceKind.REVIEW: "last_review",
    CadenceKind.EXECUTIVE: "last_executive",
}
"""Where the last touch of a kind stands on an account."""


def touch_due(*, today: dt.date, kinds: Collection[CadenceKind] = tuple(CadenceKind)) -> Q:
    """Active accounts with which a touch of one of the kinds is due, by the cadence of their segment and tier."""
    due = Q()
    for kind in kinds:
        due |= Q(_Due(kind, today=today))
    return Q(status=Account.Status.ACTIVE) & due


class _Due(Func):
    """Whether the last touch of a kind lies before the moment that belongs to the account's pace.

    Of customers who had none it is the day on which they came, if anybody knows it; where there is no pace, none is
    due. One expression with a moment for each pace: a condition for each takes Django longer to put together than the
    database to answer.
    """

    output_field = BooleanField()

    def __init__(self, kind: CadenceKind, *, today: dt.date) -> None:
        by_tier = kind is CadenceKind.ANY
        asks = ("health_rank",) if by_tier else (f"segment__{kind}_pace", "segment__key")
        super().__init__(*(F(field) for field in (LAST[kind], "customer_since", *asks)))
        self.choice = "{}" if by_tier else f"COALESCE(NULLIF({{}}, ''), {_cases('{}', BY_SEGMENT)})"
        self.recommended = [] if by_tier else [text for key, paces in BY_SEGMENT.items() for text in (key, paces[kind])]
        moments = {pace: _first_moment_after(interval.latest_before(today)) for pace, interval in INTERVALS.items()}
        self.moments = {rank: moments[pace] for rank, pace in BY_RANK.items()} if by_tier else moments

    def as_sql(  # type: ignore[override]  # its text is always the same
        self, compiler: Any, connection: Any
    ) -> tuple[str, list[Any]]:
        """The comparison in SQL, and what it is compared with; its parts are columns."""
        last, came, *asks = (compiler.compile(part)[0] for part in self.get_source_expressions())
        moment = _cases(self.choice.format(*asks), self.moments)
        sql = f"COALESCE({last}, {came}::timestamp AT TIME ZONE %s, '-infinity') < {moment}"
        zone = str(clock.workspace_zone())
        return sql, [zone, *self.recommended, *(part for case in self.moments.items() for part in case)]


def _cases(choice: str, cases: Collection[Any]) -> str:
    return f"CASE {choice} {'WHEN %s THEN %s ' * len(cases)}END"


def silent_since(kind: CadenceKind, day: dt.date) -> Q:
    """Without a touch of the kind after that day; without any, of customers who came by then or nobody knows when."""
    field = LAST[kind]
    came = Q(customer_since=None) | Q(customer_since__lte=day)
    return Q(**{f"{field}__lt": _first_moment_after(day)}) | Q(**{field: None}) & came


def _first_moment_after(day: dt.date) -> dt.datetime:
    return clock.start_of(day + dt.timedelta(days=1))


def standings_of(account: Account, *, today: dt.date) -> list[Standing]:
    """How each kind stands with an account whose segment is at hand, in the order of the kinds. No query."""
    segment = account.segment
    chosen = segment.chosen_paces if segment else None
    paces = paces_of(segment.key if segment else "", account.health_rank, chosen)
    last = {kind: getattr(account, LAST[kind]) for kind in paces}
    return _standings(paces, last, account.customer_since, today)


def cadence_of() -> JSONObject:
    """What `standings_in` needs of an account, as one value."""
    fields = {field: field for field in (*LAST.values(), "customer_since", "health_rank", "status")}
    paces = {name: f"segment__{name}" for name in ("sync_pace", "async_pace", "review_pace", "executive_pace")}
    return JSONObject(segment="segment__key", **fields, **paces)


def most_due_in(value: Mapping[str, Any]) -> Standing | None:
    """The touch that is latest for its interval, of what `cadence_of` read; None where none is due."""
    return next(iter(most_pressing(standings_in(value, today=clock.today()))), None)


def standings_in(value: Mapping[str, Any], *, today: dt.date) -> list[Standing]:
    """The same as `standings_of`, of what `cadence_of` read; none for those who are no customers any more."""
    if value["status"] != Account.Status.ACTIVE:
        return []
    chosen: dict[CadenceKind, str] = {
        kind: value[f"{kind}_pace"] or "" for kind in CadenceKind if kind is not CadenceKind.ANY
    }
    paces = paces_of(value["segment"] or "", value["health_rank"], chosen)
    last = {kind: _moment(value[LAST[kind]]) for kind in paces}
    since = value["customer_since"]
    return _standings(paces, last, dt.date.fromisoformat(since) if since else None, today)


def _standings(
    paces: Paces, last: Mapping[CadenceKind, dt.datetime | None], since: dt.date | None, today: dt.date
) -> list[Standing]:
    days = {kind: None if moment is None else clock.day_of(moment) for kind, moment in last.items()}
    return [standing(kind, pace, days[kind], since, today=today) for kind, pace in paces.items()]


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
