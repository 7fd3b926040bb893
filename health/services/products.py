"""Scores the products of accounts that have several, and makes the accounts' scores of them.

Only accounts with two or more products under contract and an observation that names one of these come here; all others
are scored as a whole, and pay one statement a chunk for the question.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from accounts.queries.terms import IN_FORCE, line_arr, terms_params
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from health.domain.explanation import reason_lines, reason_lines_of_products
from health.domain.products import mean_of_products, with_rows
from health.domain.scorers import FloatArray, Groups
from health.domain.scoring import Quartiles, Scores, score_accounts
from health.metrics.of_products import compute_of_products
from health.metrics.registry import Columns
from health.services.snapshots import Verdict, arrays


class Holding(NamedTuple):
    """A product under contract and its ARR in workspace currency."""

    product_id: int
    name: str
    arr: float


Holdings = Mapping[int, Sequence[Holding]]

# Most accounts have one product, and are done with after the first part. An observation that names a product is looked
# for as far back as metrics look.
HOLDINGS = f"""
    WITH several AS MATERIALIZED (
        SELECT c.account_id, array_agg(DISTINCT l.product_id) AS products
        FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = ANY(%(ids)s) AND {IN_FORCE}
        GROUP BY c.account_id HAVING min(l.product_id) < max(l.product_id)
    ), apart AS MATERIALIZED (
        SELECT account_id FROM several
        WHERE EXISTS (
            SELECT 1 FROM health_usageday o
            WHERE o.account_id = several.account_id AND o.day > %(day)s::date - 395 AND o.day <= %(day)s::date
                AND o.product_id = ANY(products)
        ) OR EXISTS (
            SELECT 1 FROM health_usermonth o
            WHERE o.account_id = several.account_id AND o.month > %(day)s::date - 395 AND o.month <= %(day)s::date
                AND o.product_id = ANY(products)
        ) OR EXISTS (
            SELECT 1 FROM health_featuremonth o JOIN health_feature f ON f.id = o.feature_id
            WHERE o.account_id = several.account_id AND o.month > %(day)s::date - 395 AND o.month <= %(day)s::date
                AND f.product_id = ANY(products)
        ) OR EXISTS (
            SELECT 1 FROM health_ticket o
            WHERE o.account_id = several.account_id AND o.opened_at >= %(since)s AND o.opened_at < %(end)s
                AND o.product_id = ANY(products)
        )
    )
    SELECT c.account_id, p.id, p.name, sum({line_arr("%(day)s::date")})::float8
    FROM apart JOIN accounts_contract c ON c.account_id = apart.account_id AND {IN_FORCE}
    JOIN accounts_contractline l ON l.contract_id = c.id JOIN accounts_product p ON p.id = l.product_id
    GROUP BY c.account_id, p.id
    ORDER BY c.account_id, p.id
"""  # noqa: S608  its parts are constants
UPSERT = """
    INSERT INTO health_productscore AS t
        (account_id, product_id, day, version_id, arr, score, rank, confidence, dimensions, readings, reason)
    SELECT account_id, product_id, %(day)s::date, %(version)s, arr, score, rank, confidence,
        dimensions::real[], readings::real[], reason
    FROM unnest(
        %(accounts)s::bigint[], %(products)s::bigint[], %(arr)s::numeric[], %(scores)s::numeric[],
        %(ranks)s::smallint[], %(confidences)s::real[], %(dimensions)s::text[], %(readings)s::text[],
        %(reasons)s::text[]
    ) AS v (account_id, product_id, arr, score, rank, confidence, dimensions, readings, reason)
    ON CONFLICT (account_id, product_id) DO UPDATE SET day = excluded.day, version_id = excluded.version_id,
        arr = excluded.arr, score = excluded.score, rank = excluded.rank, confidence = excluded.confidence,
        dimensions = excluded.dimensions, readings = excluded.readings, reason = excluded.reason
    WHERE (t.day, t.version_id, t.arr, t.score, t.rank, t.confidence, t.dimensions, t.readings, t.reason)
        IS DISTINCT FROM (excluded.day, excluded.version_id, excluded.arr, excluded.score, excluded.rank,
            excluded.confidence, excluded.dimensions, excluded.readings, excluded.reason)
