"""Expansion: the signals that a customer is about to grow, and the opportunities that come of them."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import Case, DecimalField, F, Q, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Account, ContractLine, Onboarding, Playbook, Product, User
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import expansion as domain
from renewals.domain.opportunities import KIND_LABELS, OPEN_STAGES, STAGE_LABELS, STAGE_PROBABILITY
from renewals.domain.opportunities import Kind as OpportunityKind
from renewals.domain.opportunities import Stage as OpportunityStage

LIVE = [state.value for state in domain.LIVE]
OPEN = [stage.value for stage in OPEN_STAGES]


class ExpansionSignalQuerySet(models.QuerySet["ExpansionSignal"]):
    """Conditions over expansion signals."""

    def visible_to(self, user: User) -> "ExpansionSignalQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def open(self) -> "ExpansionSignalQuerySet":
        """Those that nobody took up yet."""
        return self.filter(state=ExpansionSignal.State.OPEN)

    def live(self) -> "ExpansionSignalQuerySet":
        """Open or taken up: a second one of the kind is not raised beside it."""
        return self.filter(state__in=LIVE)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["updated_at", "version", "strength", "evidence", "figures"],
)
class ExpansionSignal(Timed, Versioned):
    """Something observed that announces growth. One live per account and kind.

    Those that were detected follow what they rest on from night to night, and end with it.
    """

    class Kind(models.TextChoices):
        LIMIT = domain.SignalKind.LIMIT.value, domain.KINDS[domain.SignalKind.LIMIT].label
        DEPARTMENT = domain.SignalKind.DEPARTMENT.value, domain.KINDS[domain.SignalKind.DEPARTMENT].label
        HIGHER_TIER = domain.SignalKind.HIGHER_TIER.value, domain.KINDS[domain.SignalKind.HIGHER_TIER].label
        GROWTH = domain.SignalKind.GROWTH.value, domain.KINDS[domain.SignalKind.GROWTH].label
        CHAMPION = domain.SignalKind.CHAMPION.value, domain.KINDS[domain.SignalKind.CHAMPION].label
        RENEWAL = domain.SignalKind.RENEWAL.value, domain.KINDS[domain.SignalKind.RENEWAL].label
        API = domain.SignalKind.API.value, domain.KINDS[domain.SignalKind.API].label

    class Strength(models.TextChoices):
        HOT = domain.Strength.HOT.value, domain.STRENGTH_LABELS[domain.Strength.HOT]
        WARM = domain.Strength.WARM.value, domain.STRENGTH_LABELS[domain.Strength.WARM]

    class State(models.TextChoices):
        OPEN = domain.SignalState.OPEN.value, domain.STATE_LABELS[domain.SignalState.OPEN]
        TAKEN_UP = domain.SignalState.TAKEN_UP.value, domain.STATE_LABELS[domain.SignalState.TAKEN_UP]
        DISMISSED = domain.SignalState.DISMISSED.value, domain.STATE_LABELS[domain.SignalState.DISMISSED]
        OVER = domain.SignalState.OVER.value, domain.STATE_LABELS[domain.SignalState.OVER]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="expansion_signals", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    strength = models.CharField(max_length=4, choices=Strength)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    evidence = models.CharField(max_length=500, help_text="What was observed, in words.")
    figures = models.JSONField(default=dict, help_text="What was observed, in numbers and days.")
    seen_on = models.DateField()
    origin_key = models.CharField(
        max_length=120, blank=True, help_text="What it rests on, so that one cause is one signal; empty by hand."
    )
    opened_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was dismissed, or is over.")
    quiet_until = models.DateField(
        null=True, help_text="Before that day the kind is not raised again for the account; empty for no rest."
    )

    objects = ExpansionSignalQuerySet.as_manager()

    class Meta:
        ordering = ["strength", "-seen_on", "-pk"]
        indexes = [
            models.Index(fields=["account", "kind", "-id"], name="expansion_signal_account"),
            models.Index(
                fields=["strength", "-seen_on", "-id"], name="expansion_signal_open", condition=Q(state="open")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(state__in=LIVE), name="expansion_signal_one_live"
            ),
            models.UniqueConstraint(
                fields=["origin_key"], condition=~Q(origin_key=""), name="expansion_signal_once_a_cause"
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="expansion_signal_dismissed_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.evidence}"

    @property
    def about(self) -> domain.KindOfSignal:
        """Its kind in words, with the play for it."""
        return domain.KINDS[domain.SignalKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class BudgetAnswerQuerySet(models.QuerySet["BudgetAnswer"]):
    """Conditions over answers."""

    def visible_to(self, user: User) -> "BudgetAnswerQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class BudgetAnswer(models.Model):
    """What the customer said of the budget for more, kept with who heard it; the latest one holds."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="budget_answers", db_index=False)
    is_confirmed = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = BudgetAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["account", "-at", "-id"], name="budget_answer_account")]

    def __str__(self) -> str:
        return "Budget confirmed" if self.is_confirmed else "No budget"


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """Conditions over opportunities."""

    def visible_to(self, user: User) -> "OpportunityQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def open(self) -> "OpportunityQuerySet":
        return self.filter(stage__in=OPEN)

    def won_between(self, first: dt.date, after: dt.date) -> "OpportunityQuerySet":
        """Won in the half-open period [first, after)."""
        return self.filter(won_on__gte=first, won_on__lt=after)

    def with_probability(self) -> "OpportunityQuerySet":
        """With `probability`, as `renewals.domain.opportunities.probability_of` says it, and `weighted`, the value by
        it."""
        share: DecimalField = DecimalField(max_digits=5, decimal_places=4)
        by_stage = Case(
            *(
                When(stage=stage.value, then=Value(worth, output_field=share))
                for stage, worth in STAGE_PROBABILITY.items()
            ),
            output_field=share,
        )
        probability = Case(
            When(stage__in=OPEN, then=Coalesce(F("chosen_probability"), by_stage)), default=by_stage, output_field=share
        )
        money: DecimalField = DecimalField(max_digits=18, decimal_places=6)
        return self.annotate(probability=probability).annotate(
            weighted=models.ExpressionWrapper(F("value") * F("probability"), output_field=money)
        )


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"]
)
class Opportunity(Timed, Versioned):
    """More that a customer may buy: what, for how much a year, and how far the talks are.

    `value` is ARR in workspace currency, probabilities are shares. A won one names the contract line that it grew or
    made, with what it added there in the contract's currency, so that the win can be taken back.
    """

    class Kind(models.TextChoices):
        SEATS = OpportunityKind.SEATS.value, KIND_LABELS[OpportunityKind.SEATS]
        TIER = OpportunityKind.TIER.value, KIND_LABELS[OpportunityKind.TIER]
        CROSS_SELL = OpportunityKind.CROSS_SELL.value, KIND_LABELS[OpportunityKind.CROSS_SELL]
        SERVICES = OpportunityKind.SERVICES.value, KIND_LABELS[OpportunityKind.SERVICES]
        DEPARTMENT = OpportunityKind.DEPARTMENT.value, KIND_LABELS[OpportunityKind.DEPARTMENT]

    class Stage(models.TextChoices):
        IDENTIFIED = OpportunityStage.IDENTIFIED.value, STAGE_LABELS[OpportunityStage.IDENTIFIED]
        QUALIFIED = OpportunityStage.QUALIFIED.value, STAGE_LABELS[OpportunityStage.QUALIFIED]
        PROPOSED = OpportunityStage.PROPOSED.value, STAGE_LABELS[OpportunityStage.PROPOSED]
        NEGOTIATION = OpportunityStage.NEGOTIATION.value, STAGE_LABELS[OpportunityStage.NEGOTIATION]
        WON = OpportunityStage.WON.value, STAGE_LABELS[OpportunityStage.WON]
        LOST = OpportunityStage.LOST.value, STAGE_LABELS[OpportunityStage.LOST]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="opportunities", db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    stage = models.CharField(max_length=11, choices=Stage, default=Stage.IDENTIFIED)
    stage_since = models.DateTimeField()
    value = models.DecimalField(
        "value", max_digits=14, decimal_places=2, help_text="ARR a year, in workspace currency."
    )
    chosen_probability = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    expected_close = models.DateField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="opportunities")
    signal = models.OneToOneField(
        ExpansionSignal, on_delete=models.SET_NULL, null=True, blank=True, related_name="opportunity"
    )
    play = models.ForeignKey(
        Playbook, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    seats = models.PositiveIntegerField(null=True, blank=True)
    department = models.CharField(max_length=120, blank=True)
    next_step = models.CharField(max_length=200, blank=True)

    lost_reason = models.CharField(max_length=300, blank=True)
    won_on = models.DateField("won", null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    contract_line = models.ForeignKey(ContractLine, on_delete=models.SET_NULL, null=True, related_name="+")
    line_is_new = models.BooleanField(default=False)
    added_arr = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="What the win added to the line, in its currency."
    )
    onboarding = models.ForeignKey(
        Onboarding, on_delete=models.SET_NULL, null=True, related_name="+", help_text="The roll-out that the win began."
    )

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering = ["expected_close", "pk"]
        indexes = [
            models.Index(fields=["account", "stage"], name="opportunity_account"),
            models.Index(
                fields=["stage", "expected_close", "id"],
                include=["account", "owner", "value", "chosen_probability"],
                name="opportunity_stage",
            ),
            models.Index(fields=["won_on"], name="opportunity_won", condition=Q(stage="won")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="opportunity_value_not_negative"),
            models.CheckConstraint(
                condition=Q(chosen_probability=None) | Q(chosen_probability__range=(0, 1)),
                name="opportunity_probability_is_share",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=OPEN, won_on=None, lost_reason="", closed_at=None)
                | Q(stage="won", won_on__isnull=False, lost_reason="", closed_at__isnull=False)
                | (Q(stage="lost", won_on=None, closed_at__isnull=False) & ~Q(lost_reason="")),
                name="opportunity_closed_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN


class OpportunityMove(models.Model):
    """An opportunity moved from one stage to another; the first one, from nowhere, is its beginning."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="moves", db_index=False)
    before = models.CharField(max_length=11, choices=Opportunity.Stage, blank=True)
    after = models.CharField(max_length=11, choices=Opportunity.Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["opportunity", "at", "pk"]
        indexes = [models.Index(fields=["opportunity", "at", "id"], name="opportunity_move_of")]

    def __str__(self) -> str:
        return f"{self.before or '—'} → {self.after}"
