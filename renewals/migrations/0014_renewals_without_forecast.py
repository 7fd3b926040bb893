from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What nobody has forecast yet is counted on every page; built beside the writes."""

    atomic = False

    dependencies = [("renewals", "0013_former_enrolments")]

    operations = [
        AddIndexConcurrently(
            model_name="renewal",
            index=models.Index(
                condition=models.Q(models.Q(("stage", "closed"), _negated=True), ("category", "")),
                fields=["due_on"],
                include=("account",),
                name="renewal_without_forecast",
            ),
        ),
    ]
