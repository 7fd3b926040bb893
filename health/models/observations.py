"""What was seen: the raw material of every metric.

Standard measures lie in wide daily roll-ups (`UsageDay`), which a nightly run reads four times faster than one row a
measure. Who was active and which features were used lies in one row a month with a bit a day, so that "distinct in
the last 30 days" is a mask and not a scan of every day. Custom metrics lie in narrow rows (`MetricPoint`).
"""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Trunc

from accounts.models import Account, Contact, Product, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Sourced, unique_from_outside


class OfAccountQuerySet(models.QuerySet):
    """Observations belong to an account and are seen by those who see it."""

    def visible_to(self, user: User) -> "OfAccountQuerySet":
        return self.filter(of_visible_accounts(user))


class UsageDay(models.Model):
    """Use of a product by an account on one day."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="usage_days", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    day = models.DateField()
    logins = models.PositiveIntegerField(null=True, blank=True)
    active_users = models.PositiveIntegerField(null=True, blank=True)
    core_actions = models.PositiveIntegerField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    data_volume = models.FloatField(null=True, blank=True)
    seats_assigned = models.PositiveIntegerField(null=True, blank=True)
    integrations = models.PositiveIntegerField(null=True, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day", "product"], name="usage_day_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}"


class Feature(models.Model):
    """Something that a product can do and whose use is seen."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="features")
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    core = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="feature_once_per_product")]

    def __str__(self) -> str:
        return self.name


class FeatureMonth(models.Model):
    """Days of a month on which an account used a feature, bit 0 the first; `uses` counts each day, null if unseen."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="feature_months", db_index=False)
    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day.")
    days = models.IntegerField()
    uses = ArrayField(models.IntegerField(null=True), size=31)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "month", "feature"], name="feature_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="feature_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.feature_id} {self.month:%Y-%m}"


class UserMonth(models.Model):
    """Days of a month on which one user of the customer was active: bit 0 is the first."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="user_months", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user_key = models.CharField(max_length=120, help_text="The customer's user, as the source names it.")
    month = models.DateField(help_text="Its first day.")
    days = models.IntegerField()

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "user_key", "product"], name="user_month_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="user_month_begins_on_the_first"),
        ]

    def __str__(self) -> str:
        return f"{self.user_key} {self.month:%Y-%m}"


class Ticket(Sourced):
    """A question or complaint to support."""

    class Severity(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        CRITICAL = "critical", "Critical"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tickets", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets")
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.NORMAL)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    first_response_minutes = models.PositiveIntegerField(null=True, blank=True)
    escalated = models.BooleanField(default=False)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5.")

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-opened_at", "-id"], name="ticket_account"),
            models.Index(
                fields=["closed_at"],
                name="ticket_to_ask_about",
                condition=Q(closed_at__isnull=False, contact__isnull=False, rating=None),
            ),
        ]
        constraints = [
            unique_from_outside("ticket"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")), name="ticket_closed_after_opened"
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="ticket_rating_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"Ticket {self.external_id}"


class SurveyAnswerQuerySet(OfAccountQuerySet):
    """Conditions over answers to surveys."""

    def latest_of(self, kind: str, since: dt.datetime, *, within: Trunc | None = None) -> "SurveyAnswerQuerySet":
        """The answers of a kind since a moment, of each person the latest; with `within` the latest in each `period`.

        An answer without a contact stands for a person of its own, as in the metric `nps`.
        """
        newer = SurveyAnswer.objects.filter(kind=kind, at__gte=since, contact=OuterRef("contact")).filter(
            Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        )
        found = self.filter(kind=kind, at__gte=since)
        if within is not None:
            found, newer = (one.annotate(period=within) for one in (found, newer))
            newer = newer.filter(period=OuterRef("period"))
        # By what is not there, and not by a place among all: nothing is sorted.
        return found.filter(~Exists(newer))


class SurveyAnswer(Sourced):
    """One answer: NPS from 0 to 10, the others from 1 to 5."""

    class Kind(models.TextChoices):
        NPS = "nps", "NPS"
        CSAT = "csat", "CSAT"
        ONBOARDING = "onboarding", "Onboarding"
        REVIEW = "review", "Review"
        EXIT = "exit", "Exit"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="survey_answers", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="answers")
    kind = models.CharField(max_length=10, choices=Kind)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "kind", "-at", "-id"], name="survey_answer_account"),
            # With all that results count, so that they are added up without the comments.
            models.Index(
                fields=["kind", "-at", "-id"], include=["account", "contact", "score"], name="survey_answer_counted"
            ),
        ]
        constraints = [
            unique_from_outside("survey_answer"),
            models.CheckConstraint(
                condition=Q(kind="nps", score__lte=10) | (~Q(kind="nps") & Q(score__gte=1, score__lte=5)),
                name="survey_answer_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.score}"


class TrainingRecord(Sourced):
    """A course given to an account or one of its people, and when it was finished."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="training", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="training")
    course = models.CharField(max_length=120)
    assigned_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "assigned_on"], name="training_account")]
        constraints = [
            unique_from_outside("training"),
            models.CheckConstraint(
                condition=Q(completed_on=None) | Q(completed_on__gte=models.F("assigned_on")),
                name="training_completed_after_assigned",
            ),
        ]

    def __str__(self) -> str:
        return self.course


class Event(Sourced):
    """Something that an account or one of its people did or took part in."""

    class Kind(models.TextChoices):
        ATTENDED = "attended", "Attended a webinar or event"
        INVITED = "invited", "Was invited to a webinar or event"
        COMMUNITY = "community", "Posted, answered or voted in the community"
        CUSTOM = "custom", "Other"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="events", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CUSTOM)
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    properties = models.JSONField(default=dict, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "kind", "-at"], name="event_account")]
        constraints = [unique_from_outside("event")]

    def __str__(self) -> str:
        return self.name


class MetricPoint(models.Model):
    """A custom metric's value on a day."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="metric_points", db_index=False)
    name = models.CharField(max_length=80)
    day = models.DateField()
    value = models.FloatField()

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name", "day"], name="metric_point_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class AlignmentJudgement(models.Model):
    """The CSM's judgement of how well the customer's strategy and ours point the same way; the latest one holds."""

    class Value(models.TextChoices):
        ALIGNED = "aligned", "Aligned"
        UNCERTAIN = "uncertain", "Uncertain"
        MISALIGNED = "misaligned", "Misaligned"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="alignment", db_index=False)
    value = models.CharField(max_length=10, choices=Value)
    comment = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-at", "-id"], name="alignment_account")]

    def __str__(self) -> str:
        return self.get_value_display()
