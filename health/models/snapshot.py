"""The score of an account on a day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Account, User
from cs_workspace.common.models import RealField
from health.models.scorecard import ScorecardVersion


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Conditions over snapshots."""

    def visible_to(self, user: User) -> "SnapshotQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class Snapshot(models.Model):
    """One per account and day, replaced when that day is recomputed.

    `readings` and `points` follow the order of the version's indicators, `dimensions` that of its dimensions; null
    where nothing was observed. Points sum to the score, so the difference of two days is the sum of their differences.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snapshots", db_index=False)
    day = models.DateField()
    version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    rank = models.PositiveSmallIntegerField(null=True, help_text="Of the tier; 1 is the best. Null without a score.")
    confidence = RealField()
    dimensions = ArrayField(RealField(null=True))
    readings = ArrayField(RealField(null=True))
    points = ArrayField(RealField(null=True))

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["day", "account"], name="snapshot_at_risk", condition=models.Q(rank__gte=3)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=100), name="snapshot_score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}: {self.score}"
