"""Records what was observed. Every verb takes many rows, may be repeated, and marks the accounts that changed.

Rows are checked before anything is written: `ObservationError` names the first impossible one and why. Rows that name
the same observation twice count as one, the later one holding. Each verb is one transaction and gives the number of
rows that it inserted or changed; a repetition gives 0 and marks nothing.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, connection, transaction

from cs_workspace.common.upserting import Selection, Target, Written, upsert
from health.domain.observations import (
    COUNTS,
    FIRST_DAY,
    INTEGER_MAX,
    LAST_DAY,
    AnswerRow,
    EventRow,
    FeatureUse,
    ObservationError,
    PointRow,
    TicketRow,
    TrainingRow,
    UsageRow,
    UserDay,
)
from health.services.dispatching import send_refresh

MEASURES = ("logins", "active_users", "core_actions", "minutes", "data_volume", "seats_assigned", "integrations")


def _named(*columns: str) -> dict[str, str]:
    return {column: f"excluded.{column}" for column in columns}


BY_EXTERNAL_ID = "(source, external_id) WHERE external_id <> ''"
SOURCED = {"source": "text", "external_id": "text"}

USAGE_DAYS = Target(
    table="health_usageday",
    columns={"account_id": "bigint", "day": "date", "product_id": "bigint"}
    | dict.fromkeys(MEASURES, "integer")
    | {"data_volume": "float8"},
    conflict="(account_id, day, product_id)",
    # A source that does not report a measure leaves what another one reported.
    updates={measure: f"COALESCE(excluded.{measure}, t.{measure})" for measure in MEASURES},
)
MERGED = "FROM unnest(excluded.uses, t.uses) WITH ORDINALITY AS u (new, old, place)"
FEATURE_MONTHS = Target(
    table="health_featuremonth",
    columns={"account_id": "bigint", "feature_id": "bigint", "month": "date", "days": "integer", "uses": "integer[]"},
    conflict="(account_id, month, feature_id)",
    updates={
        "uses": f"(SELECT array_agg(COALESCE(new, old) ORDER BY place) {MERGED})",
        "days": "(SELECT COALESCE(SUM(1 << (place - 1)::int) FILTER (WHERE COALESCE(new, old) > 0), 0)::integer "
        f"{MERGED})",
    },
)
USER_MONTHS = Target(
    table="health_usermonth",
    columns={"account_id": "bigint", "product_id": "bigint", "user_key": "text", "month": "date", "days": "integer"},
    conflict="(account_id, month, user_key, product_id)",
    updates={"days": "t.days | excluded.days"},
)
METRIC_POINTS = Target(
    table="health_metricpoint",
    columns={"account_id": "bigint", "name": "text", "day": "date", "value": "float8"},
    conflict="(account_id, name, day)",
    updates=_named("value"),
)
TICKETS = Target(
    table="health_ticket",
    columns={
        "account_id": "bigint",
        "opened_at": "timestamptz",
        "severity": "text",
        "closed_at": "timestamptz",
        "first_response_minutes": "integer",
        "escalated": "boolean",
        "rating": "smallint",
        "subject": "text",
        "contact_id": "bigint",
        "product_id": "bigint",
    }
    | SOURCED,
    conflict=BY_EXTERNAL_ID,
    updates=_named(
        "account_id",
        "opened_at",
        "severity",
        "closed_at",
        "first_response_minutes",
        "escalated",
        "rating",
        "subject",
        "contact_id",
        "product_id",
    ),
)
ANSWERS = Target(
    table="health_surveyanswer",
    columns={
        "account_id": "bigint",
        "kind": "text",
        "score": "smallint",
        "at": "timestamptz",
        "comment": "text",
        "contact_id": "bigint",
    }
    | SOURCED,
    conflict=BY_EXTERNAL_ID,
    updates=_named("account_id", "kind", "score", "at", "comment", "contact_id"),
)
TRAINING = Target(
    table="health_trainingrecord",
    columns={
        "account_id": "bigint",
        "course": "text",
        "assigned_on": "date",
        "completed_on": "date",
        "contact_id": "bigint",
    }
    | SOURCED,
    conflict=BY_EXTERNAL_ID,
    updates=_named("account_id", "course", "assigned_on", "completed_on", "contact_id"),
)
EVENTS = Target(
    table="health_event",
    columns={
        "account_id": "bigint",
        "name": "text",
        "at": "timestamptz",
        "kind": "text",
        "properties": "jsonb",
        "contact_id": "bigint",
    }
    | SOURCED,
    conflict=BY_EXTERNAL_ID,
    updates=_named("account_id", "name", "at", "kind", "properties", "contact_id"),
)


# Rows of a selection that may be impossible: all that are, so that only these are looked at one by one.
_FINITE = "BETWEEN float8 '-1.7976931348623157e308' AND float8 '1.7976931348623157e308'"
_SUSPECT_DAY = f"day < date '{FIRST_DAY}' OR day >= date '{LAST_DAY}'"
SUSPECT_USE = " OR ".join([
    _SUSPECT_DAY,
    *(f"{name} NOT BETWEEN 0 AND {INTEGER_MAX}" for name in COUNTS),
    f"data_volume < 0 OR data_volume NOT {_FINITE}",
])  # fmt: skip
SUSPECT_POINT = f"{_SUSPECT_DAY} OR value NOT {_FINITE} OR length(name) > 80 OR ascii(name) NOT BETWEEN 48 AND 122"


class Row(Protocol):
    """Any row type of `health.domain.observations`."""

    def problem(self) -> str | None:
        """What is wrong with it, or None."""


R = TypeVar("R", bound=Row)


def record_usage_days(rows: Iterable[UsageRow]) -> int:
    """Use by account, day and product. A measure given as None leaves what is known; any other value replaces it."""
    merged: dict[tuple, UsageRow] = {}
    for row in _checked(rows):
        key = (row.account_id, row.day, row.product_id)
        earlier = merged.get(key)
        merged[key] = row if earlier is None else _completed(row, earlier)
    return _write(USAGE_DAYS, list(merged.values()))


def record_selected_usage_days(rows: Selection) -> Written:
    """The same for rows that lie in the database: the fields of `UsageRow` in their order, no day of a product twice.

    Gives the accounts of the rows that it inserted and of those that it changed.
    """
    _check_selected(rows, UsageRow, SUSPECT_USE)
    return _recorded(USAGE_DAYS, rows)


def record_feature_use(rows: Iterable[FeatureUse]) -> int:
    """Uses of a feature by account and day; a day's count replaces the one known, other days stay. Counts months."""
    months: dict[tuple, list[int | None]] = {}
    for row in _checked(rows):
        key = (row.account_id, row.feature_id, row.day.replace(day=1))
        months.setdefault(key, [None] * 31)[row.day.day - 1] = row.uses
    return _write(FEATURE_MONTHS, [(*key, _used_days(uses), _array_text(uses)) for key, uses in months.items()])


