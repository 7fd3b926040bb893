"""Models of churn that were learned from what became of accounts, and what the one in use says of each account."""

import datetime as dt
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Account, User
from cs_workspace.common.models import RealField


class ChurnModelQuerySet(models.QuerySet["ChurnModel"]):
    """Conditions over versions of the model."""

    def waiting(self, *, now: dt.datetime, stale_after: dt.timedelta) -> "ChurnModelQuerySet":
        """Asked for and claimed by nobody, or by somebody who is gone."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - stale_after), under_way=True)


@pghistory.track(pghistory.UpdateEvent(), fields=["result", "in_use", "switched_by"], model_name="ChurnModelEvent")
class ChurnModel(models.Model):
    """One training: of what, with what quality, and whether its probabilities count.

    `quality` says how good it was on examples that it had not seen, beside the tier table on the same ones;
    `parameters` is the model itself as plain numbers (`health.domain.learned.ChurnFormula`).
    """

    class Result(models.TextChoices):
        PENDING = "", "Under way"
        TOO_FEW = "too_few", "Not enough data"
        NOT_BETTER = "not_better", "No better than the tier table"
        BETTER = "better", "Better than the tier table"
        FAILED = "failed", "Failed"

    # Named by its month, so that a doubled beat finds the first one; those on demand have a running number beside it.
    key = models.CharField(max_length=20, unique=True)
    as_of = models.DateField(help_text="The day on which the outcomes were looked at.")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    under_way = models.BooleanField(default=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trained_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=Result, blank=True, default=Result.PENDING)
    reason = models.TextField(blank=True, help_text="Why it is used or not.")
    outcomes = models.PositiveIntegerField(default=0, help_text="Accounts that left and had been looked at before.")
    accounts = models.PositiveIntegerField(default=0, help_text="Accounts with history.")
    sampled = models.PositiveIntegerField(default=0, help_text="Accounts that it learned from.")
    examples = models.PositiveIntegerField(default=0, help_text="Accounts on reference days.")
    since = models.DateField(null=True, blank=True, help_text="The first reference day.")
    until = models.DateField(null=True, blank=True, help_text="The last reference day.")
    quality = models.JSONField(default=dict, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    in_use = models.BooleanField(default=False)
    switched_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who switched it on or off."
    )
    switched_at = models.DateTimeField(null=True, blank=True)

    objects = ChurnModelQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["under_way"], condition=Q(under_way=True), name="churn_model_one_at_a_time"
            ),
            models.UniqueConstraint(fields=["in_use"], condition=Q(in_use=True), name="churn_model_one_in_use"),
            models.CheckConstraint(
                condition=Q(under_way=True, result="") | (Q(under_way=False) & ~Q(result="")),
                name="churn_model_ends_with_a_result",
            ),
            models.CheckConstraint(condition=Q(in_use=False) | Q(result="better"), name="churn_model_used_if_better"),
        ]

    def __str__(self) -> str:
        return f"Churn model {self.key}"

    @property
    def learned(self) -> dict[str, Any]:
        """The quality of what was learned; empty where nothing was."""
        return self.quality.get("learned", {})


class ChurnEstimateQuerySet(models.QuerySet["ChurnEstimate"]):
    """Conditions over estimates."""

    def visible_to(self, user: User) -> "ChurnEstimateQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class ChurnEstimate(models.Model):
    """What a model said of an account on a day, and why. One per account and day, like snapshots.

    `factors` are the features that moved it most, as places among those of the model, `readings` what was read of them
    (null where nothing was observed) and `effects` what each added to the log-odds of the mean account.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="churn_estimates", db_index=False)
    day = models.DateField()
    model = models.ForeignKey(ChurnModel, on_delete=models.PROTECT, related_name="+", db_index=False)
    probability = RealField()
    factors = ArrayField(models.PositiveSmallIntegerField())
    readings = ArrayField(RealField(null=True))
    effects = ArrayField(RealField())

    objects = ChurnEstimateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="churn_estimate_is_a_probability"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}: {self.probability:.0%}"
