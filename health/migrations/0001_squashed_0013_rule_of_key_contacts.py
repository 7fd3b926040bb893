import cs_workspace.common.models
import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All tables as they are after the migrations that it stands for, so that a new database is made in seconds; one that
    has some of them goes on with the others. What those fill is there only where there were rows."""

    replaces = [
        ("health", "0001_initial"),
        ("health", "0002_run_scope_and_segment_figures"),
        ("health", "0003_alert_history"),
        ("health", "0004_chunk_day_and_run_of_figures"),
        ("health", "0005_at_risk_by_day"),
        ("health", "0006_age_bands_and_products"),
        ("health", "0007_churn_models"),
        ("health", "0008_judgement"),
        ("health", "0009_churn_signals"),
        ("health", "0010_restated_history_and_custom_metrics"),
        ("health", "0011_general_gaps_and_share_of_seats"),
        ("health", "0012_alerts_of_signals"),
        ("health", "0013_rule_of_key_contacts"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0016_fill_touches_by_kind"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("score_drop", "Score drops by more than the threshold within the window"),
                            ("enters_tier", "Score enters the tier"),
                            ("declining", "Trend declines for the window"),
                            ("score_under", "Score is under the threshold"),
                            ("data_gap", "A source that used to report is silent for the window"),
                            ("signal", "A churn signal of the kind is raised"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "threshold",
                    models.DecimalField(
                        blank=True, decimal_places=1, help_text="Points of the score.", max_digits=5, null=True
                    ),
                ),
                ("window_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "tier_rank",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="1 is the best tier, 4 the worst.", null=True
                    ),
                ),
                (
                    "signal_kind",
                    models.CharField(blank=True, db_default="", help_text="Which churn signal.", max_length=30),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")], default=3),
                ),
                ("to_csm", models.BooleanField(default=True, verbose_name="tell the CSM")),
                ("to_manager", models.BooleanField(default=False, verbose_name="tell the manager")),
                ("to_executive", models.BooleanField(default=False, verbose_name="tell the executive")),
                ("to_admin", models.BooleanField(default=False, verbose_name="tell the admins")),
                (
                    "task_title",
                    models.CharField(blank=True, help_text="Makes a task for the CSM; empty for none.", max_length=120),
                ),
                ("task_due_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("next_action", models.CharField(help_text="What to do, in one line.", max_length=200)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["severity", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("task_title", ""), ("task_due_hours__isnull", False), _connector="OR"),
                        name="alert_rule_task_has_a_due_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("signal_kind", ""), _negated=True),
                        fields=("signal_kind",),
                        name="alert_rule_one_per_signal_kind",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "health_alertruleevent" ("active", "id", "key", "name", "next_action", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "signal_kind", "task_due_hours", "task_title", "threshold", "tier_rank", "to_admin", "to_csm", "to_executive", "to_manager", "trigger", "window_days") VALUES (NEW."active", NEW."id", NEW."key", NEW."name", NEW."next_action", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."severity", NEW."signal_kind", NEW."task_due_hours", NEW."task_title", NEW."threshold", NEW."tier_rank", NEW."to_admin", NEW."to_csm", NEW."to_executive", NEW."to_manager", NEW."trigger", NEW."window_days"); RETURN NULL;',
                            hash="f73e82e950105f043a23eec5307480ddee35dbe1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2cb47",
                            table="health_alertrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_alertruleevent" ("active", "id", "key", "name", "next_action", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "signal_kind", "task_due_hours", "task_title", "threshold", "tier_rank", "to_admin", "to_csm", "to_executive", "to_manager", "trigger", "window_days") VALUES (NEW."active", NEW."id", NEW."key", NEW."name", NEW."next_action", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."severity", NEW."signal_kind", NEW."task_due_hours", NEW."task_title", NEW."threshold", NEW."tier_rank", NEW."to_admin", NEW."to_csm", NEW."to_executive", NEW."to_manager", NEW."trigger", NEW."window_days"); RETURN NULL;',
                            hash="8bd1ad85087a39f59dbb44063ff6cbe64ba0edb9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_81cc8",
                            table="health_alertrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_alertruleevent" ("active", "id", "key", "name", "next_action", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "severity", "signal_kind", "task_due_hours", "task_title", "threshold", "tier_rank", "to_admin", "to_csm", "to_executive", "to_manager", "trigger", "window_days") VALUES (OLD."active", OLD."id", OLD."key", OLD."name", OLD."next_action", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."severity", OLD."signal_kind", OLD."task_due_hours", OLD."task_title", OLD."threshold", OLD."tier_rank", OLD."to_admin", OLD."to_csm", OLD."to_executive", OLD."to_manager", OLD."trigger", OLD."window_days"); RETURN NULL;',
                            hash="d8cdc737e252157d98c72fb28cb9620b57d7c4a4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0ebd8",
                            table="health_alertrule",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.alertrule",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=40)),
                ("name", models.CharField(max_length=80)),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("score_drop", "Score drops by more than the threshold within the window"),
                            ("enters_tier", "Score enters the tier"),
                            ("declining", "Trend declines for the window"),
                            ("score_under", "Score is under the threshold"),
                            ("data_gap", "A source that used to report is silent for the window"),
                            ("signal", "A churn signal of the kind is raised"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "threshold",
                    models.DecimalField(
                        blank=True, decimal_places=1, help_text="Points of the score.", max_digits=5, null=True
                    ),
                ),
                ("window_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "tier_rank",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="1 is the best tier, 4 the worst.", null=True
                    ),
                ),
                (
                    "signal_kind",
                    models.CharField(blank=True, db_default="", help_text="Which churn signal.", max_length=30),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")], default=3),
                ),
                ("to_csm", models.BooleanField(default=True, verbose_name="tell the CSM")),
                ("to_manager", models.BooleanField(default=False, verbose_name="tell the manager")),
                ("to_executive", models.BooleanField(default=False, verbose_name="tell the executive")),
                ("to_admin", models.BooleanField(default=False, verbose_name="tell the admins")),
                (
                    "task_title",
                    models.CharField(blank=True, help_text="Makes a task for the CSM; empty for none.", max_length=120),
                ),
                ("task_due_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("next_action", models.CharField(help_text="What to do, in one line.", max_length=200)),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AlignmentJudgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alignment",
                        to="accounts.account",
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        choices=[("aligned", "Aligned"), ("uncertain", "Uncertain"), ("misaligned", "Misaligned")],
                        max_length=10,
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at", "-id"], name="alignment_account")],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("nightly", "Nightly"), ("demand", "On demand"), ("backfill", "Backfill")],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "scope",
                    models.CharField(default="all", help_text="all, account:ID or book:ID of the user.", max_length=40),
                ),
                ("as_of", models.DateField()),
                (
                    "since",
                    models.DateField(
                        blank=True, help_text="First day of a backfill; empty for one day alone.", null=True
                    ),
                ),
                (
                    "alerts",
                    models.BooleanField(default=True, help_text="Whether alerts are raised; never for a past day."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="running",
                        max_length=8,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-started_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="health.run"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("day", models.DateField(help_text="As of which its accounts are computed.")),
                (
                    "account_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("scored", models.PositiveIntegerField(default=0)),
                ("skipped", models.JSONField(default=dict, help_text="Reason to count.")),
                ("tiers", models.JSONField(default=dict, help_text="Tier to count.")),
                ("tier_moves", models.PositiveIntegerField(default=0)),
                ("alerts_raised", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["run", "number"],
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="chunk_once")],
            },
        ),
        migrations.CreateModel(
            name="ChurnModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=20, unique=True)),
                ("as_of", models.DateField(help_text="The day on which the outcomes were looked at.")),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("under_way", models.BooleanField(default=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("trained_at", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Under way"),
                            ("too_few", "Not enough data"),
                            ("not_better", "No better than the tier table"),
                            ("better", "Better than the tier table"),
                            ("failed", "Failed"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it is used or not.")),
                (
                    "outcomes",
                    models.PositiveIntegerField(
                        default=0, help_text="Accounts that left and had been looked at before."
                    ),
                ),
                ("accounts", models.PositiveIntegerField(default=0, help_text="Accounts with history.")),
                ("sampled", models.PositiveIntegerField(default=0, help_text="Accounts that it learned from.")),
                ("examples", models.PositiveIntegerField(default=0, help_text="Accounts on reference days.")),
                ("since", models.DateField(blank=True, help_text="The first reference day.", null=True)),
                ("until", models.DateField(blank=True, help_text="The last reference day.", null=True)),
                ("quality", models.JSONField(blank=True, default=dict)),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("in_use", models.BooleanField(default=False)),
                (
                    "switched_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who switched it on or off.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("switched_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("under_way", True)), fields=("under_way",), name="churn_model_one_at_a_time"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("in_use", True)), fields=("in_use",), name="churn_model_one_in_use"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", ""), ("under_way", True)),
                            models.Q(("under_way", False), models.Q(("result", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="churn_model_ends_with_a_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_use", False), ("result", "better"), _connector="OR"),
                        name="churn_model_used_if_better",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."in_use" IS DISTINCT FROM (NEW."in_use") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."switched_by_id" IS DISTINCT FROM (NEW."switched_by_id"))',
                            func='INSERT INTO "health_churnmodelevent" ("in_use", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result", "switched_by_id") VALUES (NEW."in_use", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."result", NEW."switched_by_id"); RETURN NULL;',
                            hash="c9133c14aaebc7f41c253d4487aee1c161b35208",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2af82",
                            table="health_churnmodel",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChurnEstimate",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="churn_estimates",
                        to="accounts.account",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="health.churnmodel",
                    ),
                ),
                ("probability", cs_workspace.common.models.RealField()),
                (
                    "factors",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                (
                    "readings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(null=True), size=None
                    ),
                ),
                (
                    "effects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(), size=None
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="churn_estimate_is_a_probability",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChurnModelEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.churnmodel",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Under way"),
                            ("too_few", "Not enough data"),
                            ("not_better", "No better than the tier table"),
                            ("better", "Better than the tier table"),
                            ("failed", "Failed"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("in_use", models.BooleanField(default=False)),
                (
                    "switched_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who switched it on or off.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChurnSignal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="accounts.account",
                    ),
                ),
                ("kind", models.SlugField(db_index=False, max_length=30)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("confirmed", "Confirmed"),
                            ("dismissed", "Dismissed"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")])),
                ("evidence", models.CharField(help_text="What was observed, in words.", max_length=500)),
                ("figures", models.JSONField(default=dict, help_text="What was observed, in numbers and days.")),
                (
                    "refs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        default=list,
                        help_text="What it rests on, such as ticket:12; empty by hand.",
                        size=None,
                    ),
                ),
                ("seen_on", models.DateField()),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(help_text="How long before a loss such a signal is seen."),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("detected", models.BooleanField(help_text="Found by a rule, and not logged by hand.")),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was dismissed or resolved.", max_length=300)),
                ("gone_on", models.DateField(blank=True, help_text="Since when its evidence is gone.", null=True)),
            ],
            options={
                "ordering": ["severity", "-seen_on", "-pk"],
                "indexes": [models.Index(fields=["account", "kind", "-id"], name="signal_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("open", "confirmed"))),
                        fields=("account", "kind"),
                        name="signal_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("open", "confirmed")), ("changed_at__isnull", False), _connector="OR"
                        ),
                        name="signal_end_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dismissed"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="signal_dismissed_for_a_reason",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."detected" IS DISTINCT FROM (NEW."detected") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lead_days" IS DISTINCT FROM (NEW."lead_days") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."opened_by_id" IS DISTINCT FROM (NEW."opened_by_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."seen_on" IS DISTINCT FROM (NEW."seen_on") OR OLD."severity" IS DISTINCT FROM (NEW."severity") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                            func='INSERT INTO "health_churnsignalevent" ("account_id", "changed_at", "changed_by_id", "created_at", "detected", "id", "kind", "lead_days", "opened_at", "opened_by_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "seen_on", "severity", "state") VALUES (NEW."account_id", NEW."changed_at", NEW."changed_by_id", NEW."created_at", NEW."detected", NEW."id", NEW."kind", NEW."lead_days", NEW."opened_at", NEW."opened_by_id", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."seen_on", NEW."severity", NEW."state"); RETURN NULL;',
                            hash="b6be1b0acc86379b4bc1915212751b04e89ff2c3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1c110",
                            table="health_churnsignal",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_churnsignalevent" ("account_id", "changed_at", "changed_by_id", "created_at", "detected", "id", "kind", "lead_days", "opened_at", "opened_by_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "seen_on", "severity", "state") VALUES (OLD."account_id", OLD."changed_at", OLD."changed_by_id", OLD."created_at", OLD."detected", OLD."id", OLD."kind", OLD."lead_days", OLD."opened_at", OLD."opened_by_id", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."seen_on", OLD."severity", OLD."state"); RETURN NULL;',
                            hash="cd9783f2bc1852521f2ef9971f94d2b76557e380",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4facf",
                            table="health_churnsignal",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChurnSignalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.churnsignal",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.account",
                    ),
                ),
                ("kind", models.SlugField(db_index=False, max_length=30)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("confirmed", "Confirmed"),
                            ("dismissed", "Dismissed"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")])),
                ("seen_on", models.DateField()),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(help_text="How long before a loss such a signal is seen."),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("detected", models.BooleanField(help_text="Found by a rule, and not logged by hand.")),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was dismissed or resolved.", max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
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
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomMetricEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.custommetric",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
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
        migrations.CreateModel(
            name="Scorecard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorecards",
                        to="accounts.product",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("onboarding", "Onboarding"),
                            ("adopting", "Adopting"),
                            ("established", "Established"),
                            ("renewing", "Renewing"),
                            ("churned", "Churned"),
                            ("won_back", "Won back"),
                        ],
                        max_length=12,
                        verbose_name="lifecycle stage",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorecards",
                        to="accounts.segment",
                    ),
                ),
            ],
            options={
                "ordering": ["-is_default", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="scorecard_one_default"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScorecardVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "scorecard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="health.scorecard"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_from",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="health.scorecardversion",
                    ),
                ),
                (
                    "replaced",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        help_text="The version that judged before this one was published.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="health.scorecardversion",
                    ),
                ),
            ],
            options={
                "ordering": ["scorecard", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("scorecard", "number"), name="scorecard_version_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("scorecard",),
                        name="scorecard_one_published_version",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Dimension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dimensions",
                        to="health.scorecardversion",
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("label", models.CharField(max_length=60)),
                ("weight", models.DecimalField(decimal_places=4, help_text="Percent of the score.", max_digits=7)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["version", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "key"), name="dimension_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0), ("weight__lte", 100)), name="dimension_weight_percent"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "health_dimensionevent" ("id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "weight") VALUES (NEW."id", NEW."key", NEW."label", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."version_id", NEW."weight"); RETURN NULL;',
                            hash="96919d982f07eeacabadf4ffbb9cf8eccc902f34",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d0596",
                            table="health_dimension",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_dimensionevent" ("id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "weight") VALUES (NEW."id", NEW."key", NEW."label", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."version_id", NEW."weight"); RETURN NULL;',
                            hash="85b9c4f0ec60604c8f87032cb0359d22da1ea291",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_deee6",
                            table="health_dimension",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_dimensionevent" ("id", "key", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "version_id", "weight") VALUES (OLD."id", OLD."key", OLD."label", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."version_id", OLD."weight"); RETURN NULL;',
                            hash="c8665eb4cee13e11cfb933ca4e20baf236b53c27",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_52297",
                            table="health_dimension",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DimensionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.dimension",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="health.scorecardversion",
                    ),
                ),
                ("key", models.SlugField(db_index=False, max_length=40)),
                ("label", models.CharField(max_length=60)),
                ("weight", models.DecimalField(decimal_places=4, help_text="Percent of the score.", max_digits=7)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DirtyMark",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("marked_at", models.DateTimeField()),
                (
                    "claimed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="A worker computes it since then; a newer observation empties it.",
                        null=True,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["marked_at"], name="dirty_mark_age")],
            },
        ),
        migrations.CreateModel(
            name="Disagreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="disagreements",
                        to="accounts.account",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("healthy_usage", "Healthy, usage falling"),
                            ("healthy_arr", "Healthy, ARR falling"),
                            ("critical_arr", "Critical, ARR growing"),
                            ("pulse_below", "Pulse below the score"),
                            ("pulse_above", "Pulse above the score"),
                        ],
                        max_length=14,
                    ),
                ),
                ("since", models.DateField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("usage_change", cs_workspace.common.models.RealField(null=True)),
                ("arr_change", cs_workspace.common.models.RealField(null=True)),
                ("pulse", models.PositiveSmallIntegerField(null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seen_change", cs_workspace.common.models.RealField(blank=True, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "kind"), name="disagreement_once")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="accounts.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="accounts.contact",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attended", "Attended a webinar or event"),
                            ("invited", "Was invited to a webinar or event"),
                            ("community", "Posted, answered or voted in the community"),
                            ("custom", "Other"),
                        ],
                        default="custom",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("properties", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "kind", "-at"], name="event_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="event_once_per_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="features", to="accounts.product"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("core", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("product", "key"), name="feature_once_per_product")],
            },
        ),
        migrations.CreateModel(
            name="FeatureMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feature_months",
                        to="accounts.account",
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="health.feature",
                    ),
                ),
                ("month", models.DateField(help_text="Its first day.")),
                ("days", models.IntegerField()),
                ("uses", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(null=True), size=31)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "month", "feature"), name="feature_month_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="feature_month_begins_on_the_first"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "dimension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="indicators", to="health.dimension"
                    ),
                ),
                ("metric", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=80)),
                ("weight", models.DecimalField(decimal_places=4, help_text="Percent of the dimension.", max_digits=7)),
                (
                    "scorer_kind",
                    models.CharField(
                        choices=[
                            ("bands", "Bands"),
                            ("linear", "Linear"),
                            ("ratio", "Ratio to a target"),
                            ("lookup", "Lookup of categories"),
                            ("flag", "Yes or no"),
                            ("trend", "Trend"),
                            ("decay", "Decay by days"),
                            ("curve", "Curve"),
                            ("quartile", "Quartile of the segment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("scorer_params", models.JSONField(default=dict)),
                (
                    "missing",
                    models.CharField(
                        choices=[("omit", "Left out"), ("neutral", "Counts 50"), ("zero", "Counts 0")],
                        default="omit",
                        max_length=8,
                    ),
                ),
                (
                    "ages",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        help_text='Other scorers for young accounts: [{"under_months": 6, "scorer": {"kind": …}}].',
                        verbose_name="age bands",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["dimension", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("dimension", "metric"), name="indicator_metric_once"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0), ("weight__lte", 100)), name="indicator_weight_percent"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.indicator",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "dimension",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="health.dimension",
                    ),
                ),
                ("metric", models.CharField(max_length=80)),
                ("label", models.CharField(max_length=80)),
                ("weight", models.DecimalField(decimal_places=4, help_text="Percent of the dimension.", max_digits=7)),
                (
                    "scorer_kind",
                    models.CharField(
                        choices=[
                            ("bands", "Bands"),
                            ("linear", "Linear"),
                            ("ratio", "Ratio to a target"),
                            ("lookup", "Lookup of categories"),
                            ("flag", "Yes or no"),
                            ("trend", "Trend"),
                            ("decay", "Decay by days"),
                            ("curve", "Curve"),
                            ("quartile", "Quartile of the segment"),
                        ],
                        max_length=10,
                    ),
                ),
                ("scorer_params", models.JSONField(default=dict)),
                (
                    "missing",
                    models.CharField(
                        choices=[("omit", "Left out"), ("neutral", "Counts 50"), ("zero", "Counts 0")],
                        default="omit",
                        max_length=8,
                    ),
                ),
                (
                    "ages",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value([], models.JSONField()),
                        default=list,
                        help_text='Other scorers for young accounts: [{"under_months": 6, "scorer": {"kind": …}}].',
                        verbose_name="age bands",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MetricPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="metric_points",
                        to="accounts.account",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("value", models.FloatField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "name", "day"), name="metric_point_once")],
            },
        ),
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
                ("day", models.DateField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="health.scorecardversion",
                    ),
                ),
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
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pulses",
                        to="accounts.account",
                    ),
                ),
                (
                    "value",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Leaving"), (1, "Shaky"), (2, "Mixed"), (3, "Good"), (4, "Strong")]
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, help_text="Taken back by the one who judged.", null=True),
                ),
                ("is_latest", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at", "-id"], name="pulse_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_latest", True)), fields=("account",), name="pulse_one_latest"
                    ),
                    models.CheckConstraint(condition=models.Q(("value__lte", 4)), name="pulse_in_range"),
                    models.CheckConstraint(
                        condition=models.Q(("is_latest", False), ("withdrawn_at", None), _connector="OR"),
                        name="pulse_withdrawn_is_not_latest",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskEpisode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="risk_episodes",
                        to="accounts.account",
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.note"
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at", "-pk"],
                "indexes": [models.Index(fields=["account", "-began_at"], name="risk_episode_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("account",), name="risk_episode_one_running"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("began_at")), _connector="OR"
                        ),
                        name="risk_episode_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScorecardVersionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.scorecardversion",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "scorecard",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="health.scorecard",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_from",
                    models.ForeignKey(
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
                (
                    "replaced",
                    models.ForeignKey(
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SegmentFigures",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        help_text="The run that took them last.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="health.run",
                    ),
                ),
                ("means", models.JSONField(default=dict)),
                ("quartiles", models.JSONField(default=dict)),
                (
                    "gaps",
                    models.JSONField(
                        db_default={},
                        default=dict,
                        help_text="Source to the newest day on which it was silent for everybody.",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "segment figures",
            },
        ),
        migrations.CreateModel(
            name="SignalRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(editable=False, max_length=30, unique=True)),
                ("active", models.BooleanField(default=True)),
                (
                    "severity",
                    models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")], default=3),
                ),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(
                        help_text="How long before a loss it is seen.", verbose_name="lead time in days"
                    ),
                ),
                ("threshold", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("window_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("quiet_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Key words or names of events, separated by commas; case does not matter.",
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["severity", "kind"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("threshold", None), ("threshold__gte", 0), _connector="OR"),
                        name="signal_rule_threshold",
                    ),
                    models.CheckConstraint(condition=models.Q(("lead_days__gte", 1)), name="signal_rule_lead_time"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "health_signalruleevent" ("active", "id", "kind", "lead_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_days", "severity", "threshold", "window_days", "words") VALUES (NEW."active", NEW."id", NEW."kind", NEW."lead_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quiet_days", NEW."severity", NEW."threshold", NEW."window_days", NEW."words"); RETURN NULL;',
                            hash="6d875a218c72d3e32659e02b70d45b62372b4913",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0ed32",
                            table="health_signalrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_signalruleevent" ("active", "id", "kind", "lead_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_days", "severity", "threshold", "window_days", "words") VALUES (NEW."active", NEW."id", NEW."kind", NEW."lead_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quiet_days", NEW."severity", NEW."threshold", NEW."window_days", NEW."words"); RETURN NULL;',
                            hash="7dfd83bd94fe8b8397c99cba049363cbd1366780",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2cc6b",
                            table="health_signalrule",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_signalruleevent" ("active", "id", "kind", "lead_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_days", "severity", "threshold", "window_days", "words") VALUES (OLD."active", OLD."id", OLD."kind", OLD."lead_days", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quiet_days", OLD."severity", OLD."threshold", OLD."window_days", OLD."words"); RETURN NULL;',
                            hash="fff3fc35c9ec54fc9b518f9808fa4d0fa1927fdd",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_14c7d",
                            table="health_signalrule",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.signalrule",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("kind", models.SlugField(db_index=False, editable=False, max_length=30)),
                ("active", models.BooleanField(default=True)),
                (
                    "severity",
                    models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")], default=3),
                ),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(
                        help_text="How long before a loss it is seen.", verbose_name="lead time in days"
                    ),
                ),
                ("threshold", models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True)),
                ("window_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("quiet_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        help_text="Key words or names of events, separated by commas; case does not matter.",
                        size=None,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshots",
                        to="accounts.account",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="health.scorecardversion",
                    ),
                ),
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
                (
                    "points",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(null=True), size=None
                    ),
                ),
                (
                    "weights",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=cs_workspace.common.models.RealField(), null=True, size=None
                    ),
                ),
                ("restated_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("rank__gte", 3)), fields=["day", "account"], name="snapshot_at_risk"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None), models.Q(("score__gte", 0), ("score__lte", 100)), _connector="OR"
                        ),
                        name="snapshot_score_in_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="survey_answers",
                        to="accounts.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="accounts.contact",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("nps", "NPS"),
                            ("csat", "CSAT"),
                            ("onboarding", "Onboarding"),
                            ("review", "Review"),
                            ("exit", "Exit"),
                        ],
                        max_length=10,
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["account", "kind", "-at", "-id"], name="survey_answer_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="survey_answer_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "nps"), ("score__lte", 10)),
                            models.Q(models.Q(("kind", "nps"), _negated=True), ("score__gte", 1), ("score__lte", 5)),
                            _connector="OR",
                        ),
                        name="survey_answer_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tickets",
                        to="accounts.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to="accounts.contact",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.product",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200)),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High"), ("critical", "Critical")],
                        default="normal",
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("first_response_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("escalated", models.BooleanField(default=False)),
                ("rating", models.PositiveSmallIntegerField(blank=True, help_text="1 to 5.", null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-opened_at", "-id"], name="ticket_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="ticket_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None), ("closed_at__gte", models.F("opened_at")), _connector="OR"
                        ),
                        name="ticket_closed_after_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating", None), models.Q(("rating__gte", 1), ("rating__lte", 5)), _connector="OR"
                        ),
                        name="ticket_rating_one_to_five",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tiers", to="health.scorecardversion"
                    ),
                ),
                ("key", models.SlugField(max_length=40)),
                ("label", models.CharField(max_length=40)),
                ("lower", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="lower bound")),
                ("rank", models.PositiveSmallIntegerField(help_text="1 is the best; gives the colour.")),
                (
                    "churn_low",
                    models.DecimalField(decimal_places=3, help_text="Expected yearly churn, share.", max_digits=4),
                ),
                ("churn_high", models.DecimalField(decimal_places=3, max_digits=4)),
                ("action", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["version", "rank"],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "rank"), name="tier_rank_once"),
                    models.UniqueConstraint(fields=("version", "lower"), name="tier_bound_once"),
                    models.CheckConstraint(
                        condition=models.Q(("lower__gte", 0), ("lower__lt", 100)), name="tier_bound_in_range"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "health_tierevent" ("action", "churn_high", "churn_low", "id", "key", "label", "lower", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "version_id") VALUES (NEW."action", NEW."churn_high", NEW."churn_low", NEW."id", NEW."key", NEW."label", NEW."lower", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."version_id"); RETURN NULL;',
                            hash="74115a733b294402911bf36fc77a0d0a6b2681ed",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_27e94",
                            table="health_tier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_tierevent" ("action", "churn_high", "churn_low", "id", "key", "label", "lower", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "version_id") VALUES (NEW."action", NEW."churn_high", NEW."churn_low", NEW."id", NEW."key", NEW."label", NEW."lower", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."version_id"); RETURN NULL;',
                            hash="a9b27cf8ef1b50c24c35506932d136f75dfdda01",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d4194",
                            table="health_tier",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_tierevent" ("action", "churn_high", "churn_low", "id", "key", "label", "lower", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "version_id") VALUES (OLD."action", OLD."churn_high", OLD."churn_low", OLD."id", OLD."key", OLD."label", OLD."lower", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."version_id"); RETURN NULL;',
                            hash="ae83661cf2e4b7df1acb16eeb6db0552f7f25a6c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b4e78",
                            table="health_tier",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.tier",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="health.scorecardversion",
                    ),
                ),
                ("key", models.SlugField(db_index=False, max_length=40)),
                ("label", models.CharField(max_length=40)),
                ("lower", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="lower bound")),
                ("rank", models.PositiveSmallIntegerField(help_text="1 is the best; gives the colour.")),
                (
                    "churn_low",
                    models.DecimalField(decimal_places=3, help_text="Expected yearly churn, share.", max_digits=4),
                ),
                ("churn_high", models.DecimalField(decimal_places=3, max_digits=4)),
                ("action", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TierOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="accounts.account"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(help_text="Of the tier that counts instead; 1 is the best.")),
                ("label", models.CharField(max_length=40)),
                ("expected_churn", models.DecimalField(decimal_places=3, max_digits=4)),
                ("reason", models.CharField(max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it ran out.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["ends_at", "pk"],
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["ends_at"], name="override_ending")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("account",), name="override_one_live"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank__gte", 1), ("rank__lte", 4)), name="override_rank_of_a_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="override_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("at"), "+", models.Value(datetime.timedelta(days=92))
                                ),
                            ),
                        ),
                        name="override_at_most_90_days",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_tieroverrideevent" ("account_id", "at", "by_id", "ended_at", "ended_by_id", "ends_at", "expected_churn", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "until") VALUES (NEW."account_id", NEW."at", NEW."by_id", NEW."ended_at", NEW."ended_by_id", NEW."ends_at", NEW."expected_churn", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."reason", NEW."until"); RETURN NULL;',
                            hash="92660844ffcd80a93ac2a0dc0797063f07630e45",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5778a",
                            table="health_tieroverride",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "health_tieroverrideevent" ("account_id", "at", "by_id", "ended_at", "ended_by_id", "ends_at", "expected_churn", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "until") VALUES (NEW."account_id", NEW."at", NEW."by_id", NEW."ended_at", NEW."ended_by_id", NEW."ends_at", NEW."expected_churn", NEW."id", NEW."label", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."reason", NEW."until"); RETURN NULL;',
                            hash="beebd9957ca57e3484c03187e1687814b5a24fef",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c7e46",
                            table="health_tieroverride",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_tieroverrideevent" ("account_id", "at", "by_id", "ended_at", "ended_by_id", "ends_at", "expected_churn", "id", "label", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "reason", "until") VALUES (OLD."account_id", OLD."at", OLD."by_id", OLD."ended_at", OLD."ended_by_id", OLD."ends_at", OLD."expected_churn", OLD."id", OLD."label", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rank", OLD."reason", OLD."until"); RETURN NULL;',
                            hash="2514d8dea9dabea70e6feb4e6645f3e69fc92465",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0566b",
                            table="health_tieroverride",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierOverrideEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.tieroverride",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.account",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(help_text="Of the tier that counts instead; 1 is the best.")),
                ("label", models.CharField(max_length=40)),
                ("expected_churn", models.DecimalField(decimal_places=3, max_digits=4)),
                ("reason", models.CharField(max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Empty: it ran out.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrainingRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="training",
                        to="accounts.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="training",
                        to="accounts.contact",
                    ),
                ),
                ("course", models.CharField(max_length=120)),
                ("assigned_on", models.DateField()),
                ("completed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "assigned_on"], name="training_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="training_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("completed_on", None), ("completed_on__gte", models.F("assigned_on")), _connector="OR"
                        ),
                        name="training_completed_after_assigned",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage_days",
                        to="accounts.account",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.product",
                    ),
                ),
                ("day", models.DateField()),
                ("logins", models.PositiveIntegerField(blank=True, null=True)),
                ("active_users", models.PositiveIntegerField(blank=True, null=True)),
                ("core_actions", models.PositiveIntegerField(blank=True, null=True)),
                ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("data_volume", models.FloatField(blank=True, null=True)),
                ("seats_assigned", models.PositiveIntegerField(blank=True, null=True)),
                ("integrations", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "day", "product"), name="usage_day_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UserMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="user_months",
                        to="accounts.account",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.product",
                    ),
                ),
                (
                    "user_key",
                    models.CharField(help_text="The customer's user, as the source names it.", max_length=120),
                ),
                ("month", models.DateField(help_text="Its first day.")),
                ("days", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "month", "user_key", "product"), name="user_month_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="user_month_begins_on_the_first"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="accounts.account"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="health.alertrule"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("snoozed", "Snoozed"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")])),
                ("title", models.CharField(help_text="What changed.", max_length=200)),
                (
                    "reasons",
                    models.JSONField(default=list, help_text="The indicators that moved it: label, detail, points."),
                ),
                ("next_action", models.CharField(max_length=200)),
                ("score_before", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("score_after", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("worst_score", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("opened_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.task",
                    ),
                ),
                (
                    "acted",
                    models.BooleanField(
                        default=False, help_text="A touch, a task or a play followed while it was open."
                    ),
                ),
            ],
            options={
                "ordering": ["severity", "-opened_at", "-pk"],
                "indexes": [
                    models.Index(fields=["account", "state"], name="alert_account"),
                    models.Index(
                        condition=models.Q(("state", "resolved"), _negated=True),
                        fields=["severity", "-opened_at", "-id"],
                        name="alert_inbox",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "resolved"), _negated=True),
                        fields=("account", "rule"),
                        name="alert_one_unresolved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("snoozed_until__isnull", False), ("state", "snoozed")),
                            models.Q(("state", "snoozed"), _negated=True),
                            _connector="OR",
                        ),
                        name="alert_snooze_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", False), ("state", "resolved")),
                            models.Q(models.Q(("state", "resolved"), _negated=True), ("resolved_at", None)),
                            _connector="OR",
                        ),
                        name="alert_resolved_has_a_moment",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."acknowledged_at" IS DISTINCT FROM (NEW."acknowledged_at") OR OLD."acknowledged_by_id" IS DISTINCT FROM (NEW."acknowledged_by_id") OR OLD."acted" IS DISTINCT FROM (NEW."acted") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."next_action" IS DISTINCT FROM (NEW."next_action") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."opened_on" IS DISTINCT FROM (NEW."opened_on") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."reopened" IS DISTINCT FROM (NEW."reopened") OR OLD."resolved_at" IS DISTINCT FROM (NEW."resolved_at") OR OLD."resolved_by_id" IS DISTINCT FROM (NEW."resolved_by_id") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."score_after" IS DISTINCT FROM (NEW."score_after") OR OLD."score_before" IS DISTINCT FROM (NEW."score_before") OR OLD."severity" IS DISTINCT FROM (NEW."severity") OR OLD."snoozed_until" IS DISTINCT FROM (NEW."snoozed_until") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."task_id" IS DISTINCT FROM (NEW."task_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."worst_score" IS DISTINCT FROM (NEW."worst_score"))',
                            func='INSERT INTO "health_alertevent" ("account_id", "acknowledged_at", "acknowledged_by_id", "acted", "created_at", "id", "next_action", "opened_at", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "reopened", "resolved_at", "resolved_by_id", "rule_id", "score_after", "score_before", "severity", "snoozed_until", "state", "task_id", "title", "worst_score") VALUES (NEW."account_id", NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."acted", NEW."created_at", NEW."id", NEW."next_action", NEW."opened_at", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reasons", NEW."reopened", NEW."resolved_at", NEW."resolved_by_id", NEW."rule_id", NEW."score_after", NEW."score_before", NEW."severity", NEW."snoozed_until", NEW."state", NEW."task_id", NEW."title", NEW."worst_score"); RETURN NULL;',
                            hash="8a71e227b4b7b255799ce209bc427eb53019b7b3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c1eb4",
                            table="health_alert",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "health_alertevent" ("account_id", "acknowledged_at", "acknowledged_by_id", "acted", "created_at", "id", "next_action", "opened_at", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reasons", "reopened", "resolved_at", "resolved_by_id", "rule_id", "score_after", "score_before", "severity", "snoozed_until", "state", "task_id", "title", "worst_score") VALUES (OLD."account_id", OLD."acknowledged_at", OLD."acknowledged_by_id", OLD."acted", OLD."created_at", OLD."id", OLD."next_action", OLD."opened_at", OLD."opened_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reasons", OLD."reopened", OLD."resolved_at", OLD."resolved_by_id", OLD."rule_id", OLD."score_after", OLD."score_before", OLD."severity", OLD."snoozed_until", OLD."state", OLD."task_id", OLD."title", OLD."worst_score"); RETURN NULL;',
                            hash="9895b4abcc02ec3b275d61a01d54528796b8c0fa",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_80352",
                            table="health_alert",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="health.alert",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="health.alertrule",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("acknowledged", "Acknowledged"),
                            ("snoozed", "Snoozed"),
                            ("resolved", "Resolved"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("severity", models.PositiveSmallIntegerField(choices=[(1, "Critical"), (2, "High"), (3, "Normal")])),
                ("title", models.CharField(help_text="What changed.", max_length=200)),
                (
                    "reasons",
                    models.JSONField(default=list, help_text="The indicators that moved it: label, detail, points."),
                ),
                ("next_action", models.CharField(max_length=200)),
                ("score_before", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("score_after", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("worst_score", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("opened_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.task",
                    ),
                ),
                (
                    "acted",
                    models.BooleanField(
                        default=False, help_text="A touch, a task or a play followed while it was open."
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
