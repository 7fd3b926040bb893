"""Links by which customers see their steps: made, revoked, and their views counted."""

import datetime as dt

import pghistory
from django.db import transaction
from django.db.models import F

from accounts.models import Onboarding, OnboardingShare, User
from accounts.services.onboarding_course import lock_onboardings
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def share_onboarding(*, by: User, onboarding: Onboarding, days: int) -> OnboardingShare:
    """Makes the link to an onboarding, which opens it for so many days. An expired one makes way for it.

    Raises `RefusedError` where there is one that still opens it, and for an onboarding that is over.
    """
    [held] = lock_onboardings([onboarding.pk])
    if not held.is_running:
        raise RefusedError("This onboarding is over.")
    now = clock.now()
    with pghistory.context(user=by.pk):
        OnboardingShare.objects.unrevoked().filter(onboarding=held, expires_at__lte=now).update(revoked_at=now)
        if OnboardingShare.objects.unrevoked().filter(onboarding=held).exists():
            raise RefusedError("There is a link already. Revoke it to make another.")
        return OnboardingShare.objects.create(
            onboarding=held, by=by, created_at=now, expires_at=now + dt.timedelta(days=days)
        )


@transaction.atomic
def revoke_share(*, by: User, share: OnboardingShare) -> None:
    """From now on the link opens nothing; a second time changes nothing."""
    with pghistory.context(user=by.pk):
        OnboardingShare.objects.unrevoked().filter(pk=share.pk).update(revoked_at=clock.now())


def count_view(*, share: OnboardingShare) -> None:
    """The customer has opened the link. One statement, so that none of two at once is lost."""
    OnboardingShare.objects.filter(pk=share.pk).update(views=F("views") + 1, last_viewed_at=clock.now())
