"""Fills the new column from touches and tasks, a few accounts at a time so that nobody waits for a lock."""

from django.db import migrations

AT_ONCE = 2_000
FILL = """
    UPDATE accounts_account a SET last_action = GREATEST(
        (SELECT at FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL ORDER BY at DESC LIMIT 1),
        (SELECT max(done_at) FROM accounts_task WHERE account_id = a.id AND status = 'done'))
    WHERE a.id > %s AND a.id <= %s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM accounts_account")
        last = cursor.fetchone()[0]
        for first in range(0, last, AT_ONCE):
            cursor.execute(FILL, [first, first + AT_ONCE])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0006_last_action")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
