from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which results are counted, with all that they count; built beside the writes, and the narrower one
    is dropped after that."""

    atomic = False

    dependencies = [("health", "0020_save_plans_end_at_a_moment")]

    operations = [
        AddIndexConcurrently(
            model_name="surveyanswer",
            index=models.Index(
                fields=["kind", "-at", "-id"], include=("account", "contact", "score"), name="survey_answer_counted"
            ),
        ),
        RemoveIndexConcurrently(model_name="surveyanswer", name="survey_answer_kind"),
    ]
