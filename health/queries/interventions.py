"""Save plans as lists and pages show them: what each waits for next, and how pressing that is."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404

from accounts.models import Account, Task, User
from accounts.models.account import of_visible_accounts
from accounts.models.work import TaskQuerySet
from accounts.queries.playbook_runs import RunLine, run_line
from cs_workspace.common import clock
from health.domain.interventions import Due, DueThing, due_thing, first_due
from health.models import Escalation, Intervention, InterventionCheckpoint, InterventionPromise
from health.models.intervention import REASONS, InterventionQuerySet

PAGE = 25
NOBODY = "none"
STATES = {
    "live": "Under way",
    "overdue": "Overdue",
    "ended": "Ended",
    "recovered": "Recovered",
    "contracted": "Contracted",
    "churned": "Churned",
    "withdrawn": "Withdrawn",
}
PERIODS = {"90": "Last 90 days", "365": "Last 12 months", "all": "Since the beginning"}
PEOPLE = ("account", "owner", "sponsor")
RUN = ("run__playbook", "run__plan_version", "run__account", "run__ended_by", "run__paused_by")


@dataclass(frozen=True)
class PlanFilter:
    """What of the list is shown: a state, a reason, one owner's plans (a key, or `none`), a text; of ended ones those
    that ended within a period, a number of days or `all`."""

    state: str = "live"
    reason: str = ""
    root_cause: str = ""
    owner: str = ""
    text: str = ""
    period: str = "all"


@dataclass(frozen=True)
class Row:
    """A plan of a list with what it waits for first; nothing for one that has ended."""

    plan: Intervention
    due: DueThing | None


@dataclass(frozen=True)
class Brief:
    """A live plan in a line: its reason, who has it (empty for nobody), and what it waits for first."""

    pk: int
    reason: str
    owner: str
    due: DueThing | None


@dataclass(frozen=True)
class Waiting:
    """What decides what a live plan waits for; None where a part is not there, or done."""

    due_at: dt.datetime
    agreed_at: dt.datetime | None
    decide_on: dt.date
    next_checkpoint_on: dt.date | None
    next_promise_on: dt.date | None


@dataclass(frozen=True)
class PlanPage:
    """Everything of one plan: what it waits for, its checkpoints, steps, promises, play, and who was told."""

    plan: Intervention
    due: DueThing | None
    checkpoints: Sequence[InterventionCheckpoint]
    promises: Sequence[InterventionPromise]
    steps: Sequence[Task]
    run: RunLine | None
    escalations: Sequence[Escalation]

    @property
    def held(self) -> int:
        """How many checkpoints were held."""
        return sum(one.held_at is not None for one in self.checkpoints)

    @property
    def next_checkpoint(self) -> InterventionCheckpoint | None:
        """The first that was not held."""
        return next((one for one in self.checkpoints if one.held_at is None), None)


def get_plan_for(user: User, pk: int) -> Intervention:
    """A plan on an account that the user sees; anything else is a 404."""
    plans = Intervention.objects.visible_to(user).select_related(*PEOPLE, *RUN, "started_by", "ended_by")
    return get_object_or_404(plans, pk=pk)


def get_checkpoint_for(user: User, pk: int) -> InterventionCheckpoint:
    """A checkpoint of such a plan; anything else is a 404."""
    found = InterventionCheckpoint.objects.visible_to(user).select_related("intervention__account")
    return get_object_or_404(found, pk=pk)


def get_promise_for(user: User, pk: int) -> InterventionPromise:
    """A promise of such a plan; anything else is a 404."""
    found = InterventionPromise.objects.visible_to(user).select_related("intervention__account")
    return get_object_or_404(found, pk=pk)


def plan_page(plan: Intervention) -> PlanPage:
    """What the page of a plan shows. Five queries, and two more where a play was started."""
    checkpoints = list(plan.checkpoints.select_related("held_by"))
    promises = list(plan.promises.select_related("user", "settled_by"))
    steps = list(steps_of([plan.pk]).filter(account=plan.account_id).prefetch_related("assignees"))
    waiting = Waiting(plan.due_at, plan.agreed_at, plan.decide_on, _first_day(checkpoints), _first_day(promises))
    return PlanPage(
        plan,
        first_due(_waits_for(waiting, now=clock.now())) if plan.is_live else None,
        checkpoints,
        promises,
        steps,
        run_line(plan.run) if plan.run else None,
        list(plan.escalations.select_related("to", "by")),
    )


def live_plan(account: Account) -> Row | None:
    """The live plan of an account; None without one. One query."""
    plan = Intervention.objects.live().filter(account=account).select_related(*PEOPLE).with_next().first()
    return None if plan is None else row_of(plan, now=clock.now())


def plans_before(account: Account, most: int) -> list[Intervention]:
    """The last plans of an account that ended, one more than `most` where there are more. One query."""
    ended = Intervention.objects.filter(account=account, ended_at__isnull=False)
    return list(ended.select_related("ended_by").order_by("-ended_at", "-pk")[: most + 1])


def live_briefs() -> ArraySubquery:
    """The live plan of each account of a query, at most one, as `brief_of` reads it: no query of its own."""
    live = Intervention.objects.live().filter(account=OuterRef("pk")).with_next()
    return ArraySubquery(live.order_by().values(about=plan_about()))


def plan_about() -> JSONObject:
    """What `brief_of` reads of a plan out of `with_next`."""
    names = ("pk", "reason", "due_at", "agreed_at", "decide_on", "next_checkpoint_on", "next_promise_on")
    return JSONObject(owner=F("owner__name"), **{name: F(name) for name in names})


def brief_of(about: Mapping[str, Any], *, now: dt.datetime) -> Brief:
    """A plan by what `plan_about` says of it."""
    names = ("decide_on", "next_checkpoint_on", "next_promise_on")
    days: dict[str, Any] = {name: about[name] and dt.date.fromisoformat(about[name]) for name in names}
    agreed_at = dt.datetime.fromisoformat(about["agreed_at"]) if about["agreed_at"] else None
    due = first_due(_waits_for(Waiting(dt.datetime.fromisoformat(about["due_at"]), agreed_at, **days), now=now))
    return Brief(about["pk"], dict(REASONS)[about["reason"]], about["owner"] or "", due)


def steps_of(plan_ids: Collection[int]) -> TaskQuerySet:
    """The tasks that are steps of plans."""
    of_plans = ContentType.objects.get_for_model(Intervention)
    return Task.objects.filter(linked_type=of_plans, linked_id__in=plan_ids)


def plans(user: User, wanted: PlanFilter) -> InterventionQuerySet:
    """The plans to show: of live ones what is due first, of ended ones the latest."""
    found = _matching(user, wanted).filter(_in_state(wanted.state)).select_related("account__owner", *PEOPLE)
    if wanted.state in ("live", "overdue"):
        return found.with_next().order_by("due_at", "pk")
    return found.order_by("-ended_at", "-pk")


def plan_counts(user: User, wanted: PlanFilter) -> dict[str, int]:
    """How many plans there are in each state, under the rest of the filter. One query."""
    counted = {state: Count("pk", filter=_in_state(state)) for state in STATES}
    found: dict[str, Any] = _matching(user, wanted).order_by().aggregate(**counted)
    return found


def rows_of(found: Iterable[Intervention]) -> list[Row]:
    """Rows of a list. No query."""
    now = clock.now()
    return [row_of(plan, now=now) if plan.is_live else Row(plan, None) for plan in found]


def row_of(plan: Any, *, now: dt.datetime) -> Row:
    """A live plan out of `with_next` with what it waits for first."""
    return Row(plan, first_due(_waits_for(plan, now=now)))


def asking_plans() -> InterventionQuerySet:
    """Live plans with something to do today: due by its end, an agreement within a day."""
    return Intervention.objects.asking(today=clock.today(), until=clock.now() + dt.timedelta(days=1))


def overdue_plans() -> InterventionQuerySet:
    """Live plans with something that should have been done by now."""
    return Intervention.objects.asking(today=clock.today() - dt.timedelta(days=1), until=clock.now())


def ended_within(period: str) -> Q:
    """Whether a plan ended within a period of `PERIODS`."""
    if period == "all":
        return Q()
    return Q(ended_at__gte=clock.now() - dt.timedelta(days=int(period)))


def _matching(user: User, wanted: PlanFilter) -> InterventionQuerySet:
    found = Intervention.objects.filter(of_visible_accounts(user))
    if wanted.text.strip():
        found = found.filter(account__in=Account.objects.matching(wanted.text).order_by().values("pk"))
    if wanted.reason:
        found = found.filter(reason=wanted.reason)
    if wanted.root_cause:
        found = found.filter(root_cause="" if wanted.root_cause == NOBODY else wanted.root_cause)
    if wanted.owner:
        found = found.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    if wanted.period != "all":
        found = found.filter(Q(ended_at=None) | ended_within(wanted.period))
    return found


def _in_state(state: str) -> Q:
    """Withdrawn plans were none: they stand apart from those that ended, as in the report."""
    if state == "live":
        return Q(ended_at=None)
    if state == "overdue":
        return Q(pk__in=overdue_plans().order_by().values("pk"))
    if state == "ended":
        return Q(ended_at__isnull=False) & ~Q(outcome=Intervention.Outcome.WITHDRAWN)
    return Q(outcome=state)


def _first_day(parts: Sequence[InterventionCheckpoint] | Sequence[InterventionPromise]) -> dt.date | None:
    """The first day on which one of the parts that are open is due."""
    is_open = [
        part.due_on
        for part in parts
        if (part.held_at is None if isinstance(part, InterventionCheckpoint) else part.settled_at is None)
    ]
    return min(is_open, default=None)


def _waits_for(plan: Waiting, *, now: dt.datetime) -> list[DueThing]:
    """What a live plan waits for; what is due on a day is due at its end."""
    days = [
        (Due.CHECKPOINT, plan.next_checkpoint_on, "Hold the checkpoint"),
        (Due.PROMISE, plan.next_promise_on, "Keep a promise"),
        (Due.OUTCOME, plan.decide_on, "Say what came of it"),
    ]
    things = [due_thing(what, _end_of(day), text, now=now) for what, day, text in days if day is not None]
    if plan.agreed_at is None:
        things.append(due_thing(Due.AGREEMENT, plan.due_at, "Agree it with the customer", now=now))
    return things


def _end_of(day: dt.date) -> dt.datetime:
    return clock.start_of(day + dt.timedelta(days=1)) - dt.timedelta(seconds=1)
