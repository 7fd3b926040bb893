"""The readings of a whole book as columns, out of snapshots: what the preview of a draft and its backtest score.

Columns leave PostgreSQL as one value each, in its binary form, and become arrays as they are: tens of thousands of rows
would be a second of work in Python alone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.core.cache import cache
from django.db import connection

from accounts.models import Segment
from health.domain.eligibility import Skipped
from health.domain.products import mean_of_products, with_rows
from health.domain.quartiles import WHOLE_BOOK
from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray, Groups
from health.domain.scoring import Scores, quartile_tables, score_accounts
from health.metrics import compute
from health.models import Indicator, SegmentFigures
from health.queries.scorecards import Binding

Columns = dict[str, FloatArray]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DAYS_IN_A_MONTH: Final = 30.4375
# Single precision holds as many digits of what was rounded to six decimals.
KEPT_DIGITS: Final = 7
CACHE_SECONDS: Final = 24 * 3600
BATCH: Final = 10_000
# Codes of `state`, in the order in which they are asked for.
STATES: Final = {1: Skipped.CHURNED, 2: Skipped.TRIAL, 3: Skipped.NOT_YET}

# Accounts that a version would judge, each with its newest snapshot. The judging version is an expression of constants.
LATEST = """
    SELECT {columns} FROM (
        SELECT a.id, (COALESCE(a.arr, 0) * 100)::bigint AS cents, COALESCE(a.segment_id, 0) AS segment_id,
            COALESCE(%(day)s::date - a.customer_since, -1) AS age,
            CASE WHEN a.churned_on <= %(day)s::date THEN 1 WHEN a.is_trial THEN 2
                WHEN a.customer_since > %(day)s::date THEN 3 ELSE 0 END AS state,
            COALESCE(s.version_id, 0) AS version_id, s.readings
        FROM accounts_account a
        LEFT JOIN LATERAL (
            SELECT version_id, readings FROM health_snapshot
            WHERE account_id = a.id AND day <= %(day)s::date ORDER BY day DESC LIMIT 1
        ) s ON TRUE
        WHERE a.archived_at IS NULL AND {judged_by} = %(version)s
    ) one
"""
# Accounts as they stood on a past day, those that have left since among them.
PAST = """
    SELECT {columns} FROM (
        SELECT a.id, (COALESCE(a.arr, 0) * 100)::bigint AS cents, COALESCE(a.segment_id, 0) AS segment_id,
            COALESCE(%(day)s::date - a.customer_since, -1) AS age, 0 AS state, s.version_id, s.readings,
            COALESCE(a.churned_on - %(day)s::date, 0) AS left_after
        FROM accounts_account a
        CROSS JOIN LATERAL (
            SELECT version_id, readings FROM health_snapshot
            WHERE account_id = a.id AND day <= %(day)s::date AND day > %(day)s::date - 7 ORDER BY day DESC LIMIT 1
        ) s
        WHERE (a.churned_on IS NULL OR a.churned_on > %(day)s::date) AND s.version_id = ANY(%(versions)s)
    ) one
"""
PRODUCTS = """
    SELECT {columns} FROM (
        SELECT account_id AS id, (arr * 100)::bigint AS cents, version_id, readings FROM health_productscore
        WHERE account_id = ANY(%(ids)s)
    ) one
