"""Renewals: one for each period of a contract, with the way that it went."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.models import Account, Contract, Segment, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import stages as domain
from renewals.domain.zones import Zone, bounds_of

# Brought up to date every night from the contract and the score: no business of the audit's.
KEPT_CURRENT = [
    "current_arr", "computed_probability", "adjustments", "followed_owner", "timeline", "by_email", "red_since",
    "updated_at", "version",
]  # fmt: skip


class RenewalQuerySet(models.QuerySet["Renewal"]):
    """Conditions over renewals."""

    def visible_to(self, user: User) -> "RenewalQuerySet":
        return self.filter(of_visible_accounts(user))

    def open(self) -> "RenewalQuerySet":
        return self.exclude(stage=Renewal.Stage.CLOSED)

    def closed(self) -> "RenewalQuerySet":
        return self.filter(stage=Renewal.Stage.CLOSED)

    def due_between(self, first: dt.date, after: dt.date) -> "RenewalQuerySet":
        """Whose day falls in the half-open period [first, after)."""
        return self.filter(due_on__gte=first, due_on__lt=after)

    def due_within(self, days: int, *, today: dt.date) -> "RenewalQuerySet":
        """Whose day is one of the next `days` days, today included."""
        return self.due_between(today, today + dt.timedelta(days=days))

    def due_before(self, day: dt.date | Combinable) -> "RenewalQuerySet":
        """Whose day comes before another, those that are overdue included."""
        return self.filter(due_on__lt=day)

    def without_forecast(self) -> "RenewalQuerySet":
        """Of which the owner has said nothing yet."""
        return self.filter(category="")

    def with_probability(self) -> "RenewalQuerySet":
        """With `probability`, the share that counts: the owner's where there is one, otherwise what was computed."""
        return self.annotate(probability=Coalesce(F("chosen_probability"), F("computed_probability")))

    def in_zone(self, zone: Zone) -> "RenewalQuerySet":
        """Whose probability lies in a zone; those of which none is known lie in no zone."""
        least, above = bounds_of(zone)
        found = self.with_probability()
        found = found if least is None else found.filter(Q(probability__gte=least))
        return found if above is None else found.filter(Q(probability__lt=above))

    def with_decision(self) -> "RenewalQuerySet":
        """With `decision_on`, the last day on which notice can be given; null where the contract has no notice."""
        day = ExpressionWrapper(F("due_on") - F("contract__notice_days"), output_field=models.DateField())
        return self.annotate(decision_on=Case(When(contract__notice_days__gt=0, then=day)))

    def with_countdown(self, *, today: dt.date) -> "RenewalQuerySet":
        """With `counts_to`, the day that is counted down to as `domain.countdown` has it, besides `decision_on`."""
        ahead = When(decision_on__gte=today, then=F("decision_on"))
        return self.with_decision().annotate(counts_to=Case(ahead, default=F("due_on")))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=KEPT_CURRENT)
