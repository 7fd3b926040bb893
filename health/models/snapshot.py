"""The score of an account on a day."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Account, Product, User
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
    `weights`, in the same order, is null but for an account whose score is the mean of its products' (see
    `health.domain.products`): only there they do not follow from the readings.
    `restated_at` is when another version took the place of the one that had judged the day; null where none did.
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
    weights = ArrayField(RealField(), null=True)
    restated_at = models.DateTimeField(null=True)

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


class ProductScoreQuerySet(models.QuerySet["ProductScore"]):
    """Conditions over the scores of products."""

    def visible_to(self, user: User) -> "ProductScoreQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class ProductScore(models.Model):
    """How one product of an account fares, of the accounts whose score is the mean of their products'.

    Only the newest is kept; an account that is scored as a whole has none. `arr` is the product's, in workspace
    currency: its weight in the account's score. `dimensions` and `readings` as in `Snapshot`.
    """

    pk = models.CompositePrimaryKey("account_id", "product_id")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="product_scores", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    version = models.ForeignKey(ScorecardVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    arr = models.DecimalField("ARR", max_digits=14, decimal_places=2)
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    rank = models.PositiveSmallIntegerField(null=True, help_text="Of the tier; 1 is the best. Null without a score.")
    confidence = RealField()
    dimensions = ArrayField(RealField(null=True))
    readings = ArrayField(RealField(null=True))
    reason = models.CharField(max_length=200, blank=True, help_text="What costs the product most.")

    objects = ProductScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__gte=0, score__lte=100),
                name="product_score_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} with {self.product_id}: {self.score}"
