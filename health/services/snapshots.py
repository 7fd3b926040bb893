"""Writes what was computed: snapshots, and the current health on the accounts' rows. Both only where it differs."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.expressions import array, numbers, texts
from health.domain.scorers import FloatArray
from health.domain.scoring import Scores, stored
from health.queries.judgement import InForce

# Half of what a four-byte float can hold; readings are compared at as many decimals.
KEPT_DECIMALS = 6

UPSERT = """
    INSERT INTO health_snapshot AS t
        (account_id, day, version_id, score, rank, confidence, dimensions, readings, points, weights)
    SELECT account_id, %(day)s::date, %(version)s, score, rank, confidence,
        dimensions::real[], readings::real[], points::real[], weights::real[]
    FROM unnest(
        %(ids)s::bigint[], %(scores)s::numeric[], %(ranks)s::smallint[],
        %(confidences)s::real[], %(dimensions)s::text[], %(readings)s::text[], %(points)s::text[], %(weights)s::text[]
    ) AS v (account_id, score, rank, confidence, dimensions, readings, points, weights)
    ON CONFLICT (account_id, day) DO UPDATE SET version_id = excluded.version_id, score = excluded.score,
        rank = excluded.rank, confidence = excluded.confidence, dimensions = excluded.dimensions,
        readings = excluded.readings, points = excluded.points, weights = excluded.weights,
        restated_at = CASE WHEN t.version_id <> excluded.version_id AND t.day < %(today)s::date
            THEN %(at)s ELSE t.restated_at END
    WHERE (t.version_id, t.score, t.rank, t.confidence, t.dimensions, t.readings, t.points, t.weights)
        IS DISTINCT FROM (excluded.version_id, excluded.score, excluded.rank, excluded.confidence,
            excluded.dimensions, excluded.readings, excluded.points, excluded.weights)
"""
# The moment of the update moves once a day, or when something else does: a repetition leaves the row as it is.
UPDATE_ACCOUNTS = """
    UPDATE accounts_account a SET health_score = v.score, health_tier = v.tier, health_rank = v.rank,
        health_trend = v.trend, health_confidence = v.confidence, health_reason = v.reason,
        expected_churn = v.churn, churn_basis = v.basis, health_override = v.override::jsonb,
        health_updated = %(at)s
    FROM unnest(
        %(ids)s::bigint[], %(scores)s::numeric[], %(tiers)s::text[], %(ranks)s::smallint[], %(trends)s::text[],
        %(confidences)s::numeric[], %(reasons)s::text[], %(churns)s::numeric[], %(bases)s::text[],
        %(overrides)s::text[]
    ) AS v (id, score, tier, rank, trend, confidence, reason, churn, basis, override)
    WHERE a.id = v.id AND (
        a.health_updated IS NULL OR a.health_updated < %(midnight)s OR
        (a.health_score, a.health_tier, a.health_rank, a.health_trend, a.health_confidence, a.health_reason,
            a.expected_churn, a.churn_basis, a.health_override) IS DISTINCT FROM
        (v.score, v.tier, v.rank, v.trend, v.confidence, v.reason, v.churn, v.basis, v.override::jsonb)
    )
"""
CLEAR_ACCOUNTS = """
    UPDATE accounts_account SET health_score = NULL, health_tier = '', health_rank = NULL, health_trend = '',
        health_confidence = NULL, health_reason = '', expected_churn = NULL, churn_basis = '', health_override = NULL,
        health_updated = %(at)s
    WHERE id = ANY(%(ids)s) AND (
        health_score IS NOT NULL OR health_tier <> '' OR health_rank IS NOT NULL OR health_trend <> ''
        OR health_confidence IS NOT NULL OR health_reason <> '' OR expected_churn IS NOT NULL
        OR health_override IS NOT NULL
    )
"""
# Three columns in binary, each as one value, and not a row a snapshot: numpy takes them as they are. Scores are tenths.
HISTORY = """
    SELECT string_agg(int8send(account_id), ''), string_agg(int4send(day - %(first)s::date), ''),
        string_agg(int2send((score * 10)::smallint), '')
    FROM health_snapshot
    WHERE account_id = ANY(%(ids)s) AND day >= %(first)s::date AND day <= %(day)s::date AND score IS NOT NULL
"""


@dataclass(frozen=True)
class Verdict:
    """Scores of some accounts by one version, in the order of `account_ids`."""

    version_id: int
    account_ids: list[int]
    scores: Scores

    @property
    def ranks(self) -> list[int | None]:
        """The tier's rank of each account; None without a score."""
        ranks = [tier.rank for tier in self.scores.scorecard.tiers]
        return [ranks[index] if index >= 0 else None for index in self.scores.tier.tolist()]

    @property
    def totals(self) -> list[float | None]:
        """Scores as stored; None without one."""
        return _or_none(stored(self.scores.total))


