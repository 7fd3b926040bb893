"""Onboardings as people see them: the board by stage, the list, and the rows of a file."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.shortcuts import get_object_or_404

from accounts.domain.onboarding import (
    STAGE_LABELS,
    STANDING_LABELS,
    FirstValue,
    Stage,
    Standing,
    days_since,
    first_value_of,
    holding_place,
    share_done,
    standing_of,
)
from accounts.domain.onboarding_risks import RULES, Risk
from accounts.models import Account, Onboarding, OnboardingRisk, OnboardingStep, User
from accounts.models.onboarding import OnboardingQuerySet
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from cs_workspace.common.sending import Cell

A_COLUMN = 20
AT_ONCE = 500
HEADER = (
    "Account", "Segment", "What", "Stage", "Standing", "Held by", "Done", "Steps", "Started", "Days since start",
    "Days to first value", "Target in days", "First value reached", "Risks", "Owner",
)  # fmt: skip


@dataclass(frozen=True)
class OnboardingFilter:
    """What the board shows. `mine`: only accounts that the user owns or is on the team of. `completed`: those that are
    over well, in place of those that run."""

    text: str = ""
    segment_id: int | None = None
    owner_id: int | None = None
    standing: str = ""
    at_risk: bool = False
    mine: bool = False
    completed: bool = False


@dataclass(frozen=True)
class Card:
    """An onboarding with what its card and its row say."""

    onboarding: Onboarding
    standing: Standing
    holding: OnboardingStep | None
    """The step that holds it up."""
    days: int
    first_value: FirstValue
    risks: Sequence["RiskLine"]
    next_stage: Stage | None
    """The next one in which something is open; None where there is none, so that it can only be completed."""

    @property
    def share(self) -> float | None:
        """Progress; None where no step counts."""
        return share_done(self.onboarding.steps_done, self.onboarding.steps_counted)

    @property
    def standing_label(self) -> str:
        """How it goes, in words."""
        return STANDING_LABELS[self.standing]

    @property
    def next_label(self) -> str:
        """What that stage is called."""
        return STAGE_LABELS[self.next_stage] if self.next_stage else ""


@dataclass(frozen=True)
class RiskLine:
    """An open risk signal with its words."""

    label: str
    severity: int
    severity_label: str
    evidence: str
    response: str
    opened_at: dt.datetime


@dataclass(frozen=True)
class Column:
    """A stage on the board: one page of its cards, the gravest first, and how many it has in all."""

    stage: Stage
    cards: Sequence[Card]
    count: int
    page: int

    @property
    def label(self) -> str:
        """What the stage is called."""
        return STAGE_LABELS[self.stage]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // A_COLUMN))


def get_onboarding_for(user: User, pk: int) -> Onboarding:
    """An onboarding of an account that the user sees; anything else is a 404."""
    return get_object_or_404(Onboarding.objects.visible_to(user).select_related("account"), pk=pk)


def get_step_for(user: User, pk: int) -> OnboardingStep:
    """A step of an onboarding that the user sees; anything else is a 404."""
    steps = OnboardingStep.objects.visible_to(user).select_related("onboarding__account")
    return get_object_or_404(steps, pk=pk)


def counts_of(user: User, wanted: OnboardingFilter) -> dict[str, int]:
    """How many go how, and how many have a risk signal, under the other filters. One query."""
    today = clock.today()
    stuck, behind = Q(stuck_from__lte=today), Q(behind_from__lte=today)
    running = _matching(user, wanted, with_standing=False).alias(
        risky=Case(When(pk__in=OnboardingRisk.objects.open().values("onboarding"), then=True), default=False)
    )
    counts = running.aggregate(
        all=Count("pk"), stuck=Count("pk", filter=stuck), late=Count("pk", filter=stuck | behind),
        at_risk=Count("pk", filter=Q(risky=True)),
    )  # fmt: skip
    late = counts.pop("late")
    return counts | {"behind": late - counts["stuck"], "on_track": counts["all"] - late}


def board(user: User, wanted: OnboardingFilter, pages: Mapping[Stage, int]) -> list[Column]:
    """The columns, each with the page of it that is asked for. Four queries, however many there are."""
    found = _matching(user, wanted)
    counts = dict(found.order_by().values_list("stage").annotate(Count("pk")))
    last = {stage: max(1, -(-counts.get(stage, 0) // A_COLUMN)) for stage in Stage}
    page = {stage: min(max(pages.get(stage, 1), 1), last[stage]) for stage in Stage}
    shown = Q(pk__in=[])
    for stage, number in page.items():
        shown |= Q(stage=stage, place__gt=(number - 1) * A_COLUMN, place__lte=number * A_COLUMN)
    placed = found.annotate(place=Window(RowNumber(), partition_by="stage", order_by=_order())).filter(shown)
    cards: dict[str, list[Card]] = defaultdict(list)
    for card in cards_of(list(placed.order_by("place"))):
        cards[card.onboarding.stage].append(card)
    return [Column(stage, cards[stage], counts.get(stage, 0), page[stage]) for stage in Stage]


def listed(user: User, wanted: OnboardingFilter) -> QuerySet[Onboarding]:
    """The onboardings of the list, the gravest first; completed ones by when they were."""
    found = _matching(user, wanted)
    return found.order_by("-ended_at", "pk") if wanted.completed else found.order_by(*_order())


def cards_of(onboardings: Sequence[Onboarding]) -> list[Card]:
    """What is to be said of each, in the same order. Two queries, or none."""
    if not onboardings:
        return []
    today, ids = clock.today(), [one.pk for one in onboardings]
    steps: dict[int, list[OnboardingStep]] = defaultdict(list)
    open_steps = OnboardingStep.objects.open().filter(among("onboarding_id", ids))
    for step in open_steps.order_by("onboarding_id", "place"):
        steps[step.onboarding_id].append(step)
    risks: dict[int, list[RiskLine]] = defaultdict(list)
    for risk in (
        OnboardingRisk.objects.open().filter(among("onboarding_id", ids)).order_by("severity", "opened_at", "pk")
    ):
        risks[risk.onboarding_id].append(risk_line(risk))
    return [card_of(one, steps[one.pk], risks[one.pk], today=today) for one in onboardings]


def card_of(one: Onboarding, steps: Sequence[OnboardingStep], risks: Sequence[RiskLine], *, today: dt.date) -> Card:
    """What is to be said of one with these steps, open ones at least; once it is over, its days stand still."""
    until = clock.day_of(one.ended_at) if one.ended_at else today
    here = Stage(one.stage).place
    ahead = [Stage(step.stage) for step in steps if step.is_open and Stage(step.stage).place > here]
    place = holding_place([step.as_step for step in steps], today=today) if one.is_running else None
    return Card(
        onboarding=one,
        standing=standing_of(behind_from=one.behind_from, stuck_from=one.stuck_from, today=until),
        holding=None if place is None else steps[place],
        days=days_since(one.started_on, until),
        first_value=first_value_of(
            started_on=one.started_on, reached_on=one.first_value_on, within=one.first_value_within, until=until
        ),
        risks=risks,
        next_stage=min(ahead, key=lambda stage: stage.place, default=None) if one.is_running else None,
    )


def risk_line(risk: OnboardingRisk) -> RiskLine:
    """A signal with the words of its rule."""
    rule = RULES[Risk(risk.kind)]
    severity = OnboardingRisk.Severity(risk.severity)
    return RiskLine(rule.label, risk.severity, str(severity.label), risk.evidence, rule.response, risk.opened_at)


def export_rows(user: User, wanted: OnboardingFilter) -> Iterator[list[Cell]]:
    """Every matching onboarding, under `HEADER`; 500 are held at a time."""
    lines = listed(user, wanted).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(lines, AT_ONCE)):
        for card in cards_of(chunk):
            yield _cells(card)


def _cells(card: Card) -> list[Cell]:
    one = card.onboarding
    return [
        one.account.name,
        str(one.account.segment or ""),
        one.about or one.get_kind_display(),
        one.get_stage_display(),
        card.standing_label if one.is_running else one.get_state_display(),
        card.holding.title if card.holding else None,
        one.steps_done,
        one.steps_counted,
        one.started_on,
        card.days,
        card.first_value.days if card.first_value.is_reached else None,
        card.first_value.target,
        one.first_value_on,
        ", ".join(risk.label for risk in card.risks),
        one.account.owner.name if one.account.owner else None,
    ]


def _order() -> list[Any]:
    """Stuck before behind before on track, then the oldest."""
    today = clock.today()
    gravity = Case(When(stuck_from__lte=today, then=Value(0)), When(behind_from__lte=today, then=Value(1)), default=2)
    return [gravity, "started_on", "pk"]


def _matching(user: User, wanted: OnboardingFilter, *, with_standing: bool = True) -> OnboardingQuerySet:
    accounts = Account.objects.visible_to(user).matching(wanted.text)
    if wanted.mine:
        accounts = accounts.in_books_of([user.pk])
    if wanted.segment_id is not None:
        accounts = accounts.filter(segment=wanted.segment_id)
    if wanted.owner_id is not None:
        accounts = accounts.filter(owner=wanted.owner_id)
    found = Onboarding.objects.filter(account__in=accounts.values("pk")).select_related(
        "account__owner", "account__segment"
    )
    found = found.filter(state=Onboarding.State.COMPLETED) if wanted.completed else found.running()
    if with_standing and wanted.standing and not wanted.completed:
        found = found.standing(wanted.standing, today=clock.today())
    if with_standing and wanted.at_risk:
        found = found.at_risk()
    return found
