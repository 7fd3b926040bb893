"""Which sources of observations have fallen silent, for many accounts in one query."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import connection

from cs_workspace.common import clock
from cs_workspace.common.expressions import array, numbers
from health.domain.alerting import silent_sources
from health.domain.changes import Reason
from health.domain.general_gaps import Source, is_away
from health.domain.scorers import FloatArray

# Name, table, and the column that says when: a day, or a moment of a workspace day. Events are not among them: they
# come as it happens, and what is regular in them is rolled up into usage.
SOURCES = (
    ("Usage", "health_usageday", "day", False),
    ("Custom metrics", "health_metricpoint", "day", False),
    ("Tickets", "health_ticket", "opened_at", True),
    ("Survey answers", "health_surveyanswer", "at", True),
)
# Those that are looked at for general gaps as well.
GENERAL = {"Usage": Source.USAGE, "Tickets": Source.TICKETS}
# The place of the one of which the newest day may be known: no metric tells the others.
KNOWN = 0
# The days up to the newest observation in which a source's habit is counted.
HABIT_DAYS = 28


@dataclass(frozen=True)
class Reporting:
    """How sources have reported, as `health.domain.alerting.silent_sources` takes it; rows follow the accounts.

    days_silent    (n, s) days from the newest observation to the day asked for; NaN: never any
    days_reported  (n, s) distinct days with observations in the 28 up to the newest; 0 for a source that is not silent
    """

    sources: tuple[str, ...]
    days_silent: FloatArray
    days_reported: FloatArray


def reporting(
    account_ids: Sequence[int], *, as_of: dt.date, window_days: int, days_since_usage: FloatArray | None = None
) -> Reporting:
    """How the sources of each account have reported up to `as_of`. One query, a few index probes per account.

    The habit is counted only for sources that are silent for `window_days` or longer. `days_since_usage` (n,) is what
    is known of that already, NaN where it is to be looked for.
    """
    known = [] if days_since_usage is None else days_since_usage.tolist()
    end = clock.start_of(as_of + dt.timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "ids": array(account_ids),
                "usage": numbers(None if math.isnan(days) else int(days) for days in known),
                "as_of": as_of,
                "end": end,
                "window": window_days,
                "zone": clock.workspace_zone().key,
            },
        )
        rows = cursor.fetchall()
    table = np.array(rows, dtype=float).reshape(len(rows), 2 * len(SOURCES))
    return Reporting(tuple(name for name, *_ in SOURCES), table[:, ::2], np.nan_to_num(table[:, 1::2]))


def silent_for_all(gaps: Mapping[str, dt.date], *, as_of: dt.date, window_days: int) -> npt.NDArray[np.bool_]:
    """(s,) The sources whose silence up to `as_of` says nothing of a single account; `gaps` as `is_away` takes them."""
    return np.array(
        [name in GENERAL and is_away(gaps, GENERAL[name], day=as_of, days=window_days) for name, *_ in SOURCES]
    )


def silences(
    account_ids: Sequence[int], *, as_of: dt.date, window_days: int, gaps: Mapping[str, dt.date] | None = None
) -> dict[int, list[Reason]]:
    """The silent sources of accounts, as reasons of an alert: which, since when, and how regular it was. One query.

    Left out are those that are silent for everybody.
    """
    if not account_ids:
        return {}
    found = reporting(account_ids, as_of=as_of, window_days=window_days)
    silent = silent_sources(found.days_silent, found.days_reported, window_days=window_days)
    silent &= ~silent_for_all(gaps or {}, as_of=as_of, window_days=window_days)
    return {
        account_id: [
            {
                "label": source,
                "detail": f"nothing for {found.days_silent[row, column]:.0f} days, "
                f"before that on {found.days_reported[row, column]:.0f} of {HABIT_DAYS} days",
                "points": None,
            }
            for column, source in enumerate(found.sources)
            if silent[row, column]
        ]
        for row, account_id in enumerate(account_ids)
    }


def _select(number: int) -> str:
    return f"(%(as_of)s::date - s{number}.last)::float, s{number}.days::float"


def _lateral(number: int, table: str, column: str, *, is_moment: bool) -> str:
    """The newest day, and only where that is long ago the number of days in the habit before it, a bit a day."""
    day, newest = f"t.{column}", f"max(t.{column})"
    until, since = f"t.{column} <= %(as_of)s::date", f"(l.last - {HABIT_DAYS - 1})"
    if is_moment:
        day, newest = f"({day} AT TIME ZONE %(zone)s)::date", f"({newest} AT TIME ZONE %(zone)s)::date"
        until, since = f"t.{column} < %(end)s", f"{since}::timestamp AT TIME ZONE %(zone)s"
    last = f"(SELECT {newest} FROM {table} t WHERE t.account_id = a.id AND {until})"  # noqa: S608  made of the constants above
    if number == KNOWN:
        last = f"COALESCE(%(as_of)s::date - a.usage, {last})"
    return f"""
    LEFT JOIN LATERAL (
        SELECT l.last, CASE WHEN %(as_of)s::date - l.last >= %(window)s THEN (
            SELECT bit_count(COALESCE(bit_or(1 << (l.last - {day})), 0)::bit(32)) FROM {table} t
            WHERE t.account_id = a.id AND {until} AND t.{column} >= {since}
        ) END AS days
        FROM (SELECT {last} AS last) l
    ) s{number} ON true"""  # noqa: S608  made of the constants above


SQL = " ".join(
    [
        "SELECT",
        ", ".join(_select(number) for number in range(len(SOURCES))),
        "FROM unnest(%(ids)s::bigint[], %(usage)s::integer[]) WITH ORDINALITY AS a (id, usage, place)",
        *(
            _lateral(number, table, column, is_moment=is_moment)
            for number, (_, table, column, is_moment) in enumerate(SOURCES)
        ),
        "ORDER BY a.place",
    ]
)
