"""What signal rules look at, read for many accounts at once: one statement a source, however many there are."""

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from accounts.queries.terms import IN_FORCE, terms_params
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from health.domain.signal_findings import SPIKE_AT_LEAST, Facts, Item
from health.domain.signals import SignalRule
from health.metrics import compute

Params = dict[str, Any]
LOGINS = """
    SELECT a.id, %(day)s::date - seen.day AS days_since_login
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    CROSS JOIN LATERAL (
        SELECT day FROM health_usageday
        WHERE account_id = a.id AND day <= %(day)s::date AND logins > 0 ORDER BY day DESC LIMIT 1
    ) seen
"""
# Without any the time runs from the day the customer came; unknown where nobody ever logged a touch with anyone.
TOUCHES = """
    SELECT a.id, COALESCE(
        %(day)s::date - (spoken.at AT TIME ZONE %(zone)s)::date,
        CASE WHEN EXISTS (SELECT 1 FROM accounts_touch) THEN %(day)s::date - a.customer_since END
    ) AS days_since_touch
    FROM accounts_account a
    LEFT JOIN LATERAL (
        SELECT at FROM accounts_touch
        WHERE account_id = a.id AND archived_at IS NULL AND at < %(end)s AND two_way ORDER BY at DESC LIMIT 1
    ) spoken ON TRUE
    WHERE a.id = ANY(%(ids)s)
"""
# As of the day: a ticket closed later was open. The spike lies in the days up to the last ticket, measured against the
# 365 days up to it; which ticket was the last is told only where they are enough for a spike.
TICKETS = """
    SELECT a.id, all_of.open_tickets, all_of.escalated, around.spike, around.usual,
        %(day)s::date - (all_of.last_at AT TIME ZONE %(zone)s)::date AS days_since_ticket,
        CASE WHEN around.spike >= %(spike_least)s
            THEN jsonb_build_array('ticket:' || all_of.last_id, '', (all_of.last_at AT TIME ZONE %(zone)s)::date)
        END AS last_ticket
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE is_open) AS open_tickets, max(opened_at) AS last_at,
            (array_agg(id ORDER BY opened_at DESC, id DESC))[1] AS last_id,
            jsonb_agg(
                jsonb_build_array(
                    'ticket:' || id, COALESCE(NULLIF(subject, ''), 'without a subject'),
                    (opened_at AT TIME ZONE %(zone)s)::date, CASE WHEN escalated THEN 'Escalated' ELSE 'Critical' END
                ) ORDER BY opened_at DESC, id DESC
            ) FILTER (
                WHERE (escalated OR severity = 'critical') AND (is_open OR opened_at >= %(escalated_since)s)
            ) AS escalated
        FROM (
            SELECT *, closed_at IS NULL OR closed_at >= %(end)s AS is_open FROM health_ticket
            WHERE account_id = a.id AND opened_at < %(end)s
        ) ticket
    ) all_of
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE opened_at > all_of.last_at - make_interval(days => %(spike_days)s)) AS spike,
            (count(*) * %(spike_days)s / 365.0)::float8 AS usual
        FROM health_ticket
        WHERE account_id = a.id AND opened_at <= all_of.last_at AND opened_at > all_of.last_at - interval '365 days'
    ) around ON TRUE
"""
# Who is the only one is named afterwards: of most accounts nobody is. Whose e-mail bounces for good has left, too.
CONTACTS = """
    SELECT known.account_id, CASE WHEN lone.id IS NOT NULL
        THEN jsonb_build_array('contact:' || lone.id, lone.name, %(day)s::date) END AS only_engaged, known."left"
    FROM (
        SELECT account_id, CASE WHEN count(*) FILTER (WHERE is_engaged) = 1
            THEN min(id) FILTER (WHERE is_engaged) END AS lone_id,
            jsonb_agg(
                jsonb_build_array(
                    'contact:' || id, name, gone_on,
                    CASE WHEN 'champion' = ANY(roles) THEN 'champion' WHEN 'sponsor' = ANY(roles)
                        THEN 'executive sponsor' ELSE 'decision maker' END,
                    CASE WHEN left_on IS NULL THEN 'bounced' ELSE '' END
                ) ORDER BY gone_on DESC, id
            ) FILTER (
                WHERE gone_on > %(day)s::date - %(left_days)s AND gone_on <= %(day)s::date
                    AND roles && '{champion,sponsor,decision_maker}'
            ) AS "left"
        FROM (
            SELECT c.*, c.engagement = 'engaged' AND (c.left_on IS NULL OR c.left_on > %(day)s::date) AS is_engaged,
                COALESCE(c.left_on, (dead.at AT TIME ZONE %(zone)s)::date) AS gone_on
            FROM accounts_contact c
            LEFT JOIN accounts_suppression dead ON dead.address = lower(c.email) AND dead.reason = 'bounced'
            WHERE c.account_id = ANY(%(ids)s) AND c.archived_at IS NULL
        ) contact
        GROUP BY account_id
    ) known
    LEFT JOIN accounts_contact lone ON lone.id = known.lone_id
    WHERE known.lone_id IS NOT NULL OR known."left" IS NOT NULL
"""
# Per product the last figure of the 30 days up to either moment; an account that no longer reports is unknown.
SEATS = """
    SELECT account_id, CASE WHEN sum(before) IS NOT NULL AND sum(now) IS NOT NULL
        THEN ARRAY[sum(before), sum(now)]::integer[] END AS seats
    FROM (
        SELECT account_id,
            (array_agg(seats_assigned ORDER BY day DESC) FILTER (WHERE day > %(day)s::date - 30))[1] AS now,
            (array_agg(seats_assigned ORDER BY day DESC) FILTER (
                WHERE day <= %(day)s::date - %(seat_days)s AND day > %(day)s::date - %(seat_days)s - 30
            ))[1] AS before
        FROM health_usageday
        WHERE account_id = ANY(%(ids)s) AND day > %(day)s::date - %(seat_days)s - 30 AND day <= %(day)s::date
            AND seats_assigned IS NOT NULL
        GROUP BY account_id, product_id
    ) of_product
    WHERE now IS NOT NULL AND before IS NOT NULL
    GROUP BY account_id
"""
LICENCES = f"""
    SELECT account_id, CASE WHEN sum(seats) FILTER (WHERE NOT is_now) IS NOT NULL
        AND sum(seats) FILTER (WHERE is_now) IS NOT NULL
        THEN ARRAY[sum(seats) FILTER (WHERE NOT is_now), sum(seats) FILTER (WHERE is_now)]::integer[] END AS licences
    FROM (
        SELECT c.account_id, l.seats, moment.is_now
        FROM (VALUES (%(day)s::date, TRUE), (%(day)s::date - %(seat_days)s, FALSE)) AS moment (day, is_now)
        JOIN accounts_contract c ON {IN_FORCE.replace("%(day)s::date", "moment.day")}
        JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = ANY(%(ids)s)
    ) line
    GROUP BY account_id
"""  # noqa: S608  its parts are constants
INVOICES = """
    SELECT account_id, jsonb_agg(
        jsonb_build_array('invoice:' || id, number, due_on, currency || ' ' || amount) ORDER BY due_on, id
    ) AS overdue
    FROM accounts_invoice
    WHERE account_id = ANY(%(ids)s) AND status <> 'void' AND issued_on <= %(day)s::date
        AND (paid_on IS NULL OR paid_on > %(day)s::date) AND %(day)s::date - due_on > %(overdue_days)s
    GROUP BY account_id
"""
# Of each contact the latest answer counts; one without a contact stands for a person of its own.
ANSWERS = """
    SELECT account_id, jsonb_agg(
        jsonb_build_array('answer:' || id, name, (at AT TIME ZONE %(zone)s)::date, score::text) ORDER BY at DESC, id
    ) AS detractors
    FROM (
        SELECT s.account_id, s.id, s.at, s.score, COALESCE(c.name, 'Somebody') AS name, row_number() OVER (
            PARTITION BY s.account_id, COALESCE(s.contact_id, -s.id) ORDER BY s.at DESC, s.id DESC
        ) AS place
        FROM health_surveyanswer s LEFT JOIN accounts_contact c ON c.id = s.contact_id
        WHERE s.account_id = ANY(%(ids)s) AND s.kind = 'nps' AND s.at >= %(answer_since)s AND s.at < %(end)s
    ) answer
    WHERE place = 1 AND score <= %(detractor)s
    GROUP BY account_id
"""
# An assessment that the workspace drew up itself names the competitors again, and is no evidence.
MENTIONS = """
    SELECT account_id, jsonb_agg(
        jsonb_build_array(ref, word, (at AT TIME ZONE %(zone)s)::date, what) ORDER BY at DESC, ref
    ) AS mentions
    FROM (
        SELECT account_id, 'note:' || id AS ref, substring(body FROM %(pattern)s) AS word, at, 'note' AS what
        FROM accounts_note
        WHERE account_id = ANY(%(ids)s) AND archived_at IS NULL AND at >= %(mention_since)s AND at < %(end)s
            AND NOT (template = 'churn_risk' AND by_id IS NULL)
        UNION ALL
        SELECT account_id, 'touch:' || id, substring(summary || E'\\n' || next_step FROM %(pattern)s), at, 'touch'
        FROM accounts_touch
        WHERE account_id = ANY(%(ids)s) AND archived_at IS NULL AND at >= %(mention_since)s AND at < %(end)s
    ) text
    WHERE word IS NOT NULL
    GROUP BY account_id
"""
# A visit of the billing pages counts as long as the ARR under contract is not above that of the day of the visit.
EVENTS = f"""
    SELECT account_id,
        jsonb_agg(item ORDER BY at DESC, id) FILTER (WHERE is_export AND at >= %(export_since)s) AS exports,
        jsonb_agg(item ORDER BY at DESC, id) FILTER (WHERE is_billing AND at >= %(billing_since)s AND NOT COALESCE((
            SELECT sum(l.arr) FILTER (WHERE moment.is_now) > COALESCE(sum(l.arr) FILTER (WHERE NOT moment.is_now), 0)
            FROM (VALUES (%(day)s::date, TRUE), (event.day, FALSE)) AS moment (day, is_now)
            JOIN accounts_contract c ON {IN_FORCE.replace("%(day)s::date", "moment.day")}
            JOIN accounts_contractline l ON l.contract_id = c.id
            WHERE c.account_id = event.account_id
        ), FALSE)) AS billing
    FROM (
        SELECT e.account_id, e.id, e.at, e.day, jsonb_build_array('event:' || e.id, e.name, e.day) AS item,
            lower(e.name) = ANY(%(exports)s) AS is_export, lower(e.name) = ANY(%(billing)s) AS is_billing
        FROM (
            SELECT *, (at AT TIME ZONE %(zone)s)::date AS day FROM health_event
            WHERE account_id = ANY(%(ids)s) AND at >= LEAST(%(export_since)s, %(billing_since)s) AND at < %(end)s
        ) e
    ) event
    WHERE is_export OR is_billing
    GROUP BY account_id
"""  # noqa: S608  its parts are constants
# Which rules need which statement.
SOURCES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"silent"}), LOGINS),
    (frozenset({"silent"}), TOUCHES),
    (frozenset({"silent", "ticket_silence", "escalation"}), TICKETS),
    (frozenset({"contact_left", "single_threaded"}), CONTACTS),
    (frozenset({"seats_removed"}), SEATS),
    (frozenset({"seats_removed"}), LICENCES),
    (frozenset({"payment"}), INVOICES),
    (frozenset({"detractor"}), ANSWERS),
    (frozenset({"competitor"}), MENTIONS),
    (frozenset({"data_export", "billing_visited"}), EVENTS),
)
SINGLE = {"last_ticket", "only_engaged"}


