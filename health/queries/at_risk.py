"""The at-risk queue: whose revenue is in danger, how much of it, and who is on it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    Sum,
)
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject

from accounts.models import Account, Task, User
from accounts.models.account import AccountQuerySet
from cs_workspace.common import clock
from cs_workspace.common.expressions import AnyOf
from health.domain.alert_handling import Refusal, Verb, outcome_of
from health.domain.deadlines import WITHIN, Clock, clock_of
from health.domain.signals import label_of
from health.models import Alert, AlertRule, ChurnSignal, Intervention
from health.queries.interventions import Brief, brief_of, live_briefs, overdue_plans

PAGE = 25
OWNERS = 8
AT_ONCE = 1000
RENEWAL_DAYS = 90
NEED_CLOCK = ("idle", "overdue")
WEEK = dt.timedelta(days=7)
NOBODY = "none"
MONEY: DecimalField = DecimalField(max_digits=18, decimal_places=5)
SHARE: DecimalField = DecimalField(max_digits=4, decimal_places=3)
CHIPS = {
    "all": "All",
    "critical": "Critical",
    "idle": "No action",
    "overdue": "Overdue",
    "signals": "With signals",
    "unplanned": "No save plan",
    "late": "Plan overdue",
    "renewal": "Renewal ≤ 90 d",
}

FIGURES = """
    SELECT count(*), sum(risk) FILTER (WHERE health_rank >= 3), count(*) FILTER (WHERE has_acted), count(due_at),
        {counted}
    FROM ({accounts}) AS account
"""


@dataclass(frozen=True)
class QueueFilter:
    """What of the queue is shown: a chip, one owner's accounts (a key, or `none` for those without), a text."""

    only: str = "all"
    owner: str = ""
    text: str = ""


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


@dataclass(frozen=True)
class Sign:
    """A live churn signal of a row: what it is called, its severity (1 critical … 3 normal), what was seen."""

    label: str
    severity: int
    evidence: str


@dataclass(frozen=True)
class Row:
    """One account of the queue, with the alert that brought it there, its next open task, the clock, its churn
    signals, the most severe first, and its live save plan."""

    account: Account
    risk: Decimal | None
    alert: Alert | None
    task: Task | None
    clock: Clock
    signals: list[Sign]
    plan: Brief | None = None

    @property
    def renews(self) -> Decimal | None:
        """The share of such accounts that is expected to renew."""
        churn = self.account.expected_churn
        return None if churn is None else 1 - churn

    @property
    def can_acknowledge(self) -> bool:
        """Whether the alert waits for somebody to say that they are on it."""
        return self.alert is not None and not isinstance(outcome_of(self.alert.state, Verb.ACKNOWLEDGE), Refusal)


def at_risk_accounts(user: User) -> AccountQuerySet:
    """Accounts of the user in the two bottom tiers, with an open churn signal, or with an alert of the queue."""
    calling = Alert.objects.unresolved().filter(
        Q(severity=AlertRule.Severity.CRITICAL) | Q(rule__trigger=AlertRule.Trigger.SCORE_UNDER)
    )
    return (
        Account.objects.visible_to(user)
        .active()
        .filter(
            Q(health_rank__gte=3)
            | Q(AnyOf(F("pk"), ArraySubquery(calling.values("account"))))
            | Q(AnyOf(F("pk"), ArraySubquery(ChurnSignal.objects.live().order_by().values("account"))))
        )
    )


def queue(user: User, wanted: QueueFilter) -> AccountQuerySet:
    """The accounts to show, the most revenue at risk first."""
    accounts = _matching(user, wanted)
    if wanted.only in NEED_CLOCK:
        accounts = _with_clock(accounts)
    return _only(accounts, wanted.only).order_by(F("risk").desc(nulls_last=True), "pk")


