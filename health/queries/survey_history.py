"""What decides whether a person may be asked: what they were asked before, and how well they know us.

Everything is read for many people at once.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from accounts.domain.letters import kept_back
from accounts.models import Contact, Suppression
from accounts.queries.receivers import receiver_of
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from health.domain.surveys import YEAR, Asked, Known
from health.models import SurveyAnswer, SurveyAsk
from health.registries import ASK_SOURCES

# A user of the product is a contact where the source names them alike: by e-mail address, or by the key that both have.
# Where it names nobody of an account so, it does not tell who of its people was active.
ACTIVE = """
    WITH person AS (
        SELECT id, account_id, lower(email) AS email, NULLIF(lower(external_id), '') AS external
        FROM accounts_contact WHERE account_id = ANY(%(accounts)s) AND archived_at IS NULL
    ), month AS (
        SELECT p.id, p.account_id, m.month, bit_or(m.days) AS days
        FROM person p
        JOIN health_usermonth m ON m.account_id = p.account_id AND m.month >= %(since)s
            AND lower(m.user_key) IN (p.email, p.external)
        GROUP BY p.id, p.account_id, m.month
    )
    SELECT id, account_id, sum(bit_count(days::bit(32))),
        min(month + floor(log(2, days & -days) + 0.5)::integer) FILTER (WHERE days > 0)
    FROM month GROUP BY id, account_id
"""
# Who was active so long ago has forgotten it.
ACTIVE_WITHIN = dt.timedelta(days=396)


def asked_before(contact_ids: Collection[int], *, now: dt.datetime) -> dict[int, list[Asked]]:
    """By contact what they were asked within a year, or answered without having been asked from here. Two queries and
    one of each source."""
    since = now - YEAR
    found: dict[int, list[Asked]] = {pk: [] for pk in contact_ids}
    asks = SurveyAsk.objects.counting().filter(among("contact", contact_ids), asked_at__gte=since).order_by()
    for contact, kind, at in asks.values_list("contact", "survey__kind", "asked_at"):
        found[contact].append(Asked(kind, at))
    answers = SurveyAnswer.objects.filter(among("contact", contact_ids), at__gte=since, survey_ask=None).order_by()
    for contact, kind, at in answers.values_list("contact", "kind", "at"):
        found[contact].append(Asked(kind, at))
    for source in ASK_SOURCES.values():
        for contact, moments in source(contact_ids, since).items():
            found[contact].extend(moments)
    return found


def known_of(contacts: Collection[Contact], *, today: dt.date) -> dict[int, Known]:
    """How well people know us, by contact. One query."""
    params: dict[str, Any] = {"accounts": sorted({one.account_id for one in contacts}), "since": today - ACTIVE_WITHIN}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, params)
        rows = cursor.fetchall()
    told = {account for _, account, _, _ in rows}
    active: Mapping[int, tuple[int, dt.date | None]] = {pk: (int(days), first) for pk, _, days, first in rows}
    known = {}
    for one in contacts:
        days, first = active.get(one.pk, (0, None))
        came = min(first or clock.day_of(one.created_at), clock.day_of(one.created_at))
        known[one.pk] = Known((today - came).days, days if one.account_id in told else None)
    return known


def kept_back_of(contacts: Collection[Contact]) -> dict[int, str]:
    """Why no e-mail may reach somebody, by contact; those whom one reaches are left out. One query."""
    addresses = {one.email.lower() for one in contacts}
    listed = set(Suppression.objects.filter(address__in=addresses).values_list("address", flat=True))
    reasons = {one.pk: kept_back(receiver_of(one, is_suppressed=one.email.lower() in listed)) for one in contacts}
    return {pk: reason for pk, reason in reasons.items() if reason}
