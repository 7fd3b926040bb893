"""Links by which customers see something of theirs without a login: their success plan, their part of an onboarding."""

import datetime as dt
from typing import Any, ClassVar, Self, TypeVar, cast
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models.account import Account
from accounts.models.onboarding import Onboarding
from accounts.models.success_plan import SuccessPlan
from accounts.models.user import User

L = TypeVar("L", bound="ShareLink")


class ShareLinkQuerySet(models.QuerySet[L]):
    """Conditions over links of one kind."""

    def visible_to(self, user: User) -> Self:
        """Links to records of accounts that the user sees."""
        records: Any = self.model._meta.get_field(self.model.OF).related_model
        return self.filter(**{f"{self.model.OF}__in": records.objects.visible_to(user).values("pk")})

    def unrevoked(self) -> Self:
        return self.filter(revoked_at=None)

    def of(self, record: models.Model) -> Self:
        """Links to a record, whatever their state."""
        return self.filter(**{self.model.OF: record})

    def live(self, *, now: dt.datetime) -> Self:
        """Links that open what they are to: neither revoked nor expired, of a customer who is still there."""
        account = f"{self.model.OF}__account"
        still_there = {f"{account}__archived_at": None, f"{account}__status": Account.Status.ACTIVE}
        return self.unrevoked().filter(expires_at__gt=now, **still_there)


class ShareLink(models.Model):
    """A link; its address holds the signed `key`, which alone opens nothing.

    Of each kind: the field of what it is `OF`, the `SALT` of its signature, and the name of the `PAGE` that it opens.
    """

    OF: ClassVar[str]
    SALT: ClassVar[str]
    PAGE: ClassVar[str]

    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Link to the {getattr(self, self.OF)}"

    @classmethod
    def links(cls) -> ShareLinkQuerySet[Self]:
        """All of the kind, with the conditions that every kind has."""
        return cast(ShareLinkQuerySet[Self], cls._default_manager.all())


class PlanShareQuerySet(ShareLinkQuerySet["PlanShare"]):
    """Conditions over links to success plans."""

    def live(self, *, now: dt.datetime) -> "PlanShareQuerySet":
        return super().live(now=now).filter(plan__archived_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["views", "last_viewed_at"])
class PlanShare(ShareLink):
    """A link by which the customer reads the plan."""

    OF, SALT, PAGE = "plan", "accounts.plan_share", "accounts:shared-plan"

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="shares")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="plans_shared")

    objects = PlanShareQuerySet.as_manager()

    class Meta(ShareLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(revoked_at=None), name="plan_share_one_unrevoked"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="plan_share_lasts"),
        ]


class OnboardingShareQuerySet(ShareLinkQuerySet["OnboardingShare"]):
    """Conditions over links to onboardings."""

    def live(self, *, now: dt.datetime) -> "OnboardingShareQuerySet":
        return super().live(now=now).exclude(onboarding__state=Onboarding.State.CANCELLED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["views", "last_viewed_at"])
class OnboardingShare(ShareLink):
    """A link by which the customer sees and ticks their steps."""

    OF, SALT, PAGE = "onboarding", "accounts.onboarding_share", "accounts:shared-onboarding"

    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="shares")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="onboardings_shared")

    objects = OnboardingShareQuerySet.as_manager()

    class Meta(ShareLink.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding"], condition=Q(revoked_at=None), name="onboarding_share_one_unrevoked"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="onboarding_share_lasts"),
        ]
