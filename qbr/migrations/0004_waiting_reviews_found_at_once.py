from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

AHEAD = ["due", "scheduled", "preparing", "ready"]


class Migration(migrations.Migration):
    """What waits is counted on every page; built beside the writes, for a live workspace."""

    atomic = False

    dependencies = [("qbr", "0003_history_of_segment_reviews")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(condition=models.Q(("status", "held")), fields=["due_on"], name="review_held"),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("starts_at__isnull", False), ("status__in", AHEAD)),
                fields=["starts_at"],
                name="review_begins",
            ),
        ),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index(
                condition=models.Q(("starts_at__isnull", True), ("status__in", AHEAD)),
                fields=["due_on"],
                name="review_has_no_moment",
            ),
        ),
    ]
