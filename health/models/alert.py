"""Alerts and the rules that raise them."""

import datetime as dt
from decimal import Decimal

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.models import Account, Task, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from health.domain.trend import WINDOW_DAYS


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class AlertRule(models.Model):
    """What sets an alert off, and who is told."""

    class Trigger(models.TextChoices):
        SCORE_DROP = "score_drop", "Score drops by more than the threshold within the window"
        ENTERS_TIER = "enters_tier", "Score enters the tier"
        DECLINING = "declining", "Trend declines for the window"
        SCORE_UNDER = "score_under", "Score is under the threshold"
        DATA_GAP = "data_gap", "A source that used to report is silent for the window"
        SIGNAL = "signal", "A churn signal of the kind is raised"

    class Severity(models.IntegerChoices):
        CRITICAL = 1, "Critical"
        HIGH = 2, "High"
        NORMAL = 3, "Normal"

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    trigger = models.CharField(max_length=12, choices=Trigger)
    threshold = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, blank=True, help_text="Points of the score."
    )
    window_days = models.PositiveSmallIntegerField(null=True, blank=True)
    tier_rank = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 is the best tier, 4 the worst.")
    signal_kind = models.CharField(
        max_length=30, blank=True, default="", db_default="", help_text="Which churn signal."
    )
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.NORMAL)
    to_csm = models.BooleanField("tell the CSM", default=True)
    to_manager = models.BooleanField("tell the manager", default=False)
    to_executive = models.BooleanField("tell the executive", default=False)
    to_admin = models.BooleanField("tell the admins", default=False)
    task_title = models.CharField(max_length=120, blank=True, help_text="Makes a task for the CSM; empty for none.")
    task_due_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    next_action = models.CharField(max_length=200, help_text="What to do, in one line.")
    active = models.BooleanField(default=True)

    NEEDS = {
        Trigger.SCORE_DROP: ("threshold", "window_days"),
        Trigger.ENTERS_TIER: ("tier_rank",),
        Trigger.DECLINING: ("window_days",),
        Trigger.SCORE_UNDER: ("threshold",),
        Trigger.DATA_GAP: ("window_days",),
        Trigger.SIGNAL: ("signal_kind",),
    }

    RANGES = {
        "threshold": (Decimal("0.1"), Decimal(100), "Give points of the score, from 0.1 to 100."),
        "window_days": (1, 30, "Give 1 to 30 days: rules look that far back."),
        "tier_rank": (2, 4, "Give the rank of a tier that can be entered from above, 2 to 4; 4 is the worst."),
    }

    class Meta:
        ordering = ["severity", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task_title="") | Q(task_due_hours__isnull=False), name="alert_rule_task_has_a_due_time"
            ),
            models.UniqueConstraint(
                fields=["signal_kind"], condition=~Q(signal_kind=""), name="alert_rule_one_per_signal_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.trigger not in self.Trigger.values:  # named by the field already
            return
        problems = self._problems()
        if problems:
            raise ValidationError(problems)

    def _problems(self) -> dict[str, str]:
        """What makes no sense, by field. What the trigger does not look at is not judged."""
        needs = self.NEEDS[self.Trigger(self.trigger)]
        found = {field: "This trigger needs it." for field in needs if getattr(self, field) in (None, "")}
        for field in (set(needs) & set(self.RANGES)) - set(found):
            low, high, words = self.RANGES[field]
            if not low <= getattr(self, field) <= high:
                found[field] = words
        if self.trigger == self.Trigger.DECLINING and self.window_days not in (None, WINDOW_DAYS):
            found["window_days"] = f"The trend is that of {WINDOW_DAYS} days."
        if self.task_title and self.task_due_hours is None:
            found["task_due_hours"] = "Say within how many hours the task is due."
        if self.task_due_hours is not None and not self.task_title:
            found["task_title"] = "Name the task that is due, or leave its hours empty."
        return found


class AlertQuerySet(models.QuerySet["Alert"]):
    """Conditions over alerts."""

    def visible_to(self, user: User) -> "AlertQuerySet":
        return self.filter(of_visible_accounts(user))

    def unresolved(self) -> "AlertQuerySet":
        return self.exclude(state=Alert.State.RESOLVED)

    def loud(self, *, now: dt.datetime) -> "AlertQuerySet":
        """Wanting attention: open, or asleep until a moment that has passed."""
        return self.filter(Q(state=Alert.State.OPEN) | Q(state=Alert.State.SNOOZED, snoozed_until__lte=now))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"])
class Alert(Timed, Versioned):
    """Something that somebody must know about an account. One unresolved per account and rule."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        SNOOZED = "snoozed", "Snoozed"
        RESOLVED = "resolved", "Resolved"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="alerts")
    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="alerts")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    severity = models.PositiveSmallIntegerField(choices=AlertRule.Severity)
    title = models.CharField(max_length=200, help_text="What changed.")
    reasons = models.JSONField(default=list, help_text="The indicators that moved it: label, detail, points.")
    next_action = models.CharField(max_length=200)
    score_before = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    score_after = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    worst_score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    reopened = models.PositiveSmallIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    acted = models.BooleanField(default=False, help_text="A touch, a task or a play followed while it was open.")

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "state"], name="alert_account"),
            models.Index(fields=["severity", "-opened_at", "-id"], name="alert_inbox", condition=~Q(state="resolved")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "rule"], condition=~Q(state="resolved"), name="alert_one_unresolved"
            ),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False) | ~Q(state="snoozed"),
                name="alert_snooze_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) | (~Q(state="resolved") & Q(resolved_at=None)),
                name="alert_resolved_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title
