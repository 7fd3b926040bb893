"""The at-risk queue in figures: how much revenue is in danger, what was done about it, and with whom it sits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Greatest

from accounts.models import Account, User
from accounts.queries.stand_ins import Viewer, keys_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import Compiled, kept_for_today
from health.models import Alert, AlertRule
from health.queries.at_risk import (
    CHIPS,
    MONEY,
    NEED_CLOCK,
    NOBODY,
    Asked,
    QueueFilter,
    asked_of,
    cents,
    condition,
    matching,
    named,
    with_clock,
)

OWNERS = 8
WEEK = dt.timedelta(days=7)
SHARE: DecimalField = DecimalField(max_digits=4, decimal_places=3)
COUNTED = [key for key in CHIPS if key not in ("all", *NEED_CLOCK)]
# Only accounts whose clock runs are put together with their alerts: they are a part of the queue. OFFSET keeps the
# conditions out of the count, where PostgreSQL takes them to be asked once and looks each account up by itself.
FIGURES = """
    SELECT queue.*, clocks.*
    FROM
        (
            SELECT count(*), sum(risk) FILTER (WHERE health_rank >= 3), {counted}
            FROM ({accounts} OFFSET 0) AS account
        ) AS queue,
        (SELECT count(*) FILTER (WHERE has_acted), count(due_at), {clocked} FROM ({running}) AS account) AS clocks
"""


@dataclass(frozen=True)
class Figures:
    """The queue in figures. Revenue is that of the two bottom tiers; `week_ago` is None where it is not known."""

    counts: dict[str, int]
    revenue: Decimal
    acted: int
    known: int
    week_ago: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Revenue at risk against seven days ago, both at today's ARR."""
        return None if self.week_ago is None else self.revenue - self.week_ago


@dataclass(frozen=True)
class Share:
    """What of the revenue at risk lies with one owner; `key` is what the filter takes."""

    key: str
    name: str
    accounts: int
    revenue: Decimal
    share: float


@dataclass(frozen=True)
class Concentration:
    """The owners with the most revenue at risk, and what is left with the others."""

    owners: list[Share]
    others: int
    others_revenue: Decimal


def figures(user: User, wanted: QueueFilter) -> Figures:
    """The strip and the counts of the chips, under the owner and the text of the filter. Two queries."""
    asked = asked_of(user, wanted)
    accounts, running = _counted(asked.viewer, asked.wanted), _running(asked.viewer, asked.wanted)
    sql = FIGURES.format(counted=_each(COUNTED), accounts=accounts.sql, clocked=_each(NEED_CLOCK), running=running.sql)
    # Counted around the statements: to build the same through `aggregate` takes longer than to answer it.
    sums = Compiled(sql, accounts.params + running.params, conversions={}, make=tuple)
    count, revenue, *counts = sums.row(asked.keys)
    acted, known = counts[len(COUNTED) : -len(NEED_CLOCK)]
    by_chip = zip((*COUNTED, *NEED_CLOCK), counts[: len(COUNTED)] + counts[-len(NEED_CLOCK) :], strict=True)
    return Figures(
        counts={"all": count, **dict(by_chip)},
        revenue=cents(revenue),
        acted=acted,
        known=known,
        week_ago=_revenue_a_week_ago(asked),
    )


@kept_for_today
def _counted(viewer: Viewer, wanted: QueueFilter) -> QuerySet[Account, Any]:
    """What `FIGURES` counts of each account."""
    accounts = matching(viewer.user, wanted).annotate(**_conditions(COUNTED)).order_by()
    return accounts.values_list("health_rank", "risk", *_conditions(COUNTED))


@kept_for_today
def _running(viewer: Viewer, wanted: QueueFilter) -> QuerySet[Account, Any]:
    """What `FIGURES` counts of each account of which it may be known when it entered its tier."""
    entered = Alert.objects.filter(rule__trigger=AlertRule.Trigger.ENTERS_TIER).order_by().values("account")
    accounts = with_clock(matching(viewer.user, wanted).filter(pk__in=entered)).order_by()
    return accounts.annotate(**_conditions(NEED_CLOCK)).values_list("due_at", "has_acted", *_conditions(NEED_CLOCK))


def _conditions(chips: Sequence[str]) -> dict[str, ExpressionWrapper]:
    return {f"is_{key}": ExpressionWrapper(condition(key), output_field=BooleanField()) for key in chips}


def _each(chips: Sequence[str]) -> str:
    return ", ".join(f"count(*) FILTER (WHERE is_{key})" for key in chips)


def concentration(user: User, wanted: QueueFilter) -> Concentration:
    """Where the risk sits, by owner, whatever owner is chosen. One query."""
    rows = _by_owner(Viewer.of(user), wanted.text).rows(keys_of(user))
    total = sum((revenue or Decimal(0) for *_, revenue in rows), Decimal(0))
    owners = [
        Share(
            key=str(owner) if owner else NOBODY,
            name=name or "No owner",
            accounts=accounts,
            revenue=cents(revenue),
            share=float((revenue or 0) / total) if total else 0.0,
        )
        for owner, name, accounts, revenue in rows[:OWNERS]
    ]
    others = [revenue or Decimal(0) for *_, revenue in rows[OWNERS:]]
    return Concentration(owners, len(others), cents(sum(others, Decimal(0))))


@kept_for_today
def _by_owner(viewer: Viewer, text: str) -> QuerySet[Account, Any]:
    """Key and name of each owner, the number of accounts, and the revenue at risk in them, the most first."""
    return (
        named(Account.objects.visible_to(viewer.user).active().at_risk(), text)
        .order_by()
        .values_list("owner", "owner__name")
        .annotate(accounts=Count("pk"), revenue=Sum(F("arr") * F("expected_churn"), output_field=MONEY))
        .order_by(F("revenue").desc(nulls_last=True), "owner")
    )


def _revenue_a_week_ago(asked: Asked) -> Decimal | None:
    """Revenue at risk by the snapshots of that day, and by what a model said then where that was more, at today's ARR;
    None where no account was scored as at risk then.

    One query, through the index of at-risk snapshots.
    """
    sums = [revenue for (revenue,) in _then_at_risk(asked.viewer, asked.wanted).rows(asked.keys)]
    return cents(sums[0]) if sums and sums[0] is not None else None


@kept_for_today
def _then_at_risk(viewer: Viewer, wanted: QueueFilter) -> QuerySet[Account, Any]:
    """The sum, in one row; none where no account was scored as at risk."""
    day = clock.today() - WEEK
    accounts = named(Account.objects.visible_to(viewer.user), wanted.text)
    if wanted.owner:
        accounts = accounts.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    tiers = "snapshots__version__tiers__"
    then = accounts.filter(
        snapshots__day=day, snapshots__rank__gte=3, **{f"{tiers}rank": F("snapshots__rank")}
    ).annotate(said=FilteredRelation("churn_estimates", condition=Q(churn_estimates__day=day)))
    by_tier = (F(f"{tiers}churn_low") + F(f"{tiers}churn_high")) / 2
    # The greater of the two as in `health.services.expecting`; GREATEST passes over what was not said.
    churn = Greatest(by_tier, Cast("said__probability", SHARE))
    summed = then.order_by().annotate(_all=Value(1)).values("_all")
    return summed.annotate(revenue=Sum(F("arr") * churn, output_field=MONEY)).values_list("revenue")
