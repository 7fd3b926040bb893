"""What customers see of an onboarding by their link: their own steps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from accounts.domain.onboarding import STAGE_LABELS, Owner, Stage, StepState
from accounts.models import Onboarding, OnboardingStep
from cs_workspace.common import clock


@dataclass(frozen=True)
class SharedStep:
    """What the customer learns of a step of theirs: no more than this leaves the house.

    `is_theirs` says that they ticked it themselves, so that they may take it back.
    """

    pk: int
    title: str
    detail: str
    due_on: dt.date
    done_on: dt.date | None
    is_late: bool
    is_theirs: bool


@dataclass(frozen=True)
class SharedStage:
    """A stage with the customer's steps in it."""

    label: str
    steps: Sequence[SharedStep]


@dataclass(frozen=True)
class SharedPage:
    """The customer's part of an onboarding."""

    account: str
    stages: Sequence[SharedStage]
    done: int
    count: int
    is_running: bool

    @property
    def share(self) -> float:
        """How much of it is done; 0 where there is nothing to do."""
        return self.done / self.count if self.count else 0.0


def shared_page(onboarding: Onboarding) -> SharedPage:
    """The customer's own steps with their dates; those that were skipped are left out. One query."""
    own = OnboardingStep.objects.filter(onboarding=onboarding, owner=Owner.CUSTOMER).exclude(state=StepState.SKIPPED)
    steps = sorted(own, key=lambda step: (Stage(step.stage).place, step.place))
    today = clock.today()
    return SharedPage(
        account=onboarding.account.name,
        stages=[
            SharedStage(STAGE_LABELS[Stage(stage)], [_shared(step, today) for step in members])
            for stage, members in groupby(steps, key=lambda step: step.stage)
        ],
        done=sum(not step.is_open for step in steps),
        count=len(steps),
        is_running=onboarding.is_running,
    )


def _shared(step: OnboardingStep, today: dt.date) -> SharedStep:
    return SharedStep(
        pk=step.pk,
        title=step.title,
        detail=step.detail,
        due_on=step.due_on,
        done_on=step.closed_on,
        is_late=step.is_open and step.due_on < today,
        is_theirs=step.by_customer,
    )
