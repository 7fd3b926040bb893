"""Links by which customers see their steps: their addresses, and what stands behind one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.domain.onboarding import STAGE_LABELS, Owner, Stage, StepState
from accounts.models import Onboarding, OnboardingShare, OnboardingStep, User
from cs_workspace.common import clock

SALT = "accounts.onboarding_share"


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


def token_of(share: OnboardingShare) -> str:
    """The key with its signature, as the address holds it: what stands in the database alone opens nothing."""
    return _signer().sign(share.key.hex)


def url_of(share: OnboardingShare) -> str:
    """The path of the page that the customer sees."""
    return reverse("accounts:shared-onboarding", args=[token_of(share)])


def share_of(token: str) -> OnboardingShare | None:
    """The link of an address, also one that is over; None for an address that we did not make. At most one query."""
    try:
        key = UUID(hex=_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return OnboardingShare.objects.select_related("onboarding__account").filter(key=key).first()


def is_live(share: OnboardingShare) -> bool:
    """Whether the link still opens the checklist. One query."""
    return OnboardingShare.objects.live(now=clock.now()).filter(pk=share.pk).exists()


def live_share_of(onboarding: Onboarding) -> OnboardingShare | None:
    """The link that opens an onboarding today, if there is one. One query."""
    return OnboardingShare.objects.live(now=clock.now()).filter(onboarding=onboarding).first()


def get_share_for(user: User, pk: int) -> OnboardingShare:
    """A link to an onboarding of an account that the user sees; anything else is a 404."""
    shares = OnboardingShare.objects.visible_to(user).select_related("onboarding__account")
    return get_object_or_404(shares, pk=pk)


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


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