def history(account_ids: Sequence[int], *, day: dt.date, days: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Stored scores (n, days + 1) of the days up to `day`, that one included, NaN where none; and the days' numbers."""
    first = day - dt.timedelta(days=days)
    matrix = np.full((len(account_ids), days + 1), np.nan)
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {"ids": array(account_ids), "first": first, "day": day})
        columns = zip(cursor.fetchone(), (">i8", ">i4", ">i2"), strict=True)
    ids, places, tenths = (np.frombuffer(column or b"", dtype) for column, dtype in columns)
    order = np.argsort(account_ids)
    rows = order[np.searchsorted(np.asarray(account_ids, dtype=np.int64), ids, sorter=order)]
    matrix[rows, places] = tenths / 10
    return matrix, np.arange(first.toordinal(), day.toordinal() + 1)


def write_snapshots(verdict: Verdict, *, day: dt.date) -> int:
    """The snapshots of a day; gives how many were made or changed.

    A day that is over and was judged by another version is marked as restated.
    """
    scores = verdict.scores
    return _execute(
        UPSERT,
        day=day,
        today=clock.today(),
        at=clock.now(),
        ids=array(verdict.account_ids),
        version=verdict.version_id,
        scores=numbers(verdict.totals),
        ranks=numbers(verdict.ranks),
        confidences=numbers(scores.confidence.tolist()),
        dimensions=arrays(scores.dimensions),
        readings=arrays(scores.values),
        points=arrays(np.where(np.isnan(scores.indicators), np.nan, scores.contributions)),
        weights=_weights(scores),
    )


def remove_snapshots(account_ids: Sequence[int], *, day: dt.date) -> int:
    """Drops what was computed of accounts that get no score on that day."""
    if not account_ids:
        return 0
    return _execute(
        "DELETE FROM health_snapshot WHERE account_id = ANY(%(ids)s) AND day = %(day)s", ids=array(account_ids), day=day
    )


def update_accounts(
    verdict: Verdict,
    *,
    trends: Sequence[str],
    reasons: Sequence[str],
    churns: Sequence[Decimal | None],
    bases: Sequence[str],
    overrides: Mapping[int, InForce],
    day: dt.date,
    at: dt.datetime,
) -> int:
    """The current health on the accounts' rows, with the expected churn and its basis; gives how many were changed.

    Where a person overrides the tier, theirs stands on the row with its churn, and the computed one beside it.
    """
    card = verdict.scores.scorecard
    labels = [card.tiers[index].label if index >= 0 else "" for index in verdict.scores.tier.tolist()]
    ranks, churns, bases = verdict.ranks, list(churns), list(bases)
    kept: list[str | None] = [None] * len(labels)
    for place, pk in enumerate(verdict.account_ids if overrides else ()):
        if (override := overrides.get(pk)) is not None:
            kept[place] = json.dumps(override.beside(labels[place], ranks[place]))
            labels[place], ranks[place] = override.label, override.rank
            churns[place], bases[place] = override.expected_churn, Account.ChurnBasis.TIER.value
    return _execute(
        UPDATE_ACCOUNTS,
        ids=array(verdict.account_ids),
        scores=numbers(verdict.totals),
        tiers=texts(labels),
        ranks=numbers(ranks),
        trends=texts(trends),
        confidences=numbers(np.round(verdict.scores.confidence, 3).tolist()),
        reasons=texts(reason[:200] for reason in reasons),
        churns=numbers(churns),
        bases=texts(bases),
        overrides=texts(kept),
        at=at,
        midnight=clock.start_of(day),
    )


def clear_accounts(account_ids: Sequence[int], *, at: dt.datetime) -> int:
    """No score is a valid state: what accounts that get none showed before is taken away."""
    return _execute(CLEAR_ACCOUNTS, ids=array(account_ids), at=at) if account_ids else 0


def _execute(sql: str, **params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def _weights(scores: Scores) -> str | None:
    """Weights of the accounts whose readings do not give them, NULL for the others; None where none is such."""
    if scores.mixed is None:
        return None
    weights = np.where(scores.mixed[:, None], scores.weights, np.nan)
    return arrays(weights).replace(f'"{{{",".join(["NULL"] * weights.shape[1])}}}"', "NULL")


def arrays(values: FloatArray) -> str:
    """Rows as PostgreSQL writes an array of texts that are arrays; unnest would flatten an array of arrays."""
    rows = np.round(values, KEPT_DECIMALS).tolist()
    text = str(rows).replace("nan", "NULL").replace(" ", "")
    return "{" + text[1:-1].replace("[", '"{').replace("]", '}"') + "}"


def _or_none(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
