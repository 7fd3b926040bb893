"""The usage panel of the account page: weeks of activity and the adoption of features."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Sum
from django.db.models.functions import JSONObject

from accounts.models import Account, ContractLine
from cs_workspace.common.charts import BarChart, bar_chart
from cs_workspace.common.compiled import Compiled, compile_once, some_days, some_keys
from health.models import Feature, FeatureMonth, UsageDay

WEEKS = 13
ADOPTED_WITHIN_DAYS = 30
OF_A_DAY = ("day", "users", "logged", "actions")


@dataclass(frozen=True)
class Measure:
    """One measure by week, oldest first; a week in which nothing was reported is None."""

    label: str
    unit: str
    weeks: Sequence[int | None]
    chart: BarChart

    @property
    def latest(self) -> int | None:
        """The last four weeks, added up."""
        return _total(self.weeks[-4:])

    @property
    def in_words(self) -> str:
        """The chart for those who cannot see it."""
        known = [f"{week:,}" for week in self.weeks if week is not None]
        return f"{self.label} by week, oldest first: {', '.join(known)}" if known else f"{self.label}: not reported"

    @property
    def change(self) -> float | None:
        """The last four weeks against the four before; None where either is unknown or there was nothing before."""
        now, before = self.latest, _total(self.weeks[-8:-4])
        return None if now is None or not before else now / before - 1


@dataclass(frozen=True)
class Adoption:
    """A feature and on how many of the last 30 days it was used; `last` is None where that was never seen."""

    name: str
    product: str
    is_core: bool
    days: int
    last: dt.date | None


@dataclass(frozen=True)
class UsagePanel:
    """Use over 13 weeks up to today."""

    measures: Sequence[Measure]
    starts: Sequence[dt.date]
    """The first day of each week, oldest first."""
    features: Sequence[Adoption]

    @property
    def is_reported(self) -> bool:
        """Something was reported in these weeks."""
        return any(week is not None for measure in self.measures for week in measure.weeks)

    @property
    def is_empty(self) -> bool:
        """Nothing was reported in these weeks and no feature is known."""
        return not self.features and not self.is_reported

    @property
    def table(self) -> list[tuple[dt.date, list[int | None]]]:
        """A row a week, the newest first, with each measure."""
        rows = zip(self.starts, zip(*(measure.weeks for measure in self.measures), strict=True), strict=True)
        return [(day, list(values)) for day, values in rows][::-1]

    @property
    def first_day(self) -> str:
        """The day on which the charts begin."""
        return f"{self.starts[0].day} {self.starts[0]:%b}"

    @property
    def adopted(self) -> int:
        """How many features were used in the last 30 days."""
        return sum(1 for feature in self.features if feature.days)


def usage_panel(account: Account, *, today: dt.date) -> UsagePanel:
    """Weeks of seven days, the last of which ends today. Two queries."""
    starts = [today - dt.timedelta(days=7 * back - 1) for back in range(WEEKS, 0, -1)]
    rows = use_by_day(account, since=starts[0], last=today)
    measures = [
        _measure("Active users", "user-days a week", starts, ((row["day"], row["users"]) for row in rows)),
        _measure("Logins", "logins a week", starts, ((row["day"], row["logged"]) for row in rows)),
        _measure("Core actions", "actions a week", starts, ((row["day"], row["actions"]) for row in rows)),
    ]
    return UsagePanel(measures, starts, adoption_of(account, today=today))


def use_by_day(account: Account, *, since: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """`users`, `logged` and `actions` of each `day` that something was reported of, both ends included. One query."""
    return [dict(zip(OF_A_DAY, row, strict=True)) for row in _days().rows([account.pk], [since, last])]


@cache
def _days() -> Compiled:
    (account,), (since, last) = some_keys(1), some_days(2)
    return compile_once(
        UsageDay.objects.filter(account=account, day__gte=since, day__lte=last)
        .order_by("day")
        .values("day")
        .annotate(users=Sum("active_users"), logged=Sum("logins"), actions=Sum("core_actions"))
        .values_list(*OF_A_DAY)
    )


def adoption_of(account: Account, *, today: dt.date, within: int = ADOPTED_WITHIN_DAYS) -> list[Adoption]:
    """Features of the products under contract and of those ever used; core first, then the most used. One query.

    `within` is on how many days up to today their use is counted.
    """
    since = today - dt.timedelta(days=within - 1)
    adopted = [_adoption(feature, since, today) for feature in _features().rows([account.pk], [today])]
    return sorted(adopted, key=lambda one: (not one.is_core, -one.days))


@cache
def _features() -> Compiled:
    """Features of an account as of a day, by name, with their months of use."""
    (account,), (today,) = some_keys(1), some_days(1)
    months = FeatureMonth.objects.filter(account=account, month__lte=today).order_by("month")
    lines = ContractLine.objects.filter(contract__account=account, contract__start__lte=today)
    sold = lines.filter(Q(contract__end=None) | Q(contract__end__gt=today), contract__status="active")
    found = months.filter(feature=OuterRef("pk")).values(data=JSONObject(month="month", days="days"))
    return compile_once(
        Feature.objects.filter(Q(product__in=sold.values("product")) | Q(pk__in=months.order_by().values("feature")))
        .annotate(month_rows=ArraySubquery(found))
        .select_related("product")
        .order_by("name", "pk")
    )


def _adoption(feature: Any, since: dt.date, today: dt.date) -> Adoption:
    months = [(dt.date.fromisoformat(row["month"]), row["days"]) for row in feature.month_rows]
    used = [month + dt.timedelta(days=bit) for month, days in months for bit in range(31) if days >> bit & 1]
    known = [day for day in used if day <= today]
    return Adoption(
        name=feature.name,
        product=feature.product.name,
        is_core=feature.core,
        days=sum(1 for day in known if day >= since),
        last=max(known, default=None),
    )


def _measure(label: str, unit: str, starts: Sequence[dt.date], days: Iterable[tuple[dt.date, int | None]]) -> Measure:
    weeks = by_week(starts, days)
    return Measure(label, unit, weeks, bar_chart(weeks))


def by_week(starts: Sequence[dt.date], days: Iterable[tuple[dt.date, int | None]]) -> list[int | None]:
    """Values of days, added up by the weeks that begin on `starts`; None for a week of which nothing is known. The days
    lie in these weeks."""
    weeks: list[int | None] = [None] * len(starts)
    for day, value in days:
        place = (day - starts[0]).days // 7
        if value is not None:
            weeks[place] = (weeks[place] or 0) + value
    return weeks


def _total(weeks: Sequence[int | None]) -> int | None:
    known = [week for week in weeks if week is not None]
    return sum(known) if known else None
