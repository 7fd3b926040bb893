"""The checklists of one account, as its page shows them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from accounts.domain.onboarding import STAGE_LABELS, Owner, Stage
from accounts.models import Account, Onboarding, OnboardingRisk, OnboardingShare, OnboardingStep, TeamMember
from accounts.queries.onboarding import Card, RiskLine, card_of, risk_line
from cs_workspace.common import clock

# Beside those that run, so many that are over are shown.
MOST_OVER = 3


@dataclass(frozen=True)
class StepLine:
    """A step as the checklist shows it. `who` is whose it is, by name where that is known."""

    step: OnboardingStep
    who: str
    is_late: bool


@dataclass(frozen=True)
class StagePart:
    """The steps of a stage; it is due with the last of them."""

    stage: Stage
    lines: Sequence[StepLine]
    is_current: bool

    @property
    def label(self) -> str:
        """What it is called."""
        return STAGE_LABELS[self.stage]

    @property
    def closed(self) -> int:
        """How many of its steps are done or skipped."""
        return sum(not line.step.is_open for line in self.lines)

    @property
    def due_on(self) -> dt.date:
        """When the last of its steps is due."""
        return max(line.step.due_on for line in self.lines)


@dataclass(frozen=True)
class Checklist:
    """One onboarding with its stages; `share` is the customer's link to it, where there is one."""

    card: Card
    stages: Sequence[StagePart]
    share: OnboardingShare | None


def checklists_of(account: Account) -> list[Checklist]:
    """Those that run, and the last ones that are over. Five queries, however many there are."""
    all_of_them = list(Onboarding.objects.filter(account=account).select_related("account", "ended_by"))
    running = [one for one in all_of_them if one.is_running]
    shown = running + [one for one in all_of_them if not one.is_running][:MOST_OVER]
    if not shown:
        return []
    steps: dict[int, list[OnboardingStep]] = defaultdict(list)
    for step in (
        OnboardingStep.objects.filter(onboarding__in=shown).select_related("by").order_by("onboarding", "place")
    ):
        steps[step.onboarding_id].append(step)
    risks: dict[int, list[RiskLine]] = defaultdict(list)
    for risk in OnboardingRisk.objects.open().filter(onboarding__in=shown):
        risks[risk.onboarding_id].append(risk_line(risk))
    now, names = clock.now(), _names(account)
    shares = {
        share.onboarding_id: share for share in OnboardingShare.objects.live(now=now).filter(onboarding__in=shown)
    }
    return [_checklist(one, steps[one.pk], risks[one.pk], names, shares.get(one.pk)) for one in shown]


def _checklist(
    one: Onboarding,
    steps: Sequence[OnboardingStep],
    risks: Sequence[RiskLine],
    names: dict[str, str],
    share: OnboardingShare | None,
) -> Checklist:
    today = clock.today()
    stages = []
    for stage, members in groupby(sorted(steps, key=lambda step: Stage(step.stage).place), key=lambda step: step.stage):
        lines = [StepLine(step, names[step.owner], step.is_open and step.due_on < today) for step in members]
        stages.append(StagePart(Stage(stage), lines, one.is_running and stage == one.stage))
    return Checklist(card_of(one, steps, risks, today=today), stages, share)


def _names(account: Account) -> dict[str, str]:
    """Who does the steps of each kind of owner. One query."""
    helpers = TeamMember.objects.filter(account=account, role=TeamMember.Role.IMPLEMENTATION)
    implementation = helpers.order_by("pk").values_list("user__name", flat=True).first()
    return {
        Owner.CSM: account.owner.name if account.owner else "CSM",
        Owner.IMPLEMENTATION: implementation or "Implementation",
        Owner.CUSTOMER: "Customer",
    }
