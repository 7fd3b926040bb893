"""Links that customers open without a login: made, revoked, and their views counted."""

import datetime as dt
from typing import TypeVar

import pghistory
from django.db import transaction
from django.db.models import F, Model

from accounts.domain.success_plans import SHARED_DAYS
from accounts.models import Onboarding, OnboardingShare, PlanShare, SuccessPlan, User
from accounts.models.share_link import ShareLink
from accounts.services.onboarding_course import lock_onboardings
from accounts.services.versions import locked
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

L = TypeVar("L", bound=ShareLink)


@transaction.atomic
def share_plan(*, by: User, plan: SuccessPlan, days: int = SHARED_DAYS) -> PlanShare:
    """Makes the link to a plan, which opens it for so many days. An expired one makes way for it.

    Raises `RefusedError` where there is one that still opens it: it is to be revoked first, so that nobody holds a link
    that was forgotten.
    """
    return make_link(PlanShare, locked(plan), days, by=by)


@transaction.atomic
def share_onboarding(*, by: User, onboarding: Onboarding, days: int) -> OnboardingShare:
    """The same for an onboarding, of which the customer sees and ticks their own steps.

    Raises `RefusedError` as above, and for an onboarding that is over.
    """
    [held] = lock_onboardings([onboarding.pk])
    if not held.is_running:
        raise RefusedError("This onboarding is over.")
    return make_link(OnboardingShare, held, days, by=by)


def make_link(kind: type[L], held: Model, days: int, *, by: User) -> L:
    """Makes the link of a kind to a locked record, in the transaction of the caller; an expired one makes way for it.

    Raises `RefusedError` where there is one that still opens it.
    """
    now = clock.now()
    with pghistory.context(user=by.pk):
        unrevoked = kind.links().of(held).unrevoked()
        unrevoked.filter(expires_at__lte=now).update(revoked_at=now)
        if unrevoked.exists():
            raise RefusedError("There is a link already. Revoke it to make another.")
        made = kind(**{kind.OF: held}, by=by, created_at=now, expires_at=now + dt.timedelta(days=days))
        made.save(force_insert=True)
    return made


@transaction.atomic
def revoke_link(*, by: User, link: ShareLink) -> None:
    """From now on the link opens nothing; a second time changes nothing."""
    with pghistory.context(user=by.pk):
        type(link).links().unrevoked().filter(pk=link.pk).update(revoked_at=clock.now())


def count_view(*, link: ShareLink) -> None:
    """The customer has opened the link. One statement, so that none of two at once is lost."""
    type(link).links().filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=clock.now())
