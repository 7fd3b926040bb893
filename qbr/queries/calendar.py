"""The calendar of reviews: what takes place, or is due, on the days of a month."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateField, F, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate

from accounts.models import User
from cs_workspace.common import clock
from qbr.models import Review
from qbr.queries.review_list import ALL, ReviewFilter, matching, on_day
from renewals.domain.months import Month

A_DAY = 4


@dataclass(frozen=True)
class Day:
    """A day of the calendar with its first entries, and how many there are in all."""

    day: dt.date
    is_inside: bool
    is_today: bool
    entries: Sequence[Review]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.entries)


@dataclass(frozen=True)
class CalendarMonth:
    """The weeks of a month, with how many reviews fall into the month itself."""

    month: Month
    days: Sequence[Day]
    count: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing falls on any of its days."""
        return not any(day.count for day in self.days)


def calendar(user: User, wanted: ReviewFilter, month: Month) -> CalendarMonth:
    """What falls on each day of the weeks of a month, by the hour; what has none yet comes last. One query.

    Where no status is chosen, what is over is shown with what is open: the month is to be seen as it was.
    """
    first, after = month.grid_bounds()
    day: Any = Coalesce(TruncDate("starts_at", tzinfo=clock.workspace_zone()), "due_on", output_field=DateField())
    of_day: Any = {"partition_by": F("day")}
    found = matching(user, wanted, of_any_status=wanted.shown == ALL).filter(on_day(first, after))
    if wanted.shown == ALL:
        found = found.exclude(status=Review.Status.CANCELLED)
    placed: Any = (
        found.select_related("account")
        # What an entry says, as tens of thousands are put in order by the day.
        .only("kind", "status", "starts_at", "account__name")
        .annotate(day=day)
        .annotate(
            nth=Window(RowNumber(), order_by=[F("starts_at").asc(nulls_last=True), F("pk")], **of_day),
            of_day=Window(Count("*"), **of_day),
        )
        .filter(nth__lte=A_DAY)
        .order_by("day", "nth")
    )
    entries: dict[dt.date, list[Any]] = defaultdict(list)
    for review in placed:
        entries[review.day].append(review)
    count = {one: rows[0].of_day for one, rows in entries.items()}
    today = clock.today()
    days = [Day(one, month.has(one), one == today, entries.get(one, ()), count.get(one, 0)) for one in month.grid()]
    return CalendarMonth(month, days, sum(number for one, number in count.items() if month.has(one)))
