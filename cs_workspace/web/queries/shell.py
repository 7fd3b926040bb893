"""The navigation and its counts, in one query whatever the size of the book."""

import datetime as dt
from collections.abc import Collection, Sequence
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
from accounts.registries import PALETTE
from cs_workspace.common.compiled import SOME_DAY, SOME_MOMENT, Compiled, compile_once
from cs_workspace.web.domain.navigation import GROUPS, Group, Page, page_of
from health.models import Alert, Disagreement, Intervention
from qbr.models import Review
from renewals.models import Renewal
from renewals.queries.approvals import decides, waiting_for

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
    """Pages that belong together; one with a `key` can be folded, under its label and icon."""

    key: str
    label: str
    icon: str
    items: Sequence[NavItem]
    is_open: bool

    @property
    def waiting(self) -> int:
        """What waits on all of its pages."""
        return sum(item.count or 0 for item in self.items)


def frame_of(user: User, path: str, opened: Collection[str]) -> dict[str, Any]:
    """Navigation and unread count of a user who looks at `path`. One query.

    What the user may not open is not listed. Of the groups that can be folded those stand open whose key is in
    `opened`, and that of the page which is looked at.
    """
    counts, urls = _counts(user), _urls()
    shown = [(one, [page for page in one.pages if PALETTE[page.url_name].shown_to(user)]) for one in GROUPS]
    here = page_of(path, urls, (page for _, pages in shown for page in pages))

    def item(page: Page) -> NavItem:
        name = page.url_name
        return NavItem(PALETTE[name].label, page.icon, urls[name], counts.get(page.counted), name == here)

    def group(one: Group, pages: Sequence[Page]) -> NavGroup:
        is_open = one.key in opened or any(page.url_name == here for page in pages)
        return NavGroup(one.key, one.label, one.icon, [item(page) for page in pages], is_open)

    return {"nav": [group(one, pages) for one, pages in shown], "unread": counts["unread"]}


@lru_cache(maxsize=1)
def _urls() -> dict[str, str]:
    """The addresses by name, which stay what they are while a process runs."""
    return {page.url_name: reverse(page.url_name) for group in GROUPS for page in group.pages}


def _counts(user: User) -> dict[str, int]:
    team = user.team_ids
    names, statement = _statement(user.role, user.is_active, len(team), user.read_only, user.approves_discounts)
    return dict(zip(names, statement.row([user.pk, *team]), strict=True))


@lru_cache(maxsize=2048)
def _statement(
    role: str, is_active: bool, team_size: int, read_only: bool, approves_discounts: bool
) -> tuple[list[str], Compiled]:
    """What is counted for a user whose keys are filled in, followed by those of the team; and the counts, in order."""
    user = some_user(role, is_active=is_active, team_size=team_size)
    user.read_only, user.approves_discounts = read_only, approves_discounts
    accounts = Account.objects.visible_to(user).active()
    counted: dict[str, QuerySet | Sequence[QuerySet]] = {
        "accounts": accounts,
        "at_risk": accounts.at_risk(),
        "disagreements": accounts.filter(pk__in=Disagreement.objects.filter(seen_at=None).values("account")),
        "saving": Intervention.objects.live().visible_to(user),
        "alerts": Alert.objects.visible_to(user).loud(now=SOME_MOMENT),
        "tasks": Task.objects.assigned_to([user.pk]).open(now=SOME_MOMENT),
        "onboarding": Onboarding.objects.visible_to(user).running().standing(Standing.STUCK, today=SOME_DAY),
        "renewals": Renewal.objects.visible_to(user).open().without_forecast().due_before(SOON),
        "reviews": Review.objects.visible_to(user).waiting(today=SOME_DAY, now=SOME_MOMENT),
        "plans": SuccessPlan.objects.visible_to(user).of_customers().review_due(today=SOME_DAY),
        "mails": Mail.objects.waiting_for(user, now=SOME_MOMENT),
        "unread": Notification.objects.visible_to(user).unread(),
    }
    if decides(user):
        counted["approvals"] = waiting_for(user)
    # A prefix, as some of the names are relations of a user.
    sizes = {f"size_of_{name}": _count(found) for name, found in counted.items()}
    return list(counted), compile_once(User.objects.filter(pk=user.pk).annotate(**sizes).values_list(*sizes))


def _count(found: QuerySet | Sequence[QuerySet]) -> Combinable:
    """The size of a set, or of several that have nothing in common, as a scalar inside another query."""
    parts = [found] if isinstance(found, QuerySet) else found
    return reduce(add, map(_size, parts))


def _size(queryset: QuerySet) -> Combinable:
    grouped = queryset.order_by().annotate(_all=Value(1)).values("_all").annotate(size=Count("*")).values("size")
    return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)
