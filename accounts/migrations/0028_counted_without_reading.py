from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """By these, tens of thousands of rows are counted without being read; built beside the writes."""

    atomic = False

    dependencies = [("accounts", "0027_names_of_the_list_of_addresses")]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(
                condition=models.Q(("status", "active"), _negated=True), fields=["id"], name="account_lost"
            ),
        ),
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("archived_at", None), ("status", "active"), _negated=True),
                fields=["id"],
                name="contact_absent",
            ),
        ),
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(fields=["account", "sender", "state"], name="mail_counted"),
        ),
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("bounced_at", None), ("cause", "survey"), ("state", "sent")),
                fields=["id"],
                name="mail_survey_arrived",
            ),
        ),
    ]
