from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("renewals", "0011_win_back")]

    operations = [
        migrations.AddField(
            model_name="accountreturn",
            name="arr_lost",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal(0),
                help_text="With that loss, in workspace currency.",
                max_digits=14,
                verbose_name="ARR lost",
            ),
            preserve_default=False,
        ),
    ]
