"""The book of business: which accounts match, in which order, what they add up to, and what a row shows of each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Func, Q, QuerySet, Sum
from django.urls import reverse

from accounts.domain.book import NO_TIER, TIERS, WORST_OF_BEST, Filters, Order
from accounts.models import Account, Task, User
from accounts.models.account import AccountQuerySet
from accounts.queries.book_columns import NEXT, Column, column_of, ordered, with_risk
from accounts.registries import BOOK_FILTERS, NEXT_ACTIONS, tier_labels
from cs_workspace.common import clock

RENEWING_DAYS = 90


@dataclass(frozen=True)
class Tier:
    """A tier as a filter: how many of the accounts that match all other filters are in it."""

    key: str
    label: str
    count: int
    wanted: bool


@dataclass(frozen=True)
class Totals:
    """What the matching accounts add up to, in workspace currency; `mean_score` is None without any score."""

    accounts: int = 0
    arr: Decimal = Decimal(0)
    at_risk: int = 0
    arr_at_risk: Decimal = Decimal(0)
    revenue_at_risk: Decimal = Decimal(0)
    renewing: int = 0
    arr_renewing: Decimal = Decimal(0)
    scored: int = 0
    mean_score: Decimal | None = None
    known: int = 0
    """How many have a value in the column by which the list is sorted, where that was asked."""


@dataclass(frozen=True)
class NextAction:
    """What to do next, and by when it is due where somebody has it to do already."""

    text: str
    due_at: dt.datetime | None = None


Row = dict[str, Any]
"""The fields of an account that its columns show, by path, and beside them its `href`, `next` (a `NextAction` or None)
and `drawings`, by the key of their column."""


@dataclass(frozen=True)
class BookPage:
    """One page of the book."""

    rows: list[Row]
    totals: Totals
    tiers: list[Tier]
    number: int
    pages: int
    first: int
    """The place of the first row among all, counted from 1."""
    beyond_end: bool
    """A page was asked for that there is not; this is the last one."""

    @property
    def last(self) -> int:
        """The place of the last row among all."""
        return max(0, self.first + len(self.rows) - 1)


def book_page(
    user: User,
    filters: Filters,
    order: Order,
    columns: Sequence[Column],
    *,
    number: int,
    size: int,
) -> BookPage:
    """The page `number` of the accounts that `user` sees and that match.

    Two queries, and one for each kind of extra that the columns ask for.
    """
    today, now = clock.today(), clock.now()
    column = column_of(order.key)
    but_tier = matching(user, filters, today=today, now=now, any_tier=True)
    totals, tiers = tally(but_tier, filters, today=today, known=column.indexed if order.descending else "")
    pages = max(1, -(-totals.accounts // size))
    at = min(max(number, 1), pages)
    start = (at - 1) * size
    accounts = ordered(
        in_tiers(but_tier, filters),
        column,
        descending=order.descending,
        known_only=start + size <= totals.known,
    )
    page = rows_of(accounts[start : start + size], columns, now=now) if totals.accounts else []
    return BookPage(
        rows=page,
        totals=totals,
        tiers=tiers,
        number=at,
        pages=pages,
        first=start + 1 if page else 0,
        beyond_end=number > pages,
    )


def matching(
    user: User, filters: Filters, *, today: dt.date, now: dt.datetime, any_tier: bool = False
) -> AccountQuerySet:
    """The accounts that `user` sees and that match, in no order; `any_tier` leaves out the filter by tier."""
    found = Account.objects.visible_to(user).matching(filters.q)
    if filters.status != "all":
        found = found.filter(status=filters.status)
    for lookup, wanted in (
        ("segment__key__in", filters.segments),
        ("stage__in", filters.stages),
        ("health_trend__in", filters.trends),
    ):
        found = found.filter(**{lookup: sorted(wanted)}) if wanted else found
    if filters.owner:
        found = found.filter(_owned(user, filters.owner))
    if filters.renewal_within is not None:
        found = found.renewing_within(filters.renewal_within, today=today)
    if filters.untouched_for is not None:
        found = found.untouched_for(filters.untouched_for, now=now)
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    if filters.arr_min is not None:
        found = found.filter(arr__gte=filters.arr_min)
    if filters.arr_max is not None:
        found = found.filter(arr__lte=filters.arr_max)
    flags = {"strategic": filters.strategic, "is_trial": filters.trial, "open_alerts__gt": filters.with_alerts}
    found = found.filter(**{name: 0 if name.endswith("gt") else True for name, wanted in flags.items() if wanted})
    for key, choice in filters.further:
        found = found.filter(BOOK_FILTERS[key].condition(choice))
    return found if any_tier else in_tiers(found, filters)


def in_tiers(accounts: AccountQuerySet, filters: Filters) -> AccountQuerySet:
    """Those of the accounts in the wanted tiers; all where none is named."""
    ranks = filters.ranks
    if not ranks:
        return accounts
    wanted = Q(health_rank__in=sorted(rank for rank in ranks if rank is not None))
    return accounts.filter(wanted | Q(health_rank=None) if None in ranks else wanted)


def _owned(user: User, owner: str) -> Q:
    if owner == "none":
        return Q(owner=None)
    if owner == "team":
        return Q(owner__in=user.team_ids)
    return Q(owner=user.pk if owner == "me" else int(owner))


def tally(accounts: AccountQuerySet, filters: Filters, *, today: dt.date, known: str = "") -> tuple[Totals, list[Tier]]:
    """What the accounts in the wanted tiers add up to, and how many are in each tier. One query, and one for labels.

    `accounts` are those that match everything but the filter by tier, so that the tiers not chosen are counted too.
    """
    soon = Q(renewal_date__gte=today, renewal_date__lte=today + dt.timedelta(days=RENEWING_DAYS))
    figures = (
        accounts.order_by()
        .values("health_rank")
        .annotate(
            accounts=Count("*"),
            sum_arr=Sum("arr"),
            scored=Count("health_score"),
            sum_score=Sum("health_score"),
            revenue=Sum(F("arr") * F("expected_churn"), filter=Q(health_rank__gte=WORST_OF_BEST)),
            renewing=Count("renewal_date", filter=soon),
            arr_renewing=Sum("arr", filter=soon),
            **({"known": Count(known)} if known else {}),
        )
    )
    by_rank = {row["health_rank"]: row for row in figures}
    ranks = filters.ranks
    rows = [row for rank, row in by_rank.items() if not ranks or rank in ranks]
    return _total(rows), _tiers(by_rank, filters)


def _total(rows: list[dict[str, Any]]) -> Totals:
    def add(name: str, among: list[dict[str, Any]] = rows) -> Any:
        return sum((row.get(name) or 0 for row in among), Decimal(0))

    worst = [row for row in rows if (row["health_rank"] or 0) >= WORST_OF_BEST]
    scored = int(add("scored"))
    return Totals(
        accounts=int(add("accounts")),
        arr=add("sum_arr"),
        at_risk=int(add("accounts", worst)),
        arr_at_risk=add("sum_arr", worst),
        revenue_at_risk=add("revenue", worst),
        renewing=int(add("renewing")),
        arr_renewing=add("arr_renewing"),
        scored=scored,
        mean_score=add("sum_score") / scored if scored else None,
        known=int(add("known")),
    )


def _tiers(by_rank: dict[int | None, dict[str, Any]], filters: Filters) -> list[Tier]:
    named = {str(rank): label for rank, label in tier_labels().items()}
    labels = named | {NO_TIER: TIERS[NO_TIER]} if named else TIERS
    counts = {NO_TIER if rank is None else str(rank): row["accounts"] for rank, row in by_rank.items()}
    return [Tier(key, label, counts.get(key, 0), key in filters.tiers) for key, label in labels.items()]


def rows_of(accounts: QuerySet[Account], columns: Sequence[Column], *, now: dt.datetime) -> list[Row]:
    """The accounts with what their columns show. One query, one per drawing, for tasks, per source of next actions."""
    exports = [export for column in columns for export in column.exports if export.path != NEXT]
    rows: list[Row] = list(
        with_risk(accounts).values(
            *{"pk", "name", "health_rank", "health_override", *(export.path for export in exports)}
        )
    )
    ids = [row["pk"] for row in rows]
    drawn = [column.drawing for column in columns if column.drawing]
    loaded = [(drawing, drawing.load(ids)) for drawing in drawn]
    actions = next_actions(ids, now=now) if any(column.key == "next" for column in columns) else {}
    href = reverse("accounts:account", args=[0])
    for row in rows:
        row["href"] = href.replace("0", str(row["pk"]))
        row["next"] = actions.get(row["pk"])
        row["drawings"] = {
            drawing.key: drawing.draw(values.get(row["pk"]), row["health_rank"]) for drawing, values in loaded
        }
    return rows


def next_actions(account_ids: Sequence[int], *, now: dt.datetime) -> dict[int, NextAction]:
    """The earliest open task of each account, else what a higher floor advises; none for accounts without either."""
    tasks = (
        Task.objects.open(now=now)
        .filter(account__in=account_ids)
        .order_by("account_id", F("due_at").asc(nulls_last=True), "priority", "pk")
        .distinct("account_id")
        .values_list("account_id", "title", "due_at")
    )
    found = {pk: NextAction(title, due_at) for pk, title, due_at in tasks}
    for load in NEXT_ACTIONS.values():
        idle = [pk for pk in account_ids if pk not in found]
        found |= {pk: NextAction(text) for pk, text in load(idle).items()} if idle else {}
    return found


def tags_of(user: User, text: str, *, limit: int = 20) -> list[str]:
    """Tags on the user's accounts that contain `text`, in order of the alphabet."""
    each = Func(F("tags"), function="unnest", output_field=CharField())
    tags = Account.objects.visible_to(user).order_by().values_list(each, flat=True).distinct()
    return sorted({tag for tag in tags if text.lower() in tag.lower()}, key=str.lower)[:limit]