class DailyUse(NamedTuple):
    """What a pass over the daily use of an account has told: days since a login, NaN where it saw none, and whether
    seats were reported in 30 days."""

    days_since_login: float
    reports_seats: bool


def facts_of(
    account_ids: Sequence[int],
    rules: Mapping[str, SignalRule],
    *,
    day: dt.date,
    usage_change: Mapping[int, float] | None = None,
    daily_use: Mapping[int, DailyUse] | None = None,
) -> dict[int, Facts]:
    """The facts that the rules look at, by account, as of a day: at most 13 statements.

    An account of which nothing is known has no facts. No ticket at all counts as no open ticket: nobody complained.
    `usage_change` is what is known of that metric already (NaN: that it is unknown); of other accounts it is computed.
    Accounts of which `daily_use` tells what a statement asks for are left out of it.
    """
    found: dict[int, dict[str, Any]] = {pk: {} for pk in account_ids}
    if "usage_down" in rules:
        for pk, value in _usage_change(account_ids, usage_change or {}, day).items():
            if pk in found and not math.isnan(value):
                found[pk]["usage_change"] = value
    left = _left(found, daily_use) if daily_use else {}
    params = _params(rules, day)
    with connection.cursor() as cursor:
        for kinds, sql in SOURCES:
            asked = left.get(sql, account_ids)
            if asked and kinds & set(rules) and (sql is not MENTIONS or rules["competitor"].words):
                cursor.execute(sql, params | {"ids": array(asked)})
                _add(found, [column.name for column in cursor.description][1:], cursor.fetchall())
    return {pk: Facts(**known) for pk, known in found.items()}


