"""What win-back campaigns brought: by how long customers were gone, beside what is expected; and who is behind it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import DateField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from cs_workspace.common.sending import Cell
from renewals.domain.churn import TAXONOMY, Category
from renewals.domain.opportunities import LEAST_CASES, Share
from renewals.domain.win_back import AGES, Band, Result, Stay, results_of
from renewals.models import AccountReturn, CampaignTarget, ChurnRecord
from renewals.models.win_back import CampaignTargetQuerySet

AT_ONCE: Final = 500
NOT_KNOWN: Final = "Not written down"
HEADER = (
    "Account", "Segment", "Owner", "Campaign", "Lost on", "ARR lost", "Category", "Reason", "Started on",
    "Days since the loss at the start", "State", "Ended on", "Why it ended", "ARR won back",
)  # fmt: skip


@dataclass(frozen=True)
class ResultFilter:
    """Of which campaign, category (`unknown` for none) and band that they passed in a campaign; empty for all."""

    campaign_id: int | None = None
    category: str = ""
    band: Band | None = None


@dataclass(frozen=True)
class ByCategory:
    """What campaigns brought for one category of reasons: won of those that are over, and the ARR in workspace currency
    that came back."""

    label: str
    key: str
    found: Share
    open: int
    arr_won: Decimal


@dataclass(frozen=True)
class Report:
    """The results by band and by category, and all in all."""

    bands: Sequence[Result]
    categories: Sequence[ByCategory]
    found: Share
    open: int
    arr_lost: Decimal
    arr_won: Decimal


def report_of(user: User, wanted: ResultFilter, *, today: dt.date) -> Report:
    """The report over the customers that a user sees. One query."""
    found = _started(user, ResultFilter(campaign_id=wanted.campaign_id), today=today)
    names = ("lost_on", "started_on", "ended_on", "state", "category", "arr_lost", "arr_back")
    rows: list[tuple[Any, ...]] = list(found.values_list(*names))
    stays, won, over, still = [], defaultdict[str, int](int), defaultdict[str, int](int), defaultdict[str, int](int)
    back, lost = defaultdict[str, Decimal](Decimal), Decimal(0)
    for lost_on, started_on, ended_on, state, category, arr_lost, arr_back in rows:
        is_open, is_won = ended_on is None, state == CampaignTarget.State.WON
        stays.append(Stay((started_on - lost_on).days, ((ended_on or today) - lost_on).days, is_open, is_won))
        still[category] += is_open
        over[category] += not is_open
        won[category] += is_won
        back[category] += arr_back or 0
        lost += arr_lost
    labels = {category.value: TAXONOMY[category].label for category in Category} | {"": NOT_KNOWN}
    return Report(
        bands=results_of(stays),
        categories=[
            ByCategory(label, key or "unknown", Share(won[key], over[key], LEAST_CASES), still[key], back[key])
            for key, label in labels.items()
            if over[key] or still[key]
        ],
        found=Share(sum(won.values()), sum(over.values()), LEAST_CASES),
        open=sum(still.values()),
        arr_lost=lost,
        arr_won=sum(back.values(), Decimal(0)),
    )


def behind(user: User, wanted: ResultFilter, *, today: dt.date) -> CampaignTargetQuerySet:
    """The customers behind the report, with `arr_back`, the latest started first."""
    found = _started(user, wanted, today=today).select_related(
        "account__segment", "account__owner", "campaign", "record"
    )
    return found.order_by("-started_on", "-arr_lost", "pk")


def export_rows(user: User, wanted: ResultFilter, *, today: dt.date) -> Iterator[list[Cell]]:
    """Every customer behind the report, under `HEADER`; 500 are held at a time."""
    for one in behind(user, wanted, today=today).iterator(chunk_size=AT_ONCE):
        yield _cells(one)


def _cells(one: CampaignTarget) -> list[Cell]:
    assert one.started_on is not None  # it was asked for
    record: ChurnRecord | None = one.record
    return [
        one.account.name,
        str(one.account.segment or ""),
        one.account.owner.name if one.account.owner else None,
        one.campaign.name,
        one.lost_on,
        one.arr_lost,
        one.get_category_display() or None,
        record.get_sub_reason_display() if record else None,
        one.started_on,
        (one.started_on - one.lost_on).days,
        one.get_state_display(),
        one.ended_on,
        one.reason or one.get_out_because_display() or None,
        one.arr_back,  # type: ignore[attr-defined]  # annotated
    ]


def _started(user: User, wanted: ResultFilter, *, today: dt.date) -> CampaignTargetQuerySet:
    """Customers that were started, with the ARR that came back as `arr_back`; a loss that was taken back was none."""
    returns = AccountReturn.objects.standing().filter(target=OuterRef("pk"))
    found = CampaignTarget.objects.visible_to(user).filter(started_on__isnull=False)
    found = found.exclude(record__withdrawn_at__isnull=False)
    if wanted.campaign_id is not None:
        found = found.filter(campaign=wanted.campaign_id)
    if wanted.category:
        found = found.filter(category="" if wanted.category == "unknown" else wanted.category)
    if wanted.band is not None:
        age = AGES[wanted.band]
        reached = Coalesce("ended_on", Value(today, output_field=DateField()))
        found = found.alias(reached=reached).filter(reached__gte=F("lost_on") + dt.timedelta(days=age.since))
        if age.until is not None:
            found = found.filter(started_on__lt=F("lost_on") + dt.timedelta(days=age.until))
    return found.annotate(arr_back=Subquery(returns.order_by("-pk").values("arr")[:1]))
