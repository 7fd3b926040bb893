import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What the ledger holds already. The trigger is there before: it waits for whoever appends, and lets nobody append until
# all of this is committed.
FILL = """
    INSERT INTO renewals_ledgerpack (account_id, entries)
    SELECT account_id, string_agg(
        int8send(COALESCE(product_id, 0)) || int4send(day - date '0001-01-01' + 1)
            || int2send((array_position(
                '{new,expansion,contraction,churn,reactivation,correction}'::text[], kind::text) - 1)::int2)
            || int8send((amount * 100)::bigint),
        '' ORDER BY id)
    FROM renewals_ledgerentry GROUP BY account_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0018_note_falls_to_lower_segments'),
        ('renewals', '0002_renewals'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerPack',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.account')),
                ('entries', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='linearr',
            name='is_told',
            field=models.BooleanField(db_default=False, default=False, help_text='An import told it, and replaces it when it tells otherwise.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='pack', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO renewals_ledgerpack AS held (account_id, entries)\n    SELECT account_id, string_agg(\n    int8send(COALESCE(product_id, 0)) || int4send(day - date '0001-01-01' + 1)\n        || int2send((array_position('{new,expansion,contraction,churn,reactivation,correction}'::text[], kind::text) - 1)::int2)\n        || int8send((amount * 100)::bigint)\n, '' ORDER BY id) FROM added GROUP BY account_id ORDER BY account_id\n    ON CONFLICT (account_id) DO UPDATE SET entries = held.entries || excluded.entries;\n    RETURN NULL;\n", hash='ee01cfbf76983f9942adf3eb3cbdf7f0391e44d2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_pack_7e5c9', referencing='REFERENCING NEW TABLE AS added ', table='renewals_ledgerentry', when='AFTER')),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
