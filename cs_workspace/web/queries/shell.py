"""The navigation and its counts, in one query whatever the size of the book."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.domain.onboarding import Standing
from accounts.models import Account, Notification, Onboarding, SuccessPlan, Task, User
from cs_workspace.common import clock
from health.models import Alert, Disagreement


@dataclass(frozen=True)
class NavItem:
    """A page of the navigation; `count` is what waits there, None where nothing is counted."""

    label: str
    icon: str
    url: str
    count: int | None
    current: bool


def frame_of(user: User, path: str) -> dict[str, Any]:
    """Navigation and unread count of a user who looks at `path`. One query."""
    counts = _counts(user)
    pages = [
        ("Today", "today", "today", None),
        ("Book", "book", "accounts:book", counts["accounts"]),
        ("At risk", "risk", "health:at_risk", counts["at_risk"]),
        ("Disagreements", "apart", "health:disagreements", counts["disagreements"]),
        ("Alerts", "alerts", "health:alerts", counts["alerts"]),
        ("Tasks", "tasks", "accounts:tasks", counts["tasks"]),
        ("Onboarding", "onboarding", "accounts:onboarding", counts["onboarding"]),
        ("Playbooks", "playbook", "accounts:playbooks", None),
        ("Requests", "requests", "accounts:feature-requests", None),
        ("Plans", "plan", "accounts:plans", counts["plans"]),
        ("Retention", "reports", "renewals:retention", None),
    ]
    return {
        "nav": [
            NavItem(label, icon, url := reverse(name), count, _is_current(url, path))
            for label, icon, name, count in pages
        ],
        "unread": counts["unread"],
    }


def _counts(user: User) -> dict[str, int]:
    now = clock.now()
    accounts = Account.objects.visible_to(user).active()
    counted = {
        "accounts": accounts,
        "at_risk": accounts.at_risk(),
        "disagreements": accounts.filter(pk__in=Disagreement.objects.filter(seen_at=None).values("account")),
        "alerts": Alert.objects.visible_to(user).loud(now=now),
        "tasks": Task.objects.assigned_to([user.pk]).open(now=now),
        "onboarding": Onboarding.objects.visible_to(user).running().standing(Standing.STUCK, today=clock.today()),
        "plans": SuccessPlan.objects.visible_to(user).of_customers().review_due(today=clock.today()),
        "unread": Notification.objects.visible_to(user).unread(),
    }
    # A prefix, as some of the names are relations of a user.
    sizes = {f"size_of_{name}": _count(queryset) for name, queryset in counted.items()}
    row = User.objects.filter(pk=user.pk).annotate(**sizes).values_list(*sizes).get()
    return dict(zip(counted, row, strict=True))


def _count(queryset: QuerySet) -> Coalesce:
    """The size of a set as a scalar inside another query."""
    grouped = queryset.order_by().annotate(_all=Value(1)).values("_all").annotate(size=Count("*")).values("size")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)


def _is_current(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
