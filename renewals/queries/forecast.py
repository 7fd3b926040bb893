"""The forecast of the coming year: by month, window and group, beside what was forecast before and what happened."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from accounts.models import Segment, User
from renewals.domain.forecast import Forecast, ForecastError, Part, Sums
from renewals.domain.periods import Period, add_months
from renewals.domain.retention import Retention, measure
from renewals.models import ForecastSnapshot, LedgerPack
from renewals.queries.forecast_rows import KEPT, KEPT_ARR, NOBODY, NOW, SUMS, UPSELL, Scope, rows_sql
from renewals.queries.movements import movements_of

MONTHS_AHEAD, MONTHS_PAST = 12, 6
WINDOWS = (30, 60, 90)
CENT = Decimal("0.01")


class Split(StrEnum):
    """By what the forecast is told apart."""

    SEGMENT = "segment"
    CSM = "csm"
    TEAM = "team"


# What rows are grouped by, and which member of the split that is.
GROUPED = {
    Split.SEGMENT: ("segment_id", "grouped"),
    Split.CSM: ("owner_id", "grouped"),
    Split.TEAM: ("owner_id", "(SELECT u.manager_id FROM accounts_user u WHERE u.id = grouped)"),
}
SUMS_OF_ROWS = ", ".join(f"{sql} AS {name}" for name, sql in SUMS.items())
SUMS_OF_SUMS = ", ".join(f"sum({name}){'::bigint' if name in ('count', 'unknown') else ''}" for name in SUMS)
# Three groupings: by month after the first, by window of 30 days, and by member of the split, for which the year ahead,
# the last month and the time before it stand apart. The rows are added up once, and the three made of these sums.
# OFFSET 0 lets what is kept of a row be reckoned once, and not for each of the sums that it is in.
CUBE = f"""
    {{rows}}, small AS (
        SELECT width_bucket(row.due_on, %(months)s::date[]) + %(shift)s AS month,
            CASE WHEN row.due_on BETWEEN %(today)s::date AND %(today)s::date + {WINDOWS[-1]} - 1
                THEN (row.due_on - %(today)s::date) / {WINDOWS[0]} ELSE -1 END AS near,
            row.{{grouped}} AS grouped, row.part, {SUMS_OF_ROWS}
        FROM (
            SELECT *, {KEPT_ARR} AS kept_arr, {UPSELL} AS upsell_arr FROM row WHERE {{condition}} OFFSET 0
        ) row
        GROUP BY 1, 2, 3, 4
    )
    SELECT GROUPING(month), GROUPING(near), month, near, span, member, part, {SUMS_OF_SUMS}
    FROM (SELECT *, GREATEST(LEAST(month, 0), -2) AS span, {{member}} AS member FROM small) small
    GROUP BY GROUPING SETS ((month, part), (near, part), (span, member, part))
