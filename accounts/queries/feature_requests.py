"""Feature requests as the list, their page and the account show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from accounts.domain.feature_requests import OPEN as OPEN_STATUSES
from accounts.models import Account, FeatureAsk, FeatureRequest, FeatureRequestStep, Product, User
from accounts.models.feature_request import FeatureRequestQuerySet

PAGE, SHORT, SUGGESTIONS = 25, 5, 8
OPEN, ALL = "open", "all"
GROUPS: Mapping[str, str] = MappingProxyType({OPEN: "Open", **dict(FeatureRequest.Status.choices), ALL: "All"})
SORTS: Mapping[str, str] = MappingProxyType(
    {"arr": "ARR", "accounts": "Accounts", "created_at": "Added", "title": "Title"}
)


@dataclass(frozen=True)
class RequestFilter:
    """Which requests are shown, and in which order."""

    group: str = OPEN
    text: str = ""
    product: Product | None = None
    sort: str = "arr"
    descending: bool = True

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the group narrows the list."""
        return bool(self.text or self.product)


@dataclass(frozen=True)
class Behind:
    """The active accounts that asked, as far as one sees them: how many, and their ARR in workspace currency."""

    accounts: int
    arr: Decimal


def request_list(user: User, wanted: RequestFilter) -> FeatureRequestQuerySet:
    """The requests with their weight, the heaviest first unless another order is wanted. One query.

    All read all requests; the weight counts what the user sees.
    """
    requests = _matching(wanted).filter(_condition(wanted.group)).with_weight(user).select_related("product", "by")
    first = F(wanted.sort).desc() if wanted.descending else F(wanted.sort).asc()
    return requests.order_by(first, "-created_at", "-pk")


def request_counts(wanted: RequestFilter) -> dict[str, int]:
    """How many requests stand in each group under the other filters. One query."""
    return _matching(wanted).aggregate(**{key: Count("pk", filter=_condition(key)) for key in GROUPS})


def get_request(pk: int) -> FeatureRequest:
    """The request; all who work here may read it."""
    return get_object_or_404(FeatureRequest.objects.select_related("product", "by", "merged_into"), pk=pk)


def get_ask_for(user: User, pk: int, *, with_removed: bool = False) -> FeatureAsk:
    """What an account asked, if the user sees the account; otherwise 404."""
    asks = FeatureAsk.objects.of_accounts_of(user) if with_removed else FeatureAsk.objects.visible_to(user)
    return get_object_or_404(asks.select_related("request", "account", "contact"), pk=pk)


def asks_of(request: FeatureRequest, user: User) -> QuerySet[FeatureAsk]:
    """Who asked, of the accounts that the user sees, those that pay most first; former customers last."""
    asks = FeatureAsk.objects.visible_to(user).filter(request=request)
    return asks.select_related("account__owner", "contact", "by").order_by("account__status", "-account__arr", "pk")


def behind(request: FeatureRequest, user: User) -> Behind:
    """The weight of one request. One query."""
    active = Account.objects.visible_to(user).active()
    asked = active.filter(pk__in=FeatureAsk.objects.kept().filter(request=request).values("account"))
    found = asked.aggregate(accounts=Count("pk"), total=Sum("arr"))
    return Behind(found["accounts"], found["total"] or Decimal(0))


def steps_of(request: FeatureRequest) -> Sequence[FeatureRequestStep]:
    """What became of it, the latest first."""
    return list(request.steps.select_related("by"))


def similar(text: str) -> Sequence[FeatureRequest]:
    """Requests that a text may mean, the ones that are still open first; none for an empty text."""
    if not text.strip():
        return []
    found = FeatureRequest.objects.kept().matching(text.strip())
    is_open = ExpressionWrapper(_condition(OPEN), output_field=BooleanField())
    return list(found.order_by(is_open.desc(), "title", "pk")[:SUGGESTIONS])


def requests_panel(account: Account, user: User, *, page: str | None = None) -> dict[str, Any]:
    """What the account asked for, the latest first; `page` asks for a page of the long form. Two queries."""
    asks = FeatureAsk.objects.visible_to(user).filter(account=account).select_related("request", "contact")
    pages = Paginator(asks.order_by("-asked_on", "-pk"), PAGE if page is not None else SHORT)
    current: Page = pages.get_page(page)
    return {"asks": list(current), "total": pages.count, "page": current if page is not None else None}


def _matching(wanted: RequestFilter) -> FeatureRequestQuerySet:
    """The requests under every filter but the group."""
    requests = FeatureRequest.objects.kept().matching(wanted.text)
    return requests.filter(product=wanted.product) if wanted.product else requests


def _condition(group: str) -> Q:
    if group == ALL:
        return Q(pk__isnull=False)
    return Q(status__in=[str(one) for one in OPEN_STATUSES]) if group == OPEN else Q(status=group)