"""
REMOVE = """
    DELETE FROM health_productscore t WHERE t.account_id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM unnest(%(accounts)s::bigint[], %(products)s::bigint[]) AS kept (account_id, product_id)
        WHERE kept.account_id = t.account_id AND kept.product_id = t.product_id
    )
"""


@dataclass(frozen=True)
class OfProducts:
    """Scores of products by one version: `pairs` of account and product, and the ARR of each, in their order.

    `reasons` are what costs their accounts the most, by the account's row in the verdict.
    """

    version_id: int
    pairs: list[tuple[int, int]]
    arr: FloatArray
    scores: Scores
    reasons: dict[int, str]


def holdings(account_ids: Sequence[int], *, day: dt.date) -> Holdings:
    """The products of those accounts whose score is the mean of several. One statement."""
    params = terms_params(day) | {
        "ids": array(account_ids),
        "since": clock.start_of(day - dt.timedelta(days=394)),
        "end": clock.start_of(day + dt.timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLDINGS, params)
        held: dict[int, list[Holding]] = {}
        for pk, *holding in cursor.fetchall():
            held.setdefault(pk, []).append(Holding(*holding))
    return held


def score_products(
    verdict: Verdict,
    readings: Columns,
    held: Holdings,
    *,
    segments: Groups,
    months: FloatArray,
    quartiles: Quartiles,
    day: dt.date,
) -> tuple[Verdict, OfProducts | None]:
    """The verdict with accounts of several products scored as the mean of these, and the scores of the products.

    All products of an account are judged by the scorecard that judges the account. None for the second where no account
    of the verdict has several.
    """
    rows = [row for row, pk in enumerate(verdict.account_ids) if pk in held]
    if not rows:
        return verdict, None
    several = [held[verdict.account_ids[row]] for row in rows]
    counts = [len(one) for one in several]
    places, accounts = np.repeat(rows, counts), np.repeat(np.arange(len(rows)), counts)
    products = list(chain.from_iterable(several))
    pairs = [(verdict.account_ids[row], one.product_id) for row, one in zip(places.tolist(), products, strict=True)]
    arr = np.array([one.arr for one in products])
    scores = score_accounts(
        verdict.scores.scorecard,
        compute_of_products(readings, places, pairs, day),
        segments=segments[places],
        months=months[places],
        quartiles=quartiles,
    )
    means = mean_of_products(scores, arr=arr, accounts=accounts, count=len(rows))
    reasons = reason_lines_of_products(means, scores, [one.name for one in products], accounts)
    mixed = Verdict(verdict.version_id, verdict.account_ids, with_rows(verdict.scores, np.array(rows), means))
    found = OfProducts(verdict.version_id, pairs, arr, scores, dict(zip(rows, reasons, strict=True)))
    return mixed, found


def write_product_scores(found: Sequence[OfProducts], account_ids: Sequence[int], *, day: dt.date) -> None:
    """Keeps the scores of products, in place of all that was kept of these accounts before."""
    pairs = [pair for one in found for pair in one.pairs]
    _execute(REMOVE, ids=array(account_ids), **_columns(pairs))
    for one in found:
        verdict = Verdict(one.version_id, [], one.scores)
        _execute(
            UPSERT,
            day=day,
            version=one.version_id,
            arr=np.round(one.arr, 2).tolist(),
            scores=verdict.totals,
            ranks=verdict.ranks,
            confidences=one.scores.confidence.tolist(),
            dimensions=arrays(one.scores.dimensions),
            readings=arrays(one.scores.values),
            reasons=[reason[:200] for reason in reason_lines(one.scores)],
            **_columns(one.pairs),
        )


def _columns(pairs: Sequence[tuple[int, int]]) -> dict[str, str]:
    return {"accounts": array(account for account, _ in pairs), "products": array(product for _, product in pairs)}


def _execute(sql: str, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
