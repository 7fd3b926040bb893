from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("health", "0016_surveys")]

    operations = [
        AddIndexConcurrently(
            model_name="surveyanswer",
            index=models.Index(fields=["kind", "-at", "-id"], name="survey_answer_kind"),
        ),
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("contact__isnull", False), ("rating", None)),
                fields=["closed_at"],
                name="ticket_to_ask_about",
            ),
        ),
    ]
