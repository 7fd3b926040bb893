"""Lost customers as candidates of win-back campaigns: by ARR, reason and age, with why one cannot be chosen."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from accounts.models import Account, Contact, User
from accounts.models.account import AccountQuerySet
from accounts.queries.receivers import writable
from cs_workspace.common.expressions import among
from renewals.domain.win_back import AGES, WORKED, Age, Band, Loss, band_of, not_chosen
from renewals.models import CampaignTarget, ChurnRecord

UNKNOWN: Final = "unknown"
# Who is written to: the first of these parts that somebody plays who can be written to, then anybody.
PARTS: Final = (Contact.Role.CHAMPION, Contact.Role.SPONSOR, Contact.Role.DECISION_MAKER)
SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "arr": (F("arr").desc(), "pk"),
    "latest": (F("churned_on").desc(), "pk"),
    "name": ("name", "pk"),
}


@dataclass(frozen=True)
class CandidateFilter:
    """Which lost customers are shown: of a band, a category of reasons (`unknown` where nobody wrote it down), from an
    ARR on. `open_only` leaves out those that are in a campaign or not to be won back, says their record."""

    text: str = ""
    mine: bool = False
    segment_id: int | None = None
    category: str = ""
    least_arr: Decimal | None = None
    band: Band | None = None
    open_only: bool = False
    sort: str = "arr"


@dataclass(frozen=True)
class Candidate:
    """A lost customer with what speaks for and against writing to it; `refused` is why it cannot be chosen."""

    account: Account
    days: int
    record: ChurnRecord | None
    contact: Contact | None
    target: CampaignTarget | None
    refused: str

    @property
    def age(self) -> Age:
        """What is done for customers who left so long ago."""
        return AGES[band_of(self.days)]


@dataclass(frozen=True)
class Figures:
    """How many customers are lost, the ARR that went with them, and how many each band holds by the other filters."""

    count: int
    arr: Decimal
    bands: Mapping[Band, int]


def with_records(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Lost customers with the key of the record that says why, as `record_id`."""
    return accounts.annotate(record_id=Subquery(_records().order_by("-pk").values("pk")[:1]))


def matching(user: User, wanted: CandidateFilter, *, today: dt.date) -> AccountQuerySet:
    """The lost customers that a filter means, in its order."""
    conditions = Q(status=Account.Status.CHURNED)
    if wanted.mine:
        conditions &= Q(owner=user.pk)
    if wanted.segment_id is not None:
        conditions &= Q(segment=wanted.segment_id)
    if wanted.least_arr is not None:
        conditions &= Q(arr__gte=wanted.least_arr)
    if wanted.category == UNKNOWN:
        conditions &= Q(~Exists(_records()))
    elif wanted.category:
        conditions &= Q(Exists(_records().filter(category=wanted.category)))
    if wanted.band is not None:
        conditions &= _in_band(wanted.band, today)
    if wanted.open_only:
        live = CampaignTarget.objects.live().filter(account=OuterRef("pk"))
        conditions &= Q(~Exists(live), ~Exists(_records().filter(eligible=False))) & ~_in_band(Band.GONE, today)
    found = Account.objects.visible_to(user).matching(wanted.text).filter(conditions)
    return found.order_by(*SORTS[wanted.sort])


def figures_of(user: User, wanted: CandidateFilter, *, today: dt.date) -> Figures:
    """The figures of what a filter leaves. One query."""
    everywhere = matching(user, replace(wanted, band=None), today=today).order_by()
    shown = _in_band(wanted.band, today) if wanted.band else Q()
    found = everywhere.aggregate(
        count=Count("pk", filter=shown),
        arr=Sum("arr", filter=shown),
        **{band.value: Count("pk", filter=_in_band(band, today)) for band in Band},
    )
    return Figures(found["count"], found["arr"] or Decimal(0), {band: found[band.value] for band in Band})


def candidates_of(accounts: Sequence[Account], *, today: dt.date) -> list[Candidate]:
    """Lost customers, read with their `record_id`, with what decides about them. Three queries."""
    ids = [account.pk for account in accounts]
    records = ChurnRecord.objects.in_bulk({account.record_id for account in accounts if account.record_id})  # type: ignore[attr-defined]  # annotated
    contacts = contacts_for(ids)
    live = CampaignTarget.objects.live().filter(among("account_id", ids)).select_related("campaign")
    targets = {target.account_id: target for target in live}
    found = []
    for account in accounts:
        record = records.get(account.record_id or 0)  # type: ignore[attr-defined]  # annotated
        contact, target = contacts.get(account.pk), targets.get(account.pk)
        assert account.churned_on is not None  # the database holds it for those that are lost
        loss = Loss(account.churned_on, record.eligible if record else None, contact is not None, target is not None)
        days = (today - account.churned_on).days
        found.append(Candidate(account, days, record, contact, target, not_chosen(loss, today=today)))
    return found


def contacts_for(account_ids: Collection[int]) -> dict[int, Contact]:
    """Who would be written to, by account; accounts in which nobody can be are left out. One query."""
    part = Case(
        *(When(roles__contains=[role], then=Value(place)) for place, role in enumerate(PARTS)),
        default=Value(len(PARTS)),
        output_field=IntegerField(),
    )
    found = writable().filter(among("account_id", account_ids)).annotate(part=part)
    return {one.account_id: one for one in found.order_by("account_id", "part", "pk").distinct("account_id")}


def band_choices(figures: Figures) -> list[tuple[str, str, int]]:
    """The bands as chips, with how many each holds; all of them first."""
    total = sum(figures.bands.values())
    return [("", "All", total), *((band.value, AGES[band].label, figures.bands[band]) for band in (*WORKED, Band.GONE))]


def _records() -> QuerySet[ChurnRecord]:
    """Of an outer account the record with which it was lost the last time."""
    lost = ChurnRecord.objects.standing().of_lost_accounts()
    return lost.filter(account=OuterRef("pk"), day=OuterRef("churned_on"))


def _in_band(band: Band, today: dt.date) -> Q:
    age = AGES[band]
    latest = Q() if band is Band.FRESH else Q(churned_on__lte=today - dt.timedelta(days=age.since))
    earliest = Q() if age.until is None else Q(churned_on__gt=today - dt.timedelta(days=age.until))
    return latest & earliest
