"""Checkpoints of a renewal: three judgements of its risk side by side, and the plan that "at risk" asks for."""

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import assessments as domain
from renewals.models.renewal import Renewal


class RenewalCheckpointQuerySet(models.QuerySet["RenewalCheckpoint"]):
    """Conditions over checkpoints."""

    def visible_to(self, user: User) -> "RenewalCheckpointQuerySet":
        return self.filter(renewal__account__in=Account.objects.visible_to(user).values("pk"))

    def to_be_assessed(self) -> "RenewalCheckpointQuerySet":
        """Of open renewals, of which nobody has said yet how they stand."""
        return self.filter(assessed="").exclude(renewal__stage=Renewal.Stage.CLOSED)

    def to_be_decided(self) -> "RenewalCheckpointQuerySet":
        """Of open renewals, where the data and the CSM differ and no manager has decided yet."""
        differ = ~Q(automated="") & ~Q(assessed="") & ~Q(automated=F("assessed"))
        return self.filter(differ, final="").exclude(renewal__stage=Renewal.Stage.CLOSED)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"]
)
class RenewalCheckpoint(Timed, Versioned):
    """How one renewal stands so many days before its date, by the data, by the CSM, and in the end.

    `final` is written as soon as it is settled: with the assessment where both agree, by a manager where they differ.
    """

    class Risk(models.TextChoices):
        ON_TRACK = domain.Risk.ON_TRACK.value, domain.RISK_LABELS[domain.Risk.ON_TRACK]
        WATCHING = domain.Risk.WATCHING.value, domain.RISK_LABELS[domain.Risk.WATCHING]
        AT_RISK = domain.Risk.AT_RISK.value, domain.RISK_LABELS[domain.Risk.AT_RISK]

    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="checkpoints", db_index=False)
    days = models.PositiveSmallIntegerField(help_text="Days before the renewal date.")
    reached_on = models.DateField(help_text="The day on which the data were looked at.")
    automated = models.CharField(max_length=8, choices=Risk, blank=True, help_text="Empty where nothing was known.")
    automated_words = models.CharField(max_length=300, blank=True)
    assessed = models.CharField(max_length=8, choices=Risk, blank=True)
    assessed_words = models.TextField(blank=True)
    assessed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    assessed_at = models.DateTimeField(null=True, blank=True)
    final = models.CharField(max_length=8, choices=Risk, blank=True)
    final_words = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    action_plan = models.TextField(blank=True)

    objects = RenewalCheckpointQuerySet.as_manager()

    class Meta:
        ordering = ["renewal", "-days"]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "days"], name="renewal_checkpoint_once"),
            models.CheckConstraint(
                condition=Q(days__in=[180, 90]),
                name="renewal_checkpoint_days",
            ),
            models.CheckConstraint(
                condition=Q(days=180) | (~Q(automated="watching") & ~Q(assessed="watching") & ~Q(final="watching")),
                name="renewal_checkpoint_no_watching_at_90",
            ),
            models.CheckConstraint(
                condition=(~Q(assessed="at_risk") & ~Q(final="at_risk")) | ~Q(action_plan=""),
                name="renewal_checkpoint_risk_has_plan",
            ),
            models.CheckConstraint(
                condition=Q(assessed="", assessed_at=None) | (~Q(assessed="") & Q(assessed_at__isnull=False)),
                name="renewal_checkpoint_assessed_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(final="") | ~Q(assessed=""), name="renewal_checkpoint_final_after_assessment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.renewal}, {self.days} days before"
