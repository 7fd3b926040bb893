"""Churn signals, the rules that find them, and the spells in which an account shows several at once."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from accounts.models import Account, Note, User
from cs_workspace.common.models import Timed, Versioned
from health.domain.signals import NEEDS, SignalState, label_of
from health.models.alert import AlertRule

LIVE = (SignalState.OPEN.value, SignalState.CONFIRMED.value)


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class SignalRule(models.Model):
    """When a churn signal of one kind is seen. Which of the figures counts, and for what, hangs on the kind."""

    kind = models.SlugField(max_length=30, unique=True, editable=False)
    active = models.BooleanField(default=True)
    severity = models.PositiveSmallIntegerField(choices=AlertRule.Severity, default=AlertRule.Severity.NORMAL)
    lead_days = models.PositiveSmallIntegerField("lead time in days", help_text="How long before a loss it is seen.")
    threshold = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    window_days = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_days = models.PositiveSmallIntegerField(null=True, blank=True)
    words = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        help_text="Key words or names of events, separated by commas; case does not matter.",
    )

    class Meta:
        ordering = ["severity", "kind"]
        constraints = [
            models.CheckConstraint(condition=Q(threshold=None) | Q(threshold__gte=0), name="signal_rule_threshold"),
            models.CheckConstraint(condition=Q(lead_days__gte=1), name="signal_rule_lead_time"),
        ]

    def __str__(self) -> str:
        return label_of(self.kind)

    def clean(self) -> None:
        missing = [name for name in NEEDS.get(self.kind, {}) if name != "words" and getattr(self, name) is None]
        if missing:
            raise ValidationError(dict.fromkeys(missing, "This kind of signal needs it."))


class ChurnSignalQuerySet(models.QuerySet["ChurnSignal"]):
    """Conditions over churn signals."""

    def visible_to(self, user: User) -> "ChurnSignalQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def live(self) -> "ChurnSignalQuerySet":
        """Open ones, confirmed or not yet: what counts for the level of an account."""
        return self.filter(state__in=LIVE)


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["updated_at", "version", "evidence", "figures", "refs", "gone_on"],
)
class ChurnSignal(Timed, Versioned):
    """An observed event that announces churn. One live per account and kind.

    Detected ones follow their evidence from night to night; what is tracked in their history is what becomes of them.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "Confirmed"
        DISMISSED = "dismissed", "Dismissed"
        RESOLVED = "resolved", "Resolved"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="signals", db_index=False)
    kind = models.SlugField(max_length=30, db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    severity = models.PositiveSmallIntegerField(choices=AlertRule.Severity)
    evidence = models.CharField(max_length=500, help_text="What was observed, in words.")
    figures = models.JSONField(default=dict, help_text="What was observed, in numbers and days.")
    refs = ArrayField(
        models.CharField(max_length=80), default=list, help_text="What it rests on, such as ticket:12; empty by hand."
    )
    seen_on = models.DateField()
    lead_days = models.PositiveSmallIntegerField(help_text="How long before a loss such a signal is seen.")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    detected = models.BooleanField(help_text="Found by a rule, and not logged by hand.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was dismissed or resolved.")
    gone_on = models.DateField(null=True, blank=True, help_text="Since when its evidence is gone.")

    objects = ChurnSignalQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "-seen_on", "-pk"]
        indexes = [models.Index(fields=["account", "kind", "-id"], name="signal_account")]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], condition=Q(state__in=LIVE), name="signal_one_live"),
            models.CheckConstraint(
                condition=Q(state__in=LIVE) | Q(changed_at__isnull=False), name="signal_end_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="signal_dismissed_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What its kind is called."""
        return label_of(self.kind)

    @property
    def is_live(self) -> bool:
        """Whether it counts for the level of the account."""
        return self.state in LIVE


class RiskEpisode(models.Model):
    """A spell in which an account shows three or more signals: assessed and escalated once. One running per account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="risk_episodes", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.ForeignKey(Note, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-began_at", "-pk"]
        indexes = [models.Index(fields=["account", "-began_at"], name="risk_episode_account")]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="risk_episode_one_running"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="risk_episode_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} since {self.began_at:%d %b %Y}"
