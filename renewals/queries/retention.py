"""The retention report: what the ledger says of the accounts that a user sees."""

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import numpy as np

from accounts.models import Product, User
from cs_workspace.common.charts import LineChart, line_chart
from renewals.domain.benchmarks import NRR_BENCHMARKS, Level, Rate, Target, nrr_level, target_of
from renewals.domain.cohorts import Cohort, cohorts_of, in_words
from renewals.domain.periods import Period, Step, add_months, trailing_year, trailing_years
from renewals.domain.retention import Retention, measure_each, measure_groups
from renewals.models import LedgerPack
from renewals.queries.movements import entries_of
from renewals.queries.retention_groups import Grouping, Split, grouping


class Rhythm(StrEnum):
    """How the report goes through time."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    TRAILING = "trailing"


MONTHS_SHOWN, QUARTERS_SHOWN, YEARS_SHOWN, COHORTS_SHOWN = 12, 8, 5, 30
# Scales of the courses of rates begin and end at such steps, in percent.
SCALE_STEP = 5
# More days than lie between the ends of two periods that follow each other: a line joins them.
JOINED = 400


@dataclass(frozen=True)
class ReportFilter:
    """What the report is to show; `product` is the key of a product, None for all."""

    rhythm: Rhythm = Rhythm.MONTH
    split: Split = Split.SEGMENT
    product: int | None = None


@dataclass(frozen=True)
class Aims:
    """What a segment should reach: the target of its GRR, and the NRR from which on it is good, great and best, empty
    where nothing is known of others like it; `level` is what its NRR is."""

    grr: Target
    nrr: tuple[Decimal, ...]
    level: Level | None


@dataclass(frozen=True)
class Group:
    """One group of the split over the trailing year; only segments have `aims`."""

    key: str
    name: str
    found: Retention
    aims: Aims | None


@dataclass(frozen=True)
class Course:
    """How a rate went from period to period; `chart` is in percent."""

    label: str
    chart: LineChart


@dataclass(frozen=True)
class Report:
    """The trailing year and the one before it, the periods with the newest first, groups by ARR, the
    newest cohorts, and what stands out among all of them."""

    year: Retention
    before: Retention
    periods: list[Retention]
    groups: list[Group]
    cohorts: list[Cohort]
    words: list[str]
    is_empty: bool

    @cached_property
    def courses(self) -> list[Course]:
        """NRR and GRR over the periods, where two of them at least have a rate."""
        rates = {"NRR": [found.nrr for found in self.periods], "GRR": [found.grr for found in self.periods]}
        courses = [Course(label, self._chart(of)) for label, of in rates.items()]
        return [course for course in courses if course.chart.line]

    def _chart(self, rates: list[Decimal | None]) -> LineChart:
        points = [
            (found.period.last, None if rate is None else float(rate * 100))
            for found, rate in zip(reversed(self.periods), reversed(rates), strict=True)
        ]
        known = [value for _, value in points if value is not None]
        low = math.floor(min(known, default=0) / SCALE_STEP) * SCALE_STEP
        high = max(math.ceil(max(known, default=0) / SCALE_STEP) * SCALE_STEP, low + SCALE_STEP)
        return line_chart(points, since=points[0][0], until=points[-1][0], low=low, high=high, joined_within=JOINED)


def retention_report(user: User, wanted: ReportFilter, *, today: dt.date) -> Report:
    """The report up to the end of `today`, for the accounts that `user` sees. Three queries at most."""
    entries = entries_of(LedgerPack.objects.visible_to(user))
    if wanted.product is not None:
        entries = entries.of_product(wanted.product)
    movements = entries.book.movements
    until = today + dt.timedelta(days=1)
    year = trailing_year(until)
    latest, before, *periods = measure_each(
        movements, [year, trailing_year(year.since), *reversed(periods_of(wanted.rhythm, until))]
    )
    cohorts = cohorts_of(movements, today)
    return Report(
        year=latest,
        before=before,
        periods=periods,
        groups=_groups(grouping(user, entries, wanted.split), wanted.split, year),
        cohorts=cohorts[: -COHORTS_SHOWN - 1 : -1],
        words=in_words(cohorts),
        is_empty=not len(entries.account_ids),
    )


def periods_of(rhythm: Rhythm, until: dt.date) -> list[Period]:
    """The last periods of a rhythm before a day, the oldest first; the newest may not be over."""
    last = until - dt.timedelta(days=1)
    if rhythm is Rhythm.YEAR:
        return Period(last.replace(year=last.year + 1 - YEARS_SHOWN, month=1, day=1), until).steps(Step.YEAR)
    if rhythm is Rhythm.QUARTER:
        first = add_months(last.replace(month=last.month - (last.month - 1) % 3, day=1), 3 * (1 - QUARTERS_SHOWN))
        return Period(first, until).steps(Step.QUARTER)
    months = Period(add_months(last.replace(day=1), 1 - MONTHS_SHOWN), until)
    return trailing_years(months) if rhythm is Rhythm.TRAILING else months.steps(Step.MONTH)


def products() -> list[tuple[int, str]]:
    """The products that can be chosen, by key."""
    return list(Product.objects.order_by("name").values_list("pk", "name"))


def _groups(grouped: Grouping, split: Split, period: Period) -> list[Group]:
    count = len(grouped.keys)
    measured = measure_groups(grouped.movements, period, grouped.place, count)
    members = np.bincount(grouped.place, minlength=count)
    found = [
        Group(key, name, retention, _aims(key, retention) if split is Split.SEGMENT else None)
        for key, name, retention, size in zip(grouped.keys, grouped.names, measured, members, strict=True)
        if size
    ]
    return sorted(found, key=lambda group: (-group.found.start_arr, -group.found.end_arr, group.name))


def _aims(segment: str, found: Retention) -> Aims:
    level = None if found.nrr is None else nrr_level(found.nrr, segment)
    return Aims(target_of(Rate.GRR, segment), NRR_BENCHMARKS.get(segment, ()), level)
