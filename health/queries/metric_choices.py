"""The metrics that a scorecard may use: those that ship, those that admins described, those that were only sent."""

from django.db import connection

from health.domain.definitions import Metric
from health.domain.metrics import METRICS
from health.models import CustomMetric

# Names one after the other out of the values: each step leaps to the next name.
SENT = """
    WITH RECURSIVE names AS (
        (SELECT min(name) AS name FROM health_metricpoint)
        UNION ALL
        SELECT (SELECT min(name) FROM health_metricpoint p WHERE p.name > names.name)
        FROM names WHERE names.name IS NOT NULL
    )
    SELECT name FROM names WHERE name IS NOT NULL
"""


def metric_choices() -> list[tuple[str, str]]:
    """Name and words of every metric that can be scored, shipped ones first. One query."""
    shipped = [(name, _words(metric)) for name, metric in sorted(METRICS.items())]
    custom = [(row.name, f"{row.label} ({row.name}, sent)") for row in CustomMetric.objects.all()]
    return [*shipped, *custom]


def undescribed_names() -> list[str]:
    """Names under which values were sent and of which nobody has said what they mean."""
    with connection.cursor() as cursor:
        cursor.execute(SENT)
        names = {name for (name,) in cursor.fetchall()}
    return sorted(names - set(METRICS) - set(CustomMetric.objects.values_list("name", flat=True)))


def _words(metric: Metric) -> str:
    return f"{metric.label} ({metric.name})"
