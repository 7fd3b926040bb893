"""How many rows reports read the packs of the ledger in: without knowing, PostgreSQL takes it for as many as there are
packs, and sorts the ten megabytes that it puts together."""

from django.db import migrations

KNOW = "CREATE STATISTICS ledger_packs_by_the_thousand ON (account_id / 1024) FROM renewals_ledgerpack"
# The estimate is made with the next look at the table, for which a large one that seldom changes may wait long.
COUNT = "ANALYZE renewals_ledgerpack"
FORGET = "DROP STATISTICS ledger_packs_by_the_thousand"


class Migration(migrations.Migration):
    dependencies = [("renewals", "0014_renewals_without_forecast")]

    operations = [migrations.RunSQL([KNOW, COUNT], [FORGET])]
