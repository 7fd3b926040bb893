"""Churn records: what was lost, when, and why."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Account, User
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import churn as domain
from renewals.models.renewal import Renewal


class ChurnRecordQuerySet(models.QuerySet["ChurnRecord"]):
    """Conditions over churn records."""

    def visible_to(self, user: User) -> "ChurnRecordQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def standing(self) -> "ChurnRecordQuerySet":
        """Those that count: a closing that was taken back withdraws its record."""
        return self.filter(withdrawn_at=None)

    def to_settle(self, today: dt.date) -> "ChurnRecordQuerySet":
        """Whose day has come, and of which nobody has asked yet whether the account is lost with them."""
        return self.standing().filter(settled_on=None, day__lte=today)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class ChurnRecord(Timed, Versioned):
    """A contract that a customer did not renew. The account is lost with it if nothing else is in force on its day."""

    class Category(models.TextChoices):
        PRODUCT = domain.Category.PRODUCT.value, domain.TAXONOMY[domain.Category.PRODUCT].label
        VALUE = domain.Category.VALUE.value, domain.TAXONOMY[domain.Category.VALUE].label
        RELATIONSHIP = domain.Category.RELATIONSHIP.value, domain.TAXONOMY[domain.Category.RELATIONSHIP].label
        FINANCIAL = domain.Category.FINANCIAL.value, domain.TAXONOMY[domain.Category.FINANCIAL].label
        COMPETITION = domain.Category.COMPETITION.value, domain.TAXONOMY[domain.Category.COMPETITION].label
        STRATEGIC = domain.Category.STRATEGIC.value, domain.TAXONOMY[domain.Category.STRATEGIC].label

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="churn_records", db_index=False)
    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="churn_records", db_index=False)
    day = models.DateField(help_text="The first day without the contract: that of the churn in the ledger.")
    arr_lost = models.DecimalField(
        "ARR lost", max_digits=14, decimal_places=2, help_text="Of the contract, in workspace currency."
    )
    category = models.CharField(max_length=12, choices=Category)
    sub_reason = models.CharField(
        "reason",
        max_length=16,
        choices=[(reason.value, label) for reason, label in domain.SUB_REASON_LABELS.items()],
    )
    preventable = models.CharField(
        max_length=9, choices=[(one.value, label) for one, label in domain.PREVENTABLE_LABELS.items()]
    )
    competitor = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    settled_on = models.DateField(
        null=True, blank=True, editable=False, help_text="When it was asked whether the account is lost with it."
    )
    stage_before = models.CharField(
        max_length=12,
        choices=Account.Stage,
        blank=True,
        editable=False,
        help_text="Lifecycle stage of the account before it was lost with this; empty where it was not.",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = ChurnRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [
            models.Index(fields=["account", "-day"], name="churn_record_account"),
            models.Index(
                fields=["day"], name="churn_record_to_settle", condition=Q(withdrawn_at=None, settled_on=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["renewal"], condition=Q(withdrawn_at=None), name="churn_record_once_a_renewal"
            ),
            models.CheckConstraint(condition=Q(arr_lost__gte=0), name="churn_record_arr_not_negative"),
            models.CheckConstraint(
                condition=models.Q(
                    *[
                        Q(
                            category=category.value,
                            preventable=kind.preventable.value,
                            sub_reason__in=[reason.value for reason in kind.reasons],
                        )
                        for category, kind in domain.TAXONOMY.items()
                    ],
                    _connector=Q.OR,
                ),
                name="churn_record_reason_of_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} lost on {self.day}"
