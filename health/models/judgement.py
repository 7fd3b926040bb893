"""What people say beside the score: the CSM's pulse, overridden tiers, and where score, money and pulse disagree."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from cs_workspace.common.models import RealField
from health.domain.judgement import PULSE_LABELS, STALE_DAYS
from health.models.observations import OfAccountQuerySet


class PulseQuerySet(OfAccountQuerySet):
    """Conditions over pulses."""

    def in_force(self) -> "PulseQuerySet":
        """The latest of each account, as long as the same person owns it as when it was judged; stale ones too."""
        same = Q(owner=F("account__owner")) | Q(owner=None, account__owner=None)
        return self.filter(same, is_latest=True)

    def fresh(self, *, now: dt.datetime) -> "PulseQuerySet":
        """Those in force that still count."""
        return self.in_force().filter(at__gt=now - dt.timedelta(days=STALE_DAYS))


class Pulse(models.Model):
    """The CSM's own judgement of an account, a second axis beside the score. All are kept; the latest one holds.

    `owner` is who looked after the account when it was judged: a new owner begins with "not judged".
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pulses", db_index=False)
    value = models.PositiveSmallIntegerField(choices=[(int(value), label) for value, label in PULSE_LABELS.items()])
    comment = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Taken back by the one who judged.")
    is_latest = models.BooleanField(default=True)

    objects = PulseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-at", "-id"], name="pulse_account")]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(is_latest=True), name="pulse_one_latest"),
            models.CheckConstraint(condition=Q(value__lte=4), name="pulse_in_range"),
            models.CheckConstraint(
                condition=Q(is_latest=False) | Q(withdrawn_at=None), name="pulse_withdrawn_is_not_latest"
            ),
        ]

    def __str__(self) -> str:
        return self.get_value_display()


class TierOverrideQuerySet(OfAccountQuerySet):
    """Conditions over overrides."""

    def live(self, *, now: dt.datetime) -> "TierOverrideQuerySet":
        """In force at a moment."""
        return self.filter(ended_at=None, ends_at__gt=now)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TierOverride(models.Model):
    """A tier that a person set in place of the computed one, with a reason and an end.

    `until` is its last day, and `ends_at` the midnight after it where `by` is. `expected_churn` is that of the tier
    when it was set. One an account that has not ended.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="overrides")
    rank = models.PositiveSmallIntegerField(help_text="Of the tier that counts instead; 1 is the best.")
    label = models.CharField(max_length=40)
    expected_churn = models.DecimalField(max_digits=4, decimal_places=3)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    until = models.DateField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty: it ran out."
    )

    objects = TierOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["ends_at", "pk"]
        indexes = [models.Index(fields=["ends_at"], name="override_ending", condition=Q(ended_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="override_one_live"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=4), name="override_rank_of_a_tier"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("at"), ends_at__lte=F("at") + dt.timedelta(days=92)),
                name="override_at_most_90_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} until {self.until}"


class Disagreement(models.Model):
    """One way in which score, money and pulse of an account point apart, kept by the recompute while it lasts.

    The facts are those of the last look at it. `seen_at` says that somebody agreed to it; it comes back when tier or
    pulse are others, or the money has moved by 10 points since (`seen_change`).
    """

    class Kind(models.TextChoices):
        HEALTHY_USAGE = "healthy_usage", "Healthy, usage falling"
        HEALTHY_ARR = "healthy_arr", "Healthy, ARR falling"
        CRITICAL_ARR = "critical_arr", "Critical, ARR growing"
        PULSE_BELOW = "pulse_below", "Pulse below the score"
        PULSE_ABOVE = "pulse_above", "Pulse above the score"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="disagreements", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind)
    since = models.DateField()
    rank = models.PositiveSmallIntegerField()
    usage_change = RealField(null=True)
    arr_change = RealField(null=True)
    pulse = models.PositiveSmallIntegerField(null=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seen_change = RealField(null=True, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="disagreement_once")]

    def __str__(self) -> str:
        return self.get_kind_display()
