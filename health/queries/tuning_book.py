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

from health.domain.eligibility import Skipped
from health.domain.products import mean_of_products, with_rows
from health.domain.quartiles import WHOLE_BOOK
from health.domain.scorecards import Scorecard
from health.domain.scorers import FloatArray, Groups
from health.domain.scoring import Scores, quartile_tables, score_accounts
from health.metrics import compute
from health.models import SegmentFigures
from health.queries.scorecards import Binding
from health.queries.tuning_versions import Contest

Columns = dict[str, FloatArray]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Of every version the metrics in the order of its snapshots' arrays.
Held = Mapping[int, Sequence[str]]

DAYS_IN_A_MONTH: Final = 30.4375
# Single precision holds as many digits of what was rounded to six decimals.
KEPT_DIGITS: Final = 7
CACHE_SECONDS: Final = 24 * 3600
# Where no score was kept on a past day itself, the newest of the two weeks up to it stands for it.
WITHIN_DAYS: Final = 14
# What is read of every account, beside its readings.
ACCOUNT: Final = ("id", "cents", "segment_id", "age", "state", "version_id")
# Codes of `state`, in the order in which they are asked for.
STATES: Final = {1: Skipped.CHURNED, 2: Skipped.TRIAL, 3: Skipped.NOT_YET}

# The keys of segments stand beside the columns: one statement reads all that a book is made of.
SEGMENTS = "(SELECT COALESCE(json_object_agg(id, key), '{}') FROM accounts_segment) AS segment_keys"
# Accounts that a version would judge, each with its newest snapshot. The judging version is an expression of constants.
LATEST = """
    SELECT {segments}, {columns} FROM (
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
# Accounts as they stood on each of some past days, those that have left since among them; one row a day.
PAST = """
    SELECT one.*, d.day FROM unnest(%(days)s::date[]) AS d (day) CROSS JOIN LATERAL (
        SELECT {segments}, {columns} FROM (
            SELECT a.id, (COALESCE(a.arr, 0) * 100)::bigint AS cents, COALESCE(a.segment_id, 0) AS segment_id,
                COALESCE(d.day - a.customer_since, -1) AS age, 0 AS state, s.version_id, s.readings,
                COALESCE(a.churned_on - d.day, 0) AS left_after
            FROM accounts_account a
            CROSS JOIN LATERAL (
                SELECT version_id, readings FROM health_snapshot
                WHERE account_id = a.id AND day <= d.day AND day > d.day - %(within)s ORDER BY day DESC LIMIT 1
            ) s
            WHERE (a.churned_on IS NULL OR a.churned_on > d.day) AND s.version_id = ANY(%(versions)s)
        ) account
    ) one
    ORDER BY d.day DESC
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


def latest_book(metrics: Iterable[str], contest: Contest, *, day: dt.date) -> Book:
    """The accounts that the version of `contest` would judge, as they were read last."""
    wanted = list(dict.fromkeys(metrics))
    judged_by, params = _judged_by(contest.bindings)
    params |= {"day": day, "version": contest.version.pk}
    (row,) = _fetch(LATEST, ACCOUNT, wanted, contest.held, params, judged_by=judged_by)
    book = _book(row, wanted, contest.held, day)
    return replace(book, parts=_parts(book, wanted, contest.held))


def past_books(metrics: Iterable[str], contest: Contest, *, days: Sequence[dt.date]) -> list[Book]:
    """The accounts that one of both scorecards judged on past days, or shortly before, one book a day; days on which
    they judged nobody are left out."""
    wanted = list(dict.fromkeys(metrics))
    params = {"days": list(days), "versions": list(contest.related), "within": WITHIN_DAYS}
    rows = _fetch(PAST, (*ACCOUNT, "left_after"), wanted, contest.held, params)
    return [_book(row, wanted, contest.held, row["day"]) for row in rows if len(row["id"])]


def kept_quartiles(day: dt.date) -> dict[str, Any]:
    """The quartiles that were taken of the whole book on a day; empty where none were."""
    return SegmentFigures.objects.filter(day=day).values_list("quartiles", flat=True).first() or {}


def _fetch(
    sql: str, numbers: Sequence[str], metrics: Sequence[str], held: Held, params: dict[str, Any], **parts: str
) -> list[dict[str, Any]]:
    """The rows by the names of their columns; of those of accounts each is an array, of `metrics` in single precision,
    of `numbers` whole."""
    columns = [f"string_agg(int8send({name}::bigint), '') AS {name}" for name in numbers]
    for place, metric in enumerate(metrics):
        columns.append(f"string_agg(float4send(COALESCE({_reading(metric, held)}, 'NaN')), '') AS m{place}")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns=", ".join(columns), segments=SEGMENTS, **parts), params)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row |= {name: np.frombuffer(row[name] or b"", dtype=">i8").astype(np.int64) for name in numbers}
        for place, metric in enumerate(metrics):
            read = np.frombuffer(row.pop(f"m{place}") or b"", dtype=">f4")
            row[f"metric:{metric}"] = _as_written(read.astype(float))
    return rows


def _reading(metric: str, held: Held) -> str:
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


def _book(found: dict[str, Any], metrics: Sequence[str], held: Held, day: dt.date) -> Book:
    age = found["age"].astype(float)
    keys = {0: WHOLE_BOOK} | {int(pk): key for pk, key in found["segment_keys"].items()}
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


def _not_held(found: dict[str, Any], metrics: Sequence[str], held: Held, scoreable: Mask, day: dt.date) -> Columns:
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
    kept = cache.get_many([cache_key(metric, day) for metric in metrics])
    columns = {metric: _unpacked(kept.get(cache_key(metric, day)), ids) for metric in metrics}
    known = {metric: column for metric, column in columns.items() if column is not None}
    missing = [metric for metric in metrics if metric not in known]
    if not missing:
        return known
    computed = compute(missing, ids.tolist(), day)
    packed = {cache_key(metric, day): _packed(computed[metric], ids) for metric in missing}
    cache.set_many(packed, CACHE_SECONDS)
    return known | computed


def _packed(column: FloatArray, ids: Numbers) -> bytes:
    file = BytesIO()
    np.savez(file, ids=ids, values=column)
    return file.getvalue()


def _unpacked(kept: bytes | None, ids: Numbers) -> FloatArray | None:
    """The column, where it was kept of these very accounts."""
    if kept is None:
        return None
    with np.load(BytesIO(kept)) as file:
        return file["values"] if np.array_equal(file["ids"], ids) else None


def cache_key(metric: str, day: dt.date) -> str:
    """Where the readings of a metric as of a day are kept, by database."""
    return f"tuning:{connection.settings_dict['NAME']}:{day}:{metric}"


def _parts(book: Book, metrics: Sequence[str], held: Held) -> Parts | None:
    """The products of the accounts that have several; a metric that theirs do not hold is that of the account."""
    ids = book.ids[book.scoreable]
    (found,) = _fetch(PRODUCTS, ("id", "cents", "version_id"), metrics, held, {"ids": ids.tolist()})
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
