import django.core.validators
from django.db import migrations, models

# A notice of more than ten years was mistyped; pages count back from an end by it. The audit keeps what it was.
SHORTEN = "UPDATE accounts_contract SET notice_days = 3650 WHERE notice_days > 3650"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_contact_ranks")]

    operations = [
        migrations.AlterField(
            model_name="contract",
            name="notice_days",
            field=models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(3650)]),
        ),
        migrations.AlterField(
            model_name="contractevent",
            name="notice_days",
            field=models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(3650)]),
        ),
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_days__lte", 3650)), name="contract_notice_within_ten_years"
            ),
        ),
    ]
