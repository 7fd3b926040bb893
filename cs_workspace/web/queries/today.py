"""What Today is made of: each source reads its most pressing few, in one query whatever the size of the book."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.domain.cadence import INTERVALS, CadenceKind, most_pressing
from accounts.models import Account, Task, User
from accounts.models.account import AccountQuerySet
from accounts.queries.cadence import silent_since, standings_of, touch_due
from accounts.queries.stand_ins import Viewer, keys_of
from accounts.queries.task_letters import letter_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today, some_moments
from cs_workspace.web.domain.today import (
    BY_SEVERITY,
    BY_SIGNAL,
    FELL,
    ONBOARDING,
    Item,
    Kind,
    Line,
    Reason,
    ranked,
    urgency_of_silence,
    urgency_of_task,
    value_at_risk,
)
from cs_workspace.web.queries.today_acts import Offer, offer_of
from cs_workspace.web.queries.today_dated import RENEWAL_DAYS, dated
from cs_workspace.web.queries.today_sources import (
    ABOUT,
    MONEY,
    MOST,
    Source,
    dearest,
    served_by,
    source_of,
    value_of,
    watched_by,
)
from health.domain.signals import label_of
from health.models import Alert, ChurnSignal, Snapshot

FALL_DAYS = 7
# So long may a customer who is being set up be without a touch.
ONBOARDING_DAYS = 7
# So many reasons of a row are open to the eye.
SHOWN = 3


@dataclass(frozen=True)
class Row:
    """A line of the list with its account, as the page shows it."""

    line: Line
    account: Account | None

    @cached_property
    def offers(self) -> list[Offer]:
        """Its reasons with what is offered beside each; only rows that are shown are asked."""
        return [offer_of(reason, self.account) for reason in self.line.reasons]

    @property
    def first_offers(self) -> list[Offer]:
        """Those that are open to the eye."""
        return self.offers[:SHOWN]

    @property
    def further_offers(self) -> list[Offer]:
        """Those that are folded away."""
        return self.offers[SHOWN:]


@dataclass(frozen=True)
class Day:
    """The list: all rows that were ranked, the most worth first, and the kinds of which there are more."""

    rows: list[Row]
    more: list[Kind]
    due: int
    late: int


@dataclass(frozen=True)
class Figures:
    """The book in four figures, in workspace currency."""

    accounts: int
    at_risk: int
    revenue_at_risk: Decimal
    renewing: int
    arr_renewing: Decimal


def day_of(user: User, *, mine: bool) -> Day:
    """Everything that asks for the user today. Six queries.

    `mine` is for those who lead: what is given to them, and what only they can decide, instead of all that their people
    have on their desks.
    """
    viewer, keys = Viewer.of(user), keys_of(user)
    mine = mine and user.leads
    now = timezone.localtime(clock.now())
    tasks = _tasks(viewer, keys, mine=mine or not user.leads, now=now)
    sources = [
        _alerts(viewer, keys, mine=mine),
        tasks,
        _signals(viewer, keys, mine=mine),
        _falls(viewer, keys, mine=mine),
        *dated(viewer, keys, mine=mine),
        _quiet(viewer, keys, mine=mine),
    ]
    late = sum(1 for _, reason in tasks.pairs if reason.due_at is not None and reason.due_at < now)
    return Day(
        rows=_rows(sources),
        more=[source.kind for source in sources if source.has_more],
        due=len(tasks.pairs),
        late=late,
    )


def figures_of(user: User) -> Figures:
    """The user's book in figures. One query."""
    for accounts, at_risk, revenue, renewing, arr_renewing in _figures(Viewer.of(user)).rows(keys_of(user)):
        return Figures(accounts, at_risk, revenue or Decimal(0), renewing, arr_renewing or Decimal(0))
    return Figures(0, 0, Decimal(0), 0, Decimal(0))


