"""Save plans: the work on keeping an account that might leave, with its checkpoints, promises and escalations."""

import datetime as dt
from collections.abc import Collection

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import Account, PlaybookRun, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common import clock
from cs_workspace.common.models import Timed, Versioned
from health.domain.interventions import REASON_LABELS, PlanState, SaveOutcome, is_by_hand
from health.models.observations import OfAccountQuerySet

UNTRACKED = ["created_at", "updated_at"]
REASONS = [(reason.value, label) for reason, label in REASON_LABELS.items()]


class InterventionQuerySet(OfAccountQuerySet):
    """Conditions over save plans."""

    def live(self) -> "InterventionQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def counted(self) -> "InterventionQuerySet":
        """Those with a result: ended, and not withdrawn."""
        return self.filter(ended_at__isnull=False).exclude(outcome=Intervention.Outcome.WITHDRAWN)

    def of(self, user_ids: Collection[int]) -> "InterventionQuerySet":
        """Those that one of the users works on, as owner or as executive sponsor."""
        return self.filter(Q(owner__in=user_ids) | Q(sponsor__in=user_ids))

    def not_agreed(self, *, by: dt.datetime) -> "InterventionQuerySet":
        """Live ones that were to be agreed by a moment and are not."""
        return self.live().filter(agreed_at=None, due_at__lt=by)

    def with_next(self) -> "InterventionQuerySet":
        """With the days of the next checkpoint and the next promise, `next_checkpoint_on` and `next_promise_on`."""
        unheld = InterventionCheckpoint.objects.filter(intervention=OuterRef("pk"), held_at=None)
        promised = InterventionPromise.objects.filter(intervention=OuterRef("pk"), state=InterventionPromise.State.OPEN)
        return self.annotate(
            next_checkpoint_on=Subquery(unheld.order_by("due_on", "pk").values("due_on")[:1]),
            next_promise_on=Subquery(promised.order_by("due_on", "pk").values("due_on")[:1]),
        )

    def asking(self, *, today: dt.date, until: dt.datetime) -> "InterventionQuerySet":
        """Live ones that wait for something due on `today` or before, or an agreement due before `until`."""
        unheld = InterventionCheckpoint.objects.filter(intervention=OuterRef("pk"), held_at=None, due_on__lte=today)
        promised = InterventionPromise.objects.filter(
            intervention=OuterRef("pk"), state=InterventionPromise.State.OPEN, due_on__lte=today
        )
        return self.live().filter(
            Q(agreed_at=None, due_at__lt=until) | Q(decide_on__lte=today) | Exists(unheld) | Exists(promised)
        )

    def undecided(self, *, today: dt.date) -> "InterventionQuerySet":
        """Live ones whose 30 days are over."""
        return self.live().filter(decide_on__lt=today)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=UNTRACKED)
