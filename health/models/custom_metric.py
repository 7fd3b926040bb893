"""What a name that is sent from outside means, so that a scorecard can judge by it."""

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from health.domain.definitions import Direction, Kind, Metric
from health.domain.metrics import METRICS


class CustomMetricQuerySet(models.QuerySet["CustomMetric"]):
    """Metrics that admins described."""

    def definitions(self) -> dict[str, Metric]:
        """By name, as the engine takes them. One query."""
        return {row.name: row.to_domain() for row in self}


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), pghistory.DeleteEvent())
class CustomMetric(models.Model):
    """A metric whose values are sent (`MetricPoint`); of one without a description no scorecard makes use.

    Values are numbers: a share as a fraction, yes and no as 1 and 0.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", "Number"
        SHARE = "share", "Share (fraction)"
        CHANGE = "change", "Change (fraction)"
        COUNT = "count", "Count"
        DAYS = "days", "Days"
        HOURS = "hours", "Hours"
        RATING = "rating", "Rating"
        FLAG = "flag", "Yes or no"

    class Direction(models.TextChoices):
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"
        NONE = "none", "Neither"

    name = models.CharField(
        max_length=80,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", "A name has small letters, digits and underscores.")],
        help_text="The name under which values are sent.",
    )
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NUMBER)
    unit = models.CharField(max_length=40, blank=True, help_text="Tickets, euros, minutes …")
    direction = models.CharField(max_length=10, choices=Direction, default=Direction.HIGHER)
    source = models.CharField(max_length=80, blank=True, help_text="The system that sends it.")
    window = models.CharField(max_length=40, blank=True, help_text="What a value covers: 30 d, now …")
    definition = models.CharField(max_length=300, blank=True, help_text="How it is reckoned, in a sentence.")

    objects = CustomMetricQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.label} ({self.name})"

    def clean(self) -> None:
        if self.name in METRICS:
            raise ValidationError(
                {"name": f"“{self.name}” is a metric that ships: values sent under it count already."}
            )
        if "{" in self.label or "}" in self.label:
            raise ValidationError({"label": "Braces have no place in a label."})

    def to_domain(self) -> Metric:
        """As the engine takes it."""
        return Metric(
            name=self.name,
            label=self.label,
            kind=Kind(self.kind),
            unit=self.unit,
            source=self.source,
            window=self.window,
            direction=Direction(self.direction),
            definition=self.definition,
        )
