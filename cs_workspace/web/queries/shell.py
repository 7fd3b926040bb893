"""The navigation and its counts, in one query whatever the size of the book."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add
from typing import Any, Final

from django.db.models import Count, DateTimeField, ExpressionWrapper, IntegerField, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.domain.onboarding import Standing
from accounts.models import Account, Mail, Notification, Onboarding, SuccessPlan, Task, User
from accounts.queries.stand_ins import some_user
from cs_workspace.common.compiled import SOME_DAY, SOME_MOMENT, Compiled, compile_once
from health.models import Alert, Disagreement, Intervention
from qbr.models import Review
from renewals.models import Renewal

COUNTED: Final = (
    "accounts",
    "at_risk",
    "disagreements",
    "saving",
    "alerts",
    "tasks",
    "onboarding",
    "renewals",
    "reviews",
    "plans",
    "mails",
    "unread",
)
# A renewal that is due within so many days should have a forecast by now.
FORECAST_DAYS: Final = dt.timedelta(days=90)
SOON: Final = ExpressionWrapper(Value(SOME_DAY) + Value(FORECAST_DAYS), output_field=DateTimeField())


@dataclass(frozen=True)
class NavItem:
    """A page of the navigation; `count` is what waits there, None where nothing is counted."""

    label: str
    icon: str
    url: str
    count: int | None
    current: bool


@dataclass(frozen=True)
class NavGroup:
    """Pages of the navigation that belong together; `label` is empty for those of every day, which need no name."""

    label: str
    items: list[NavItem]


# Label, icon, name of the address and, where something is counted, which of `COUNTED`.
Page = tuple[str, str, str, str | None]
GROUPS: Final[dict[str, tuple[Page, ...]]] = {
    "": (
        ("Today", "today", "today", None),
        ("Book", "book", "accounts:book", "accounts"),
        ("At risk", "risk", "health:at_risk", "at_risk"),
        ("Save plans", "shield", "health:interventions", "saving"),
        ("Disagreements", "apart", "health:disagreements", "disagreements"),
        ("Alerts", "alerts", "health:alerts", "alerts"),
        ("Tasks", "tasks", "accounts:tasks", "tasks"),
    ),
    "Customers": (
        ("Onboarding", "onboarding", "accounts:onboarding", "onboarding"),
        ("Plans", "plan", "accounts:plans", "plans"),
        ("Renewals", "renewal", "renewals:board", "renewals"),
        ("Expansion", "expansion", "renewals:expansion", None),
        ("Reviews", "review", "qbr:reviews", "reviews"),
        ("Win-back", "repeat", "renewals:win-back", None),
    ),
    "Outreach": (
        ("Outbox", "outbox", "accounts:outbox", "mails"),
        ("Playbooks", "playbook", "accounts:playbooks", None),
        ("Surveys", "survey", "health:surveys", None),
        ("Advocates", "advocate", "health:advocates", None),
        ("Requests", "requests", "accounts:feature-requests", None),
    ),
    "Reports": (
        ("Forecast", "forecast", "renewals:forecast", None),
        ("Retention", "reports", "renewals:retention", None),
        ("Churn", "churn", "renewals:churn-report", None),
    ),
}


def frame_of(user: User, path: str) -> dict[str, Any]:
    """Navigation and unread count of a user who looks at `path`. One query."""
    counts = _counts(user)

    def item(label: str, icon: str, name: str, counted: str | None) -> NavItem:
        url = reverse(name)
        return NavItem(label, icon, url, counts[counted] if counted else None, _is_current(url, path))

    groups = [NavGroup(label, [item(*page) for page in pages]) for label, pages in GROUPS.items()]
    return {"nav": groups, "unread": counts["unread"]}


def _counts(user: User) -> dict[str, int]:
    team = user.team_ids
    row = _statement(user.role, user.is_active, len(team)).row([user.pk, *team])
    return dict(zip(COUNTED, row, strict=True))


@lru_cache(maxsize=2048)
def _statement(role: str, is_active: bool, team_size: int) -> Compiled:
    """The counts in the order of `COUNTED`, of a user whose keys are filled in, followed by those of the team."""
    user = some_user(role, is_active=is_active, team_size=team_size)
    accounts = Account.objects.visible_to(user).active()
    counted: tuple[QuerySet | Sequence[QuerySet], ...] = (
        accounts,
        accounts.at_risk(),
        accounts.filter(pk__in=Disagreement.objects.filter(seen_at=None).values("account")),
        Intervention.objects.live().visible_to(user),
        Alert.objects.visible_to(user).loud(now=SOME_MOMENT),
        Task.objects.assigned_to([user.pk]).open(now=SOME_MOMENT),
        Onboarding.objects.visible_to(user).running().standing(Standing.STUCK, today=SOME_DAY),
        Renewal.objects.visible_to(user).open().without_forecast().due_before(SOON),
        Review.objects.visible_to(user).waiting(today=SOME_DAY, now=SOME_MOMENT),
        SuccessPlan.objects.visible_to(user).of_customers().review_due(today=SOME_DAY),
        Mail.objects.waiting_for(user, now=SOME_MOMENT),
        Notification.objects.visible_to(user).unread(),
    )
    # A prefix, as some of the names are relations of a user.
    sizes = {f"size_of_{name}": _count(found) for name, found in zip(COUNTED, counted, strict=True)}
    return compile_once(User.objects.filter(pk=user.pk).annotate(**sizes).values_list(*sizes))


def _count(found: QuerySet | Sequence[QuerySet]) -> Combinable:
    """The size of a set, or of several that have nothing in common, as a scalar inside another query."""
    parts = [found] if isinstance(found, QuerySet) else found
    return reduce(add, map(_size, parts))


def _size(queryset: QuerySet) -> Combinable:
    grouped = queryset.order_by().annotate(_all=Value(1)).values("_all").annotate(size=Count("*")).values("size")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
