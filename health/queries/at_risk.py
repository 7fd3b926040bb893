"""The at-risk queue: whose revenue is in danger, how much of it, and who is on it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Account, Task, User
from accounts.models.account import AccountQuerySet
from accounts.queries.stand_ins import Viewer, keys_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import Compiled, compile_once, kept_for_today, some_keys
from cs_workspace.common.expressions import AnyOf
from health.domain.alert_handling import Refusal, Verb, outcome_of
from health.domain.deadlines import WITHIN, Clock, clock_of
from health.domain.signals import label_of
from health.models import Alert, AlertRule, ChurnSignal, Intervention
from health.queries.interventions import Brief, brief_of, live_briefs, overdue_plans

PAGE = 25
AT_ONCE = 1000
RENEWAL_DAYS = 90
NEED_CLOCK = ("idle", "overdue")
NOBODY = "none"
MONEY: DecimalField = DecimalField(max_digits=18, decimal_places=5)
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
SHOWN = [
    *("name", "arr", "expected_churn", "churn_basis", "renewal_date", "owner__name"),
    *("health_rank", "health_tier", "health_score", "health_override", "health_reason"),
]


@dataclass(frozen=True)
class QueueFilter:
    """What of the queue is shown: a chip, one owner's accounts (a key, or `none` for those without), a text."""

    only: str = "all"
    owner: str = ""
    text: str = ""


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
    worst, called = Q(health_rank__gte=3), _among(calling, user)
    return Account.objects.visible_to(user).active().filter(worst | called | _among(ChurnSignal.objects.live(), user))


def _among(rows: QuerySet[Any, Any], user: User) -> Q:
    """Accounts that rows are about. Of somebody's own few each is looked up; where all are seen, an array of those that
    there are leads to them, and the others are not read."""
    if user.sees_everything:
        return Q(AnyOf(F("pk"), ArraySubquery(rows.order_by().values("account"))))
    return Q(Exists(rows.order_by().filter(account=OuterRef("pk"))))


def queue(user: User, wanted: QueueFilter) -> AccountQuerySet:
    """The accounts to show, the most revenue at risk first."""
    accounts = matching(user, wanted)
    if wanted.only in NEED_CLOCK:
        accounts = with_clock(accounts)
    return _only(accounts, wanted.only).order_by(F("risk").desc(nulls_last=True), "pk")


def page_of_queue(user: User, wanted: QueueFilter, *, start: int) -> list[Account]:
    """A page of the `queue` behind the first `start`, with the owners. One query."""
    asked = asked_of(user, wanted)
    return _page(asked.viewer, asked.wanted, start).rows(asked.keys)


@kept_for_today
def _page(viewer: Viewer, wanted: QueueFilter, start: int) -> AccountQuerySet:
    return _shown(viewer.user, wanted)[start : start + PAGE]


def rows_of(accounts: Sequence[Any], *, now: dt.datetime) -> list[Row]:
    """Rows for accounts out of `queue`. Three queries."""
    if not accounts:
        return []
    ids = [account.pk for account in accounts]
    # The last one again, up to a size that there is a statement for: what is asked for twice is found once.
    size = PAGE if len(ids) <= PAGE else AT_ONCE
    keys = ids + ids[-1:] * (size - len(ids))
    known = _known_of(keys, now=now)
    alerts = {alert.account_id: alert for alert in _calling_alerts(size).rows(keys)}
    tasks = {task.account_id: task for task in _next_tasks(size).rows(keys)}
    return [
        Row(
            account=account,
            risk=None if account.risk is None else cents(account.risk),
            alert=alerts.get(account.pk),
            task=tasks.get(account.pk),
            clock=known[account.pk][0],
            signals=known[account.pk][1],
            plan=known[account.pk][2],
        )
        for account in accounts
    ]


