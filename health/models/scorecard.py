"""Scorecards as admins edit them; `ScorecardVersion.to_domain()` gives what the engine runs."""

from collections.abc import Mapping

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value

from accounts.models import Account, Product, Segment, User
from health.domain import scorecards as domain
from health.domain.definitions import Metric
from health.domain.metrics import METRICS
from health.models.custom_metric import CustomMetric


class Scorecard(models.Model):
    """A way to judge accounts. Bound to a product, stage or segment it judges those; the default judges the rest."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="scorecards")
    stage = models.CharField("lifecycle stage", max_length=12, choices=Account.Stage, blank=True)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="scorecards")

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="scorecard_one_default"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def published(self) -> "ScorecardVersion | None":
        return self.versions.filter(state=ScorecardVersion.State.PUBLISHED).first()


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ScorecardVersion(models.Model):
    """One state of a scorecard. Published ones are what scores were computed with, so they stay."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, editable=False)
    taken_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    replaced = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The version that judged before this one was published.",
    )

    class Meta:
        ordering = ["scorecard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "number"], name="scorecard_version_number_once"),
            models.UniqueConstraint(
                fields=["scorecard"], condition=Q(state="published"), name="scorecard_one_published_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} v{self.number}"

    def to_domain(self) -> domain.Scorecard:
        """The scorecard as the engine runs it, in four queries; `ScorecardError` where weights do not sum to 100."""
        custom = CustomMetric.objects.definitions()
        indicators: dict[int, list[domain.Indicator]] = {}
        for row in Indicator.objects.filter(dimension__version=self).order_by("position", "pk"):
            indicators.setdefault(row.dimension_id, []).append(row.to_domain(custom))
        return domain.Scorecard(
            key=self.scorecard.key,
            name=self.scorecard.name,
            version=self.number,
            dimensions=tuple(
                domain.Dimension(
                    key=row.key, label=row.label, weight=float(row.weight), indicators=tuple(indicators.get(row.pk, ()))
                )
                for row in self.dimensions.order_by("position", "pk")
            ),
            tiers=tuple(row.to_domain() for row in self.tiers.order_by("rank")),
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class Dimension(models.Model):
    """A weighted group of indicators."""

    version = models.ForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="dimensions")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=60)
    weight = models.DecimalField(max_digits=7, decimal_places=4, help_text="Percent of the score.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["version", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="dimension_key_once"),
            models.CheckConstraint(condition=Q(weight__gte=0, weight__lte=100), name="dimension_weight_percent"),
        ]

    def __str__(self) -> str:
        return self.label


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class Indicator(models.Model):
    """A metric with the scorer that maps it to points, and its weight inside the dimension."""

    class Kind(models.TextChoices):
        BANDS = "bands", "Bands"
        LINEAR = "linear", "Linear"
        RATIO = "ratio", "Ratio to a target"
        LOOKUP = "lookup", "Lookup of categories"
        FLAG = "flag", "Yes or no"
        TREND = "trend", "Trend"
        DECAY = "decay", "Decay by days"
        CURVE = "curve", "Curve"
        QUARTILE = "quartile", "Quartile of the segment"

    class Missing(models.TextChoices):
        OMIT = "omit", "Left out"
        NEUTRAL = "neutral", "Counts 50"
        ZERO = "zero", "Counts 0"

    dimension = models.ForeignKey(Dimension, on_delete=models.CASCADE, related_name="indicators")
    metric = models.CharField(max_length=80)
    label = models.CharField(max_length=80)
    weight = models.DecimalField(max_digits=7, decimal_places=4, help_text="Percent of the dimension.")
    scorer_kind = models.CharField(max_length=10, choices=Kind)
    scorer_params = models.JSONField(default=dict)
    missing = models.CharField(max_length=8, choices=Missing, default=Missing.OMIT)
    ages = models.JSONField(
        "age bands",
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text='Other scorers for young accounts: [{"under_months": 6, "scorer": {"kind": …}}].',
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["dimension", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "metric"], name="indicator_metric_once"),
            models.CheckConstraint(condition=Q(weight__gte=0, weight__lte=100), name="indicator_weight_percent"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        custom = CustomMetric.objects.filter(name=self.metric).definitions()
        metric = METRICS.get(self.metric) or custom.get(self.metric)
        if metric is None:
            raise ValidationError({"metric": f"No metric is named “{self.metric}”."})
        try:
            domain.scorer_from_params(self.scorer_kind, self.scorer_params).bound_to(metric)
        except domain.ScorecardError as error:
            raise ValidationError({"scorer_params": str(error)}) from error
        try:
            for age in domain.age_bands(self.ages):
                age.scorer.bound_to(metric)
        except domain.ScorecardError as error:
            raise ValidationError({"ages": str(error)}) from error

    def to_domain(self, custom: Mapping[str, Metric]) -> domain.Indicator:
        """As the engine runs it; `custom` holds the metrics that do not ship."""
        return domain.Indicator(
            metric=self.metric,
            label=self.label,
            weight=float(self.weight),
            scorer=domain.scorer_from_params(self.scorer_kind, self.scorer_params),
            missing=domain.Missing(self.missing),
            ages=domain.age_bands(self.ages),
            definition=METRICS.get(self.metric) or custom.get(self.metric),  # type: ignore[arg-type]
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class Tier(models.Model):
    """A band of the score, with what is to be expected and done in it."""

    version = models.ForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="tiers")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=40)
    lower = models.DecimalField("lower bound", max_digits=5, decimal_places=2)
    rank = models.PositiveSmallIntegerField(help_text="1 is the best; gives the colour.")
    churn_low = models.DecimalField(max_digits=4, decimal_places=3, help_text="Expected yearly churn, share.")
    churn_high = models.DecimalField(max_digits=4, decimal_places=3)
    action = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["version", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["version", "rank"], name="tier_rank_once"),
            models.UniqueConstraint(fields=["version", "lower"], name="tier_bound_once"),
            models.CheckConstraint(condition=Q(lower__gte=0, lower__lt=100), name="tier_bound_in_range"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.lower is not None and self.lower % 1:
            raise ValidationError({"lower": "A bound is a whole number: scores are shown in whole points."})

    def to_domain(self) -> domain.Tier:
        return domain.Tier(
            key=self.key,
            label=self.label,
            lower=float(self.lower),
            rank=self.rank,
            churn_low=float(self.churn_low),
            churn_high=float(self.churn_high),
            action=self.action,
        )
