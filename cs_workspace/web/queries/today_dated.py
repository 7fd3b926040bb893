"""What asks for the user by its day: renewals, save plans, reviews, reviews of success plans, late milestones."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, JSONObject

from accounts.domain.onboarding import OWNER_LABELS, Owner
from accounts.models import Account, Onboarding, OnboardingStep, SuccessPlan
from accounts.models.account import AccountQuerySet
from cs_workspace.common import clock
from cs_workspace.common.expressions import AnyOf
from cs_workspace.web.domain.today import (
    BEHIND,
    MEETING,
    OVERDUE,
    SAVE,
    SAVE_LATE,
    STUCK,
    TO_FOLLOW_UP,
    WITHOUT_MOMENT,
    Kind,
    Reason,
    urgency_of_renewal,
    urgency_of_review,
    value_at_risk,
)
from cs_workspace.web.queries.today_sources import Source, dearest, source_of
from health.queries.interventions import asking_plans, brief_of, plan_about
from qbr.domain.opening import NOTICE
from qbr.domain.reviews import KIND_LABELS, Status
from qbr.domain.reviews import Kind as ReviewKind
from qbr.models import Review
from qbr.models.review import AHEAD, ReviewQuerySet
from renewals.models import Renewal

RENEWAL_DAYS = 90
# Of a kind: the accounts, the day on which they ask, what the reason reads beside it, and the reason.
Asking = tuple[AccountQuerySet, Combinable | Subquery, Combinable | Subquery, Callable[[Any, dt.date], Reason]]
NO_STEP = Cast(Value(None), JSONField())


def dated(accounts: AccountQuerySet, saved: AccountQuerySet) -> list[Source]:
    """Renewals that are near, save plans of the accounts `saved`, business reviews that ask for something, reviews of
    success plans that are due, and milestones of onboardings that are late: all in one query."""
    today = clock.today()
    due = SuccessPlan.objects.kept().review_due(today=today)
    since = due.filter(account=OuterRef("pk")).values("next_review_on")[:1]
    reviews = _asking_reviews(today)
    meeting = JSONObject(pk="pk", kind="kind", status="status", starts_at="starts_at")
    renewing = Renewal.objects.open().filter(account=OuterRef("pk")).order_by("due_on", "pk")
    asking: dict[Kind, Asking] = {
        Kind.RENEWAL: (
            accounts.renewing_within(RENEWAL_DAYS, today=today),
            F("renewal_date"),
            Subquery(renewing.values(about=JSONObject(pk="pk"))[:1]),
            _renewal_reason,
        ),
        Kind.SAVE: _saving(saved),
        Kind.REVIEW: (
            _those_of(reviews, accounts),
            Subquery(reviews.filter(account=OuterRef("pk")).values("due_on")[:1]),
            Subquery(reviews.filter(account=OuterRef("pk")).values(about=meeting)[:1]),
            _meeting_reason,
        ),
        Kind.PLAN: (_those_of(due, accounts), Subquery(since), NO_STEP, _review_reason),
        Kind.MILESTONE: _holding(accounts, today),
    }
    first, *others = (
        dearest(found.annotate(asks=Value(kind.value), asked_on=day, step=step))
        for kind, (found, day, step, _) in asking.items()
    )
    rows: list[Any] = sorted(first.union(*others, all=True), key=lambda row: (-_worth(row), row.pk))
    return [
        source_of(kind, ((row, reason(row, today)) for row in rows if row.asks == kind))
        for kind, (*_, reason) in asking.items()
    ]


def _saving(accounts: AccountQuerySet) -> Asking:
    """Accounts whose save plan waits for something, with what `brief_of` reads."""
    plans = asking_plans().filter(account=OuterRef("pk")).with_next().order_by("pk")
    return (
        _those_of(asking_plans(), accounts),
        Subquery(plans.values("decide_on")[:1]),
        Subquery(plans.values(about=plan_about())[:1]),
        _save_reason,
    )


def _holding(accounts: AccountQuerySet, today: dt.date) -> Asking:
    """Accounts whose onboarding is held up, with the step that holds it."""
    late = OnboardingStep.objects.holding(today=today).filter(onboarding__account=OuterRef("pk"))
    about = JSONObject(title="title", longest_on="longest_on", owner="owner", about="onboarding__about")
    return (
        _those_of(Onboarding.objects.held_up(today=today), accounts),
        Subquery(late.values("due_on")[:1]),
        Subquery(late.values(about=about)[:1]),
        _milestone_reason,
    )


def _those_of(rows: QuerySet[Any, Any], accounts: AccountQuerySet) -> AccountQuerySet:
    """The accounts that rows are about."""
    return accounts.filter(AnyOf(F("pk"), ArraySubquery(rows.order_by().values("account"))))


def _renewal_reason(row: Any, today: dt.date) -> Reason:
    days_left = (row.asked_on - today).days
    words = "Renews today" if days_left == 0 else f"Renews in {days_left} day{'' if days_left == 1 else 's'}"
    return Reason(Kind.RENEWAL, words, urgency_of_renewal(days_left), pk=row.step["pk"] if row.step else None)


def _save_reason(row: Any, today: dt.date) -> Reason:
    """What the save plan waits for first."""
    plan = brief_of(row.step, now=clock.now())
    due = plan.due
    assert due is not None  # a live plan waits at least for its outcome
    late = f"Overdue since {clock.day_of(due.at):%d %b}. " if due.is_overdue else ""
    return Reason(
        Kind.SAVE,
        f"Save plan: {due.text[0].lower()}{due.text[1:]}",
        SAVE_LATE if due.is_overdue else SAVE,
        f"{late}{plan.reason}.",
        due_at=due.at,
        pk=plan.pk,
    )


def _asking_reviews(today: dt.date) -> ReviewQuerySet:
    """Business reviews to be followed up, held today or before, or soon due without a moment; the first one first."""
    soon = Q(starts_at=None, due_on__lte=today + NOTICE)
    tomorrow = clock.start_of(today + dt.timedelta(days=1))
    asking = Q(status=Status.HELD.value) | Q(soon | Q(starts_at__lt=tomorrow), status__in=AHEAD)
    return Review.objects.filter(asking).order_by("due_on", "pk")


def _meeting_reason(row: Any, today: dt.date) -> Reason:
    step, kind = row.step, KIND_LABELS[ReviewKind(row.step["kind"])]
    if step["status"] == Status.HELD:
        return Reason(Kind.REVIEW, f"Follow up the {kind.lower()}", TO_FOLLOW_UP, pk=step["pk"])
    if step["starts_at"]:
        starts_at = dt.datetime.fromisoformat(step["starts_at"])
        if clock.day_of(starts_at) == today:
            return Reason(Kind.REVIEW, f"{kind} today", MEETING, due_at=starts_at, pk=step["pk"])
        return Reason(Kind.REVIEW, f"{kind} took place? Its moment is over.", MEETING, pk=step["pk"])
    days_left = (row.asked_on - today).days
    if days_left < 0:
        return Reason(Kind.REVIEW, f"{kind} is {-days_left} d overdue, without a moment", OVERDUE, pk=step["pk"])
    when = "today" if days_left == 0 else f"in {days_left} day{'' if days_left == 1 else 's'}"
    return Reason(Kind.REVIEW, f"{kind} due {when}, without a moment", WITHOUT_MOMENT, pk=step["pk"])


def _review_reason(row: Any, today: dt.date) -> Reason:
    days_late = (today - row.asked_on).days
    late = f"is {days_late} d late" if days_late else "is due"
    return Reason(Kind.PLAN, f"Review of the success plan {late}", urgency_of_review(days_late))


def _milestone_reason(row: Any, today: dt.date) -> Reason:
    """How the onboarding goes, the step that holds it, and who does that where it is not the CSM."""
    step, days_late = row.step, (today - row.asked_on).days
    is_stuck = dt.date.fromisoformat(step["longest_on"]) < today
    what = f"Onboarding of {step['about']}" if step["about"] else "Onboarding"
    owner = Owner(step["owner"])
    waits = "" if owner is Owner.CSM else f" Waits for: {OWNER_LABELS[owner].lower()}."
    return Reason(
        Kind.MILESTONE,
        f"{what} {'stuck' if is_stuck else 'behind'} at “{step['title']}”",
        STUCK if is_stuck else BEHIND,
        f"{days_late} day{'' if days_late == 1 else 's'} late.{waits}",
    )


def _worth(account: Account) -> Decimal:
    return value_at_risk(account.arr, account.expected_churn)
