"""Success plans: what a customer wants to achieve, how far they are, and what it was worth to them."""

import datetime as dt
from typing import Any

import pghistory
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Cast, Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThanOrEqual

from accounts.domain.success_plans import GRACE, Aim, Standing
from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.models.user import User
from cs_workspace.common.models import Timed, Versioned

UNTRACKED = ["created_at", "updated_at"]


class SuccessPlanQuerySet(models.QuerySet["SuccessPlan"]):
    """Conditions over plans."""

    def visible_to(self, user: User) -> "SuccessPlanQuerySet":
        return self.of_accounts_of(user).kept()

    def of_accounts_of(self, user: User) -> "SuccessPlanQuerySet":
        """Plans of accounts that the user sees, the archived ones as well: for bringing them back."""
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def kept(self) -> "SuccessPlanQuerySet":
        return self.filter(archived_at=None)

    def of_customers(self) -> "SuccessPlanQuerySet":
        """Plans of accounts that have not churned."""
        return self.filter(account__status=Account.Status.ACTIVE, account__archived_at=None)

    def review_due(self, *, today: dt.date) -> "SuccessPlanQuerySet":
        return self.filter(next_review_on__lte=today)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class SuccessPlan(Timed, Versioned):
    """The plan of an account; each account has one that is not archived."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="success_plans")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="success_plans")
    stakeholders: models.ManyToManyField = models.ManyToManyField(
        Contact, through="accounts.PlanStakeholder", related_name="success_plans", blank=True
    )
    began_on = models.DateField()
    next_review_on = models.DateField()
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SuccessPlanQuerySet.as_manager()

    class Meta:
        ordering = ["next_review_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(archived_at=None), name="success_plan_one_current")
        ]
        indexes = [
            models.Index(fields=["next_review_on", "id"], name="success_plan_review", condition=Q(archived_at=None))
        ]

    def __str__(self) -> str:
        return f"Success plan of {self.account}"


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class PlanStakeholder(models.Model):
    """A contact who has a stake in the plan."""

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="stakes")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="plan_stakes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "contact"], name="plan_stakeholder_once")]

    def __str__(self) -> str:
        return str(self.contact)


class PlanPartQuerySet(models.QuerySet[Any]):
    """Conditions over the parts of plans."""

    def visible_to(self, user: User) -> "PlanPartQuerySet":
        return self.of_accounts_of(user).kept()

    def of_accounts_of(self, user: User) -> "PlanPartQuerySet":
        """Parts of plans that the user sees, the archived ones as well: for bringing them back."""
        return self.filter(plan__in=SuccessPlan.objects.visible_to(user).values("pk"))

    def kept(self) -> "PlanPartQuerySet":
        return self.filter(archived_at=None)


class PlanPart(Timed, Versioned):
    """One entry of a plan; `EDITABLE` are the fields that people fill in, and that a step back in history restores."""

    EDITABLE: tuple[str, ...]
    plan: models.ForeignKey[SuccessPlan, SuccessPlan]
    plan_id: int

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PlanPartQuerySet.as_manager()

    class Meta:
        abstract = True


def standing_case(today: dt.date, prefix: str = "") -> Case:
    """`accounts.domain.success_plans.standing_of` in SQL, for lists; `prefix` leads to the objective, as "objectives__"
    does from a plan."""
    baseline, target = F(f"{prefix}baseline"), F(f"{prefix}target")
    began_on, due_on = F(f"{prefix}began_on"), F(f"{prefix}due_on")
    moved = Coalesce(F(f"{prefix}current"), baseline) - baseline
    gained = Case(When(Q(**{f"{prefix}target__gt": baseline}), then=moved), default=-moved)
    days = days_between(began_on, due_on)
    day = Cast(Value(today), models.DateField())
    gone = Least(Greatest(days_between(began_on, day), Value(0)), days)
    way = Abs(target - baseline)
    return Case(
        When(GreaterThanOrEqual(gained, way), then=Value(Standing.ACHIEVED.value)),
        When(Q(**{f"{prefix}due_on__lt": today}), then=Value(Standing.MISSED.value)),
        When(
            GreaterThanOrEqual(gained * days, way * (gone - Value(GRACE) * days)), then=Value(Standing.ON_TRACK.value)
        ),
        default=Value(Standing.AT_RISK.value),
        output_field=models.CharField(),
    )


def days_between(first: Combinable, last: Combinable) -> Func:
    """Whole days from one day to another; Django would make an interval of the difference."""
    return Func(last, first, template="(%(expressions)s)", arg_joiner=" - ", output_field=models.IntegerField())


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=[*UNTRACKED, "current", "measured_on"])
class Objective(PlanPart):
    """What the customer wants to achieve, by which measure, from where to where and until when.

    `current` and `measured_on` repeat its latest measured value, kept current for fast lists.
    """

    EDITABLE = ("title", "measure", "unit", "baseline", "target", "began_on", "due_on")

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="objectives")
    title = models.CharField(max_length=160)
    measure = models.CharField(max_length=160)
    unit = models.CharField(max_length=30, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4)
    target = models.DecimalField(max_digits=16, decimal_places=4)
    began_on = models.DateField()
    due_on = models.DateField()
    current = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True, editable=False)
    measured_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(baseline=F("target")), name="objective_has_a_direction"),
            models.CheckConstraint(condition=Q(due_on__gt=F("began_on")), name="objective_due_after_it_begins"),
            models.CheckConstraint(
                condition=Q(current=None, measured_on=None) | Q(current__isnull=False, measured_on__isnull=False),
                name="objective_current_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def aim(self) -> Aim:
        """From where to where, and between which days."""
        return Aim(self.baseline, self.target, self.began_on, self.due_on)


class MeasuredValueQuerySet(models.QuerySet["MeasuredValue"]):
    """Conditions over measured values."""

    def of_accounts_of(self, user: User) -> "MeasuredValueQuerySet":
        """Values of objectives that the user sees, those taken back as well: for bringing them back."""
        return self.filter(objective__in=Objective.objects.visible_to(user).values("pk"))

    def visible_to(self, user: User) -> "MeasuredValueQuerySet":
        return self.of_accounts_of(user).kept()

    def kept(self) -> "MeasuredValueQuerySet":
        return self.filter(archived_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class MeasuredValue(Timed, Versioned):
    """What an objective's measure was on a day; of several on one day the one that was written last holds."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="values")
    on = models.DateField("measured on")
    value = models.DecimalField(max_digits=16, decimal_places=4)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="values_measured")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MeasuredValueQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        indexes = [
            models.Index(
                fields=["objective", "-on", "-id"], name="measured_value_latest", condition=Q(archived_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.value:f} on {self.on}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class UseCase(PlanPart):
    """Something that the customer uses the product for, and since when it is live."""

    EDITABLE = ("title", "status", "live_on")

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        IN_PROGRESS = "in_progress", "In progress"
        LIVE = "live", "Live"
        OPTIMISING = "optimising", "Optimising"

    # Those in which it is in use, so that its go-live lies in the past.
    IN_USE = (Status.LIVE, Status.OPTIMISING)

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="use_cases")
    title = models.CharField(max_length=160)
    status = models.CharField(max_length=11, choices=Status, default=Status.NOT_STARTED)
    live_on = models.DateField("go-live", null=True, blank=True)

    class Meta:
        ordering = [F("live_on").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class Milestone(PlanPart):
    """A step of the way: one of the three that every plan has, or one of its own."""

    EDITABLE = ("title", "expected_on", "done_on")

    class Kind(models.TextChoices):
        SETUP = "setup", "Technical set-up"
        FIRST_VALUE = "first_value", "First value"
        FULL_ADOPTION = "full_adoption", "Full adoption"
        OWN = "own", "Own"

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.OWN, editable=False)
    title = models.CharField(max_length=160)
    expected_on = models.DateField("expected", null=True, blank=True)
    done_on = models.DateField("done", null=True, blank=True)

    class Meta:
        ordering = [F("expected_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "kind"], condition=~Q(kind="own") & Q(archived_at=None), name="milestone_once_per_kind"
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class PlanRisk(PlanPart):
    """What may keep the plan from working; the customer sees it only where it `is_shared`."""

    EDITABLE = ("text", "mitigation", "owner", "is_shared")

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="risks")
    text = models.CharField("risk", max_length=300)
    mitigation = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="plan_risks")
    is_shared = models.BooleanField("Show to the customer", default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class RoiRecord(PlanPart):
    """What the product was worth to the customer, how that was reckoned, and who there confirmed it."""

    EDITABLE = ("kind", "on", "amount", "currency", "method", "confirmed_by", "confirmed_on")

    class Kind(models.TextChoices):
        SAVING = "saving", "Saving"
        GAIN = "gain", "Gain"

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="roi_records")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SAVING)
    on = models.DateField("reckoned on")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=300, help_text="How the amount was reckoned.")
    confirmed_by = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="roi_confirmed"
    )
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="roi_record_amount_positive"),
            # Not the other way round: a contact who is erased leaves the day behind.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(confirmed_on__isnull=False), name="roi_record_confirmed_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.currency} {self.amount}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=UNTRACKED)
class PlanReview(PlanPart):
    """A review of the plan with the customer; it moves the day of the next one from `was_due_on`."""

    EDITABLE = ("on", "summary")

    plan = models.ForeignKey(SuccessPlan, on_delete=models.CASCADE, related_name="reviews")
    on = models.DateField("reviewed on")
    summary = models.TextField(blank=True)
    was_due_on = models.DateField(editable=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="plan_reviews")

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"Review on {self.on}"
