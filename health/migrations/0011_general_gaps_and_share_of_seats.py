from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHARE, SEATS = 5, 1


def count_in_percent(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """The threshold of “Seats removed” was a number of seats, which says nothing as a share: the default follows."""
    apps.get_model("health", "SignalRule").objects.filter(kind="seats_removed").update(threshold=SHARE)


def count_in_seats(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Back to the default of old."""
    apps.get_model("health", "SignalRule").objects.filter(kind="seats_removed").update(threshold=SEATS)


class Migration(migrations.Migration):
    """The new column has a default in the database, so that no table is rewritten."""

    dependencies = [
        ("health", "0010_restated_history_and_custom_metrics"),
    ]

    operations = [
        migrations.AddField(
            model_name="segmentfigures",
            name="gaps",
            field=models.JSONField(
                db_default={},
                default=dict,
                help_text="Source to the newest day on which it was silent for everybody.",
            ),
        ),
        migrations.RunPython(count_in_percent, count_in_seats),
    ]
