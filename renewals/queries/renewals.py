"""Renewals as lists show them: what a filter means, the figures of what it leaves, the rows and the file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.sending import Cell
from renewals.domain.countdown import Countdown, countdown_of
from renewals.domain.stages import Stage
from renewals.domain.zones import YELLOW_FROM, ZONE_LABELS, Zone, zone_of
from renewals.models import Renewal
from renewals.models.renewal import RenewalQuerySet

AT_ONCE = 1000
WITHIN = (30, 60, 90)
# Who said what about a renewal, and what followed it.
AFTERWARDS = ("chosen_by", "closed_by", "new_contract")
ALL, OVERDUE, NO_FORECAST = "all", "overdue", "none"
MONEY: DecimalField = DecimalField(max_digits=20, decimal_places=6)
HEADER = (
    "Account", "Segment", "Owner", "Stage", "Since", "Renewal date", "Decision date", "Auto-renews", "ARR",
    "Expected ARR", "Probability", "Zone", "Forecast", "Health", "Next step", "Next step on", "Competitor", "Outcome",
    "Closed ARR",
)  # fmt: skip
_STAGE_PLACE = Case(*(When(stage=stage.value, then=Value(place)) for place, stage in enumerate(Stage)))
# What a list can be sorted by; renewals that are alike come in the order of their keys.
SORTS: dict[str, Any] = {
    "due": F("due_on"),
    "account": F("account__name"),
    "stage": _STAGE_PLACE,
    "arr": F("current_arr"),
    "expected": Coalesce("expected_arr", "current_arr"),
    "probability": F("probability"),
    "health": F("account__health_score"),
}


@dataclass(frozen=True)
class RenewalFilter:
    """Which renewals are shown. Without a stage, all open ones.

    `due` is a number of days from today, `overdue` or `all`; `on` a day on which a renewal or the decision about it
    falls; `category` `none` for those without a forecast. `mine`: only those that the user owns.
    """

    text: str = ""
    mine: bool = False
    owner_id: int | None = None
    segment_id: int | None = None
    stage: Stage | None = None
    zone: Zone | None = None
    category: str = ""
    due: str = ALL
    on: dt.date | None = None
    sort: str = "due"
    descending: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether those that are over are asked for, in place of open ones."""
        return self.stage is Stage.CLOSED

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out of all open ones that the user sees."""
        return self != RenewalFilter(sort=self.sort, descending=self.descending)


@dataclass(frozen=True)
class Totals:
    """Renewals in figures: how many of them, and money in workspace currency.

    `expected` is what their owners expect, the current ARR where they said nothing; `weighted` is that times the
    probability, over those of which one is known.
    """

    count: int
    arr: Decimal
    expected: Decimal
    weighted: Decimal
    known: int
    red: int
    red_arr: Decimal
    unsaid: int
    unsaid_arr: Decimal


@dataclass(frozen=True)
class Figures:
    """The renewals that are shown, and how many each choice of the due day would show under the other filters."""

    shown: Totals
    due: dict[str, int]


@dataclass(frozen=True)
class Line:
    """A renewal that was read with its `probability`, and the day that it is counted down to."""

    renewal: Any
    countdown: Countdown


def get_renewal_for(user: User, pk: int) -> Renewal:
    """A renewal of an account that the user sees; anything else is a 404."""
    around = ("account__owner", "account__segment", "contract", "owner", "segment", *AFTERWARDS)
    return get_object_or_404(Renewal.objects.visible_to(user).select_related(*around), pk=pk)


def matching(user: User, wanted: RenewalFilter, *, with_due: bool = True) -> RenewalQuerySet:
    """The renewals that a filter means, of those that the user sees, with their `probability`."""
    found = Renewal.objects.visible_to(user).with_probability()
    found = found.closed() if wanted.is_closed else found.open()
    if wanted.text:
        found = found.filter(account__in=Account.objects.matching(wanted.text).values("pk"))
    chosen = {
        "owner": user.pk if wanted.mine else None,
        "owner_id": wanted.owner_id,
        "segment": wanted.segment_id,
        "stage": wanted.stage.value if wanted.stage else None,
    }
    found = found.filter(**{name: value for name, value in chosen.items() if value is not None})
    if wanted.category:
        found = found.filter(category="" if wanted.category == NO_FORECAST else wanted.category)
    if wanted.zone is not None:
        found = found.in_zone(wanted.zone)
    if wanted.on is not None:
        found = found.with_decision().filter(Q(due_on=wanted.on) | Q(decision_on=wanted.on))
    return found.filter(_due(wanted.due, clock.today())) if with_due else found


def figures_of(user: User, wanted: RenewalFilter) -> Figures:
    """Figures of what is shown, and the counts by due day. One query."""
    today = clock.today()
    shown = _due(wanted.due, today)
    expected = Coalesce("expected_arr", "current_arr")
    weighted = ExpressionWrapper(expected * F("probability"), output_field=MONEY)
    red, unsaid = shown & Q(probability__lt=YELLOW_FROM), shown & Q(category="")
    found = matching(user, wanted, with_due=False).order_by().aggregate(
        count=Count("pk", filter=shown),
        arr=Sum("current_arr", filter=shown),
        expected=Sum(expected, filter=shown),
        weighted=Sum(weighted, filter=shown),
        known=Count("probability", filter=shown),
        red=Count("pk", filter=red),
        red_arr=Sum("current_arr", filter=red),
        unsaid=Count("pk", filter=unsaid),
        unsaid_arr=Sum("current_arr", filter=unsaid),
        **{f"due_{key}": Count("pk", filter=_due(key, today)) for key in due_choices()},
    )  # fmt: skip
    due = {key: found.pop(f"due_{key}") for key in due_choices()}
    money = {name: _cents(found[name]) for name in ("arr", "expected", "weighted", "red_arr", "unsaid_arr")}
    return Figures(Totals(**found | money), due)


def due_choices() -> list[str]:
    """What `RenewalFilter.due` may be."""
    return [ALL, *map(str, WITHIN), OVERDUE]


def listed(user: User, wanted: RenewalFilter) -> QuerySet[Renewal]:
    """The renewals of the table in their order, with all that a row says, `decision_on` besides."""
    by = SORTS[wanted.sort]
    first = by.desc(nulls_last=True) if wanted.descending else by.asc(nulls_last=True)
    return with_words(matching(user, wanted).with_decision()).order_by(first, "due_on", "pk")


def with_words(renewals: RenewalQuerySet) -> RenewalQuerySet:
    """Together with what lists say of account, contract and people."""
    return renewals.select_related("account", "contract", "owner", "segment")


def line_of(renewal: Any, *, today: dt.date) -> Line:
    """A renewal that was read with its contract and `with_probability`, as lists show it. No query."""
    return Line(renewal, countdown_of(renewal.due_on, renewal.contract.notice_days, today=today))


def export_rows(user: User, wanted: RenewalFilter) -> Iterator[list[Cell]]:
    """Every renewal of the table, under `HEADER`; memory does not grow with them."""
    for renewal in listed(user, wanted).iterator(chunk_size=AT_ONCE):
        yield _cells(renewal)


def _cells(renewal: Any) -> list[Cell]:
    zone = zone_of(renewal.probability)
    return [
        renewal.account.name,
        renewal.segment.name if renewal.segment else "",
        renewal.owner.name if renewal.owner else "",
        renewal.get_stage_display(),
        clock.day_of(renewal.stage_since),
        renewal.due_on,
        renewal.decision_on,
        "yes" if renewal.contract.auto_renew else "no",
        renewal.current_arr,
        renewal.expected_arr,
        renewal.probability,
        ZONE_LABELS[zone] if zone else "",
        renewal.get_category_display() or "no forecast",
        renewal.account.health_score,
        renewal.next_step,
        renewal.next_step_on,
        renewal.competitor,
        renewal.get_outcome_display(),
        renewal.closed_arr,
    ]


def _due(key: str, today: dt.date) -> Q:
    if key == ALL:
        return Q(pk__isnull=False)
    if key == OVERDUE:
        return Q(due_on__lt=today)
    return Q(due_on__gte=today, due_on__lt=today + dt.timedelta(days=int(key)))


def _cents(amount: Decimal | None) -> Decimal:
    return (amount or Decimal(0)).quantize(Decimal("0.01"))
