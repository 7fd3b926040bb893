"""What is known of accounts that may buy more, for many at once: metrics of health, records of people and value."""

import datetime as dt
import math
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from cs_workspace.common.expressions import array
from health.metrics import compute
from renewals.domain.readiness import Known, Readiness, readiness_of

KNOWN = """
    SELECT a.id, a.health_score::float8, (a.last_executive AT TIME ZONE %(zone)s)::date,
        EXISTS (SELECT FROM accounts_contact c WHERE c.account_id = a.id AND c.archived_at IS NULL),
        roi.has_plan, roi.records, roi.confirmed, budget.is_confirmed, (budget.at AT TIME ZONE %(zone)s)::date
    FROM accounts_account a
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT p.id) > 0 AS has_plan, count(r.id) AS records,
            count(r.id) FILTER (WHERE r.confirmed_on <= %(today)s::date) AS confirmed
        FROM accounts_successplan p
        LEFT JOIN accounts_roirecord r ON r.plan_id = p.id AND r.archived_at IS NULL AND r."on" <= %(today)s::date
        WHERE p.account_id = a.id AND p.archived_at IS NULL
    ) roi
    LEFT JOIN LATERAL (
        SELECT is_confirmed, at FROM renewals_budgetanswer WHERE account_id = a.id ORDER BY at DESC, id DESC LIMIT 1
    ) budget ON TRUE
    WHERE a.id = ANY(%(ids)s::bigint[])
"""
METRICS = ("feature_breadth", "champion_strength")


def readiness_for(account_ids: Sequence[int], *, today: dt.date) -> dict[int, Readiness]:
    """The six checks of accounts, by their keys. Four queries, however many there are, or none."""
    ids = list(dict.fromkeys(account_ids))
    if not ids:
        return {}
    readings = compute(METRICS, ids, today)
    metric = {name: dict(zip(ids, map(float, readings[name]), strict=True)) for name in METRICS}
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"ids": array(ids), "today": today, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    return {
        pk: readiness_of(
            Known(
                health=health,
                adoption=_known(metric["feature_breadth"][pk]),
                executive_on=executive_on,
                has_contacts=has_contacts,
                has_plan=has_plan,
                roi_records=records,
                roi_confirmed=confirmed,
                budget=budget,
                budget_on=budget_on,
                champion=_known(metric["champion_strength"][pk]),
            ),
            today=today,
        )
        for pk, health, executive_on, has_contacts, has_plan, records, confirmed, budget, budget_on in rows
    }


def _known(reading: float) -> float | None:
    return None if math.isnan(reading) else reading
