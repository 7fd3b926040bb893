"""Churn records as pages show them: what a filter means, the figures of what it leaves, one record with all about it,
and the lessons."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.sending import Cell
from renewals.models import ChurnRecord, ExitInterview, LostProduct
from renewals.models.churn import ChurnRecordQuerySet

AT_ONCE = 1000
# What a record is: the account left with it, it stayed, or the day is still to come.
CHURN, CONTRACTION, AHEAD = "churn", "contraction", "ahead"
WITH, WITHOUT = "with", "without"
HEADER = (
    "Account", "Segment", "Owner", "Lost on", "ARR lost", "What", "Category", "Reason", "Preventable", "Competitor",
    "Products", "Customer since", "Exit interview", "Worth winning back", "Why", "What happened", "Lessons",
)  # fmt: skip
# What a list can be sorted by; records that are alike come by their day, the latest first.
SORTS: dict[str, Any] = {
    "day": F("day"),
    "account": F("account__name"),
    "arr": F("arr_lost"),
    "reason": F("sub_reason"),
    "preventable": F("preventable"),
}


@dataclass(frozen=True)
class ChurnFilter:
    """Which records are shown; without anything, all that stand.

    [since, until) is the half-open period of their days. `cohort` is the year since which the account is a customer, 0
    for an unknown one; `segment` the key of a segment, 0 for none; `product` that of a product that was given up.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    extent: str = ""
    category: str = ""
    sub_reason: str = ""
    preventable: str = ""
    segment: int | None = None
    product: int | None = None
    cohort: int | None = None
    competitor: str = ""
    interview: str = ""
    account: int | None = None
    text: str = ""
    sort: str = "day"
    descending: bool = True

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out of all records that the user sees."""
        return self != ChurnFilter(sort=self.sort, descending=self.descending)


@dataclass(frozen=True)
class Totals:
    """What the records of a list come to. Money is in workspace currency."""

    records: int
    arr: Decimal
    accounts: int
    """Accounts that were lost with them."""


@dataclass(frozen=True)
class RecordPage:
    """One record with all that its page shows."""

    record: ChurnRecord
    interview: ExitInterview | None
    products: list[LostProduct]
    others: list[ChurnRecord]
    """Other records of the account that stand, the latest first."""
    is_ahead: bool


def get_record_for(user: User, pk: int) -> ChurnRecord:
    """A record of an account that the user sees; anything else is a 404. Those that were withdrawn are found too."""
    around = ("account__owner", "account__segment", "renewal__contract", "by", "withdrawn_by")
    return get_object_or_404(ChurnRecord.objects.visible_to(user).select_related(*around), pk=pk)


def record_page(record: ChurnRecord) -> RecordPage:
    """What the page of a record shows. Four queries."""
    interview = ExitInterview.objects.filter(record=record).select_related("by").prefetch_related("contacts").first()
    others = ChurnRecord.objects.standing().filter(account=record.account_id).exclude(pk=record.pk)
    return RecordPage(
        record=record,
        interview=interview,
        products=list(record.products.select_related("product")),
        others=list(others.order_by("-day", "-pk")[:10]),
        is_ahead=record.day > clock.today(),
    )


def matching(user: User, wanted: ChurnFilter) -> ChurnRecordQuerySet:
    """The records that a filter means, of those that the user sees."""
    found = ChurnRecord.objects.visible_to(user).standing()
    chosen = {
        "day__gte": wanted.since,
        "day__lt": wanted.until,
        "category": wanted.category or None,
        "sub_reason": wanted.sub_reason or None,
        "preventable": wanted.preventable or None,
        "account": wanted.account,
    }
    found = found.filter(**{name: value for name, value in chosen.items() if value is not None})
    if wanted.extent:
        found = found.filter(_extent(wanted.extent))
    if wanted.segment is not None:
        found = found.filter(account__segment=wanted.segment or None)
    if wanted.cohort is not None:
        since = Q(account__customer_since__year=wanted.cohort) if wanted.cohort else Q(account__customer_since=None)
        found = found.filter(since)
    if wanted.product is not None:
        found = found.filter(Exists(LostProduct.objects.filter(record=OuterRef("pk"), product=wanted.product)))
    if wanted.competitor:
        found = found.filter(competitor__iexact=wanted.competitor)
    if wanted.interview:
        there = Exists(ExitInterview.objects.filter(record=OuterRef("pk")))
        found = found.filter(there if wanted.interview == WITH else ~there)
    return _searched(found, wanted.text)


def totals_of(user: User, wanted: ChurnFilter) -> Totals:
    """What the records of a list come to. One query."""
    lost = Q(lost_account=True)
    found = (
        matching(user, wanted)
        .order_by()
        .aggregate(records=Count("pk"), arr=Sum("arr_lost"), accounts=Count("account", filter=lost, distinct=True))
    )
    return Totals(found["records"], (found["arr"] or Decimal(0)).quantize(Decimal("0.01")), found["accounts"])


def listed(user: User, wanted: ChurnFilter) -> QuerySet[ChurnRecord]:
    """The records of the list in their order, with all that a row says."""
    by = SORTS[wanted.sort]
    first = by.desc() if wanted.descending else by.asc()
    has_interview = Exists(ExitInterview.objects.filter(record=OuterRef("pk")))
    found = matching(user, wanted).select_related("account__owner", "account__segment")
    return found.annotate(has_interview=has_interview).order_by(first, "-day", "-pk")


def with_lessons(user: User, wanted: ChurnFilter) -> QuerySet[ChurnRecord]:
    """The records from which something was learned, the latest first."""
    found = matching(user, wanted).exclude(lessons="").select_related("account__segment", "by")
    return found.order_by("-day", "-pk")


def export_rows(user: User, wanted: ChurnFilter) -> Iterator[list[Cell]]:
    """Every record of the list, under `HEADER`; memory does not grow with them."""
    found = listed(user, wanted).prefetch_related("products__product")
    for record in found.iterator(chunk_size=AT_ONCE):
        yield _cells(record)


def extent_of(record: ChurnRecord) -> str:
    """What a record is, in a word or two."""
    if record.day > clock.today():
        return "Still to come"
    return "Account lost" if record.lost_account else "Contraction"


def _cells(record: Any) -> list[Cell]:
    account: Account = record.account
    return [
        account.name,
        account.segment.name if account.segment else "",
        account.owner.name if account.owner else "",
        record.day,
        record.arr_lost,
        extent_of(record),
        record.get_category_display(),
        record.get_sub_reason_display(),
        record.get_preventable_display(),
        record.competitor,
        ", ".join(one.product.name for one in record.products.all()),
        account.customer_since,
        "yes" if record.has_interview else "no",
        "yes" if record.eligible else "no",
        record.eligible_reason,
        record.notes,
        record.lessons,
    ]


def _extent(key: str) -> Q:
    today = clock.today()
    if key == AHEAD:
        return Q(day__gt=today)
    return Q(day__lte=today, lost_account=key == CHURN)


def _searched(found: ChurnRecordQuerySet, text: str) -> ChurnRecordQuerySet:
    """Those whose account is called so, or that say it somewhere."""
    if not text:
        return found
    said = Q(notes__icontains=text) | Q(lessons__icontains=text) | Q(competitor__icontains=text)
    return found.filter(said | Q(account__in=Account.objects.matching(text).values("pk")))
