from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0025_mail_that_waits")]

    operations = [
        AddIndexConcurrently(model_name="contact", index=models.Index(Lower("email"), name="contact_email")),
    ]