"""


@dataclass(frozen=True)
class Parts:
    """Products of accounts that are the mean of their products: m rows, `places` (m,) of their accounts in the book."""

    places: npt.NDArray[np.intp]
    arr: FloatArray
    readings: Columns


@dataclass(frozen=True)
class Book:
    """n accounts as of a day, with a column of readings for each metric; NaN where nothing was observed.

    ids, cents   (n,) keys, and ARR in hundredths
    state        (n,) 0 where an account is scored, else a code of `STATES`
    segments     (n,) keys, "" for none; months (n,) since start, NaN where unknown
    left_after   (n,) days after which an account churned, 0 where it has not; None as of today
    """

    day: dt.date
    ids: Numbers
    cents: Numbers
    state: Numbers
    segments: Groups
    months: FloatArray
    readings: Columns
    parts: Parts | None = None
    left_after: Numbers | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def scoreable(self) -> Mask:
        """(n,) Whether an account is a customer who gets a score."""
        return self.state == 0

    def score(self, card: Scorecard, kept: Mapping[str, Any]) -> Scores:
        """The book by a scorecard; `kept` are quartiles of the day, what they lack is taken of the book itself."""
        mine = {name: np.where(self.scoreable, column, np.nan) for name, column in self.readings.items()}
        quartiles = quartile_tables(card, mine, self.segments) | dict(kept)
        scores = score_accounts(card, mine, segments=self.segments, months=self.months, quartiles=quartiles)
        if self.parts is None:
            return scores
        places, rows = np.unique(self.parts.places, return_inverse=True)
        parts = score_accounts(
            card,
            self.parts.readings,
            segments=self.segments[self.parts.places],
            months=self.months[self.parts.places],
            quartiles=quartiles,
        )
        mean = mean_of_products(parts, arr=self.parts.arr, accounts=rows, count=len(places))
        return with_rows(scores, places, mean)


def latest_book(metrics: Iterable[str], bindings: Sequence[Binding], version_id: int, *, day: dt.date) -> Book:
    """The accounts that `version_id` judges under these bindings, as they were read last."""
    wanted = list(dict.fromkeys(metrics))
    held = _held()
    judged_by, params = _judged_by(bindings)
    found = _fetch(LATEST, wanted, held, params | {"day": day, "version": version_id}, judged_by=judged_by)
    book = _book(found, wanted, held, day)
    return replace(book, parts=_parts(book, wanted, held))


def past_book(metrics: Iterable[str], version_ids: Sequence[int], *, day: dt.date) -> Book:
    """The accounts that one of these versions judged on a past day (or up to six days before)."""
    wanted = list(dict.fromkeys(metrics))
    held = _held()
    extra = ["left_after"]
    found = _fetch(PAST, wanted, held, {"day": day, "versions": list(version_ids)}, extra=extra)
    return _book(found, wanted, held, day)


def kept_quartiles(day: dt.date) -> dict[str, Any]:
    """The quartiles that were taken of the whole book on a day; empty where none were."""
    return SegmentFigures.objects.filter(day=day).values_list("quartiles", flat=True).first() or {}


def _held() -> dict[int, list[str]]:
    """The metrics of every version in the order of its snapshots' arrays."""
    rows = Indicator.objects.order_by("dimension__position", "dimension_id", "position", "pk").values_list(
        "dimension__version_id", "metric"
    )
    held: dict[int, list[str]] = {}
    for version_id, metric in rows:
        held.setdefault(version_id, []).append(metric)
    return held


def _fetch(
    sql: str,
    metrics: Sequence[str],
    held: Mapping[int, Sequence[str]],
    params: dict[str, Any],
    *,
    extra: Sequence[str] = (),
    base: Sequence[str] = ("id", "cents", "segment_id", "age", "state", "version_id"),
    **parts: str,
) -> dict[str, Any]:
    """The columns by name, each as an array; of metrics single precision, of all else whole numbers."""
    columns = [f"string_agg(int8send({name}::bigint), '') AS {name}" for name in (*base, *extra)]
    for place, metric in enumerate(metrics):
        columns.append(f"string_agg(float4send(COALESCE({_reading(metric, held)}, 'NaN')), '') AS m{place}")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns=", ".join(columns), **parts), params)
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    found: dict[str, Any] = {
        name: np.frombuffer(row[name] or b"", dtype=">i8").astype(np.int64) for name in (*base, *extra)
    }
    for place, metric in enumerate(metrics):
        found[f"metric:{metric}"] = _as_written(np.frombuffer(row[f"m{place}"] or b"", dtype=">f4").astype(float))
    return found


