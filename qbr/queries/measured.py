"""Which reviews stand behind each measure; the measures themselves count by the same conditions."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
    fields,
)
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Task, User
from cs_workspace.common import clock
from qbr.domain.measures import Shown
from qbr.domain.reviews import DONE, Status
from qbr.models import ActionItem, Review, ReviewIdea, SatisfactionAsk
from renewals.domain.periods import Period

NOBODY = "none"

HELD = Q(status__in=[status.value for status in DONE])
CANCELLED = Q(status=Status.CANCELLED.value)
HELD_IN_TIME = HELD & Q(held_day__lte=F("due_on"))
READY_AT = Coalesce("ready_at", "held_at")
# Who wrote a preparation down only after the meeting has none.
PREPARED = Q(preparing_since__lte=READY_AT)
PREPARATION = ExpressionWrapper(READY_AT - F("preparing_since"), output_field=fields.DurationField())
COMPARED = Q(result__change__isnull=False, result__peers__gt=0)
# Ours are done when their task is, and given up with it.
ITEM_DONE_AT = Coalesce("task__done_at", "done_at", output_field=DateTimeField())
STANDS = Q(archived_at=None) & (Q(task=None) | ~Q(task__status=Task.Status.CANCELLED))
KEPT = Q(done_day__lte=F("due_on"))
BROKEN = Q(done_day=None) | Q(done_day__gt=F("due_on"))


@dataclass(frozen=True)
class MeasuredFilter:
    """Reviews behind a figure of a quarter; keys of a segment and an owner, `NOBODY` for none, empty for all."""

    quarter: Period
    shown: Shown = Shown.DUE
    segment: str = ""
    owner: str = ""


def is_due(today: dt.date) -> Q:
    """Its day is over, or it was held already; what was cancelled is not due."""
    return (Q(due_on__lt=today) & ~CANCELLED) | HELD


def is_coming(today: dt.date) -> Q:
    """Its day is not over, and it was not held."""
    return Q(due_on__gte=today) & ~CANCELLED & ~HELD


def held_within(since: dt.date, until: dt.date, prefix: str = "") -> Q:
    """Held on the workspace's days [since, until); `prefix` leads to the review."""
    return Q(**{f"{prefix}held_at__gte": clock.start_of(since), f"{prefix}held_at__lt": clock.start_of(until)})


def with_held_day(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """With `held_day`, the workspace's day on which each was held."""
    return reviews.annotate(held_day=TruncDate("held_at", tzinfo=clock.workspace_zone()))


def promised_items(items: QuerySet[Any], since: dt.date, until: dt.date, today: dt.date) -> QuerySet[Any]:
    """Of some action items those that count in [since, until): due then, and over or done; with `done_day`."""
    with_day = items.annotate(done_day=TruncDate(ITEM_DONE_AT, tzinfo=clock.workspace_zone()))
    of_days = with_day.filter(STANDS, due_on__gte=since, due_on__lt=until)
    return of_days.filter(Q(due_on__lt=today) | Q(done_day__isnull=False))


def finds(ideas: QuerySet[Any]) -> QuerySet[Any]:
    """Of some ideas those of which an opportunity came, each opportunity once: by the first idea that led to it."""
    kept = ReviewIdea.objects.filter(archived_at=None)
    earlier = kept.filter(opportunity=OuterRef("opportunity"), pk__lt=OuterRef("pk"))
    return ideas.filter(~Exists(earlier), archived_at=None, opportunity__isnull=False)


def reviews_behind(user: User, wanted: MeasuredFilter, *, today: dt.date) -> QuerySet[Review]:
    """The reviews behind a figure that `user` sees, the latest first, with what the table shows of each."""
    found = with_held_day(Review.objects.visible_to(user)).filter(_condition(wanted, today))
    if wanted.segment:
        found = found.filter(account__segment=None if wanted.segment == NOBODY else int(wanted.segment))
    if wanted.owner:
        found = found.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    return _with_figures(found, wanted.quarter, today).order_by(F("held_at").desc(nulls_last=True), "-due_on", "-pk")


def _condition(wanted: MeasuredFilter, today: dt.date) -> Q:
    since, until = wanted.quarter.since, wanted.quarter.until
    by_due_day = {
        Shown.DUE: is_due(today),
        Shown.DONE: HELD,
        Shown.IN_TIME: HELD_IN_TIME,
        Shown.MISSED: is_due(today) & ~HELD,
        Shown.COMING: is_coming(today),
        Shown.CANCELLED: CANCELLED,
    }
    if wanted.shown in by_due_day:
        return Q(due_on__gte=since, due_on__lt=until) & by_due_day[wanted.shown]
    items = promised_items(ActionItem.objects.filter(review=OuterRef("pk")), since, until, today)
    if wanted.shown is Shown.PROMISED:
        return Q(Exists(items))
    if wanted.shown is Shown.BROKEN:
        return Q(Exists(items.filter(BROKEN)))
    by_meeting = {
        Shown.HELD: HELD,
        Shown.PREPARED: PREPARED,
        Shown.ANSWERED: Q(Exists(SatisfactionAsk.objects.filter(review=OuterRef("pk"), answer__isnull=False))),
        Shown.COMPARED: COMPARED,
        Shown.FOUND: Q(Exists(finds(ReviewIdea.objects.filter(review=OuterRef("pk"))))),
    }
    return HELD & held_within(since, until) & by_meeting[wanted.shown]


def _with_figures(reviews: QuerySet[Review], quarter: Period, today: dt.date) -> QuerySet[Review]:
    """With `preparation`, `satisfaction`, `found` and `worth` of each, and of its action items that count in the
    quarter how many were `promised` and `kept`; one query with account, segment, owner and result."""
    of_review = OuterRef("pk")
    answers = SatisfactionAsk.objects.filter(review=of_review, answer__isnull=False)
    ideas = finds(ReviewIdea.objects.filter(review=of_review))
    items = promised_items(ActionItem.objects.filter(review=of_review), quarter.since, quarter.until, today)
    return reviews.select_related("account__segment", "owner", "result").annotate(
        preparation=Case(When(HELD & PREPARED, then=PREPARATION)),
        satisfaction=_of_each(answers, Avg("answer__score")),
        found=_of_each(ideas, Count("pk")),
        worth=_of_each(ideas, Sum("opportunity__value")),
        promised=_of_each(items, Count("pk")),
        kept=_of_each(items, Count("pk", filter=KEPT)),
    )


def _of_each(parts: QuerySet[Any], figure: Aggregate) -> Subquery:
    """A figure over the parts of each review; None for a review without."""
    return Subquery(parts.order_by().values("review").annotate(figure=figure).values("figure"))
