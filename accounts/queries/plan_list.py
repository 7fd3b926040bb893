"""Success plans as the list shows them: which match, how many stand how, and the accounts that have none."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OrderBy, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact

from accounts.domain.success_plans import STATE_LABELS, PlanState, Standing
from accounts.models import Account, Objective, SuccessPlan, User
from accounts.models.success_plan import SuccessPlanQuerySet, standing_case
from cs_workspace.common import clock

PAGE = 50
ALL, DUE, NO_PLAN = "all", "due", "none"
NOBODY = "none"
CHIPS: Mapping[str, str] = {ALL: "All", DUE: "Review due"} | {str(key): label for key, label in STATE_LABELS.items()}
SORTS = ("review", "-review", "account", "-account")
BEHIND = (Standing.AT_RISK, Standing.MISSED)


@dataclass(frozen=True)
class PlanFilter:
    """What of the plans is shown: those in a state or with a review due, of one owner, with a text; and the order."""

    only: str = ALL
    owner: str = ""
    text: str = ""
    sort: str = "review"


@dataclass(frozen=True)
class PlanRow:
    """A plan of the list with its objectives counted by how they stand."""

    plan: SuccessPlan
    standings: Mapping[str, int] = field(default_factory=dict)

    @property
    def goals(self) -> int:
        """Objectives in all."""
        return sum(self.standings.values())

    @property
    def achieved(self) -> int:
        """Objectives that are achieved."""
        return self.standings.get(Standing.ACHIEVED, 0)

    @property
    def at_risk(self) -> int:
        """Objectives that lag behind their pace."""
        return self.standings.get(Standing.AT_RISK, 0)

    @property
    def missed(self) -> int:
        """Objectives whose day is past."""
        return self.standings.get(Standing.MISSED, 0)


def plan_counts(user: User, wanted: PlanFilter) -> dict[str, int]:
    """Plans by chip, under owner and text. One query."""
    today = clock.today()
    kept = Q(objectives__archived_at=None, objectives__isnull=False)

    def standing(*which: Standing) -> Q:
        case = standing_case(today, "objectives__")
        found = Q()
        for one in which:
            found |= Q(Exact(case, Value(one.value)))
        return kept & found

    plans = (
        _matching(user, wanted)
        .order_by()
        .annotate(
            all_goals=Count("objectives", filter=kept),
            late_goals=Count("objectives", filter=standing(*BEHIND)),
            met_goals=Count("objectives", filter=standing(Standing.ACHIEVED)),
        )
        .values("pk", "next_review_on", "all_goals", "late_goals", "met_goals")
    )
    return plans.aggregate(
        **{
            ALL: Count("*"),
            DUE: Count("pk", filter=Q(next_review_on__lte=today)),
            PlanState.BEHIND.value: Count("pk", filter=Q(late_goals__gt=0)),
            PlanState.ON_TRACK.value: Count("pk", filter=Q(late_goals=0, all_goals__gt=F("met_goals"))),
            PlanState.ACHIEVED.value: Count("pk", filter=Q(all_goals__gt=0, all_goals=F("met_goals"))),
            PlanState.EMPTY.value: Count("pk", filter=Q(all_goals=0)),
        }
    )


def plan_list(user: User, wanted: PlanFilter) -> SuccessPlanQuerySet:
    """The plans to show, in the wanted order; ties by key."""
    plans = _matching(user, wanted).filter(_condition(wanted.only, today=clock.today()))
    column = "account__name" if wanted.sort.removeprefix("-") == "account" else "next_review_on"
    order = OrderBy(F(column), descending=wanted.sort.startswith("-"))
    return plans.select_related("account", "owner").order_by(order, "pk")


def rows_of(plans: Sequence[SuccessPlan]) -> list[PlanRow]:
    """Rows for plans out of `plan_list`. One query."""
    counted: dict[int, Counter[str]] = {}
    objectives: QuerySet = Objective.objects.kept().filter(plan__in=[plan.pk for plan in plans]).order_by()
    standings = objectives.annotate(standing=standing_case(clock.today())).values_list("plan", "standing")
    for plan, standing, count in standings.annotate(count=Count("*")):
        counted.setdefault(plan, Counter())[standing] = count
    return [PlanRow(plan, counted.get(plan.pk, {})) for plan in plans]


def plan_owners(user: User) -> list[tuple[str, str]]:
    """Keys and names of those who own plans that the user sees. One query."""
    names = SuccessPlan.objects.visible_to(user).of_customers().order_by("owner__name", "owner")
    found = names.values_list("owner", "owner__name").distinct()
    return [(str(pk) if pk else NOBODY, name or "No owner") for pk, name in found]


def without_plan(user: User) -> int:
    """How many of the accounts that the user sees have no plan. One query."""
    return Account.objects.visible_to(user).active().filter(plan_condition(NO_PLAN)).count()


def plan_condition(choice: str) -> Q:
    """Accounts whose plan is so, or that have none: for filters of accounts."""
    plans = SuccessPlan.objects.kept().filter(account=OuterRef("pk"))
    if choice == NO_PLAN:
        return ~Q(Exists(plans))
    return Q(Exists(plans.filter(_condition(choice, today=clock.today()))))


def _matching(user: User, wanted: PlanFilter) -> SuccessPlanQuerySet:
    plans = SuccessPlan.objects.visible_to(user).of_customers()
    if wanted.text:
        plans = plans.filter(account__name__icontains=wanted.text)
    if wanted.owner:
        plans = plans.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))
    return plans


def _condition(only: str, *, today: dt.date) -> Q:
    """`state_of` as a condition over plans."""
    objectives = Objective.objects.kept().filter(plan=OuterRef("pk")).annotate(standing=standing_case(today))
    any_goal = Exists(objectives)
    behind = Exists(objectives.filter(standing__in=BEHIND))
    unfinished = Exists(objectives.exclude(standing=Standing.ACHIEVED))
    return {
        ALL: Q(),
        DUE: Q(next_review_on__lte=today),
        PlanState.BEHIND: Q(behind),
        PlanState.ON_TRACK: Q(unfinished) & ~Q(behind),
        PlanState.ACHIEVED: Q(any_goal) & ~Q(unfinished),
        PlanState.EMPTY: ~Q(any_goal),
    }[only]