def figures(user: User, wanted: QueueFilter) -> Figures:
    """The strip and the counts of the chips, under the owner and the text of the filter. Two queries."""
    chips = [key for key in CHIPS if key != "all"]
    asked = {f"is_{key}": ExpressionWrapper(_condition(key), output_field=BooleanField()) for key in chips}
    accounts = _with_clock(_matching(user, wanted)).annotate(**asked).order_by()
    sql, params = accounts.values("health_rank", "risk", "due_at", "has_acted", *asked).query.sql_with_params()
    counted = ", ".join(f"count(*) FILTER (WHERE is_{key})" for key in chips)
    with connection.cursor() as cursor:
        # Counted around the statement: to build the same through `aggregate` takes longer than to answer it.
        cursor.execute(FIGURES.format(counted=counted, accounts=sql), params)
        count, revenue, acted, known, *counts = cursor.fetchone()
    return Figures(
        counts={"all": count, **dict(zip(chips, counts, strict=True))},
        revenue=_cents(revenue),
        acted=acted,
        known=known,
        week_ago=_revenue_on(user, clock.today() - WEEK, wanted),
    )


def concentration(user: User, wanted: QueueFilter) -> Concentration:
    """Where the risk sits, by owner, whatever owner is chosen. One query."""
    rows = list(
        _named(at_risk_accounts(user), wanted.text)
        .filter(health_rank__gte=3)
        .order_by()
        .values("owner", "owner__name")
        .annotate(accounts=Count("pk"), revenue=Sum(F("arr") * F("expected_churn"), output_field=MONEY))
        .order_by(F("revenue").desc(nulls_last=True), "owner")
    )
    total = sum((row["revenue"] or Decimal(0) for row in rows), Decimal(0))
    owners = [
        Share(
            key=str(row["owner"]) if row["owner"] else NOBODY,
            name=row["owner__name"] or "No owner",
            accounts=row["accounts"],
            revenue=_cents(row["revenue"]),
            share=float((row["revenue"] or 0) / total) if total else 0.0,
        )
        for row in rows[:OWNERS]
    ]
    others = rows[OWNERS:]
    return Concentration(owners, len(others), _cents(sum((row["revenue"] or Decimal(0) for row in others), Decimal(0))))


def rows_of(accounts: Sequence[Any], *, now: dt.datetime) -> list[Row]:
    """Rows for accounts out of `queue`. Three queries."""
    ids = [account.pk for account in accounts]
    known = _known_of(ids, now=now)
    alerts = {
        alert.account_id: alert
        for alert in Alert.objects.unresolved()
        .filter(account__in=ids)
        .select_related("acknowledged_by", "rule")
        .order_by("account_id", "severity", "-rule__tier_rank", "-opened_at", "-pk")
        .distinct("account_id")
    }
    tasks = {
        task.account_id: task
        for task in Task.objects.unfinished()
        .filter(account__in=ids)
        .order_by("account_id", F("due_at").asc(nulls_last=True), "priority", "pk")
        .distinct("account_id")
    }
    return [
        Row(
            account=account,
            risk=None if account.risk is None else _cents(account.risk),
            alert=alerts.get(account.pk),
            task=tasks.get(account.pk),
            clock=known[account.pk][0],
            signals=known[account.pk][1],
            plan=known[account.pk][2],
        )
        for account in accounts
    ]


def _known_of(ids: Sequence[int], *, now: dt.datetime) -> dict[int, tuple[Clock, list[Sign], Brief | None]]:
    """Of each account the clock, the live churn signals and the live save plan. One query."""
    live = ChurnSignal.objects.live().filter(account=OuterRef("pk")).order_by("severity", "pk")
    signs = ArraySubquery(live.values(sign=JSONObject(kind="kind", severity="severity", evidence="evidence")))
    rows = (
        _with_clock(Account.objects.filter(pk__in=ids))
        .order_by()
        .annotate(signs=signs, plans=live_briefs())
        .values_list("pk", "due_at", "has_acted", "signs", "plans")
    )
    return {
        pk: (
            clock_of(due_at, acted=has_acted, now=now),
            [Sign(label_of(one["kind"]), one["severity"], one["evidence"]) for one in found],
            brief_of(plans[0], now=now) if plans else None,
        )
        for pk, due_at, has_acted, found, plans in rows
    }


def all_rows(user: User, wanted: QueueFilter, *, now: dt.datetime) -> Iterator[Row]:
    """Every row of the queue, in its order; memory does not grow with it."""
    accounts = queue(user, wanted).select_related("owner").iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(accounts, AT_ONCE)):
        yield from rows_of(chunk, now=now)


