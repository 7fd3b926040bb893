from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the writes, for snapshots are the largest table of a live workspace."""

    atomic = False

    dependencies = [
        ("accounts", "0004_book"),
        ("health", "0004_chunk_day_and_run_of_figures"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="snapshot",
            index=models.Index(
                condition=models.Q(("rank__gte", 3)), fields=["day", "account"], name="snapshot_at_risk"
            ),
        ),
    ]
