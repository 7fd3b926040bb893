from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0027_names_of_the_list_of_addresses"),
        ("renewals", "0012_return_arr_lost"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaigntarget",
            name="former",
            field=models.ManyToManyField(
                blank=True,
                help_text="Those of contacts in whose place somebody else was written to.",
                related_name="+",
                to="accounts.enrolment",
            ),
        ),
    ]