@kept_for_today
def _figures(viewer: Viewer) -> QuerySet[Account, Any]:
    """One row in the order of `Figures`; none without an account."""
    today = clock.today()
    soon = Q(renewal_date__gte=today, renewal_date__lte=today + dt.timedelta(days=RENEWAL_DAYS))
    worst = Q(health_rank__gte=3)
    sums = {
        "accounts": Count("*"),
        "at_risk": Count("health_rank", filter=worst),
        "revenue": Sum(F("arr") * F("expected_churn"), filter=worst, output_field=MONEY),
        "renewing": Count("renewal_date", filter=soon),
        "arr_renewing": Sum("arr", filter=soon),
    }
    active = Account.objects.visible_to(viewer.user).active().order_by()
    return active.annotate(_all=Value(1)).values("_all").annotate(**sums).values_list(*sums)


def _rows(sources: Sequence[Source]) -> list[Row]:
    accounts: dict[int | None, Account | None] = {}
    items = []
    for source in sources:
        for account, reason in source.pairs:
            key = account.pk if account else None
            accounts.setdefault(key, account)
            value = value_at_risk(account.arr, account.expected_churn) if account else value_at_risk(Decimal(0), None)
            items.append(Item(key, value, reason))
    return [Row(line, accounts[line.account]) for line in ranked(items)]


def _alerts(viewer: Viewer, keys: Sequence[int], *, mine: bool) -> Source:
    return source_of(
        Kind.ALERT,
        (
            (
                alert.account,
                Reason(Kind.ALERT, alert.title, BY_SEVERITY[alert.severity], alert.next_action, pk=alert.pk),
            )
            for alert in _loud_alerts(viewer, mine=mine).rows(keys)
        ),
    )


@kept_for_today
def _loud_alerts(viewer: Viewer, *, mine: bool) -> QuerySet[Alert, Any]:
    accounts = watched_by(viewer.user, mine=mine)
    return (
        Alert.objects.loud(now=clock.now())
        .filter(account__in=accounts.values("pk"))
        .select_related("account__segment")
        .only("pk", "severity", "title", "next_action", "opened_at", *(f"account__{field}" for field in ABOUT))
        .order_by("severity", value_of("account__").desc(), "pk")[: MOST + 1]
    )


def _signals(viewer: Viewer, keys: Sequence[int], *, mine: bool) -> Source:
    """The most severe churn signal of each account that nobody has looked at, with how many more there are."""
    found = _unseen_signals(viewer, mine=mine).rows(keys)
    return source_of(Kind.SIGNAL, ((account, _signal_reason(account.unseen)) for account in found))


@kept_for_today
def _unseen_signals(viewer: Viewer, *, mine: bool) -> AccountQuerySet:
    unseen = ChurnSignal.objects.filter(state=ChurnSignal.State.OPEN, account=OuterRef("pk"))
    about = JSONObject(pk="pk", kind="kind", severity="severity", evidence="evidence")
    return dearest(
        watched_by(viewer.user, mine=mine)
        .filter(pk__in=_unseen())
        .annotate(unseen=ArraySubquery(unseen.order_by("severity", "-seen_on", "-pk").values(about=about)))
    )


def _unseen() -> QuerySet[ChurnSignal, Any]:
    return ChurnSignal.objects.filter(state=ChurnSignal.State.OPEN).order_by().values("account")


def _signal_reason(signals: Sequence[dict[str, Any]]) -> Reason:
    worst, others = signals[0], len(signals) - 1
    more = f" And {others} more signal{'' if others == 1 else 's'}." if others else ""
    return Reason(
        Kind.SIGNAL,
        label_of(worst["kind"]),
        BY_SIGNAL[worst["severity"]],
        f"{worst['evidence']}.{more}",
        pk=worst["pk"],
    )


