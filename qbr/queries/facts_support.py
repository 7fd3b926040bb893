"""Tickets, training, events, touches and words about competitors in the period of a review: one statement.

Tickets count as the metrics of health count them (`health.metrics.support`), training as its panel does, so that the
figures of a review are those of the account's page.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection

from accounts.models import Account
from cs_workspace.common import clock
from health.models import Ticket
from qbr.domain.facts import EngagementFacts, Mention, OpenTicket, Point, TicketFacts
from qbr.domain.spans import Span

MOST_OPEN: Final = 100
MOST_MENTIONS: Final = 10
LONGEST: Final = 240
TENTH: Final = Decimal("0.1")

TICKETS: Final = """
    SELECT json_build_object(
        'opened', count(*) FILTER (WHERE opened_at >= %(since)s),
        'before', count(*) FILTER (WHERE opened_at >= %(before)s AND opened_at < %(since)s),
        'closed', count(*) FILTER (WHERE closed_at >= %(since)s AND closed_at < %(until)s AND opened_at >= %(year)s),
        'escalated', count(*) FILTER (
            WHERE closed_at >= %(since)s AND closed_at < %(until)s AND opened_at >= %(year)s AND escalated),
        'hours', (avg(extract(epoch FROM closed_at - opened_at) / 3600) FILTER (
            WHERE closed_at >= %(since)s AND closed_at < %(until)s AND opened_at >= %(year)s))::text,
        'days', COALESCE(json_agg((opened_at AT TIME ZONE %(zone)s)::date) FILTER (WHERE opened_at >= %(since)s), '[]')
    ) FROM health_ticket
    WHERE account_id = %(account)s AND opened_at >= least(%(before)s, %(year)s) AND opened_at < %(until)s
"""
OPEN: Final = """
    SELECT COALESCE(json_agg(json_build_object('subject', subject, 'severity', severity, 'day', day)), '[]') FROM (
        SELECT subject, severity, (opened_at AT TIME ZONE %(zone)s)::date AS day FROM health_ticket
        WHERE account_id = %(account)s AND closed_at IS NULL AND opened_at <= %(now)s
        ORDER BY array_position(ARRAY['critical', 'high', 'normal', 'low'], severity::text), opened_at, id
        LIMIT %(most)s
    ) open
"""
TRAINING: Final = """
    SELECT json_build_object('assigned', count(*), 'completed', count(*) FILTER (WHERE completed_on <= %(last)s))
    FROM health_trainingrecord WHERE account_id = %(account)s AND assigned_on <= %(last)s
"""
EVENTS: Final = """
    SELECT json_build_object(
        'invited', count(*) FILTER (WHERE kind = 'invited'), 'attended', count(*) FILTER (WHERE kind = 'attended')
    ) FROM health_event
    WHERE account_id = %(account)s AND kind IN ('invited', 'attended') AND at >= %(since)s AND at < %(until)s
"""
TOUCHES: Final = """
    SELECT json_build_object(
        'held', count(*) FILTER (WHERE attended), 'missed', count(*) FILTER (WHERE NOT attended)
    ) FROM accounts_touch
    WHERE account_id = %(account)s AND archived_at IS NULL AND at >= %(since)s AND at < %(until)s