def record_user_days(rows: Iterable[UserDay]) -> int:
    """Users of the customer and the days on which they were active; days add up. Counts months."""
    months: dict[tuple, int] = {}
    for row in _checked(rows):
        key = (row.account_id, row.product_id, row.user_key, row.day.replace(day=1))
        months[key] = months.get(key, 0) | 1 << (row.day.day - 1)
    return _write(USER_MONTHS, [(*key, days) for key, days in months.items()])


def record_metric_points(rows: Iterable[PointRow]) -> int:
    """Values of custom metrics by account, name and day."""
    latest = {(row.account_id, row.name, row.day): row for row in _checked(rows)}
    return _write(METRIC_POINTS, list(latest.values()))


def record_selected_metric_points(rows: Selection) -> Written:
    """The same for rows that lie in the database: the fields of `PointRow` in their order, no day of a metric twice."""
    _check_selected(rows, PointRow, SUSPECT_POINT)
    return _recorded(METRIC_POINTS, rows)


def record_tickets(rows: Iterable[TicketRow]) -> int:
    """Support tickets, upserted by source and external id; without an external id each row is a new ticket."""
    return _write(TICKETS, _once_per_source(_checked(rows)))


def record_answers(rows: Iterable[AnswerRow]) -> int:
    """Survey answers, upserted by source and external id."""
    return _write(ANSWERS, _once_per_source(_checked(rows)))


