"""Gives workspaces that have alert rules already the one that tells of key contacts who left."""

from django.db import migrations


def add_rule(apps, schema_editor):
    rules = apps.get_model("health", "AlertRule").objects
    if not rules.exists() or rules.filter(key="key-contact-left").exists():
        return
    rules.create(
        key="key-contact-left",
        name="Key contact left",
        trigger="signal",
        signal_kind="contact_left",
        severity=2,
        to_manager=True,
        task_title="Find a new champion or key contact",
        task_due_hours=48,
        next_action="Find who follows within 48 hours, and introduce our executive to theirs.",
    )


class Migration(migrations.Migration):
    dependencies = [("health", "0012_alerts_of_signals")]

    operations = [migrations.RunPython(add_rule, migrations.RunPython.noop)]
