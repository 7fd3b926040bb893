"""Links by which customers read their success plan."""

import datetime as dt
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models.account import Account
from accounts.models.success_plan import SuccessPlan
from accounts.models.user import User


class PlanShareQuerySet(models.QuerySet["PlanShare"]):
    """Conditions over links."""

    def visible_to(self, user: User) -> "PlanShareQuerySet":
        return self.filter(plan__in=SuccessPlan.objects.visible_to(user).values("pk"))

    def unrevoked(self) -> "PlanShareQuerySet":
        return self.filter(revoked_at=None)

    def live(self, *, now: dt.datetime) -> "PlanShareQuerySet":
        """Links that open the plan: neither revoked nor expired, of a customer who is still there."""
        return self.unrevoked().filter(
            expires_at__gt=now,
            plan__archived_at=None,
            plan__account__archived_at=None,
            plan__account__status=Account.Status.ACTIVE,
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["views", "last_viewed_at"])
class PlanShare(models.Model):
    """A link by which the customer reads the plan; the address holds the signed `key`, which alone opens nothing."""

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="shares")
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="plans_shared")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    views = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    objects = PlanShareQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(revoked_at=None), name="plan_share_one_unrevoked"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="plan_share_lasts"),
        ]

    def __str__(self) -> str:
        return f"Link to the {self.plan}"