"""
# The key words are those of the churn signal; an assessment that the workspace drew up itself names them again, and is
# no evidence. What was detected or logged as a signal, and whom renewals name, stands beside.
MENTIONS: Final = """
    WITH words AS (
        SELECT '(?i)(?<![[:alnum:]])(?:'
            || string_agg(regexp_replace(word, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '|')
            || ')(?![[:alnum:]])' AS pattern
        FROM health_signalrule, unnest(words) AS word WHERE kind = 'competitor' AND active
    ), said AS (
        SELECT at, left(body, 4000) AS text FROM accounts_note
        WHERE account_id = %(account)s AND archived_at IS NULL AND at >= %(since)s AND at < %(until)s
            AND NOT (template = 'churn_risk' AND by_id IS NULL)
        UNION ALL
        SELECT at, left(summary || E'\\n' || next_step, 4000) FROM accounts_touch
        WHERE account_id = %(account)s AND archived_at IS NULL AND at >= %(since)s AND at < %(until)s
    ), found AS (
        SELECT (at AT TIME ZONE %(zone)s)::date AS day, substring(text FROM pattern) AS word, text
        FROM said, words WHERE text ~ pattern
        UNION ALL
        SELECT seen_on, '', evidence FROM health_churnsignal
        WHERE account_id = %(account)s AND kind = 'competitor' AND state IN ('open', 'confirmed') AND refs = '{}'
        UNION ALL
        SELECT (updated_at AT TIME ZONE %(zone)s)::date, '', 'The renewal names ' || competitor
        FROM renewals_renewal WHERE account_id = %(account)s AND competitor <> '' AND closed_at IS NULL
    )
    SELECT COALESCE(json_agg(latest), '[]') FROM (
        SELECT * FROM found ORDER BY day DESC, text LIMIT %(mentions)s
    ) latest
"""
ALL: Final = f"SELECT ({TICKETS}), ({OPEN}), ({TRAINING}), ({EVENTS}), ({TOUCHES}), ({MENTIONS})"


@dataclass(frozen=True)
class SupportFacts:
    """What was going on with the customer beside their use of the product."""

    tickets: TicketFacts
    engagement: EngagementFacts
    competition: tuple[Mention, ...]


def support_facts(account: Account, span: Span) -> SupportFacts:
    """Tickets, training, events, touches and competitors. One query."""
    params = {
        "account": account.pk,
        "zone": settings.TIME_ZONE,
        "since": clock.start_of(span.since),
        "until": clock.start_of(span.until),
        "before": clock.start_of(span.since - dt.timedelta(days=max(span.days, 1))),
        "year": clock.start_of(span.until - dt.timedelta(days=365)),
        "last": span.last,
        "now": clock.now(),
        "most": MOST_OPEN,
        "mentions": MOST_MENTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(ALL, params)
        row = cursor.fetchone()
    tickets, still_open, training, events, touches, mentions = row
    return SupportFacts(
        tickets=_tickets(tickets, still_open, span),
        engagement=EngagementFacts(
            courses_assigned=training["assigned"],
            courses_completed=training["completed"],
            invited=events["invited"],
            attended=events["attended"],
            touches_held=touches["held"],
            touches_missed=touches["missed"],
            last_touch_on=clock.day_of(account.last_touch) if account.last_touch else None,
        ),
        competition=tuple(_mention(one) for one in mentions),
    )


def _tickets(found: dict[str, Any], still_open: list[dict[str, Any]], span: Span) -> TicketFacts:
    days = [dt.date.fromisoformat(day).replace(day=1) for day in found["days"]]
    return TicketFacts(
        opened=found["opened"],
        opened_before=found["before"],
        closed=found["closed"],
        mean_hours=None if found["hours"] is None else Decimal(found["hours"]).quantize(TENTH),
        escalated=found["escalated"],
        monthly=tuple(Point(month, float(days.count(month))) for month in span.months),
        open=tuple(
            OpenTicket(one["subject"], str(Ticket.Severity(one["severity"]).label), dt.date.fromisoformat(one["day"]))
            for one in still_open
        ),
    )


def _mention(found: dict[str, Any]) -> Mention:
    return Mention(dt.date.fromisoformat(found["day"]), around_word(found["text"], found["word"]))


def around_word(text: str, word: str) -> str:
    """The sentence of a text in which the word stands, on one line and not too long; the beginning without a word."""
    sentences = re.split(r"(?<=[.!?])\s+|\n+", text)
    named = next((one for one in sentences if word.casefold() in one.casefold()), text)
    line = " ".join(named.split())
    if len(line) <= LONGEST:
        return line
    at = max(0, line.casefold().find(word.casefold()) - LONGEST // 2)
    return f"{'…' if at else ''}{line[at : at + LONGEST].strip()}…"
