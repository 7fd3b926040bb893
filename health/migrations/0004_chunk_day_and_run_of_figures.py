import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("health", "0003_alert_history")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="day",
            field=models.DateField(default=datetime.date(2000, 1, 1), help_text="As of which its accounts are computed."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="segmentfigures",
            name="run",
            field=models.ForeignKey(
                blank=True,
                help_text="The run that took them last.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="health.run",
            ),
        ),
    ]