def _reading(metric: str, held: Mapping[int, Sequence[str]]) -> str:
    """SQL for a metric out of a snapshot's array, wherever its version has it; of numbers alone."""
    places: dict[int, list[int]] = {}
    for version_id, metrics in held.items():
        if metric in metrics:
            places.setdefault(list(metrics).index(metric) + 1, []).append(version_id)
    cases = [
        f"WHEN version_id IN ({', '.join(map(str, versions))}) THEN readings[{place}]"
        for place, versions in sorted(places.items())
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::real"


def _as_written(values: FloatArray) -> FloatArray:
    """Single precision as it was written: 0.9 and not 0.89999998, so that a bound at 0.9 holds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = KEPT_DIGITS - np.ceil(np.log10(np.abs(values)))
        scale = 10.0 ** np.where(np.isfinite(digits), digits, 0)
        return np.round(values * scale) / scale


def _book(found: dict[str, Any], metrics: Sequence[str], held: Mapping[int, Sequence[str]], day: dt.date) -> Book:
    age = found["age"].astype(float)
    keys = {0: WHOLE_BOOK} | dict(Segment.objects.values_list("pk", "key"))
    known, inverse = np.unique(found["segment_id"], return_inverse=True)
    segments = np.array([keys[int(pk)] for pk in known] or [""], dtype=str)[inverse]
    scoreable = found["state"] == 0
    readings = {metric: found[f"metric:{metric}"] for metric in metrics}
    readings |= _not_held(found, metrics, held, scoreable, day)
    return Book(
        day=day,
        ids=found["id"],
        cents=found["cents"],
        state=found["state"],
        segments=segments,
        months=np.where(age < 0, np.nan, age / DAYS_IN_A_MONTH),
        readings=readings,
        left_after=found.get("left_after"),
    )


def _not_held(
    found: dict[str, Any], metrics: Sequence[str], held: Mapping[int, Sequence[str]], scoreable: Mask, day: dt.date
) -> Columns:
    """Columns of metrics that some snapshots do not hold, completed by what observations give."""
    # Version 0: an account that was never scored waits for the next recompute, here as everywhere.
    versions = {int(one) for one in np.unique(found["version_id"][scoreable])} - {0}
    lacking = {metric: [one for one in versions if metric not in held.get(one, ())] for metric in metrics}
    lacking = {metric: ones for metric, ones in lacking.items() if ones}
    if not lacking:
        return {}
    computed = _computed(sorted(lacking), found["id"][scoreable], day)
    completed = {}
    for metric, ones in lacking.items():
        column = found[f"metric:{metric}"].copy()
        without = scoreable & np.isin(found["version_id"], ones)
        column[without] = computed[metric][without[scoreable]]
        completed[metric] = column
    return completed


def _computed(metrics: Sequence[str], ids: Numbers, day: dt.date) -> Columns:
    """Readings out of observations, once a day and metric: while weights are tried they stay as they are."""
    columns, missing = {}, []
    for metric in metrics:
        kept = cache.get(_cache_key(metric, day))
        if kept is not None:
            with np.load(BytesIO(kept)) as file:
                if np.array_equal(file["ids"], ids):
                    columns[metric] = file["values"]
        if metric not in columns:
            missing.append(metric)
    if not missing:
        return columns
    batches = [compute(missing, ids[start : start + BATCH].tolist(), day) for start in range(0, len(ids), BATCH)]
    for metric in missing:
        columns[metric] = np.concatenate([batch[metric] for batch in batches]) if batches else np.empty(0)
        file = BytesIO()
        np.savez(file, ids=ids, values=columns[metric])
        cache.set(_cache_key(metric, day), file.getvalue(), CACHE_SECONDS)
    return columns


def _cache_key(metric: str, day: dt.date) -> str:
    return f"tuning:{connection.settings_dict['NAME']}:{day}:{metric}"


def _parts(book: Book, metrics: Sequence[str], held: Mapping[int, Sequence[str]]) -> Parts | None:
    """The products of the accounts that have several; a metric that theirs do not hold is that of the account."""
    ids = book.ids[book.scoreable]
    found = _fetch(PRODUCTS, metrics, held, {"ids": ids.tolist()}, base=("id", "cents", "version_id"))
    if not len(found["id"]):
        return None
    order = np.argsort(book.ids, kind="stable")
    places = order[np.searchsorted(book.ids[order], found["id"])]
    readings = {}
    for metric in metrics:
        lacking = [int(one) for one in np.unique(found["version_id"]) if metric not in held.get(int(one), ())]
        without = np.isin(found["version_id"], lacking)
        readings[metric] = np.where(without, book.readings[metric][places], found[f"metric:{metric}"])
    return Parts(places, found["cents"] / 100, readings)


def _judged_by(bindings: Sequence[Binding]) -> tuple[str, dict[str, Any]]:
    """SQL for the version that judges an account: product over lifecycle stage over segment over default."""
    products = [one for one in bindings if one.product_id]
    params: dict[str, Any] = {f"stage{one.version_id}": one.stage for one in bindings if one.stage}
    found = []
    if products:
        cases = " ".join(f"WHEN {one.product_id} THEN {one.version_id}" for one in products)
        found.append(
            f"""(SELECT CASE l.product_id {cases} END
            FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
            WHERE c.account_id = a.id AND c.status IN ('active', 'ended') AND c.start <= %(day)s::date
                AND (c."end" IS NULL OR c."end" > %(day)s::date)
                AND l.product_id IN ({", ".join(str(one.product_id) for one in products)})
            ORDER BY l.arr DESC, l.id LIMIT 1)"""  # noqa: S608  keys alone
        )
    found += [
        f"CASE WHEN a.stage = %(stage{one.version_id})s THEN {one.version_id} END" for one in bindings if one.stage
    ]
    found += [
        f"CASE WHEN a.segment_id = {one.segment_id} THEN {one.version_id} END" for one in bindings if one.segment_id
    ]
    found += [str(one.version_id) for one in bindings if one.is_default]
    return f"COALESCE({', '.join([*found, '0'])})", params
