"""Onboardings, and the templates by which they begin."""

import datetime as dt

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.domain import onboarding as domain
from accounts.models.account import Account, Segment
from accounts.models.contract import Product
from accounts.models.user import User
from cs_workspace.common.models import Timed, Versioned

KEPT_CURRENT = ["steps_done", "steps_counted", "behind_from", "stuck_from", "updated_at", "version"]


class Stage(models.TextChoices):
    """The parts of an onboarding, in their order."""

    BEFORE = domain.Stage.BEFORE.value, domain.STAGE_LABELS[domain.Stage.BEFORE]
    FOUNDATION = domain.Stage.FOUNDATION.value, domain.STAGE_LABELS[domain.Stage.FOUNDATION]
    CORE = domain.Stage.CORE.value, domain.STAGE_LABELS[domain.Stage.CORE]
    WIDER = domain.Stage.WIDER.value, domain.STAGE_LABELS[domain.Stage.WIDER]
    OPTIMISATION = domain.Stage.OPTIMISATION.value, domain.STAGE_LABELS[domain.Stage.OPTIMISATION]


class StepOwner(models.TextChoices):
    """Who does a step."""

    CSM = domain.Owner.CSM.value, domain.OWNER_LABELS[domain.Owner.CSM]
    IMPLEMENTATION = domain.Owner.IMPLEMENTATION.value, domain.OWNER_LABELS[domain.Owner.IMPLEMENTATION]
    CUSTOMER = domain.Owner.CUSTOMER.value, domain.OWNER_LABELS[domain.Owner.CUSTOMER]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class OnboardingTemplate(Timed):
    """What an onboarding of accounts of a segment consists of. Those that run keep the steps with which they began."""

    key = models.SlugField(max_length=40, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(max_length=80, unique=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="onboarding_templates"
    )
    is_active = models.BooleanField("active", default=True, help_text="New onboardings of the segment begin by it.")
    is_guided = models.BooleanField(
        "led by a CSM",
        default=True,
        help_text="Off for self-service: signals about meetings and people are not raised.",
    )
    first_value = models.CharField("first-value moment", max_length=120)
    first_value_within = models.DurationField(
        "target for first value", help_text="Days and time since the start, such as “30 00:00:00” or “00:10:00”."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["segment"], condition=Q(is_active=True), name="onboarding_template_one_active"
            ),
            models.CheckConstraint(
                condition=Q(first_value_within__gt=dt.timedelta(0)), name="onboarding_template_target_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TemplateStep(models.Model):
    """One step of a template. Those with a longest day are milestones."""

    template = models.ForeignKey(OnboardingTemplate, on_delete=models.CASCADE, related_name="steps", db_index=False)
    place = models.PositiveSmallIntegerField(help_text="Its place among the steps of the template.")
    key = models.SlugField(max_length=40, db_index=False, help_text="Signals and proofs know the step by it.")
    stage = models.CharField(max_length=12, choices=Stage)
    title = models.CharField(max_length=120)
    detail = models.CharField(max_length=300, blank=True, help_text="How it is done, and when it counts as done.")
    owner = models.CharField(max_length=14, choices=StepOwner, default=StepOwner.CSM)
    due_day = models.SmallIntegerField(help_text="Days since the start of the contract; negative before it.")
    longest_day = models.SmallIntegerField(
        null=True, blank=True, help_text="Of a milestone: the day after which the onboarding counts as stuck."
    )
    proof = models.SlugField(
        max_length=30, blank=True, db_index=False, help_text="The data that tick it, by name; empty for by hand."
    )
    proof_number = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="How many users, or what percentage."
    )
    is_first_value = models.BooleanField("first value", default=False)

    class Meta:
        ordering = ["template", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["template", "key"], name="onboarding_template_step_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(is_first_value=True), name="onboarding_template_one_first_value"
            ),
            models.CheckConstraint(
                condition=Q(longest_day=None) | Q(longest_day__gte=F("due_day")),
                name="onboarding_template_step_longest_after_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OnboardingQuerySet(models.QuerySet["Onboarding"]):
    """Conditions over onboardings."""

    def visible_to(self, user: User) -> "OnboardingQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def running(self) -> "OnboardingQuerySet":
        return self.filter(state=Onboarding.State.RUNNING)

    def standing(self, standing: str, *, today: dt.date) -> "OnboardingQuerySet":
        """Those that go so today, as `accounts.domain.onboarding.standing_of` says it."""
        stuck, behind = Q(stuck_from__lte=today), Q(behind_from__lte=today)
        match standing:
            case domain.Standing.STUCK:
                return self.filter(stuck)
            case domain.Standing.BEHIND:
                return self.filter(behind).exclude(stuck)
            case _:
                return self.exclude(stuck).exclude(behind)

    def held_up(self, *, today: dt.date) -> "OnboardingQuerySet":
        """Running ones that are behind or stuck: who is stuck is behind as well, for no milestone may take less than
        until it is due."""
        return self.running().filter(behind_from__lte=today)

    def at_risk(self) -> "OnboardingQuerySet":
        """With a risk signal that is open."""
        return self.filter(models.Exists(OnboardingRisk.objects.open().filter(onboarding=models.OuterRef("pk"))))


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), exclude=KEPT_CURRENT)
class Onboarding(Timed, Versioned):
    """A customer on the way to full use: of everything, or of one product or department."""

    class Kind(models.TextChoices):
        FIRST = "first", "First contract"
        WON_BACK = "won_back", "Won back"
        PRODUCT = "product", "New product"
        DEPARTMENT = "department", "New department"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="onboardings", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIRST)
    about = models.CharField(max_length=120, blank=True, help_text="The product or department.")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    template = models.ForeignKey(OnboardingTemplate, on_delete=models.SET_NULL, null=True, related_name="onboardings")
    origin_key = models.CharField(
        max_length=60, blank=True, help_text="What started it by itself, so that it does so once; empty by hand."
    )
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    started_on = models.DateField(help_text="Day 0.")
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_guided = models.BooleanField()
    first_value = models.CharField(max_length=120)
    first_value_within = models.DurationField()
    first_value_on = models.DateField(null=True, blank=True)
    from_stage = models.CharField(max_length=12, choices=Stage, help_text="Where people have led it.")
    stage = models.CharField(max_length=12, choices=Stage, help_text="The first from there in which something is open.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled.")

    # Kept current for fast lists: see `accounts.domain.onboarding.Course`
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_counted = models.PositiveSmallIntegerField(default=0)
    behind_from = models.DateField(null=True, blank=True)
    stuck_from = models.DateField(null=True, blank=True)

    objects = OnboardingQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        indexes = [
            models.Index(fields=["account", "-started_on", "-id"], name="onboarding_account"),
            models.Index(fields=["stage", "started_on", "id"], name="onboarding_board", condition=Q(state="running")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "origin_key"], condition=~Q(origin_key=""), name="onboarding_once_by_itself"
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "about"], condition=Q(state="running"), name="onboarding_one_running"
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None) | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="onboarding_end_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(end_reason=""), name="onboarding_cancel_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Onboarding of {self.account}{f', {self.about}' if self.about else ''}"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class OnboardingStepQuerySet(models.QuerySet["OnboardingStep"]):
    """Conditions over steps."""

    def visible_to(self, user: User) -> "OnboardingStepQuerySet":
        return self.filter(onboarding__account__in=Account.objects.visible_to(user).values("pk"))

    def open(self) -> "OnboardingStepQuerySet":
        return self.filter(state=OnboardingStep.State.OPEN)

    def holding(self, *, today: dt.date) -> "OnboardingStepQuerySet":
        """Milestones that hold up onboardings that run, first the one that `accounts.domain.onboarding.holding_place`
        names: of those that make it stuck, else behind, the longest due."""
        late = self.open().filter(
            onboarding__state=Onboarding.State.RUNNING, longest_on__isnull=False, due_on__lt=today
        )
        gravity = models.Case(models.When(longest_on__lt=today, then=0), default=1)
        return late.order_by(gravity, "due_on", "place", "pk")

    def to_prove(self) -> "OnboardingStepQuerySet":
        """Open ones of onboardings that run, which data may tick."""
        return self.open().exclude(proof="").filter(is_watched=True, onboarding__state=Onboarding.State.RUNNING)


