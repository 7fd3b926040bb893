import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Both foreign keys are the database's own, with what it does when the other row goes: Django would send a statement of
# its own, which the trigger refuses.
KEYS = """
    ALTER TABLE renewals_ledgerentry
        ADD CONSTRAINT ledger_entry_account FOREIGN KEY (account_id) REFERENCES accounts_account (id)
            ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        ADD CONSTRAINT ledger_entry_line FOREIGN KEY (contract_line_id) REFERENCES accounts_contractline (id)
            ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
"""
NO_KEYS = """
    ALTER TABLE renewals_ledgerentry DROP CONSTRAINT ledger_entry_account, DROP CONSTRAINT ledger_entry_line
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0016_fill_touches_by_kind'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineArr',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_on', models.DateField()),
                ('arr', models.DecimalField(decimal_places=2, help_text="In the contract's currency.", max_digits=14)),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.contractline')),
            ],
            options={
                'verbose_name': 'ARR of a line',
                'verbose_name_plural': 'ARR of lines',
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('new', 'New'), ('expansion', 'Expansion'), ('contraction', 'Contraction'), ('churn', 'Churn'), ('reactivation', 'Reactivation'), ('correction', 'Correction')], max_length=12)),
                ('amount', models.DecimalField(decimal_places=2, help_text='In workspace currency; negative for what was lost.', max_digits=14)),
                ('original_amount', models.DecimalField(decimal_places=2, help_text="In the contract's currency, if that is another one.", max_digits=14, null=True)),
                ('original_currency', models.CharField(blank=True, max_length=3)),
                ('rate', models.DecimalField(decimal_places=6, help_text='By which it was converted; empty where none was known.', max_digits=14, null=True)),
                ('source', models.CharField(choices=[('contract', 'Contract line'), ('renewal', 'Renewal'), ('import', 'Import')], default='contract', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('number', models.PositiveSmallIntegerField(default=0, help_text='Counts the entries of that account, day and product, so that none is written twice.')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='ledger_entries', to='accounts.account')),
                ('contract_line', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.contractline')),
                ('product', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.product')),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'ordering': ['account', 'day', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('account', 'day', 'product', 'number'), include=('amount', 'kind'), name='ledger_entry_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ['new', 'expansion', 'reactivation'])), models.Q(('amount__lt', 0), ('kind__in', ['contraction', 'churn'])), models.Q(('kind', 'correction'), models.Q(('amount', 0), _negated=True)), _connector='OR'), name='ledger_entry_sign_of_kind'), models.CheckConstraint(condition=models.Q(models.Q(('original_amount', None), ('original_currency', ''), ('rate', None)), models.Q(models.Q(('original_currency', ''), _negated=True), ('original_amount__isnull', False)), _connector='OR'), name='ledger_entry_original_whole')],
            },
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF pg_trigger_depth() < 2 THEN\n        RAISE EXCEPTION 'the ledger is append-only: entries are neither changed nor removed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN\n        RETURN OLD;\n    END IF;\n    RETURN NEW;\n", hash='59a5f994dc94aae81d4d8cf8d4b7e107a921fd52', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_30e11', table='renewals_ledgerentry', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='linearr',
            constraint=models.UniqueConstraint(fields=('line', 'seen_on'), name='line_arr_once_a_day'),
        ),
    ]
