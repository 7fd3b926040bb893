"""The churn report: what was lost, why, of whom, and how much of what the ledger tells has a reason written down."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db import connection
from django.db.models import Count, F, Max, Sum
from django.db.models.functions import Lower, Trim

from accounts.models import Segment, User
from renewals.domain.churn import PREVENTABLE_LABELS, SUB_REASON_LABELS, TAXONOMY, Category, category_of
from renewals.domain.churn_analysis import (
    JUDGEMENTS,
    REASONS,
    Losses,
    Sums,
    Told,
    sums_by_period,
    sums_of_all,
    sums_of_each,
    told,
)
from renewals.domain.periods import YEAR_MONTHS, Period, Step, add_months
from renewals.models import ChurnRecord, LedgerPack, LostProduct
from renewals.models.churn import ChurnRecordQuerySet
from renewals.queries.copied import copied, whole_numbers
from renewals.queries.ledger_losses import UntoldList, untold_among
from renewals.queries.movements import entries_of

# In the order of the columns of `Losses`. Everything is a whole number, so that all rows come as a few values.
COLUMNS = f"""
    SELECT array_agg(r.account_id), array_agg((r.day - date '0001-01-01' + 1)::bigint),
        array_agg((r.arr_lost * 100)::bigint), array_agg(r.lost_account::int::bigint),
        array_agg((array_position(ARRAY{list(map(str, REASONS))}, r.sub_reason::text) - 1)::bigint),
        array_agg((array_position(ARRAY{list(map(str, JUDGEMENTS))}, r.preventable::text) - 1)::bigint),
        array_agg(COALESCE(a.segment_id, 0)), array_agg(COALESCE(EXTRACT(YEAR FROM a.customer_since), 0)::bigint),
        array_agg((i.id IS NOT NULL)::int::bigint)
    FROM ({{rows}}) r
    JOIN accounts_account a ON a.id = r.account_id
    LEFT JOIN renewals_exitinterview i ON i.record_id = r.id
"""  # noqa: S608  its parts stand in the domain
# By product and account first: to count different accounts of a product, PostgreSQL would sort all of them.
GIVEN_UP = """
    SELECT p.id, p.name, sum(given.records)::int, count(*), sum(given.arr)
    FROM (
        SELECT l.product_id, r.account_id, count(*) AS records, sum(l.arr_lost) AS arr
        FROM ({rows}) r JOIN renewals_lostproduct l ON l.record_id = r.id
        GROUP BY l.product_id, r.account_id
    ) given
    JOIN accounts_product p ON p.id = given.product_id
    GROUP BY p.id ORDER BY sum(given.arr) DESC, p.name