@pghistory.track(pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class OnboardingStep(Timed, Versioned):
    """One step of an onboarding, as its template had it when it began, and what became of it."""

    class State(models.TextChoices):
        OPEN = domain.StepState.OPEN.value, "Open"
        DONE = domain.StepState.DONE.value, "Done"
        SKIPPED = domain.StepState.SKIPPED.value, "Skipped"

    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="steps", db_index=False)
    place = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40, db_index=False)
    stage = models.CharField(max_length=12, choices=Stage)
    title = models.CharField(max_length=120)
    detail = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=14, choices=StepOwner)
    due_on = models.DateField()
    longest_on = models.DateField(null=True, blank=True, help_text="Of a milestone.")
    proof = models.SlugField(max_length=30, blank=True, db_index=False)
    proof_number = models.PositiveSmallIntegerField(null=True, blank=True)
    is_first_value = models.BooleanField(default=False)
    is_watched = models.BooleanField(default=True, help_text="Off once somebody took back what data had ticked.")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    closed_on = models.DateField(null=True, blank=True, help_text="When it was done, or skipped.")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When that was written down.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by_customer = models.BooleanField(default=False)
    evidence = models.CharField(max_length=200, blank=True, help_text="What the data showed.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was skipped.")

    objects = OnboardingStepQuerySet.as_manager()

    class Meta:
        ordering = ["onboarding", "place"]
        indexes = [
            models.Index(fields=["proof"], name="onboarding_step_to_prove", condition=Q(state="open") & ~Q(proof="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["onboarding", "key"], name="onboarding_step_once"),
            models.CheckConstraint(
                condition=Q(longest_on=None) | Q(longest_on__gte=F("due_on")), name="onboarding_step_longest_after_due"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None, closed_at=None)
                | (~Q(state="open") & Q(closed_on__isnull=False, closed_at__isnull=False)),
                name="onboarding_step_closed_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(reason=""), name="onboarding_step_skipped_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def as_step(self) -> domain.Step:
        """What the rules look at."""
        return domain.Step(
            stage=domain.Stage(self.stage),
            due_on=self.due_on,
            longest_on=self.longest_on,
            state=domain.StepState(self.state),
            closed_on=self.closed_on,
            is_first_value=self.is_first_value,
        )


class OnboardingRiskQuerySet(models.QuerySet["OnboardingRisk"]):
    """Conditions over risk signals."""

    def open(self) -> "OnboardingRiskQuerySet":
        return self.filter(resolved_at=None)


class OnboardingRisk(models.Model):
    """Something that endangers an onboarding. One open of a kind; it ends by itself with its cause."""

    class Severity(models.IntegerChoices):
        CRITICAL = 1, "Critical"
        HIGH = 2, "High"
        MEDIUM = 3, "Medium"
        WARNING = 4, "Warning"

    onboarding = models.ForeignKey(Onboarding, on_delete=models.CASCADE, related_name="risks", db_index=False)
    kind = models.SlugField(max_length=30, db_index=False)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    evidence = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = OnboardingRiskQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "-opened_at", "-pk"]
        indexes = [models.Index(fields=["onboarding", "-opened_at"], name="onboarding_risk_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding", "kind"], condition=Q(resolved_at=None), name="onboarding_risk_one_open"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("opened_at")), name="onboarding_risk_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.evidence}"
