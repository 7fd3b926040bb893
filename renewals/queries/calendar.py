"""The calendar of renewals: what falls on the days of a month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from cs_workspace.common import clock
from renewals.domain.months import Month
from renewals.queries.renewals import Line, RenewalFilter, line_of, matching, with_words

A_DAY = 4


@dataclass(frozen=True)
class Entry:
    """A renewal on a day: its renewal date, or the last day on which notice can be given."""

    line: Line
    is_decision: bool


@dataclass(frozen=True)
class Day:
    """A day of the calendar with its largest entries, how many there are in all, and the ARR that renews on it."""

    day: dt.date
    is_inside: bool
    is_today: bool
    entries: Sequence[Entry]
    count: int
    arr: Decimal

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.entries)


@dataclass(frozen=True)
class CalendarMonth:
    """The weeks of a month, with how many renewals are due in the month itself and their ARR."""

    month: Month
    days: Sequence[Day]
    count: int
    arr: Decimal

    @property
    def is_empty(self) -> bool:
        """Whether nothing falls on any of its days."""
        return not any(day.count for day in self.days)


def calendar(user: User, wanted: RenewalFilter, month: Month) -> CalendarMonth:
    """What falls on each day of the weeks of a month. Two queries, however much it is."""
    due, decided = _placed(user, wanted, month, "due_on"), _placed(user, wanted, month, "decision_on")
    today = clock.today()
    entries: dict[dt.date, list[Entry]] = defaultdict(list)
    count: dict[dt.date, int] = defaultdict(int)
    arr: dict[dt.date, Decimal] = defaultdict(Decimal)
    for rows, is_decision in ((due, False), (decided, True)):
        for row in rows:
            day = row.decision_on if is_decision else row.due_on
            entries[day].append(Entry(line_of(row, today=today), is_decision))
            if row.place == 1:
                count[day] += row.of_day
                arr[day] += Decimal(0) if is_decision else row.arr_of_day
    days = [Day(day, month.has(day), day == today, entries[day][:A_DAY], count[day], arr[day]) for day in month.grid()]
    firsts = [row for row in due if row.place == 1 and month.has(row.due_on)]
    total = sum((row.arr_of_day for row in firsts), Decimal(0))
    return CalendarMonth(month, days, sum(row.of_day for row in firsts), total)


def _placed(user: User, wanted: RenewalFilter, month: Month, day: str) -> Sequence[Any]:
    """The largest renewals of each day of the grid, with how many the day has and their ARR."""
    first, after = month.grid_bounds()
    found = matching(user, wanted).with_decision().filter(**{f"{day}__gte": first, f"{day}__lt": after})
    of_day: Any = {"partition_by": F(day)}
    placed = with_words(found).annotate(
        place=Window(RowNumber(), order_by=[F("current_arr").desc(), F("pk")], **of_day),
        of_day=Window(Count("*"), **of_day),
        arr_of_day=Window(Sum("current_arr"), **of_day),
    )
    return list(placed.filter(place__lte=A_DAY).order_by(day, "place"))
