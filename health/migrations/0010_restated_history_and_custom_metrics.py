import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """New columns are null, so that no table is rewritten."""

    dependencies = [
        ("health", "0009_churn_signals"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomMetric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="The name under which values are sent.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]*\\Z", "A name has small letters, digits and underscores."
                            )
                        ],
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number", "Number"),
                            ("share", "Share (fraction)"),
                            ("change", "Change (fraction)"),
                            ("count", "Count"),
                            ("days", "Days"),
                            ("hours", "Hours"),
                            ("rating", "Rating"),
                            ("flag", "Yes or no"),
                        ],
                        default="number",
                        max_length=10,
                    ),
                ),
                ("unit", models.CharField(blank=True, help_text="Tickets, euros, minutes …", max_length=40)),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "Higher is better"), ("lower", "Lower is better"), ("none", "Neither")],
                        default="higher",
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="The system that sends it.", max_length=80)),
                ("window", models.CharField(blank=True, help_text="What a value covers: 30 d, now …", max_length=40)),
                (
                    "definition",
                    models.CharField(blank=True, help_text="How it is reckoned, in a sentence.", max_length=300),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CustomMetricEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "name",
                    models.CharField(
                        help_text="The name under which values are sent.",
                        max_length=80,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]*\\Z", "A name has small letters, digits and underscores."
                            )
                        ],
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("number", "Number"),
                            ("share", "Share (fraction)"),
                            ("change", "Change (fraction)"),
                            ("count", "Count"),
                            ("days", "Days"),
                            ("hours", "Hours"),
                            ("rating", "Rating"),
                            ("flag", "Yes or no"),
                        ],
                        default="number",
                        max_length=10,
                    ),
                ),
                ("unit", models.CharField(blank=True, help_text="Tickets, euros, minutes …", max_length=40)),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "Higher is better"), ("lower", "Lower is better"), ("none", "Neither")],
                        default="higher",
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(blank=True, help_text="The system that sends it.", max_length=80)),
                ("window", models.CharField(blank=True, help_text="What a value covers: 30 d, now …", max_length=40)),
                (
                    "definition",
                    models.CharField(blank=True, help_text="How it is reckoned, in a sentence.", max_length=300),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="scorecardversion",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="scorecardversion",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="scorecardversion",
            name="replaced",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The version that judged before this one was published.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="health.scorecardversion",
            ),
        ),
        migrations.AddField(
            model_name="scorecardversion",
            name="taken_from",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="health.scorecardversion",
            ),
        ),
        migrations.AddField(
            model_name="scorecardversionevent",
            name="replaced",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                help_text="The version that judged before this one was published.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="health.scorecardversion",
            ),
        ),
        migrations.AddField(
            model_name="scorecardversionevent",
            name="taken_from",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="health.scorecardversion",
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="restated_at",
            field=models.DateTimeField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scorecardversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "health_scorecardversionevent" ("id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "replaced_id", "scorecard_id", "state", "taken_from_id") VALUES (NEW."id", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."published_at", NEW."published_by_id", NEW."replaced_id", NEW."scorecard_id", NEW."state", NEW."taken_from_id"); RETURN NULL;',
                    hash="599d4065ec6dbba9a89d1c5a68acece879129c7e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d3be3",
                    table="health_scorecardversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scorecardversion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_scorecardversionevent" ("id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published_at", "published_by_id", "replaced_id", "scorecard_id", "state", "taken_from_id") VALUES (OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."published_at", OLD."published_by_id", OLD."replaced_id", OLD."scorecard_id", OLD."state", OLD."taken_from_id"); RETURN NULL;',
                    hash="a7a3e04396db3d446a1592c04f073b24d4e77f73",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9547d",
                    table="health_scorecardversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="custommetric",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "health_custommetricevent" ("definition", "direction", "id", "kind", "label", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "unit", "window") VALUES (NEW."definition", NEW."direction", NEW."id", NEW."kind", NEW."label", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."unit", NEW."window"); RETURN NULL;',
                    hash="452b91ac0ba31f0bc1470a50b4a7190d2e68d7b3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b5297",
                    table="health_custommetric",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="custommetric",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_custommetricevent" ("definition", "direction", "id", "kind", "label", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "unit", "window") VALUES (NEW."definition", NEW."direction", NEW."id", NEW."kind", NEW."label", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."unit", NEW."window"); RETURN NULL;',
                    hash="5a02906ff3037b116549ff43cb42d7bac364036d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4d8d7",
                    table="health_custommetric",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="custommetric",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "health_custommetricevent" ("definition", "direction", "id", "kind", "label", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "unit", "window") VALUES (OLD."definition", OLD."direction", OLD."id", OLD."kind", OLD."label", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."unit", OLD."window"); RETURN NULL;',
                    hash="d899bce486ab8a8cf12cd0a84ff1c19d4c048152",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d3afa",
                    table="health_custommetric",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="custommetricevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="custommetricevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="health.custommetric",
            ),
        ),
    ]