class Renewal(Timed, Versioned):
    """The question whether a customer stays, asked once for each period of a contract.

    Money is in workspace currency, probabilities are shares. `due_on` is the end of the contract's period, the first
    day without it; it follows the contract while the renewal is open.
    """

    class Stage(models.TextChoices):
        UPCOMING = domain.Stage.UPCOMING.value, domain.STAGE_LABELS[domain.Stage.UPCOMING]
        KICK_OFF = domain.Stage.KICK_OFF.value, domain.STAGE_LABELS[domain.Stage.KICK_OFF]
        VALUE_REVIEW = domain.Stage.VALUE_REVIEW.value, domain.STAGE_LABELS[domain.Stage.VALUE_REVIEW]
        PROPOSAL = domain.Stage.PROPOSAL.value, domain.STAGE_LABELS[domain.Stage.PROPOSAL]
        NEGOTIATION = domain.Stage.NEGOTIATION.value, domain.STAGE_LABELS[domain.Stage.NEGOTIATION]
        CONTRACT_OUT = domain.Stage.CONTRACT_OUT.value, domain.STAGE_LABELS[domain.Stage.CONTRACT_OUT]
        CLOSED = domain.Stage.CLOSED.value, domain.STAGE_LABELS[domain.Stage.CLOSED]

    class Outcome(models.TextChoices):
        FLAT = domain.Outcome.FLAT.value, domain.OUTCOME_LABELS[domain.Outcome.FLAT]
        EXPANDED = domain.Outcome.EXPANDED.value, domain.OUTCOME_LABELS[domain.Outcome.EXPANDED]
        CONTRACTED = domain.Outcome.CONTRACTED.value, domain.OUTCOME_LABELS[domain.Outcome.CONTRACTED]
        LOST = domain.Outcome.LOST.value, domain.OUTCOME_LABELS[domain.Outcome.LOST]

    class Category(models.TextChoices):
        COMMIT = domain.Category.COMMIT.value, domain.CATEGORY_LABELS[domain.Category.COMMIT]
        BEST_CASE = domain.Category.BEST_CASE.value, domain.CATEGORY_LABELS[domain.Category.BEST_CASE]
        AT_RISK = domain.Category.AT_RISK.value, domain.CATEGORY_LABELS[domain.Category.AT_RISK]
        OMITTED = domain.Category.OMITTED.value, domain.CATEGORY_LABELS[domain.Category.OMITTED]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="renewals", db_index=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="renewals", db_index=False)
    due_on = models.DateField("renewal date")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="renewals")
    segment = models.ForeignKey(
        Segment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.UPCOMING)
    stage_since = models.DateTimeField()
    current_arr = models.DecimalField("current ARR", max_digits=14, decimal_places=2)
    expected_arr = models.DecimalField(
        "expected ARR",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What the owner expects it to renew at; empty for the current ARR.",
    )
    category = models.CharField("forecast", max_length=9, choices=Category, blank=True, default="")
    computed_probability = models.DecimalField(max_digits=5, decimal_places=4, null=True, editable=False)
    adjustments = models.JSONField(
        default=list, editable=False, help_text="How the probability came about: pairs of words and points."
    )
    chosen_probability = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    chosen_reason = models.CharField(max_length=300, blank=True)
    chosen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    competitor = models.CharField(max_length=120, blank=True)
    # The owner of the account whom the owner of the renewal follows; where they differ, somebody chose another.
    followed_owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False, db_index=False
    )
    timeline = models.ForeignKey(
        "renewals.Timeline", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals", editable=False
    )
    by_email = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="Its steps are drafts of e-mails only."
    )
    red_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when it is in the red zone; empty where it is not."
    )

    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    close_reason = models.CharField(max_length=300, blank=True)
    signed_on = models.DateField("signed", null=True, blank=True)
    closed_arr = models.DecimalField("closed ARR", max_digits=14, decimal_places=2, null=True, blank=True)
    closed_term_months = models.PositiveSmallIntegerField("new term in months", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    new_contract = models.OneToOneField(
        Contract, on_delete=models.SET_NULL, null=True, blank=True, related_name="renewed_from"
    )

    objects = RenewalQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["account", "-due_on"], name="renewal_account"),
            models.Index(
                fields=["due_on", "id"],
                include=["account", "owner", "current_arr", "expected_arr", "stage", "category"],
                name="renewal_due",
            ),
            models.Index(fields=["owner", "due_on"], name="renewal_open_of", condition=~Q(stage="closed")),
            models.Index(
                fields=["due_on"],
                include=["account"],
                name="renewal_without_forecast",
                condition=~Q(stage="closed") & Q(category=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contract", "due_on"], name="renewal_once_a_period"),
            models.UniqueConstraint(fields=["contract"], condition=~Q(stage="closed"), name="renewal_one_open"),
            models.CheckConstraint(
                condition=Q(current_arr__gte=0)
                & (Q(expected_arr=None) | Q(expected_arr__gte=0))
                & (Q(closed_arr=None) | Q(closed_arr__gte=0)),
                name="renewal_arr_not_negative",
            ),
            models.CheckConstraint(
                condition=(Q(computed_probability=None) | Q(computed_probability__range=(0, 1)))
                & (Q(chosen_probability=None) | Q(chosen_probability__range=(0, 1))),
                name="renewal_probability_is_share",
            ),
            models.CheckConstraint(
                condition=Q(chosen_probability=None) | ~Q(chosen_reason=""), name="renewal_choice_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(
                    stage="closed",
                    outcome__in=[outcome.value for outcome in domain.Outcome],
                    closed_arr__isnull=False,
                    closed_at__isnull=False,
                )
                | (~Q(stage="closed") & Q(outcome="", closed_arr=None, closed_at=None, signed_on=None)),
                name="renewal_closed_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Renewal of {self.account} on {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.stage != self.Stage.CLOSED


class StageMove(models.Model):
    """A renewal moved from one stage to another; the first one, from nowhere, is its opening."""

    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="moves", db_index=False)
    before = models.CharField(max_length=12, choices=Renewal.Stage, blank=True)
    after = models.CharField(max_length=12, choices=Renewal.Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["renewal", "at", "pk"]
        indexes = [models.Index(fields=["renewal", "at", "id"], name="stage_move_of")]

    def __str__(self) -> str:
        return f"{self.before or '—'} → {self.after}"
