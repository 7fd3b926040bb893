"""What signals of expansion are found in, read for many accounts at once: one statement a source."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.queries.terms import IN_FORCE, terms_params
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from renewals.domain.expansion import (
    API_WORDS,
    ASKED_DAYS,
    DEPARTMENT_WORDS,
    GROWTH_WORDS,
    LIMIT_WORDS,
    Fact,
    SignalKind,
    pattern_of,
)

# By product, as seats run out one product at a time. Where use tells of seats, its newest figure of 90 days counts
# before that of the contract; use that names no product is of the only one there is.
SEATS = f"""
    SELECT line.account_id, line.product_id, p.name, line.seats, COALESCE(used.seats_assigned, line.assigned)
    FROM (
        SELECT c.account_id, l.product_id, sum(l.seats) AS seats,
            CASE WHEN count(l.seats_assigned) = count(*) THEN sum(l.seats_assigned) END AS assigned,
            count(*) OVER (PARTITION BY c.account_id) AS products
        FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = ANY(%(ids)s) AND l.seats > 0 AND {IN_FORCE}
        GROUP BY c.account_id, l.product_id
    ) line
    JOIN accounts_product p ON p.id = line.product_id
    LEFT JOIN LATERAL (
        SELECT seats_assigned FROM health_usageday u
        WHERE u.account_id = line.account_id AND u.day > %(day)s::date - 90 AND u.day <= %(day)s::date
            AND u.seats_assigned IS NOT NULL
            AND (u.product_id = line.product_id OR u.product_id IS NULL AND line.products = 1)
        ORDER BY u.day DESC LIMIT 1
    ) used ON TRUE
    WHERE COALESCE(used.seats_assigned, line.assigned) IS NOT NULL
"""  # noqa: S608  its parts are constants
RENEWALS = """
    SELECT id, health_score, renewal_date FROM accounts_account
    WHERE id = ANY(%(ids)s) AND health_score IS NOT NULL AND renewal_date IS NOT NULL
"""
# Names of events come as sources write them: `usage_limit_reached`.
EVENTS = """
    SELECT account_id, CASE WHEN told ~* %(limit)s THEN 'limit' ELSE 'growth' END, 'event:' || id,
        (at AT TIME ZONE %(zone)s)::date, told
    FROM (
        SELECT account_id, id, at, translate(name, '_-', '  ') AS told FROM health_event
        WHERE account_id = ANY(%(ids)s) AND kind = 'custom' AND at >= %(since)s AND at < %(end)s
    ) event
    WHERE told ~* %(limit)s OR told ~* %(growth)s
"""
# What they ask of a product that they do not have belongs to a higher tier; what was declined will not come.
ASKS = f"""
    SELECT k.account_id, asked.kind, 'ask:' || k.id, k.asked_on,
        'Asked for “' || r.title || '”' || CASE WHEN asked.kind = 'higher_tier' THEN ' of ' || p.name ELSE '' END
    FROM accounts_featureask k
    JOIN accounts_featurerequest r ON r.id = k.request_id AND r.status <> 'declined'
    LEFT JOIN accounts_product p ON p.id = r.product_id
    CROSS JOIN LATERAL (VALUES
        ('api', r.title ~* %(api)s OR k.words ~* %(api)s),
        ('higher_tier', r.product_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
            WHERE c.account_id = k.account_id AND l.product_id = r.product_id AND {IN_FORCE}
        ))
    ) AS asked (kind, is_so)
    WHERE k.account_id = ANY(%(ids)s) AND k.archived_at IS NULL AND k.asked_on > %(day)s::date - %(days)s
        AND asked.is_so
"""  # noqa: S608  its parts are constants
TICKETS = """
    SELECT account_id, 'api', 'ticket:' || id, (opened_at AT TIME ZONE %(zone)s)::date, 'Ticket “' || subject || '”'
    FROM health_ticket
    WHERE account_id = ANY(%(ids)s) AND opened_at >= %(since)s AND opened_at < %(end)s AND subject ~* %(api)s
"""
TOUCHES = """
    SELECT account_id, 'department', 'touch:' || id, (at AT TIME ZONE %(zone)s)::date,
        'Spoke of ' || lower(substring(told FROM %(department_found)s)) || ': ' || left(told, 300)
    FROM (
        SELECT account_id, id, at, concat_ws(' ', NULLIF(summary, ''), NULLIF(next_step, '')) AS told
        FROM accounts_touch
        WHERE account_id = ANY(%(ids)s) AND archived_at IS NULL AND two_way AND at >= %(since)s AND at < %(end)s
    ) touch
    WHERE told ~* %(department)s
"""
# The rank before the first change of these days against that of now: up and down again is no promotion.
PROMOTIONS = """
    SELECT c.account_id, 'champion', 'contact:' || c.id, (was.pgh_created_at AT TIME ZONE %(zone)s)::date,
        concat_ws(', ', c.name, NULLIF(c.title, '')), was.seniority, c.seniority
    FROM accounts_contact c
    CROSS JOIN LATERAL (
        SELECT seniority, pgh_created_at FROM accounts_contactrankevent
        WHERE pgh_obj_id = c.id AND pgh_created_at >= %(since)s ORDER BY pgh_id LIMIT 1
    ) was
    WHERE c.account_id = ANY(%(ids)s) AND c.status = 'active' AND c.archived_at IS NULL AND 'champion' = ANY(c.roles)
        AND was.seniority <> c.seniority
"""


def facts_of(account_ids: Sequence[int], *, today: dt.date) -> Iterator[Fact]:
    """All that may be a signal of these accounts as of a day. Seven statements, however many there are."""
    params = _params(account_ids, today)
    for account_id, product_id, name, seats, assigned in _rows(SEATS, params):
        number, whole = Decimal(assigned), Decimal(seats)
        yield Fact(account_id, SignalKind.LIMIT, f"{account_id}:{product_id}", today, name, number=number, whole=whole)
    for account_id, score, renewal_date in _rows(RENEWALS, params):
        yield Fact(account_id, SignalKind.RENEWAL, str(account_id), today, number=score, until=renewal_date)
    for statement in (EVENTS, ASKS, TICKETS, TOUCHES):
        for account_id, kind, ref, day, words in _rows(statement, params):
            yield Fact(account_id, SignalKind(kind), ref, day, words=words[:500])
    for account_id, kind, ref, day, words, before, after in _rows(PROMOTIONS, params):
        yield Fact(account_id, SignalKind(kind), ref, day, words=words, before=before, after=after)


def _params(account_ids: Sequence[int], today: dt.date) -> dict[str, Any]:
    return terms_params(today) | {
        "ids": array(account_ids),
        "zone": settings.TIME_ZONE,
        "days": ASKED_DAYS,
        "since": clock.start_of(today - dt.timedelta(days=ASKED_DAYS - 1)),
        "end": clock.start_of(today + dt.timedelta(days=1)),
        "api": pattern_of(API_WORDS),
        "limit": pattern_of(LIMIT_WORDS),
        "growth": pattern_of(GROWTH_WORDS),
        "department": pattern_of(DEPARTMENT_WORDS),
        "department_found": f"(?i){pattern_of(DEPARTMENT_WORDS)}",
    }


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()
