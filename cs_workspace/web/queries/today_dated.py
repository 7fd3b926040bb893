"""What asks for the user by its day: renewals, save plans, reviews, reviews of success plans, late milestones."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.domain.onboarding import OWNER_LABELS, Owner
from accounts.models import Account, Onboarding, OnboardingStep, SuccessPlan, User
from accounts.models.account import AccountQuerySet
from accounts.queries.stand_ins import Viewer
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today
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
from cs_workspace.web.queries.today_sources import Source, dearest, served_by, source_of
from health.models import Intervention
from health.queries.interventions import asking_plans, brief_of, plan_about
from qbr.domain.opening import NOTICE
from qbr.domain.reviews import KIND_LABELS, Status
from qbr.domain.reviews import Kind as ReviewKind
from qbr.models import Review
from qbr.models.review import AHEAD
from renewals.models import Renewal

RENEWAL_DAYS = 90
# Of a kind: the accounts, and of each what the reason reads beside it.
Asking = tuple[AccountQuerySet, Subquery]


def dated(viewer: Viewer, keys: Sequence[int], *, mine: bool) -> list[Source]:
    """Renewals that are near, save plans, business reviews that ask for something, reviews of success plans that are
    due, and milestones of onboardings that are late: all in one query.

    With `mine`, of one who leads, save plans that are theirs whosever account it is, and the rest of their own book.
    """
    today = clock.today()
    rows: list[Any] = _asking(viewer, mine=mine).rows(keys)
    rows.sort(key=lambda row: (-_worth(row), row.pk))
    return [
        source_of(kind, ((row, reason(row, today)) for row in rows if row.asks == kind))
        for kind, reason in REASONS.items()
    ]


@kept_for_today
def _asking(viewer: Viewer, *, mine: bool) -> AccountQuerySet:
    """The accounts of all kinds together, each as often as it asks for something; `step` is what its reason reads."""
    user, today = viewer.user, clock.today()
    accounts = served_by(user, mine=mine)
    asking: dict[Kind, Asking] = {
        Kind.RENEWAL: (
            accounts.renewing_within(RENEWAL_DAYS, today=today),
            _first(Renewal.objects.open().order_by("due_on", "pk"), pk="pk"),
        ),
        Kind.SAVE: _saving(user, mine=mine),
        Kind.REVIEW: _meeting(accounts, today),
        Kind.PLAN: _reviewing(accounts, today),
        Kind.MILESTONE: _holding(accounts, today),
    }
    first, *others = (
        dearest(found.annotate(asks=Value(kind.value), step=step)) for kind, (found, step) in asking.items()
    )
    return first.union(*others, all=True)


def _saving(user: User, *, mine: bool) -> Asking:
    """Accounts whose save plan waits for something, with what `brief_of` reads."""
    plans, accounts = asking_plans(), Account.objects.visible_to(user).active()
    if mine:
        accounts = _those_of(Intervention.objects.live().of([user.pk]), accounts)
    step = plans.filter(account=OuterRef("pk")).with_next().order_by("pk").values(about=plan_about())[:1]
    return _those_of(plans, accounts), Subquery(step)


def _meeting(accounts: AccountQuerySet, today: dt.date) -> Asking:
    """Accounts with business reviews to be followed up, held today or before, or soon due without a moment."""
    soon = Q(starts_at=None, due_on__lte=today + NOTICE)
    tomorrow = clock.start_of(today + dt.timedelta(days=1))
    asking = Q(status=Status.HELD.value) | Q(soon | Q(starts_at__lt=tomorrow), status__in=AHEAD)
    reviews = Review.objects.filter(asking).order_by("due_on", "pk")
    about = {name: name for name in ("pk", "kind", "status", "starts_at", "due_on")}
    return _those_of(reviews, accounts), _first(reviews, **about)


def _reviewing(accounts: AccountQuerySet, today: dt.date) -> Asking:
    """Accounts whose success plan is due for its review."""
    due = SuccessPlan.objects.kept().review_due(today=today)
    return _those_of(due, accounts), _first(due, due_on="next_review_on")


def _holding(accounts: AccountQuerySet, today: dt.date) -> Asking:
    """Accounts whose onboarding is held up, with the step that holds it."""
    late = OnboardingStep.objects.holding(today=today)
    about = {name: name for name in ("title", "longest_on", "owner", "due_on")}
    step = late.filter(onboarding__account=OuterRef("pk")).values(data=JSONObject(about="onboarding__about", **about))
    return _those_of(Onboarding.objects.held_up(today=today), accounts), Subquery(step[:1])


def _first(rows: QuerySet[Any, Any], **about: str) -> Subquery:
    """Of the first of an account's rows the fields that a reason reads."""
    return Subquery(rows.filter(account=OuterRef("pk")).values(data=JSONObject(**about))[:1])


def _those_of(rows: QuerySet[Any, Any], accounts: AccountQuerySet) -> AccountQuerySet:
    """The accounts that rows are about."""
    return accounts.filter(pk__in=rows.order_by().values("account"))


def _renewal_reason(row: Any, today: dt.date) -> Reason:
    days_left = (row.renewal_date - today).days
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


def _meeting_reason(row: Any, today: dt.date) -> Reason:
    step, kind = row.step, KIND_LABELS[ReviewKind(row.step["kind"])]
    if step["status"] == Status.HELD:
        return Reason(Kind.REVIEW, f"Follow up the {kind.lower()}", TO_FOLLOW_UP, pk=step["pk"])
    if step["starts_at"]:
        starts_at = dt.datetime.fromisoformat(step["starts_at"])
        if clock.day_of(starts_at) == today:
            return Reason(Kind.REVIEW, f"{kind} today", MEETING, due_at=starts_at, pk=step["pk"])
        return Reason(Kind.REVIEW, f"{kind} took place? Its moment is over.", MEETING, pk=step["pk"])
    days_left = (dt.date.fromisoformat(step["due_on"]) - today).days
    if days_left < 0:
        return Reason(Kind.REVIEW, f"{kind} is {-days_left} d overdue, without a moment", OVERDUE, pk=step["pk"])
    when = "today" if days_left == 0 else f"in {days_left} day{'' if days_left == 1 else 's'}"
    return Reason(Kind.REVIEW, f"{kind} due {when}, without a moment", WITHOUT_MOMENT, pk=step["pk"])


def _review_reason(row: Any, today: dt.date) -> Reason:
    days_late = (today - dt.date.fromisoformat(row.step["due_on"])).days
    late = f"is {days_late} d late" if days_late else "is due"
    return Reason(Kind.PLAN, f"Review of the success plan {late}", urgency_of_review(days_late))


def _milestone_reason(row: Any, today: dt.date) -> Reason:
    """How the onboarding goes, the step that holds it, and who does that where it is not the CSM."""
    step = row.step
    days_late = (today - dt.date.fromisoformat(step["due_on"])).days
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


REASONS: Final[Mapping[Kind, Callable[[Any, dt.date], Reason]]] = {
    Kind.RENEWAL: _renewal_reason,
    Kind.SAVE: _save_reason,
    Kind.REVIEW: _meeting_reason,
    Kind.PLAN: _review_reason,
    Kind.MILESTONE: _milestone_reason,
}


def _worth(account: Account) -> Decimal:
    return value_at_risk(account.arr, account.expected_churn)