class Intervention(Timed, Versioned):
    """A save plan: why an account might leave, who keeps it, by when, and what came of it. One live per account.

    `due_at` is by when it is to be agreed with the customer, `decide_on` the last of its 30 days. The figures at the
    start and at the end are those of the account in that moment, null where they were not known; money is in workspace
    currency. A plan that ended by itself, with the account, has no `ended_by`.
    """

    class RootCause(models.TextChoices):
        PRODUCT = "product", "Product"
        PEOPLE = "people", "People"
        PROCESS = "process", "Process"

    class Outcome(models.TextChoices):
        RECOVERED = SaveOutcome.RECOVERED.value, "Recovered"
        CHURNED = SaveOutcome.CHURNED.value, "Churned"
        CONTRACTED = SaveOutcome.CONTRACTED.value, "Contracted"
        WITHDRAWN = SaveOutcome.WITHDRAWN.value, "Withdrawn"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="interventions", db_index=False)
    reason = models.CharField(max_length=13, choices=REASONS)
    detail = models.CharField(max_length=500, blank=True, help_text="What is wrong, in the words of who began it.")
    root_cause = models.CharField(max_length=7, choices=RootCause, blank=True, help_text="Empty until it is known.")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="interventions")
    sponsor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Our executive on it."
    )
    run = models.ForeignKey(
        PlaybookRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Its save play."
    )
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decide_on = models.DateField()
    rank_at_start = models.PositiveSmallIntegerField(null=True, blank=True)
    tier_at_start = models.CharField(max_length=40, blank=True)
    score_at_start = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    arr_at_start = models.DecimalField(max_digits=14, decimal_places=2)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_note = models.CharField(max_length=500, blank=True, help_text="What did it, or what we learnt.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rank_at_end = models.PositiveSmallIntegerField(null=True, blank=True)
    tier_at_end = models.CharField(max_length=40, blank=True)
    score_at_end = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    arr_at_end = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    objects = InterventionQuerySet.as_manager()

    class Meta:
        verbose_name = "save plan"
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-started_at", "-id"], name="intervention_account"),
            models.Index(fields=["due_at"], name="intervention_live", condition=Q(ended_at=None)),
            models.Index(fields=["-ended_at"], name="intervention_ended", condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="intervention_one_live"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None)
                | (~Q(outcome="") & Q(ended_at__isnull=False, ended_at__gte=F("started_at"))),
                name="intervention_end_has_outcome_and_moment",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="intervention_due_after_its_start"),
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(agreed_at__gte=F("started_at")), name="intervention_agreed_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="withdrawn") | ~Q(outcome_note=""), name="intervention_withdrawn_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Save plan: {self.get_reason_display()}"

    @property
    def is_live(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def state(self) -> PlanState:
        """How far it has come."""
        if self.ended_at is not None:
            return PlanState.CLOSED
        return PlanState.OPEN if self.agreed_at is None else PlanState.AGREED

    @property
    def begun_on(self) -> dt.date:
        """The workspace's day on which it began: the first of its 30."""
        return clock.day_of(self.started_at)


class OfPlanQuerySet(models.QuerySet):
    """Parts of a save plan are seen by those who see its account."""

    def visible_to(self, user: User) -> "OfPlanQuerySet":
        return self.filter(of_visible_accounts(user, "intervention__account"))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=UNTRACKED)
class InterventionCheckpoint(Timed, Versioned):
    """A day on which a save plan is looked at, and what was seen: better, the same or worse, with the score of then."""

    class Seen(models.TextChoices):
        BETTER = "better", "Better"
        SAME = "same", "The same"
        WORSE = "worse", "Worse"

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="checkpoints", db_index=False)
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    seen = models.CharField(max_length=6, choices=Seen, blank=True)
    note = models.CharField(max_length=500, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["intervention", "number"]
        indexes = [models.Index(fields=["due_on"], name="checkpoint_ahead", condition=Q(held_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["intervention", "number"], name="checkpoint_number_once"),
            models.CheckConstraint(
                condition=Q(held_at=None, seen="") | (Q(held_at__isnull=False) & ~Q(seen="")),
                name="checkpoint_held_has_a_finding",
            ),
        ]

    def __str__(self) -> str:
        return f"Checkpoint {self.number}, {self.due_on:%d %b %Y}"

    @property
    def is_by_hand(self) -> bool:
        """Whether it was added beside the weekly ones."""
        return is_by_hand(self.number)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=UNTRACKED)
class InterventionPromise(Timed, Versioned):
    """What one side promised in a save plan: by whom, by which day, and whether it was kept."""

    class Side(models.TextChoices):
        US = "us", "Ours"
        CUSTOMER = "customer", "Theirs"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        KEPT = "kept", "Kept"
        BROKEN = "broken", "Broken"

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="promises")
    side = models.CharField(max_length=8, choices=Side, default=Side.US)
    text = models.CharField(max_length=300)
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who keeps it, of ours."
    )
    due_on = models.DateField()
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="save_promise_settled_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Escalation(models.Model):
    """Somebody above was asked to step in for an account: by hand, or because something of its save plan is overdue.

    `cause` names what is overdue (`agreement`, `checkpoint:12`), empty by hand; of each cause a level is told once.
    """

    class Level(models.TextChoices):
        MANAGER = "manager", "Manager"
        EXECUTIVE = "executive", "Executive"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    intervention = models.ForeignKey(
        Intervention, on_delete=models.CASCADE, null=True, blank=True, related_name="escalations"
    )
    level = models.CharField(max_length=9, choices=Level)
    cause = models.CharField(max_length=40, blank=True)
    to = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["account", "-at", "-id"], name="escalation_account")]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "cause", "level"], condition=~Q(cause=""), name="escalation_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(cause="") | Q(intervention__isnull=False), name="escalation_by_itself_has_a_plan"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="escalation_says_why"),
        ]

    def __str__(self) -> str:
        return f"Escalated to the {self.get_level_display().lower()}: {self.why}"
