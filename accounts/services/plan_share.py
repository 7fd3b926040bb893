"""Links by which customers read their plan: made, revoked, and their views counted."""

import datetime as dt

import pghistory
from django.db import transaction
from django.db.models import F

from accounts.domain.success_plans import SHARED_DAYS
from accounts.models import PlanShare, SuccessPlan, User
from accounts.services.versions import locked
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def share_plan(*, by: User, plan: SuccessPlan, days: int = SHARED_DAYS) -> PlanShare:
    """Makes the link to a plan, which opens it for so many days. An expired one makes way for it.

    Raises `RefusedError` where there is one that still opens it: it is to be revoked first, so that nobody holds a link
    that was forgotten.
    """
    held, now = locked(plan), clock.now()
    with pghistory.context(user=by.pk):
        PlanShare.objects.unrevoked().filter(plan=held, expires_at__lte=now).update(revoked_at=now)
        if PlanShare.objects.unrevoked().filter(plan=held).exists():
            raise RefusedError("There is a link already. Revoke it to make another.")
        expires_at = now + dt.timedelta(days=days)
        return PlanShare.objects.create(plan=held, by=by, created_at=now, expires_at=expires_at)


@transaction.atomic
def revoke_share(*, by: User, share: PlanShare) -> None:
    """From now on the link opens nothing; a second time changes nothing."""
    with pghistory.context(user=by.pk):
        PlanShare.objects.unrevoked().filter(pk=share.pk).update(revoked_at=clock.now())


def count_view(*, share: PlanShare) -> None:
    """The customer has opened the link. One statement, so that none of two at once is lost."""
    PlanShare.objects.filter(pk=share.pk).update(views=F("views") + 1, last_viewed_at=clock.now())