@cache
def _calling_alerts(size: int) -> Compiled:
    """Of each of so many accounts the alert that brought it into the queue."""
    return compile_once(
        Alert.objects.unresolved()
        .filter(account__in=some_keys(size))
        .select_related("acknowledged_by")
        .only("account", "title", "state", "opened_at", "snoozed_until", "acknowledged_by__name")
        .order_by("account_id", "severity", "-rule__tier_rank", "-opened_at", "-pk")
        .distinct("account_id")
    )


@cache
def _next_tasks(size: int) -> Compiled:
    """Of each of so many accounts the open task that is due first."""
    return compile_once(
        Task.objects.unfinished()
        .filter(account__in=some_keys(size))
        .only("account", "title", "due_at")
        .order_by("account_id", F("due_at").asc(nulls_last=True), "priority", "pk")
        .distinct("account_id")
    )


def _known_of(ids: Sequence[int], *, now: dt.datetime) -> dict[int, tuple[Clock, list[Sign], Brief | None]]:
    """Of each account the clock, the live churn signals and the live save plan. One query."""
    rows = _clocks(len(ids)).rows(ids)
    return {
        pk: (
            clock_of(due_at, acted=has_acted, now=now),
            [Sign(label_of(one["kind"]), one["severity"], one["evidence"]) for one in found],
            brief_of(plans[0], now=now) if plans else None,
        )
        for pk, due_at, has_acted, found, plans in rows
    }


@cache
def _clocks(size: int) -> Compiled:
    """Of each of so many accounts what its clock, signals and plan are made of."""
    live = ChurnSignal.objects.live().filter(account=OuterRef("pk")).order_by("severity", "pk")
    signs = ArraySubquery(live.values(sign=JSONObject(kind="kind", severity="severity", evidence="evidence")))
    return compile_once(
        with_clock(Account.objects.filter(pk__in=some_keys(size)))
        .order_by()
        .annotate(signs=signs, plans=live_briefs())
        .values_list("pk", "due_at", "has_acted", "signs", "plans")
    )


def all_rows(user: User, wanted: QueueFilter, *, now: dt.datetime) -> Iterator[Row]:
    """Every row of the queue, in its order; memory does not grow with it."""
    accounts = _shown(user, wanted).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(accounts, AT_ONCE)):
        yield from rows_of(chunk, now=now)


@dataclass(frozen=True)
class Asked:
    """A filter whose owner is a stand-in, for the viewer that a user is, and the keys of both."""

    viewer: Viewer
    wanted: QueueFilter
    keys: list[int]


def asked_of(user: User, wanted: QueueFilter) -> Asked:
    """The filter as statements that are kept take it."""
    viewer, keys = Viewer.of(user), keys_of(user)
    if wanted.owner in ("", NOBODY):
        return Asked(viewer, wanted, keys)
    (owner,) = viewer.further_keys(1)
    return Asked(viewer, replace(wanted, owner=str(owner)), [*keys, int(wanted.owner)])


def _shown(user: User, wanted: QueueFilter) -> AccountQuerySet:
    """The `queue` with the owners, and of both only what its rows show."""
    return queue(user, wanted).select_related("owner").only(*SHOWN)


def matching(user: User, wanted: QueueFilter) -> AccountQuerySet:
    """Under owner and text, with the revenue at risk, and whether churn signals are open and a save plan is live."""
    accounts = named(at_risk_accounts(user), wanted.text)
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


def with_clock(accounts: AccountQuerySet) -> AccountQuerySet:
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


def named(accounts: AccountQuerySet, text: str) -> AccountQuerySet:
    """Those with the text in their name; all where there is none."""
    return accounts.filter(name__icontains=text.strip()) if text.strip() else accounts


def _only(accounts: AccountQuerySet, key: str) -> AccountQuerySet:
    return accounts.filter(condition(key)) if key != "all" else accounts


def condition(key: str) -> Q:
    """What a chip stands for; those of `NEED_CLOCK` over the annotations of `with_clock`."""
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


def cents(amount: Decimal | None) -> Decimal:
    """An amount in whole cents; nothing is 0."""
    return (amount or Decimal(0)).quantize(Decimal("0.01"))
