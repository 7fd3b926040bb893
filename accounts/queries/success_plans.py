"""A success plan as its page, its link and its PDF show it: one reading of all that stands in it."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, TextField
from django.db.models.functions import Cast, JSONObject
from django.shortcuts import get_object_or_404

from accounts.domain.success_plans import (
    STATE_LABELS,
    PlanState,
    Standing,
    share_done,
    share_due,
    standing_of,
    state_of,
)
from accounts.models import (
    Account,
    Contact,
    MeasuredValue,
    Milestone,
    Objective,
    PlanReview,
    PlanRisk,
    PlanShare,
    RoiRecord,
    SuccessPlan,
    UseCase,
    User,
)
from cs_workspace.common import clock
from cs_workspace.common.charts import LineChart, line_chart

REVIEWS_SHOWN = 6
# Values are joined by one line however far apart they lie: between two measurements nothing is known to be missing.
ALWAYS = 1_000_000


@dataclass(frozen=True)
class Point:
    """A measured value, by whom, and what was said about it."""

    pk: int
    on: dt.date
    value: Decimal
    note: str
    by: str


@dataclass(frozen=True)
class ProgressChart:
    """The measured values from the baseline on, and the line of the linear pace on the same scale."""

    values: LineChart
    pace: LineChart


@dataclass(frozen=True)
class Goal:
    """An objective with its measured values, the oldest first, and how it stands on a day."""

    objective: Objective
    points: Sequence[Point]
    standing: Standing
    done: Decimal
    due: Decimal
    """Shares of the way: what is done (below 0 where the value moved away) and what is due by linear pace."""

    @property
    def is_behind(self) -> bool:
        """At risk or missed."""
        return self.standing in (Standing.AT_RISK, Standing.MISSED)

    @property
    def latest(self) -> Point | None:
        """The value that holds; None where nothing was measured."""
        return self.points[-1] if self.points else None

    @property
    def recent(self) -> Sequence[Point]:
        """All values, the latest first."""
        return self.points[::-1]

    @property
    def chart(self) -> ProgressChart:
        """Measured values against the line from baseline to target."""
        one = self.objective
        known = [(one.began_on, float(one.baseline)), *((point.on, float(point.value)) for point in self.points)]
        values = [value for _, value in known] + [float(one.target)]
        draw = partial(
            line_chart,
            since=one.began_on,
            until=max(one.due_on, known[-1][0]),
            low=min(values),
            high=max(values),
            joined_within=ALWAYS,
        )
        pace = [(one.began_on, float(one.baseline)), (one.due_on, float(one.target))]
        return ProgressChart(draw(known), draw(pace))


@dataclass(frozen=True)
class Stakeholder:
    """A contact with a stake in the plan; `is_gone` where they left or changed job."""

    name: str
    title: str
    is_gone: bool


@dataclass(frozen=True)
class Link:
    """The link that opens the plan now, and how often the customer has opened it."""

    expires_at: dt.datetime
    views: int
    last_viewed_at: dt.datetime | None


@dataclass(frozen=True)
class RoiSum:
    """What the records of one currency add up to, and how much of it the customer has confirmed."""

    currency: str
    amount: Decimal
    confirmed: Decimal


@dataclass(frozen=True)
class PlanPage:
    """All of a plan as of `today`. What was taken out is not in it."""

    plan: SuccessPlan
    today: dt.date
    stakeholders: Sequence[Stakeholder]
    goals: Sequence[Goal]
    use_cases: Sequence[UseCase]
    milestones: Sequence[Milestone]
    risks: Sequence[PlanRisk]
    roi_records: Sequence[RoiRecord]
    reviews: Sequence[PlanReview]
    """The latest ones."""
    link: Link | None

    @property
    def standings(self) -> Mapping[str, int]:
        """How many objectives stand how; 0 for what none does."""
        return Counter(goal.standing for goal in self.goals)

    @property
    def behind(self) -> int:
        """Objectives at risk or missed."""
        return sum(1 for goal in self.goals if goal.is_behind)

    @property
    def state(self) -> PlanState:
        """How the plan stands as a whole."""
        return state_of([goal.standing for goal in self.goals])

    @property
    def state_label(self) -> str:
        """That in words."""
        return STATE_LABELS[self.state]

    @property
    def achieved(self) -> int:
        """Objectives that are achieved."""
        return self.standings[Standing.ACHIEVED]

    @property
    def milestones_done(self) -> int:
        """Milestones that are done."""
        return sum(1 for milestone in self.milestones if milestone.done_on)

    @property
    def is_review_due(self) -> bool:
        """The day of the next review has come."""
        return self.plan.next_review_on <= self.today

    @property
    def roi_sums(self) -> Sequence[RoiSum]:
        """What was gained and saved, by currency, the most first."""
        sums: dict[str, RoiSum] = {}
        for record in self.roi_records:
            before = sums.get(record.currency, RoiSum(record.currency, Decimal(0), Decimal(0)))
            confirmed = record.amount if record.confirmed_on else Decimal(0)
            sums[record.currency] = RoiSum(record.currency, before.amount + record.amount, before.confirmed + confirmed)
        return sorted(sums.values(), key=lambda one: (-one.amount, one.currency))

    def for_customer(self) -> "PlanPage":
        """What the customer sees of it: no reviews, notes and views, nobody who left, of risks the shared ones."""
        goals = [replace(goal, points=[replace(point, note="", by="") for point in goal.points]) for goal in self.goals]
        return replace(
            self,
            goals=goals,
            stakeholders=[one for one in self.stakeholders if not one.is_gone],
            risks=[risk for risk in self.risks if risk.is_shared],
            reviews=(),
            link=None,
        )


def get_plan_for(user: User, pk: int) -> SuccessPlan:
    """The plan if the user sees its account; otherwise 404, as if there were none."""
    return get_object_or_404(SuccessPlan.objects.visible_to(user).select_related("account", "owner"), pk=pk)


def current_plan_of(account: Account) -> SuccessPlan | None:
    """The plan that is not archived, with its owner, and what `page_of` needs of it; None without one. One query."""
    links = PlanShare.objects.live(now=clock.now()).filter(plan=OuterRef("pk"))
    link = JSONObject(expires_at="expires_at", views="views", last_viewed_at="last_viewed_at")
    stakes = Contact.objects.filter(plan_stakes__plan=OuterRef("pk"), archived_at=None).order_by("name", "pk")
    return (
        SuccessPlan.objects.kept()
        .filter(account=account)
        .select_related("account", "owner")
        .annotate(
            stake_rows=ArraySubquery(stakes.values(data=JSONObject(name="name", title="title", left_on="left_on"))),
            link_rows=ArraySubquery(links.values(data=link)),
        )
        .first()
    )


def page_of(plan: Any) -> PlanPage:
    """All that stands in a plan out of `current_plan_of`. Six queries, whatever its size."""
    today = clock.today()
    return PlanPage(
        plan=plan,
        today=today,
        stakeholders=[Stakeholder(row["name"], row["title"], row["left_on"] is not None) for row in plan.stake_rows],
        goals=goals_of(Objective.objects.kept().filter(plan=plan), today=today),
        use_cases=list(UseCase.objects.kept().filter(plan=plan)),
        milestones=list(Milestone.objects.kept().filter(plan=plan)),
        risks=list(PlanRisk.objects.kept().filter(plan=plan).select_related("owner")),
        roi_records=list(RoiRecord.objects.kept().filter(plan=plan).select_related("confirmed_by")),
        reviews=list(PlanReview.objects.kept().filter(plan=plan).select_related("by")[:REVIEWS_SHOWN]),
        link=next((_link(row) for row in plan.link_rows), None),
    )


def goals_of(objectives: Any, *, today: dt.date) -> list[Goal]:
    """Objectives with their values and how they stand. One query."""
    return [goal_of(one, today=today) for one in with_points(objectives)]


def with_points(objectives: Any) -> Any:
    """Objectives, each read with all that `goal_of` looks at."""
    values = MeasuredValue.objects.kept().filter(objective=OuterRef("pk")).order_by("on", "pk")
    point = JSONObject(pk="pk", on="on", value=Cast("value", TextField()), note="note", by=F("by__name"))
    return objectives.annotate(point_rows=ArraySubquery(values.values(data=point)))


def goal_of(objective: Any, *, today: dt.date) -> Goal:
    """How an objective out of `with_points` stands. No query."""
    points = [
        Point(row["pk"], dt.date.fromisoformat(row["on"]), Decimal(row["value"]), row["note"], row["by"] or "")
        for row in objective.point_rows
    ]
    current = points[-1].value if points else None
    aim = objective.aim
    return Goal(
        objective=objective,
        points=points,
        standing=standing_of(aim, current, today=today),
        done=share_done(aim, current),
        due=share_due(aim, today=today),
    )


def _link(row: dict[str, Any]) -> Link:
    seen = row["last_viewed_at"]
    return Link(
        dt.datetime.fromisoformat(row["expires_at"]), row["views"], dt.datetime.fromisoformat(seen) if seen else None
    )
