"""What customers ask the product for, and who asked."""

from decimal import Decimal

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce

from accounts.domain.feature_requests import Status
from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.models.contract import Product
from accounts.models.user import User
from cs_workspace.common.models import Timed, Versioned


class FeatureRequestQuerySet(models.QuerySet["FeatureRequest"]):
    """Conditions over feature requests."""

    def kept(self) -> "FeatureRequestQuerySet":
        """Those that stand for themselves: not merged into another one."""
        return self.filter(merged_into=None)

    def matching(self, text: str) -> "FeatureRequestQuerySet":
        return self.filter(Q(title__icontains=text) | Q(body__icontains=text)) if text else self

    def with_weight(self, user: User) -> "FeatureRequestQuerySet":
        """With `accounts`, how many active accounts that the user sees asked, and `arr`, what they pay a year."""
        behind = Q(asks__archived_at=None, asks__account__archived_at=None, asks__account__status=Account.Status.ACTIVE)
        if not user.sees_everything:
            # For the others it would list every account there is to say what the row itself says.
            behind &= Q(asks__account__in=Account.objects.visible_to(user).values("pk"))
        return self.annotate(
            accounts=Count("asks", filter=behind),
            arr=Coalesce(
                Sum("asks__account__arr", filter=behind),
                Value(Decimal(0)),
                output_field=DecimalField(max_digits=14, decimal_places=2),
            ),
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"])
class FeatureRequest(Timed, Versioned):
    """Something that the product lacks. All who work here read it; who asked for it hangs on the accounts."""

    class Status(models.TextChoices):
        NEW = Status.NEW.value, "New"
        REVIEW = Status.REVIEW.value, "Under review"
        PLANNED = Status.PLANNED.value, "Planned"
        SHIPPED = Status.SHIPPED.value, "Shipped"
        DECLINED = Status.DECLINED.value, "Declined"

    title = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="feature_requests"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="feature_requests")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)
    moved_asks = ArrayField(
        models.BigIntegerField(), default=list, help_text="Those that went along when it was merged, for the way back."
    )

    objects = FeatureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "-created_at"], name="feature_request_status")]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="feature_request_not_into_itself"),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_at=None) | Q(merged_into__isnull=False, merged_at__isnull=False),
                name="feature_request_merged_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FeatureRequestStep(models.Model):
    """A change of a request's status: from what to what, by whom, and why."""

    request = models.ForeignKey(FeatureRequest, on_delete=models.CASCADE, related_name="steps")
    old = models.CharField("from", max_length=8, choices=FeatureRequest.Status)
    new = models.CharField("to", max_length=8, choices=FeatureRequest.Status)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(old=F("new")), name="feature_request_step_changes")]

    def __str__(self) -> str:
        return f"{self.get_old_display()} → {self.get_new_display()}"


class FeatureAskQuerySet(models.QuerySet["FeatureAsk"]):
    """Conditions over asks."""

    def visible_to(self, user: User) -> "FeatureAskQuerySet":
        return self.of_accounts_of(user).filter(archived_at=None)

    def of_accounts_of(self, user: User) -> "FeatureAskQuerySet":
        """Asks of accounts that the user sees, those taken back as well: for bringing them back."""
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def kept(self) -> "FeatureAskQuerySet":
        return self.filter(archived_at=None)


class FeatureAsk(Timed):
    """An account asked for it: who of its people, on which day, in which words. Once per request and account."""

    request = models.ForeignKey(FeatureRequest, on_delete=models.CASCADE, related_name="asks", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="feature_asks")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="feature_asks")
    asked_on = models.DateField()
    words = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = FeatureAskQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["request", "account"], name="feature_ask_once_per_account")]

    def __str__(self) -> str:
        return f"{self.account_id} asks for {self.request_id}"
