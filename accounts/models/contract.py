"""What customers bought and what they owe."""

import datetime as dt

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.domain.contracts import MOST_NOTICE
from accounts.models.account import Account
from accounts.models.user import User
from cs_workspace.common.models import Sourced, Timed, unique_from_outside


class Product(models.Model):
    """Something that is sold by subscription."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    feature_count = models.PositiveIntegerField(
        null=True, blank=True, help_text="Features that the product has; breadth of use is measured against it."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in workspace currency, from a day on."""

    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    rate = models.DecimalField(max_digits=14, decimal_places=6)

    class Meta:
        ordering = ["currency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} from {self.valid_from}"


class ContractQuerySet(models.QuerySet["Contract"]):
    """Conditions over contracts."""

    def visible_to(self, user: User) -> "ContractQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def in_force(self, today: dt.date) -> "ContractQuerySet":
        """Signed, begun and not yet over on `today`; the end day is the first day without the contract."""
        return self.filter(Q(end=None) | Q(end__gt=today), status=Contract.Status.ACTIVE, start__lte=today)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class Contract(Timed, Sourced):
    """A subscription agreement over the half-open period [start, end)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        ENDED = "ended", "Ended"
        CANCELLED = "cancelled", "Cancelled"

    class Billing(models.TextChoices):
        MONTHLY = "monthly", "Monthly"
        QUARTERLY = "quarterly", "Quarterly"
        YEARLY = "yearly", "Yearly"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    number = models.CharField(max_length=60, blank=True)
    start = models.DateField()
    end = models.DateField(null=True, blank=True, help_text="First day without the contract; empty if open-ended.")
    auto_renew = models.BooleanField(default=False)
    notice_days = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(MOST_NOTICE)])
    term_months = models.PositiveIntegerField(null=True, blank=True)
    billing = models.CharField("billing period", max_length=10, choices=Billing, default=Billing.YEARLY)
    currency = models.CharField(max_length=3, default="EUR")
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    expected_logins_per_week = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-start", "-pk"]
        indexes = [models.Index(fields=["account", "status", "end"], name="contract_account")]
        constraints = [
            unique_from_outside("contract"),
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="contract_ends_after_start"),
            models.CheckConstraint(condition=Q(notice_days__lte=MOST_NOTICE), name="contract_notice_within_ten_years"),
        ]

    def __str__(self) -> str:
        return self.number or f"Contract from {self.start}"

    @property
    def decision_date(self) -> dt.date | None:
        """The last day on which notice can be given: the end less the notice period."""
        return self.end - dt.timedelta(days=self.notice_days) if self.end else None


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ContractLine(Sourced):
    """One product in a contract."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="lines")
    seats = models.PositiveIntegerField(null=True, blank=True, help_text="Licensed seats; empty if not sold by seat.")
    seats_assigned = models.PositiveIntegerField(null=True, blank=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    arr = models.DecimalField("ARR", max_digits=14, decimal_places=2, help_text="In the contract's currency.")
    discount = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="Share, 0.10 for 10 %.")

    class Meta:
        ordering = ["contract", "pk"]
        constraints = [
            unique_from_outside("contract_line"),
            models.CheckConstraint(condition=Q(arr__gte=0), name="contract_line_arr_not_negative"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=1), name="contract_line_discount_share"),
        ]

    def __str__(self) -> str:
        return f"{self.product} ({self.arr})"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Conditions over invoices."""

    def visible_to(self, user: User) -> "InvoiceQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class Invoice(Timed, Sourced):
    """A bill: due on a day, paid on a day or still open."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        PAID = "paid", "Paid"
        VOID = "void", "Void"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invoices")
    contract = models.ForeignKey(Contract, on_delete=models.SET_NULL, null=True, blank=True, related_name="invoices")
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    status = models.CharField(max_length=5, choices=Status, default=Status.OPEN)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on", "-pk"]
        indexes = [models.Index(fields=["account", "due_on"], name="invoice_account")]
        constraints = [
            unique_from_outside("invoice"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_on__isnull=False) | (~Q(status="paid") & Q(paid_on=None)),
                name="invoice_paid_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number