def _tasks(viewer: Viewer, keys: Sequence[int], *, mine: bool, now: dt.datetime) -> Source:
    """Those that are late or due before the day of the person ends, in whose zone `now` is."""
    tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time.min, tzinfo=now.tzinfo)
    return source_of(
        Kind.TASK,
        (
            (
                task.account,
                Reason(
                    Kind.TASK,
                    task.title,
                    urgency_of_task(task.priority, task.due_at, now=now),
                    due_at=task.due_at,
                    pk=task.pk,
                    letter=task.letter_id,
                ),
            )
            for task in _due_tasks(viewer, mine=mine).rows(keys, moments=[tomorrow])
        ),
    )


@kept_for_today
def _due_tasks(viewer: Viewer, *, mine: bool) -> QuerySet[Task, Any]:
    """Open ones that are due before the moment that a run gives."""
    (tomorrow,) = some_moments(1)
    tasks = Task.objects.visible_to(viewer.user).open(now=clock.now()).due_before(tomorrow)
    return (
        (tasks.assigned_to([viewer.user.pk]) if mine else tasks)
        .select_related("account__segment")
        .only("pk", "title", "due_at", "priority", *(f"account__{field}" for field in ABOUT))
        .annotate(letter_id=letter_of())
        .order_by("priority", "due_at", "pk")[: MOST + 1]
    )


def _falls(viewer: Viewer, keys: Sequence[int], *, mine: bool) -> Source:
    """Accounts in a worse tier than a week ago, with which nobody has spoken in that time."""
    return source_of(
        Kind.FELL,
        (
            (
                account,
                Reason(
                    Kind.FELL,
                    f"Fell to {account.health_tier} within a week",
                    FELL,
                    "Nobody has spoken with them since.",
                ),
            )
            for account in _fallen(viewer, mine=mine).rows(keys)
        ),
    )


@kept_for_today
def _fallen(viewer: Viewer, *, mine: bool) -> AccountQuerySet:
    week_ago = clock.today() - dt.timedelta(days=FALL_DAYS)
    before = Snapshot.objects.filter(account=OuterRef("pk"), day__lte=week_ago).order_by("-day").values("rank")[:1]
    return dearest(
        served_by(viewer.user, mine=mine)
        .untouched_for(FALL_DAYS, now=clock.now())
        .filter(health_rank__gte=2)
        .annotate(rank_before=Subquery(before))
        .filter(rank_before__lt=F("health_rank"))
    )


def _quiet(viewer: Viewer, keys: Sequence[int], *, mine: bool) -> Source:
    """Accounts that should have heard from us: by the cadence of segment and tier, or as they are being set up."""
    today = clock.today()
    found = _unheard(viewer, mine=mine).rows(keys)
    return source_of(Kind.TOUCH, ((account, _quiet_reason(account, today)) for account in found))


@kept_for_today
def _unheard(viewer: Viewer, *, mine: bool) -> AccountQuerySet:
    today = clock.today()
    unheard = silent_since(CadenceKind.ANY, today - dt.timedelta(days=ONBOARDING_DAYS))
    late = Q(stage=Account.Stage.ONBOARDING) & unheard | touch_due(today=today)
    return dearest(served_by(viewer.user, mine=mine).filter(late))


def _quiet_reason(account: Account, today: dt.date) -> Reason:
    """The kind that is latest for its interval, and what is due besides."""
    silence = (today - clock.day_of(account.last_touch)).days if account.last_touch else None
    if account.stage == Account.Stage.ONBOARDING and (silence is None or silence >= ONBOARDING_DAYS):
        words = "no touch yet" if silence is None else f"no touch for {silence} day{'' if silence == 1 else 's'}"
        return Reason(Kind.ONBOARDING, f"Being set up, {words}", ONBOARDING, choice=CadenceKind.ANY)
    first, *others = most_pressing(standings_of(account, today=today))
    urgency = urgency_of_silence(first.days_overdue, INTERVALS[first.pace].usual_days)
    besides = ", ".join(one.noun for one in others)
    return Reason(Kind.TOUCH, first.phrase, urgency, f"Also due: {besides}." if others else "", choice=first.kind)
