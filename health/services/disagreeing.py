"""Keeps where score, money and pulse point apart: found anew with each recompute, and gone when they agree."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pghistory
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from health.domain import disagreement as domain
from health.domain.disagreement import Facts, disagreements
from health.domain.judgement import STALE_DAYS
from health.domain.scorers import FloatArray
from health.metrics import compute
from health.models import Disagreement

USAGE, ARR = "usage_change", "contract_value_change"
MONEY_SPEAKS = (USAGE, ARR)

STANDING = f"""
    SELECT v.place - 1, a.health_rank, p.value
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS v (id, place)
    JOIN accounts_account a ON a.id = v.id AND a.status = 'active' AND a.archived_at IS NULL
    LEFT JOIN health_pulse p ON p.account_id = a.id AND p.is_latest AND p.owner_id IS NOT DISTINCT FROM a.owner_id
        AND p.at > %(now)s::timestamptz - interval '{STALE_DAYS} days'
"""  # noqa: S608  its parts are constants
CHANGE = f"""CASE WHEN excluded.kind = '{domain.Disagreement.HEALTHY_USAGE}' THEN excluded.usage_change
    WHEN excluded.kind IN ('{domain.Disagreement.HEALTHY_ARR}', '{domain.Disagreement.CRITICAL_ARR}')
    THEN excluded.arr_change END"""
IS_NEWS = f"""(t.rank <> excluded.rank OR t.pulse IS DISTINCT FROM excluded.pulse
    OR COALESCE(abs({CHANGE} - t.seen_change) >= 0.1, FALSE))"""
KEEP = f"""
    WITH found AS (
        SELECT * FROM unnest(
            %(accounts)s::bigint[], %(kinds)s::text[], %(ranks)s::smallint[], %(usages)s::real[], %(arrs)s::real[],
            %(pulses)s::smallint[]
        ) AS v (account_id, kind, rank, usage_change, arr_change, pulse)
    ), gone AS (
        DELETE FROM health_disagreement d WHERE d.account_id = ANY(%(of)s::bigint[])
            AND NOT EXISTS (SELECT 1 FROM found f WHERE f.account_id = d.account_id AND f.kind = d.kind)
    )
    INSERT INTO health_disagreement AS t (account_id, kind, since, rank, usage_change, arr_change, pulse)
    SELECT account_id, kind, %(day)s::date, rank, usage_change, arr_change, pulse FROM found
    ON CONFLICT (account_id, kind) DO UPDATE SET rank = excluded.rank, usage_change = excluded.usage_change,
        arr_change = excluded.arr_change, pulse = excluded.pulse,
        seen_at = CASE WHEN {IS_NEWS} THEN NULL ELSE t.seen_at END,
        seen_by_id = CASE WHEN {IS_NEWS} THEN NULL ELSE t.seen_by_id END,
        seen_change = CASE WHEN {IS_NEWS} THEN NULL ELSE t.seen_change END
    WHERE (t.rank, t.usage_change, t.arr_change, t.pulse) IS DISTINCT FROM
        (excluded.rank, excluded.usage_change, excluded.arr_change, excluded.pulse)
"""  # noqa: S608  its parts are constants


def refresh_disagreements(
    account_ids: Sequence[int], *, day: dt.date, readings: Mapping[str, FloatArray] | None = None
) -> None:
    """Finds anew what disagrees on these accounts, by the tiers on their rows and the pulses that count now.

    `readings` are the changes of use and ARR in the order of the accounts, where the caller has them; otherwise they
    are read. Two statements, whatever the number of accounts.
    """
    if not account_ids:
        return
    changes = compute(MONEY_SPEAKS, account_ids, day) if readings is None else readings
    rank, pulse = _standing(account_ids)
    usage, arr = _kept(changes[USAGE]), _kept(changes[ARR])
    masks = disagreements(Facts(rank, usage, arr, pulse))
    places = [(int(place), kind) for kind, mask in masks.items() for place in np.flatnonzero(mask)]
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "of": array(account_ids),
                "day": day,
                "accounts": [account_ids[place] for place, _ in places],
                "kinds": [str(kind) for _, kind in places],
                "ranks": [int(rank[place]) for place, _ in places],
                "usages": [_or_none(usage[place]) for place, _ in places],
                "arrs": [_or_none(arr[place]) for place, _ in places],
                "pulses": [_or_none(pulse[place]) for place, _ in places],
            },
        )


def forget_disagreements(account_ids: Collection[int]) -> None:
    """Accounts that get no score disagree about nothing. One statement, or none."""
    if account_ids:
        Disagreement.objects.filter(among("account_id", account_ids)).delete()


@transaction.atomic
def mark_seen(*, by: User, account_ids: Collection[int], seen: bool = True) -> int:
    """Somebody agrees that the signals point apart: out of the queue until something changes, or back into it.

    Gives how many disagreements that changed.
    """
    found = Disagreement.objects.visible_to(by).filter(account__in=list(account_ids), seen_at__isnull=seen)
    kind = Disagreement.Kind
    with pghistory.context(user=by.pk):
        if not seen:
            return found.update(seen_at=None, seen_by=None, seen_change=None)
        return sum(
            found.filter(kind__in=kinds).update(seen_at=clock.now(), seen_by=by, seen_change=change)
            for kinds, change in (
                ([kind.HEALTHY_USAGE], F("usage_change")),
                ([kind.HEALTHY_ARR, kind.CRITICAL_ARR], F("arr_change")),
                ([kind.PULSE_BELOW, kind.PULSE_ABOVE], None),
            )
        )


def _standing(account_ids: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """(n,) Ranks of the tiers that count and values of the pulses that count, NaN for none."""
    rank, pulse = np.full(len(account_ids), np.nan), np.full(len(account_ids), np.nan)
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"ids": array(account_ids), "now": clock.now()})
        for place, of_tier, value in cursor.fetchall():
            rank[place] = np.nan if of_tier is None else of_tier
            pulse[place] = np.nan if value is None else value
    return rank, pulse


def _kept(values: FloatArray) -> FloatArray:
    """As a four-byte float keeps them, so that a repetition writes nothing."""
    return values.astype(np.float32).astype(np.float64)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
