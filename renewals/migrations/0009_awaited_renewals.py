import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Marks an account with each change of what its awaited renewals are made of, in the transaction of the change.
MARKS = """
CREATE FUNCTION renewals_mark_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO renewals_awaitedmark (account_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION renewals_mark_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO renewals_awaitedmark (account_id) VALUES (OLD.account_id);
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.account_id <> OLD.account_id THEN
        INSERT INTO renewals_awaitedmark (account_id) VALUES (NEW.account_id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION renewals_mark_of_contract() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO renewals_awaitedmark (account_id)
    SELECT c.account_id FROM accounts_contract c WHERE c.id IN (OLD.contract_id, NEW.contract_id);
    RETURN NULL;
END $$;

CREATE TRIGGER mark_awaited AFTER UPDATE ON accounts_account FOR EACH ROW
WHEN ((OLD.owner_id, OLD.segment_id, OLD.status, OLD.is_trial, OLD.archived_at, OLD.expected_churn)
    IS DISTINCT FROM (NEW.owner_id, NEW.segment_id, NEW.status, NEW.is_trial, NEW.archived_at, NEW.expected_churn))
EXECUTE FUNCTION renewals_mark_account();

CREATE TRIGGER mark_awaited AFTER INSERT OR DELETE ON accounts_contract FOR EACH ROW
EXECUTE FUNCTION renewals_mark_of_account();
CREATE TRIGGER mark_awaited_update AFTER UPDATE ON accounts_contract FOR EACH ROW
WHEN ((OLD.account_id, OLD.start, OLD."end", OLD.status, OLD.currency)
    IS DISTINCT FROM (NEW.account_id, NEW.start, NEW."end", NEW.status, NEW.currency))
EXECUTE FUNCTION renewals_mark_of_account();

CREATE TRIGGER mark_awaited AFTER INSERT OR DELETE ON accounts_contractline FOR EACH ROW
EXECUTE FUNCTION renewals_mark_of_contract();
CREATE TRIGGER mark_awaited_update AFTER UPDATE ON accounts_contractline FOR EACH ROW
WHEN ((OLD.contract_id, OLD.arr) IS DISTINCT FROM (NEW.contract_id, NEW.arr))
EXECUTE FUNCTION renewals_mark_of_contract();

CREATE TRIGGER mark_awaited AFTER INSERT OR DELETE ON renewals_renewal FOR EACH ROW
EXECUTE FUNCTION renewals_mark_of_contract();
CREATE TRIGGER mark_awaited_update AFTER UPDATE ON renewals_renewal FOR EACH ROW
WHEN ((OLD.contract_id, OLD.due_on, OLD.stage = 'closed')
    IS DISTINCT FROM (NEW.contract_id, NEW.due_on, NEW.stage = 'closed'))
EXECUTE FUNCTION renewals_mark_of_contract();
"""
NO_MARKS = """
DROP TRIGGER mark_awaited ON accounts_account;
DROP TRIGGER mark_awaited ON accounts_contract;
DROP TRIGGER mark_awaited_update ON accounts_contract;
DROP TRIGGER mark_awaited ON accounts_contractline;
DROP TRIGGER mark_awaited_update ON accounts_contractline;
DROP TRIGGER mark_awaited ON renewals_renewal;
DROP TRIGGER mark_awaited_update ON renewals_renewal;
DROP FUNCTION renewals_mark_account();
DROP FUNCTION renewals_mark_of_account();
DROP FUNCTION renewals_mark_of_contract();
"""
# Nothing is kept yet: until it is, the forecast looks at every account itself.
MARK_ALL = "INSERT INTO renewals_awaitedmark (account_id) SELECT id FROM accounts_account"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_account_archived"),
        ("renewals", "0008_forecasts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AwaitedMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AwaitedRenewal",
            fields=[
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.contract",
                    ),
                ),
                ("due_on", models.DateField()),
                ("arr", models.DecimalField(decimal_places=2, max_digits=20)),
                ("probability", models.DecimalField(decimal_places=4, max_digits=5, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.account"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.segment",
                    ),
                ),
            ],
            options={"ordering": ["due_on", "pk"]},
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