def _matching(user: User, wanted: QueueFilter) -> AccountQuerySet:
    """Under owner and text, with the revenue at risk, and whether churn signals are open and a save plan is live."""
    accounts = _named(at_risk_accounts(user), wanted.text)
    if wanted.owner == NOBODY:
        accounts = accounts.filter(owner=None)
    elif wanted.owner:
        accounts = accounts.filter(owner=int(wanted.owner))
    # Asked of each account by the index: an array of all would be gone through anew for every one.
    live = ChurnSignal.objects.live().filter(account=OuterRef("pk")).order_by()
    planned = Intervention.objects.live().filter(account=OuterRef("pk")).order_by()
    late = overdue_plans().filter(account=OuterRef("pk")).order_by()
    return accounts.annotate(risk=ExpressionWrapper(F("arr") * F("expected_churn"), output_field=MONEY)).alias(
        has_signals=Exists(live), has_plan=Exists(planned), has_late_plan=Exists(late)
    )


def _with_clock(accounts: AccountQuerySet) -> AccountQuerySet:
    """With deadline (`due_at`, null where the moment of entry is not known) and whether somebody acted since then.

    One pass over the alerts of all these accounts and not a look at each: of a book with thousands at risk the figures
    need every one.
    """
    entered = {f"entered_{rank}": _entered(rank) for rank in WITHIN}
    worst_first = sorted(WITHIN, reverse=True)
    return accounts.annotate(**entered).annotate(
        due_at=Coalesce(*(F(f"entered_{rank}") + WITHIN[rank] for rank in worst_first)),
        has_acted=Coalesce(Q(last_action__gte=Coalesce(*(F(f"entered_{rank}") for rank in worst_first))), False),
    )


def _entered(rank: int) -> Max:
    """When an account entered the tier, also by an alert that somebody resolved by hand while it stays there."""
    rule = Q(alerts__rule__trigger=AlertRule.Trigger.ENTERS_TIER, alerts__rule__tier_rank=rank)
    return Max("alerts__opened_at", filter=rule & (~Q(alerts__state=Alert.State.RESOLVED) | Q(health_rank__gte=rank)))


def _named(accounts: AccountQuerySet, text: str) -> AccountQuerySet:
    return accounts.filter(name__icontains=text.strip()) if text.strip() else accounts


def _only(accounts: AccountQuerySet, key: str) -> AccountQuerySet:
    return accounts.filter(_condition(key)) if key != "all" else accounts


def _condition(key: str) -> Q:
    """What a chip stands for; those of `NEED_CLOCK` over the annotations of `_with_clock`."""
    idle = Q(due_at__isnull=False, has_acted=False)
    today = clock.today()
    match key:
        case "critical":
            return Q(health_rank__gte=4)
        case "idle":
            return idle
        case "signals":
            return Q(has_signals=True)
        case "unplanned":
            return Q(has_plan=False)
        case "late":
            return Q(has_late_plan=True)
        case "overdue":
            return idle & Q(due_at__lt=clock.now())
        case "renewal":
            return Q(renewal_date__gte=today, renewal_date__lte=today + dt.timedelta(days=RENEWAL_DAYS))
    raise ValueError(f"There is no chip “{key}”.")


def _revenue_on(user: User, day: dt.date, wanted: QueueFilter) -> Decimal | None:
    """Revenue at risk by the snapshots of a past day, and by what a model said then where that was more, at today's
    ARR; None where no account was scored as at risk then.

    One query, through the index of at-risk snapshots.
    """
    accounts = _named(Account.objects.visible_to(user), wanted.text)
    if wanted.owner:
        accounts = accounts.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    tiers = "snapshots__version__tiers__"
    then = accounts.filter(
        snapshots__day=day, snapshots__rank__gte=3, **{f"{tiers}rank": F("snapshots__rank")}
    ).annotate(said=FilteredRelation("churn_estimates", condition=Q(churn_estimates__day=day)))
    by_tier = (F(f"{tiers}churn_low") + F(f"{tiers}churn_high")) / 2
    # The greater of the two as in `health.services.expecting`; GREATEST passes over what was not said.
    churn = Greatest(by_tier, Cast("said__probability", SHARE))
    found = then.aggregate(revenue=Sum(F("arr") * churn, output_field=MONEY))
    return None if found["revenue"] is None else _cents(found["revenue"])


def _cents(amount: Decimal | None) -> Decimal:
    return (amount or Decimal(0)).quantize(Decimal("0.01"))
