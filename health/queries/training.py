"""Training of one account as its panel and page show it, and the events that its people came to."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from accounts.models import Account
from cs_workspace.common import clock
from health.models import Event, TrainingRecord

PAGE, EVENTS, SUGGESTIONS = 25, 8, 8
# For so many days back the metric of events counts, and the panel shows them.
EVENT_DAYS = 180


@dataclass(frozen=True)
class Done:
    """How much of what was given to somebody, or of one course, is finished."""

    label: str
    assigned: int
    completed: int

    @property
    def share(self) -> float:
        """As the metric `training_completion`: completed ÷ assigned."""
        return self.completed / self.assigned


@dataclass(frozen=True)
class Training:
    """What was given and finished up to today. `total` is None where nothing was ever given: no share is known then.

    `came` says whether anybody came to an event in the last 180 days; None where nobody was ever invited.
    """

    total: Done | None
    courses: Sequence[Done]
    people: Sequence[Done]
    events: Sequence[Event]
    came: bool | None


def training_of(account: Account) -> Training:
    """The shares in all, by course and by person, least finished first, and the latest events. Four queries."""
    given = _given(account)
    courses = _done(given, "course", "")
    total = Done("", sum(one.assigned for one in courses), sum(one.completed for one in courses)) if courses else None
    events = Event.objects.filter(account=account, kind__in=[Event.Kind.ATTENDED, Event.Kind.INVITED])
    known = events.filter(at__lt=_end_of(clock.today()))
    lately = known.filter(at__gte=clock.start_of(clock.today() - dt.timedelta(days=EVENT_DAYS - 1)))
    facts = known.aggregate(all=Count("pk"), came=Count("pk", filter=Q(kind=Event.Kind.ATTENDED, pk__in=lately)))
    return Training(
        total=total,
        courses=courses,
        people=_done(given, "contact__name", "The account as such"),
        events=list(lately.select_related("contact").order_by("-at", "-pk")[:EVENTS]),
        came=facts["came"] > 0 if facts["all"] else None,
    )


def records_page(account: Account, page: str) -> Page:
    """Every record, open ones first, the longest open on top. Two queries."""
    records = TrainingRecord.objects.filter(account=account).select_related("contact")
    ordered = records.order_by(F("completed_on").desc(nulls_first=True), "assigned_on", "pk")
    return Paginator(ordered, PAGE).get_page(page)


def courses_like(text: str) -> list[str]:
    """Names of courses that were given to anybody, for suggestions; courses are no customer's secret."""
    if not text.strip():
        return []
    named = TrainingRecord.objects.filter(course__icontains=text.strip())
    return list(named.order_by("course").values_list("course", flat=True).distinct()[:SUGGESTIONS])


def _given(account: Account) -> QuerySet[Any]:
    """What the metric counts today."""
    return TrainingRecord.objects.filter(account=account, assigned_on__lte=clock.today()).order_by()


def _done(given: QuerySet[Any], by: str, nobody: str) -> list[Done]:
    counted = given.values_list(by).annotate(
        assigned=Count("pk"), completed=Count("pk", filter=Q(completed_on__lte=clock.today()))
    )
    found = [Done(label or nobody, assigned, completed) for label, assigned, completed in counted]
    return sorted(found, key=lambda one: (one.share, -one.assigned, one.label))


def _end_of(day: dt.date) -> dt.datetime:
    return clock.start_of(day + dt.timedelta(days=1))