def _left(found: dict[int, dict[str, Any]], daily_use: Mapping[int, DailyUse]) -> dict[str, list[int]]:
    """Takes over what is known of the days; gives the accounts that are left for the statements of these."""
    for pk in found.keys() & daily_use.keys():
        if not math.isnan(daily_use[pk].days_since_login):
            found[pk]["days_since_login"] = int(daily_use[pk].days_since_login)
    return {
        LOGINS: [pk for pk, known in found.items() if "days_since_login" not in known],
        SEATS: [pk for pk in found if pk not in daily_use or daily_use[pk].reports_seats],
    }


def _add(found: dict[int, dict[str, Any]], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    for pk, *values in rows:
        known = found[pk]
        for name, value in zip(names, values, strict=True):
            if value is not None:
                known[name] = value if isinstance(value, int | float) else _fact(name, value)


def _usage_change(account_ids: Sequence[int], known: Mapping[int, float], day: dt.date) -> dict[int, float]:
    others = [pk for pk in account_ids if pk not in known]
    computed = compute(["usage_change"], others, day)["usage_change"].tolist() if others else []
    return {**known, **dict(zip(others, computed, strict=True))}


def _params(rules: Mapping[str, SignalRule], day: dt.date) -> Params:
    def days(kind: str) -> int:
        return rules[kind].window_days if kind in rules else 0

    def since(kind: str) -> dt.datetime:
        return clock.start_of(day - dt.timedelta(days=days(kind) - 1))

    def words(kind: str) -> list[str]:
        return [word.lower() for word in rules[kind].words] if kind in rules else []

    def threshold(kind: str) -> float:
        return rules[kind].threshold if kind in rules else 0.0

    return terms_params(day) | {
        "day": day,
        "end": clock.start_of(day + dt.timedelta(days=1)),
        "zone": clock.workspace_zone().key,
        "escalated_since": since("escalation"),
        "spike_days": days("ticket_silence"),
        "spike_least": SPIKE_AT_LEAST,
        "left_days": days("contact_left"),
        "seat_days": days("seats_removed"),
        "overdue_days": threshold("payment"),
        "answer_since": since("detractor"),
        "detractor": threshold("detractor"),
        "mention_since": since("competitor"),
        "pattern": _pattern(words("competitor")),
        "exports": words("data_export"),
        "billing": words("billing_visited"),
        "export_since": since("data_export"),
        "billing_since": since("billing_visited"),
    }


def _pattern(words: Sequence[str]) -> str:
    """A regular expression of PostgreSQL for any of the words as whole words, in any case."""
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return f"(?i)(?<![[:alnum:]])(?:{either})(?![[:alnum:]])"


def _fact(name: str, value: Any) -> Any:
    """A value as `Facts` holds it; items come as JSON, which Django leaves to the reader."""
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    parts = json.loads(value)
    return _item(parts) if name in SINGLE else tuple(map(_item, parts))


def _item(parts: Sequence[str]) -> Item:
    ref, name, on, *more = parts
    return Item(ref, name, dt.date.fromisoformat(on), *more)
