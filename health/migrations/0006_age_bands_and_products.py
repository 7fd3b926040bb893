import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cs_workspace.common.models


class Migration(migrations.Migration):
    """New columns are null or filled by the database's default, so that no table is rewritten."""

    dependencies = [
        ("accounts", "0007_fill_last_action"),
        ("health", "0005_at_risk_by_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductScore",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "product_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_scores",
                        to="accounts.account",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.product"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="health.scorecardversion",
                    ),
                ),
                ("day", models.DateField()),
                ("arr", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="ARR")),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        help_text="Of the tier; 1 is the best. Null without a score.", null=True
                    ),
                ),
                ("confidence", cs_workspace.common.models.RealField()),
                (
                    "dimensions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(null=True), size=None
                    ),
                ),
                (
                    "readings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(null=True), size=None
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="What costs the product most.", max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                        ),
                        name="product_score_in_range",
                    )
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="indicator",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="indicator",
            name="ages",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text='Other scorers for young accounts: [{"under_months": 6, "scorer": {"kind": …}}].',
                verbose_name="age bands",
            ),
        ),
        migrations.AddField(
            model_name="indicatorevent",
            name="ages",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text='Other scorers for young accounts: [{"under_months": 6, "scorer": {"kind": …}}].',
                verbose_name="age bands",
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="weights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=cs_workspace.common.models.RealField(), null=True, size=None
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "health_indicatorevent" ("ages", "dimension_id", "id", "label", "metric", "missing", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "scorer_kind", "scorer_params", "weight") VALUES (NEW."ages", NEW."dimension_id", NEW."id", NEW."label", NEW."metric", NEW."missing", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."scorer_kind", NEW."scorer_params", NEW."weight"); RETURN NULL;',
                    hash="4007f5625d298f3e7cfa4b2f6e31876155e14c3c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7159f",
                    table="health_indicator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_indicatorevent" ("ages", "dimension_id", "id", "label", "metric", "missing", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "scorer_kind", "scorer_params", "weight") VALUES (NEW."ages", NEW."dimension_id", NEW."id", NEW."label", NEW."metric", NEW."missing", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."scorer_kind", NEW."scorer_params", NEW."weight"); RETURN NULL;',
                    hash="e091d35541a250f2804a0d8034e62228b3ad7411",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d2072",
                    table="health_indicator",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="indicator",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_indicatorevent" ("ages", "dimension_id", "id", "label", "metric", "missing", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "scorer_kind", "scorer_params", "weight") VALUES (OLD."ages", OLD."dimension_id", OLD."id", OLD."label", OLD."metric", OLD."missing", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."scorer_kind", OLD."scorer_params", OLD."weight"); RETURN NULL;',
                    hash="c20e866a47935d5314a8cc84bfc4424a9e8d07bd",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ca9bb",
                    table="health_indicator",
                    when="AFTER",
                ),
            ),
        ),
    ]
