"""Churn records: what was lost, when, and why; what the customer said of it on leaving, and what we learn from it."""

import datetime as dt
from typing import TypedDict

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Account, Contact, Product, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import churn as domain
from renewals.models.renewal import Renewal


class ChurnRecordQuerySet(models.QuerySet["ChurnRecord"]):
    """Conditions over churn records."""

    def visible_to(self, user: User) -> "ChurnRecordQuerySet":
        return self.filter(of_visible_accounts(user))

    def standing(self) -> "ChurnRecordQuerySet":
        """Those that count: a closing that was taken back withdraws its record."""
        return self.filter(withdrawn_at=None)

    def of_lost_accounts(self) -> "ChurnRecordQuerySet":
        """Those with which the account itself was lost, and not only some of what it had."""
        return self.filter(lost_account=True)

    def win_back_candidates(self) -> "ChurnRecordQuerySet":
        """Those whose account is no customer and is worth being won back."""
        lost = Account.Status.CHURNED
        return self.standing().of_lost_accounts().filter(eligible=True, account__status=lost, account__archived_at=None)

    def to_settle(self, today: dt.date) -> "ChurnRecordQuerySet":
        """Whose day has come, and of which nobody has asked yet whether the account is lost with them."""
        return self.standing().filter(settled_on=None, day__lte=today)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class ChurnRecord(Timed, Versioned):
    """What a customer gave up, and why: a contract, a part of one, or all that it had.

    Closing a renewal writes it; `renewal` is empty where it was written down afterwards for a loss that the ledger
    tells. The account is lost with it if nothing else is in force on its day; otherwise it is a contraction.
    """

    class Category(models.TextChoices):
        PRODUCT = domain.Category.PRODUCT.value, domain.TAXONOMY[domain.Category.PRODUCT].label
        VALUE = domain.Category.VALUE.value, domain.TAXONOMY[domain.Category.VALUE].label
        RELATIONSHIP = domain.Category.RELATIONSHIP.value, domain.TAXONOMY[domain.Category.RELATIONSHIP].label
        FINANCIAL = domain.Category.FINANCIAL.value, domain.TAXONOMY[domain.Category.FINANCIAL].label
        COMPETITION = domain.Category.COMPETITION.value, domain.TAXONOMY[domain.Category.COMPETITION].label
        STRATEGIC = domain.Category.STRATEGIC.value, domain.TAXONOMY[domain.Category.STRATEGIC].label

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="churn_records", db_index=False)
    renewal = models.ForeignKey(
        Renewal, on_delete=models.CASCADE, null=True, blank=True, related_name="churn_records", db_index=False
    )
    day = models.DateField(help_text="The first day without it: that of the churn or contraction in the ledger.")
    arr_lost = models.DecimalField(
        "ARR lost", max_digits=14, decimal_places=2, help_text="By how much it fell, in workspace currency."
    )
    lost_account = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="The account itself was lost with it."
    )
    category = models.CharField(max_length=12, choices=Category)
    sub_reason = models.CharField(
        "reason",
        max_length=16,
        choices=[(reason.value, label) for reason, label in domain.SUB_REASON_LABELS.items()],
    )
    preventable = models.CharField(
        max_length=9,
        choices=[(one.value, label) for one, label in domain.PREVENTABLE_LABELS.items()],
        help_text="The category says it, unless somebody judged otherwise.",
    )
    competitor = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    lessons = models.TextField(
        blank=True, db_default="", help_text="What we learn from it, and do otherwise from now on."
    )
    eligible = models.BooleanField("eligible for win-back", default=True, db_default=True)
    eligible_reason = models.CharField(
        "why", max_length=300, blank=True, db_default="", help_text="Why it is worth being won back, or is not."
    )
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
            models.UniqueConstraint(
                fields=["account", "day"], condition=Q(withdrawn_at=None, renewal=None), name="churn_record_once_a_day"
            ),
            models.CheckConstraint(condition=Q(arr_lost__gte=0), name="churn_record_arr_not_negative"),
            models.CheckConstraint(
                condition=models.Q(
                    *[
                        Q(category=category.value, sub_reason__in=[reason.value for reason in kind.reasons])
                        for category, kind in domain.TAXONOMY.items()
                    ],
                    _connector=Q.OR,
                ),
                name="churn_record_reason_of_category",
            ),
            models.CheckConstraint(
                condition=Q(preventable__in=[one.value for one in domain.Preventable]),
                name="churn_record_preventable_is_known",
            ),
            models.CheckConstraint(
                condition=Q(eligible=True) | ~Q(eligible_reason=""), name="churn_record_not_eligible_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} lost on {self.day}"


class LostProduct(models.Model):
    """A product that was given up with a record, as a whole or in part.

    Products of one record may come to more than its ARR: another one may have grown on the same day.
    """

    record = models.ForeignKey(ChurnRecord, on_delete=models.CASCADE, related_name="products", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    arr_lost = models.DecimalField("ARR lost", max_digits=14, decimal_places=2, help_text="In workspace currency.")

    class Meta:
        ordering = ["record", "-arr_lost", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "product"], include=["arr_lost"], name="lost_product_once"),
            models.CheckConstraint(condition=Q(arr_lost__gte=0), name="lost_product_arr_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product} ({self.arr_lost})"


class Answer(TypedDict):
    """A question of an exit interview and what was answered; empty where nothing was."""

    question: str
    answer: str


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class ExitInterview(Timed, Versioned):
    """What a customer said on leaving: one for each record."""

    record = models.OneToOneField(ChurnRecord, on_delete=models.CASCADE, related_name="interview")
    held_on = models.DateField()
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Who asked; who wrote it is audited."
    )
    contacts: "models.ManyToManyField[Contact, models.Model]" = models.ManyToManyField(
        Contact, blank=True, related_name="exit_interviews", help_text="Who of the customer answered."
    )
    others = models.CharField(max_length=300, blank=True, help_text="Who else took part, by name.")
    answers: "models.JSONField[list[Answer]]" = models.JSONField(
        default=list, help_text="Questions in the order in which they were asked: question, answer."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(answers=[]), name="exit_interview_has_answers"),
        ]

    def __str__(self) -> str:
        return f"Exit interview of {self.held_on}"
