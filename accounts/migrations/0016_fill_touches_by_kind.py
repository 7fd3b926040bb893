"""Fills the last touch of each kind, a few accounts at a time so that nobody waits for a lock."""

from django.db import migrations

AT_ONCE = 2_000
FILL = """
    UPDATE accounts_account a SET
        last_sync = (
            SELECT max(at) FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL AND two_way
                AND kind IN ('call', 'meeting', 'visit', 'qbr')
        ),
        last_async = (
            SELECT max(at) FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL AND two_way
                AND kind IN ('email', 'chat')
        ),
        last_review = (
            SELECT max(at) FROM accounts_touch WHERE account_id = a.id AND archived_at IS NULL AND two_way
                AND kind = 'qbr'
        ),
        last_executive = (
            SELECT max(t.at) FROM accounts_contact c
            JOIN accounts_touch_attendees present ON present.contact_id = c.id
            JOIN accounts_touch t ON t.id = present.touch_id
            WHERE c.account_id = a.id AND c.archived_at IS NULL AND t.archived_at IS NULL AND t.two_way
                AND (c.seniority = 'executive' OR c.roles @> '{sponsor}')
        )
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

    dependencies = [("accounts", "0015_cadence_and_succession")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