def record_training(rows: Iterable[TrainingRow]) -> int:
    """Courses assigned and completed, upserted by source and external id."""
    return _write(TRAINING, _once_per_source(_checked(rows)))


def record_events(rows: Iterable[EventRow]) -> int:
    """Events, invitations and community activity, upserted by source and external id."""
    return _write(EVENTS, _once_per_source([_written(row) for row in _checked(rows)]))


def _written(row: EventRow) -> EventRow:
    """The event with its properties as the text that the database takes."""
    text: Any = json.dumps(row.properties or {})
    return row._replace(properties=text)


def mark_dirty(account_ids: Collection[int]) -> None:
    """Asks for the scores of these accounts to be computed anew within seconds of the commit.

    A mark that a worker has already claimed becomes a new one, because that worker may have read before this write.
    A worker hears of it at once; where it does not, beat's sweep finds the mark.
    """
    if not account_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO health_dirtymark AS t (account_id, marked_at, claimed_at) "
            "SELECT id, clock_timestamp(), NULL FROM unnest(%s::bigint[]) AS id ORDER BY id "
            "ON CONFLICT (account_id) DO UPDATE SET marked_at = excluded.marked_at, claimed_at = NULL",
            [sorted(set(account_ids))],
        )
    transaction.on_commit(send_refresh)


def on_account_observed(*, account_ids: Sequence[int], **_: object) -> None:
    """Receives `accounts.signals.account_observed`."""
    mark_dirty(account_ids)


def _completed(row: UsageRow, earlier: UsageRow) -> UsageRow:
    return UsageRow._make(old if new is None else new for new, old in zip(row, earlier, strict=True))


def _checked(rows: Iterable[R]) -> list[R]:
    given = list(rows)
    for index, row in enumerate(given):
        problem = row.problem()
        if problem:
            raise ObservationError(index, problem)
    return given


def _check_selected(rows: Selection, row_type: type[Any], suspect: str) -> None:
    """What `_checked` does, for rows that lie in the database."""
    columns = ", ".join(row_type._fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (SELECT row_number() OVER () - 1, * FROM ({rows.sql}) given) numbered (place, {columns}) "  # noqa: S608
            f"WHERE {suspect} ORDER BY place",
            [],
        )
        for place, *values in cursor.fetchall():
            if problem := row_type(*values).problem():
                raise ObservationError(place, problem)


def _once_per_source(rows: Sequence[Any]) -> list[Any]:
    """The last of the rows that share a source and external id; rows without an external id all stay."""
    anonymous = [row for row in rows if not row.external_id]
    return list({(row.source, row.external_id): row for row in rows if row.external_id}.values()) + anonymous


def _write(target: Target, rows: Sequence[Sequence[Any]]) -> int:
    written = _recorded(target, rows)
    return len(written.new) + len(written.changed)


def _recorded(target: Target, rows: Sequence[Sequence[Any]] | Selection) -> Written:
    try:
        with transaction.atomic():
            written = upsert(target, rows)
            mark_dirty(written.all)
            _check_references()
            return written
    except IntegrityError as error:
        detail = str(error).partition("DETAIL:")[2].strip() or str(error)
        raise ObservationError(0, f"It or a row after it names what does not exist. {detail}") from error


def _check_references() -> None:
    """Foreign keys are checked at commit, where nobody could say which rows were wrong: check them now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _used_days(uses: Sequence[int | None]) -> int:
    return sum(1 << place for place, count in enumerate(uses) if count)


def _array_text(values: Sequence[int | None]) -> str:
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"