"""  # noqa: S608  its parts are constants
AHEAD, LAST = 0, -1


@dataclass(frozen=True)
class ForecastFilter:
    """Whose renewals are looked at, and by what they are told apart."""

    scope: Scope = field(default_factory=Scope)
    split: Split = Split.SEGMENT


@dataclass(frozen=True)
class Cube:
    """Forecasts by month after the first one, by window of 30 days, and by member of the split for the year ahead
    (`AHEAD`) and the last month (`LAST`)."""

    months: dict[int, Forecast]
    windows: dict[int, Forecast]
    members: dict[tuple[int, int | None], Forecast]

    def within(self, days: int) -> Forecast:
        """What is due within so many days, a multiple of the width of a window."""
        return _together(self.windows.get(place, Forecast()) for place in range(days // WINDOWS[0]))

    def month(self, place: int) -> Forecast:
        """What is due in a month."""
        return self.months.get(place, Forecast())


@dataclass(frozen=True)
class Line:
    """What is due in a period: a month, a window, or the year for one member of the split (`key` and `name`)."""

    period: Period
    forecast: Forecast
    key: str = ""
    name: str = ""


@dataclass(frozen=True)
class Past:
    """What was forecast of a month at its beginning, None where nothing was kept, and what happened."""

    period: Period
    kept: Forecast | None
    happened: Forecast
    retention: Retention | None = None
    """What the ledger says of the month; None for the members of a split."""
    key: str = ""
    name: str = ""

    @property
    def error(self) -> ForecastError | None:
        """The likely figure beside what was renewed."""
        return None if self.kept is None else ForecastError(self.kept.likely, self.happened[Part.WON].kept)

    @property
    def churn_rate(self) -> Any:
        """Churn ÷ ARR at the start of the month, of all accounts; None where that was 0."""
        found = self.retention
        return -found.compared.churn / found.start_arr if found is not None and found.start_arr else None


@dataclass(frozen=True)
class Report:
    """The year ahead by month, its sum, the windows and the members of the split; what is overdue."""

    months: list[Line]
    year: Line
    windows: list[Line]
    members: list[Line]
    overdue: Line

    @property
    def is_empty(self) -> bool:
        """Nothing is due."""
        return not self.year.forecast.all.count and not self.overdue.forecast.all.count


@dataclass(frozen=True)
class PastReport:
    """The past months and this one so far, the newest first, and the last month by member of the split."""

    months: list[Past]
    last: list[Past]

    @property
    def is_empty(self) -> bool:
        """Nothing was due, and nothing was forecast."""
        return not any(one.happened.all.count or one.kept for one in self.months)


@dataclass(frozen=True)
class Ahead:
    """The year ahead by month, its sum, and the windows."""

    months: list[Line]
    year: Line
    windows: list[Line]


def forecast_of_all(*, today: dt.date) -> Ahead:
    """What the whole workspace has ahead, all accounts but the archived ones. One query."""
    return _ahead(_cube(NOW, None, ForecastFilter(), first=today.replace(day=1)), today)


def forecast_report(user: User, wanted: ForecastFilter, *, today: dt.date) -> Report:
    """The forecast of what `user` sees. Two queries."""
    first = today.replace(day=1)
    now = _cube(NOW, user, wanted, first=first)
    names = _names(wanted.split, {key for _, key in now.members if key is not None})
    ahead = _ahead(now, today)
    return Report(
        months=ahead.months,
        year=ahead.year,
        windows=ahead.windows,
        members=_members(now, ahead.year.period, names),
        overdue=Line(Period(first - dt.timedelta(days=1), first), _overdue(now)),
    )


def past_report(user: User, wanted: ForecastFilter, *, today: dt.date) -> PastReport:
    """What was forecast to `user` of the past months, beside what happened. Five queries."""
    first = today.replace(day=1)
    now = _cube(NOW, user, wanted, first=first, back=MONTHS_PAST)
    kept = _cube(KEPT, user, wanted, first=first, back=MONTHS_PAST)
    since = add_months(first, -MONTHS_PAST)
    taken = set(ForecastSnapshot.objects.filter(month__gte=since).values_list("month", flat=True))
    names = _names(wanted.split, {key for _, key in (*now.members, *kept.members) if key is not None})
    return PastReport(
        months=_past(user, wanted.scope, now, kept, taken, first), last=_last(now, kept, taken, first, names)
    )


def _cube(source: str, user: User | None, wanted: ForecastFilter, *, first: dt.date, back: int = 0) -> Cube:
    """What is due in the year from the `first` of this month, with what is overdue; or in this month and so many months
    `back` from it."""
    rows, params = rows_sql(source, user)
    grouped, member = GROUPED[wanted.split]
    sql = CUBE.format(rows=rows, grouped=grouped, member=member, condition=wanted.scope.condition)
    months = [add_months(first, place) for place in (range(-back, 1) if back else range(MONTHS_AHEAD))]
    # What was due before the first of these months falls in the one before it.
    period = {"since": months[0], "until": add_months(months[-1], 1), "overdue": not back}
    with connection.cursor() as cursor:
        cursor.execute(sql, params | wanted.scope.params | period | {"months": months, "shift": -1 - back})
        return _cube_of(cursor.fetchall())


def _cube_of(rows: Iterable[tuple[Any, ...]]) -> Cube:
    months: dict[int, dict[Part, Sums]] = defaultdict(dict)
    windows: dict[int, dict[Part, Sums]] = defaultdict(dict)
    members: dict[tuple[int, int | None], dict[Part, Sums]] = defaultdict(dict)
    for no_month, no_window, month, near, span, member, part, *sums in rows:
        found = months[month] if not no_month else windows[near] if not no_window else members[span, member]
        found[Part(part)] = Sums(*sums)
    return Cube(_forecasts(months), _forecasts(windows), _forecasts(members))


def _forecasts(found: dict[Any, dict[Part, Sums]]) -> dict[Any, Forecast]:
    return {key: Forecast(parts) for key, parts in found.items()}


def _ahead(now: Cube, today: dt.date) -> Ahead:
    first = today.replace(day=1)
    year = Period(first, add_months(first, MONTHS_AHEAD))
    return Ahead(
        months=[Line(_month(first, place), now.month(place)) for place in range(MONTHS_AHEAD)],
        year=Line(year, _together(now.month(place) for place in range(MONTHS_AHEAD))),
        windows=[
            Line(Period(today, today + dt.timedelta(days=days)), now.within(days), name=f"Next {days} days")
            for days in WINDOWS
        ],
    )


def _overdue(now: Cube) -> Forecast:
    """Open renewals that were due before this month."""
    before = _together(forecast for place, forecast in now.months.items() if place < 0)
    return Forecast({part: sums for part, sums in before.parts.items() if part not in (Part.WON, Part.LOST)})


def _members(now: Cube, year: Period, names: dict[int, str]) -> list[Line]:
    found = [
        Line(year, forecast, *_named(key, names)) for (span, key), forecast in now.members.items() if span == AHEAD
    ]
    return sorted(found, key=lambda line: (-line.forecast.all.due, line.name, line.key))


def _past(user: User, scope: Scope, now: Cube, kept: Cube, taken: set[dt.date], first: dt.date) -> list[Past]:
    """The past months and this one so far, the newest first. One query."""
    movements = movements_of(_packs(user, scope)).movements
    periods = [_month(first, -back) for back in range(MONTHS_PAST + 1)]
    return [
        Past(
            period,
            kept.month(-back) if period.since in taken else None,
            now.month(-back),
            measure(movements, period),
        )
        for back, period in enumerate(periods)
    ]


def _last(now: Cube, kept: Cube, taken: set[dt.date], first: dt.date, names: dict[int, str]) -> list[Past]:
    """The last month by member of the split; none where its forecast was not kept."""
    period = _month(first, -1)
    if period.since not in taken:
        return []
    keys = {key for span, key in (*now.members, *kept.members) if span == LAST}
    found = [
        Past(
            period,
            kept.members.get((LAST, key), Forecast()),
            now.members.get((LAST, key), Forecast()),
            None,
            *_named(key, names),
        )
        for key in keys
    ]
    return sorted(found, key=lambda one: (-one.happened.all.due, one.name, one.key))


def _packs(user: User, scope: Scope) -> Any:
    """The ledger of the accounts in scope, by their owners of today."""
    packs = LedgerPack.objects.visible_to(user)
    for column, key in (
        ("account__owner", scope.csm),
        ("account__segment", scope.segment),
        ("account__owner__manager", scope.team),
    ):
        if key:
            wanted: dict[str, Any] = {f"{column}__isnull": True} if key == NOBODY else {column: int(key)}
            packs = packs.filter(**wanted)
    return packs


def _names(split: Split, keys: set[int]) -> dict[int, str]:
    """What members of a split are called. One query."""
    model: Any = Segment if split is Split.SEGMENT else User
    return dict(model.objects.filter(pk__in=sorted(keys)).values_list("pk", "name"))


def _named(key: int | None, names: dict[int, str]) -> tuple[str, str]:
    return (NOBODY, "") if key is None else (str(key), names.get(key, ""))


def _month(first: dt.date, place: int) -> Period:
    return Period(add_months(first, place), add_months(first, place + 1))


def _together(forecasts: Iterable[Forecast]) -> Forecast:
    return sum(forecasts, Forecast())