"""
MOST_COMPETITORS = 20


@dataclass(frozen=True)
class ReportFilter:
    """What the report is to show: so many `years` before the end of today, cut at months or quarters; `segment` is the
    key of a segment, `product` of a product, None for all."""

    years: int = 1
    step: Step = Step.MONTH
    segment: int | None = None
    product: int | None = None


@dataclass(frozen=True)
class Group:
    """Records that have something in common. `key` is what the list of records is asked for by."""

    key: str
    name: str
    sums: Sums


@dataclass(frozen=True)
class CategoryGroup(Group):
    """A category with its reasons."""

    reasons: list[Group]


@dataclass(frozen=True)
class Given:
    """What was given up of a product, or went to a competitor. Money is in workspace currency."""

    key: str
    name: str
    records: int
    accounts: int
    arr: Decimal


@dataclass(frozen=True)
class Report:
    """The figures of a period and of the one as long before it, over time with the oldest first, and by group."""

    period: Period
    total: Sums
    before: Sums
    ledger: Told
    periods: list[tuple[Period, Sums]]
    categories: list[CategoryGroup]
    judgements: list[Group]
    segments: list[Group]
    cohorts: list[Group]
    products: list[Given]
    competitors: list[Given]


def churn_report(user: User, wanted: ReportFilter, *, today: dt.date) -> Report:
    """The report up to the end of `today`, of the accounts that `user` sees. Five queries."""
    period, before = periods_of(wanted, today)
    records = _records(user, wanted)
    losses = losses_among(records.filter(day__gte=before.since, day__lt=period.until))
    within = losses.within(period)
    steps = period.steps(wanted.step)
    inside = records.filter(day__gte=period.since, day__lt=period.until)
    return Report(
        period=period,
        total=sums_of_all(within),
        before=sums_of_all(losses.within(before)),
        ledger=_told(user, wanted, within, period),
        periods=list(zip(steps, sums_by_period(within, steps), strict=True)),
        categories=_categories(within),
        judgements=[
            Group(JUDGEMENTS[place].value, PREVENTABLE_LABELS[JUDGEMENTS[place]], sums)
            for place, sums in sorted(sums_of_each(within, within.preventable))
        ],
        segments=_segments(within),
        cohorts=[Group(str(year), str(year) if year else "Not known", sums) for year, sums in _cohorts(within)],
        products=_products(inside),
        competitors=_competitors(inside),
    )


def untold(user: User, *, period: Period) -> UntoldList:
    """The losses of a period that have no record, the largest first. Two queries."""
    found = ChurnRecord.objects.visible_to(user).standing()
    losses = losses_among(found.filter(day__gte=period.since, day__lt=period.until))
    return untold_among(entries_of(LedgerPack.objects.visible_to(user)).book, losses, period)


def losses_among(records: ChurnRecordQuerySet) -> Losses:
    """Records as columns. One query."""
    names = ("id", "account_id", "day", "arr_lost", "lost_account", "sub_reason", "preventable")
    return Losses(*map(whole_numbers, copied(COLUMNS, records.values(*names), fields=9)))


def periods_of(wanted: ReportFilter, today: dt.date) -> tuple[Period, Period]:
    """The period of the report, and the one as long before it."""
    until = today + dt.timedelta(days=1)
    since = add_months(until, -YEAR_MONTHS * wanted.years)
    return Period(since, until), Period(add_months(since, -YEAR_MONTHS * wanted.years), since)


def _records(user: User, wanted: ReportFilter) -> ChurnRecordQuerySet:
    found = ChurnRecord.objects.visible_to(user).standing()
    if wanted.segment is not None:
        found = found.filter(account__segment=wanted.segment)
    if wanted.product is not None:
        given_up = LostProduct.objects.filter(product=wanted.product)
        found = found.filter(pk__in=given_up.values("record"))
    return found


def _told(user: User, wanted: ReportFilter, losses: Losses, period: Period) -> Told:
    """What the ledger says of the same accounts, or of the same product. One query."""
    packs = LedgerPack.objects.visible_to(user)
    if wanted.segment is not None:
        packs = packs.filter(account__segment=wanted.segment)
    entries = entries_of(packs)
    if wanted.product is not None:
        entries = entries.of_product(wanted.product)
    return told(entries.book.movements, entries.account_ids, losses, period)


def _categories(losses: Losses) -> list[CategoryGroup]:
    """Categories with their reasons, that with the most ARR lost first."""
    categories = list(Category)
    of_reason = np.array([categories.index(category_of(reason)) for reason in REASONS])
    reasons: dict[Category, list[Group]] = {}
    for place, sums in sums_of_each(losses, losses.reason):
        reason = REASONS[place]
        reasons.setdefault(category_of(reason), []).append(Group(reason.value, SUB_REASON_LABELS[reason], sums))
    return [
        CategoryGroup(categories[place].value, TAXONOMY[categories[place]].label, sums, reasons[categories[place]])
        for place, sums in sums_of_each(losses, of_reason[losses.reason])
    ]


def _segments(losses: Losses) -> list[Group]:
    """By the segments that the accounts are in today. One query."""
    found = sums_of_each(losses, losses.segment)
    names = dict(Segment.objects.values_list("pk", "name"))
    return [Group(str(key), names.get(key, "No segment"), sums) for key, sums in found]


def _cohorts(losses: Losses) -> Iterable[tuple[int, Sums]]:
    """By the year since which the accounts were customers, the latest first, those of which it is not known last."""
    return sorted(sums_of_each(losses, losses.since), key=lambda pair: -pair[0])


def _products(records: ChurnRecordQuerySet) -> list[Given]:
    """What was given up of each product, that with the most ARR first. One query."""
    rows, params = records.order_by().values("id", "account_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(GIVEN_UP.format(rows=rows), params)
        return [Given(str(key), *rest) for key, *rest in cursor.fetchall()]


def _competitors(records: ChurnRecordQuerySet) -> list[Given]:
    """To whom customers went, however it is written; the first twenty by ARR. One query."""
    found = (
        records.exclude(competitor="")
        .order_by()
        .annotate(named=Lower(Trim(F("competitor"))))
        .values("named")
        .annotate(
            records=Count("pk"),
            accounts=Count("account", distinct=True),
            arr=Sum("arr_lost"),
            name=Max(Trim(F("competitor"))),
        )
        .order_by("-arr", "named")[:MOST_COMPETITORS]
    )
    return [Given(row["name"], row["name"], row["records"], row["accounts"], row["arr"]) for row in found]
