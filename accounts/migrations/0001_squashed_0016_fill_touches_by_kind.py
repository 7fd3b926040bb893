import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """All tables as they are after the migrations that it stands for, so that a new database is made in seconds; one that
    has some of them goes on with the others. What those fill is there only where there were rows."""

    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_digests"),
        ("accounts", "0003_touch_versions_and_history"),
        ("accounts", "0004_book"),
        ("accounts", "0005_sent_forms"),
        ("accounts", "0006_last_action"),
        ("accounts", "0007_fill_last_action"),
        ("accounts", "0008_churn_basis"),
        ("accounts", "0009_health_override"),
        ("accounts", "0010_quiet_hours"),
        ("accounts", "0011_playbooks"),
        ("accounts", "0012_success_plans"),
        ("accounts", "0013_recurring_tasks_and_feature_requests"),
        ("accounts", "0014_onboarding"),
        ("accounts", "0015_cadence_and_succession"),
        ("accounts", "0016_fill_touches_by_kind"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("name", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "lower_arr",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Lowest ARR of the segment, in workspace currency.",
                        max_digits=14,
                        unique=True,
                    ),
                ),
                (
                    "sync_pace",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                            ("two_weeks", "every 2 weeks"),
                            ("monthly", "monthly"),
                            ("quarterly", "quarterly"),
                            ("half_yearly", "half-yearly"),
                            ("yearly", "yearly"),
                            ("on_request", "on request"),
                            ("automated", "automated"),
                            ("none", "none"),
                        ],
                        db_default="",
                        help_text="Empty for what is recommended for the segments that ship.",
                        max_length=11,
                        verbose_name="calls and meetings",
                    ),
                ),
                (
                    "async_pace",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                            ("two_weeks", "every 2 weeks"),
                            ("monthly", "monthly"),
                            ("quarterly", "quarterly"),
                            ("half_yearly", "half-yearly"),
                            ("yearly", "yearly"),
                            ("on_request", "on request"),
                            ("automated", "automated"),
                            ("none", "none"),
                        ],
                        db_default="",
                        help_text="Empty for what is recommended for the segments that ship.",
                        max_length=11,
                        verbose_name="e-mails and chats",
                    ),
                ),
                (
                    "review_pace",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                            ("two_weeks", "every 2 weeks"),
                            ("monthly", "monthly"),
                            ("quarterly", "quarterly"),
                            ("half_yearly", "half-yearly"),
                            ("yearly", "yearly"),
                            ("on_request", "on request"),
                            ("automated", "automated"),
                            ("none", "none"),
                        ],
                        db_default="",
                        help_text="Empty for what is recommended for the segments that ship.",
                        max_length=11,
                        verbose_name="business reviews",
                    ),
                ),
                (
                    "executive_pace",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("daily", "daily"),
                            ("weekly", "weekly"),
                            ("two_weeks", "every 2 weeks"),
                            ("monthly", "monthly"),
                            ("quarterly", "quarterly"),
                            ("half_yearly", "half-yearly"),
                            ("yearly", "yearly"),
                            ("on_request", "on request"),
                            ("automated", "automated"),
                            ("none", "none"),
                        ],
                        db_default="",
                        help_text="Empty for what is recommended for the segments that ship.",
                        max_length=11,
                        verbose_name="executive touches",
                    ),
                ),
            ],
            options={
                "ordering": ["-lower_arr"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("lower_arr__gte", 0)), name="segment_bound_not_negative")
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("title", models.CharField(blank=True, max_length=120)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("csm", "CSM"),
                            ("manager", "Manager"),
                            ("executive", "Executive"),
                            ("ae", "Account executive"),
                            ("admin", "Admin"),
                        ],
                        default="csm",
                        max_length=10,
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reports to",
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                (
                    "read_only",
                    models.BooleanField(default=False, help_text="Sees what the role sees and changes nothing."),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "email_delivery",
                    models.CharField(
                        choices=[
                            ("immediate", "At once"),
                            ("critical", "Critical at once, the rest in the daily digest"),
                            ("digest", "Everything in the daily digest"),
                            ("none", "No e-mail"),
                        ],
                        default="critical",
                        max_length=10,
                    ),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "00:00"),
                            (1, "01:00"),
                            (2, "02:00"),
                            (3, "03:00"),
                            (4, "04:00"),
                            (5, "05:00"),
                            (6, "06:00"),
                            (7, "07:00"),
                            (8, "08:00"),
                            (9, "09:00"),
                            (10, "10:00"),
                            (11, "11:00"),
                            (12, "12:00"),
                            (13, "13:00"),
                            (14, "14:00"),
                            (15, "15:00"),
                            (16, "16:00"),
                            (17, "17:00"),
                            (18, "18:00"),
                            (19, "19:00"),
                            (20, "20:00"),
                            (21, "21:00"),
                            (22, "22:00"),
                            (23, "23:00"),
                        ],
                        db_default=7,
                        default=7,
                        verbose_name="daily digest at",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(blank=True, help_text="E-mail waits from then on; empty for never.", null=True),
                ),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                (
                    "quiet_weekends",
                    models.BooleanField(db_default=False, default=False, verbose_name="quiet on Saturdays and Sundays"),
                ),
                (
                    "quiet_lets_critical",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="critical alerts come through all the same"
                    ),
                ),
                (
                    "capacity_accounts",
                    models.PositiveIntegerField(blank=True, help_text="Accounts this person can carry.", null=True),
                ),
                ("capacity_arr", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("recent_accounts", models.JSONField(blank=True, default=list, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="user_email_once"),
                    models.CheckConstraint(
                        condition=models.Q(("manager", models.F("pk")), _negated=True), name="user_not_own_manager"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."capacity_accounts" IS DISTINCT FROM (NEW."capacity_accounts") OR OLD."capacity_arr" IS DISTINCT FROM (NEW."capacity_arr") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."digest_hour" IS DISTINCT FROM (NEW."digest_hour") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."email_delivery" IS DISTINCT FROM (NEW."email_delivery") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."manager_id" IS DISTINCT FROM (NEW."manager_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_lets_critical" IS DISTINCT FROM (NEW."quiet_lets_critical") OR OLD."quiet_to" IS DISTINCT FROM (NEW."quiet_to") OR OLD."quiet_weekends" IS DISTINCT FROM (NEW."quiet_weekends") OR OLD."read_only" IS DISTINCT FROM (NEW."read_only") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."title" IS DISTINCT FROM (NEW."title"))',
                            func='INSERT INTO "accounts_userevent" ("capacity_accounts", "capacity_arr", "created_at", "digest_hour", "email", "email_delivery", "id", "is_active", "is_superuser", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_lets_critical", "quiet_to", "quiet_weekends", "read_only", "role", "time_zone", "title") VALUES (NEW."capacity_accounts", NEW."capacity_arr", NEW."created_at", NEW."digest_hour", NEW."email", NEW."email_delivery", NEW."id", NEW."is_active", NEW."is_superuser", NEW."manager_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quiet_from", NEW."quiet_lets_critical", NEW."quiet_to", NEW."quiet_weekends", NEW."read_only", NEW."role", NEW."time_zone", NEW."title"); RETURN NULL;',
                            hash="85eaabbd3f85c2910744bb4c74d96bef0586ca50",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0e890",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_userevent" ("capacity_accounts", "capacity_arr", "created_at", "digest_hour", "email", "email_delivery", "id", "is_active", "is_superuser", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_lets_critical", "quiet_to", "quiet_weekends", "read_only", "role", "time_zone", "title") VALUES (OLD."capacity_accounts", OLD."capacity_arr", OLD."created_at", OLD."digest_hour", OLD."email", OLD."email_delivery", OLD."id", OLD."is_active", OLD."is_superuser", OLD."manager_id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quiet_from", OLD."quiet_lets_critical", OLD."quiet_to", OLD."quiet_weekends", OLD."read_only", OLD."role", OLD."time_zone", OLD."title"); RETURN NULL;',
                            hash="4f362c8983cc3cafeb9c03dc00e124845de4a343",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_19f14",
                            table="accounts_user",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="team_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("ae", "Account executive"),
                            ("implementation", "Implementation"),
                            ("sponsor", "Executive sponsor"),
                            ("support", "Support"),
                            ("csm", "CSM"),
                        ],
                        max_length=15,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("domain", models.CharField(blank=True, max_length=200)),
                ("industry", models.CharField(blank=True, max_length=100)),
                ("country", models.CharField(blank=True, max_length=60)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.segment",
                    ),
                ),
                ("segment_pinned", models.BooleanField(default=False, help_text="Keeps the segment whatever the ARR.")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("onboarding", "Onboarding"),
                            ("adopting", "Adopting"),
                            ("established", "Established"),
                            ("renewing", "Renewing"),
                            ("churned", "Churned"),
                            ("won_back", "Won back"),
                        ],
                        default="onboarding",
                        max_length=12,
                        verbose_name="lifecycle stage",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("churned", "Churned")], default="active", max_length=8
                    ),
                ),
                ("is_trial", models.BooleanField(default=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.account",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("owner_since", models.DateField(blank=True, null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("customer_since", models.DateField(blank=True, null=True)),
                ("seasonal", models.BooleanField(default=False)),
                (
                    "low_season_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("strategic", models.BooleanField(default=False)),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="custom fields")),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("churned_on", models.DateField(blank=True, null=True)),
                (
                    "arr",
                    models.DecimalField(decimal_places=2, default=0, editable=False, max_digits=14, verbose_name="ARR"),
                ),
                ("renewal_date", models.DateField(blank=True, editable=False, null=True)),
                (
                    "health_score",
                    models.DecimalField(blank=True, decimal_places=1, editable=False, max_digits=4, null=True),
                ),
                ("health_tier", models.CharField(blank=True, default="", editable=False, max_length=40)),
                (
                    "health_rank",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, help_text="1 is the best tier, 4 the worst.", null=True
                    ),
                ),
                (
                    "health_trend",
                    models.CharField(
                        blank=True,
                        choices=[("improving", "Improving"), ("stable", "Stable"), ("declining", "Declining")],
                        default="",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "health_confidence",
                    models.DecimalField(blank=True, decimal_places=3, editable=False, max_digits=4, null=True),
                ),
                ("health_reason", models.CharField(blank=True, default="", editable=False, max_length=200)),
                ("health_updated", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "expected_churn",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        editable=False,
                        help_text="Share, by its basis.",
                        max_digits=4,
                        null=True,
                    ),
                ),
                (
                    "churn_basis",
                    models.CharField(
                        blank=True,
                        choices=[("tier", "by tier"), ("learned", "learned"), ("use", "by use alone")],
                        db_default="",
                        default="",
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("health_override", models.JSONField(blank=True, editable=False, null=True)),
                ("last_touch", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_sync", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_async", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_review", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_executive", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "last_action",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Latest touch of any kind, or task that was finished.",
                        null=True,
                    ),
                ),
                ("open_alerts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "team",
                    models.ManyToManyField(
                        blank=True,
                        related_name="team_accounts",
                        through="accounts.TeamMember",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "indexes": [
                    models.Index(django.db.models.functions.text.Upper("name"), models.F("id"), name="account_name"),
                    models.Index(fields=["owner", "health_score", "id"], name="account_owner_health"),
                    models.Index(fields=["health_score", "id"], name="account_health"),
                    models.Index(fields=["arr", "id"], name="account_arr"),
                    models.Index(fields=["renewal_date", "id"], name="account_renewal"),
                    models.Index(fields=["last_touch", "id"], name="account_last_touch"),
                    models.Index(
                        condition=models.Q(("health_rank__gte", 3)), fields=["health_rank"], name="account_at_risk"
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="account_tags"),
                    models.Index(
                        condition=models.Q(("archived_at", None), ("status", "active")),
                        fields=["owner", "health_rank"],
                        include=("arr", "health_score", "renewal_date", "expected_churn"),
                        name="account_book",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="account_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("pk")), _negated=True), name="account_not_own_parent"
                    ),
                    models.CheckConstraint(condition=models.Q(("arr__gte", 0)), name="account_arr_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("health_score", None),
                            models.Q(("health_score__gte", 0), ("health_score__lte", 100)),
                            _connector="OR",
                        ),
                        name="account_score_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("churned_on__isnull", False), ("status", "churned")),
                            ("status", "active"),
                            _connector="OR",
                        ),
                        name="account_churn_has_a_day",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."churned_on" IS DISTINCT FROM (NEW."churned_on") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."custom" IS DISTINCT FROM (NEW."custom") OR OLD."customer_since" IS DISTINCT FROM (NEW."customer_since") OR OLD."domain" IS DISTINCT FROM (NEW."domain") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry" IS DISTINCT FROM (NEW."industry") OR OLD."is_trial" IS DISTINCT FROM (NEW."is_trial") OR OLD."low_season_months" IS DISTINCT FROM (NEW."low_season_months") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."owner_since" IS DISTINCT FROM (NEW."owner_since") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."seasonal" IS DISTINCT FROM (NEW."seasonal") OR OLD."segment_id" IS DISTINCT FROM (NEW."segment_id") OR OLD."segment_pinned" IS DISTINCT FROM (NEW."segment_pinned") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."strategic" IS DISTINCT FROM (NEW."strategic") OR OLD."tags" IS DISTINCT FROM (NEW."tags") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))',
                            func='INSERT INTO "accounts_accountevent" ("archived_at", "churned_on", "country", "created_at", "currency", "custom", "customer_since", "domain", "external_id", "id", "industry", "is_trial", "low_season_months", "name", "owner_id", "owner_since", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seasonal", "segment_id", "segment_pinned", "source", "stage", "status", "strategic", "tags", "time_zone") VALUES (NEW."archived_at", NEW."churned_on", NEW."country", NEW."created_at", NEW."currency", NEW."custom", NEW."customer_since", NEW."domain", NEW."external_id", NEW."id", NEW."industry", NEW."is_trial", NEW."low_season_months", NEW."name", NEW."owner_id", NEW."owner_since", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."seasonal", NEW."segment_id", NEW."segment_pinned", NEW."source", NEW."stage", NEW."status", NEW."strategic", NEW."tags", NEW."time_zone"); RETURN NULL;',
                            hash="fcbc34795322f0d3e38e377222a82b9025463d33",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_834ae",
                            table="accounts_account",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_accountevent" ("archived_at", "churned_on", "country", "created_at", "currency", "custom", "customer_since", "domain", "external_id", "id", "industry", "is_trial", "low_season_months", "name", "owner_id", "owner_since", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seasonal", "segment_id", "segment_pinned", "source", "stage", "status", "strategic", "tags", "time_zone") VALUES (OLD."archived_at", OLD."churned_on", OLD."country", OLD."created_at", OLD."currency", OLD."custom", OLD."customer_since", OLD."domain", OLD."external_id", OLD."id", OLD."industry", OLD."is_trial", OLD."low_season_months", OLD."name", OLD."owner_id", OLD."owner_since", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."seasonal", OLD."segment_id", OLD."segment_pinned", OLD."source", OLD."stage", OLD."status", OLD."strategic", OLD."tags", OLD."time_zone"); RETURN NULL;',
                            hash="5c8f5cbb941c77e35cc40c07d8722711ee9dbf21",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f7f6a",
                            table="accounts_account",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="note_stage",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."stage" IS DISTINCT FROM (NEW."stage"))',
                            func="\n    IF EXISTS (\n        SELECT 1 FROM accounts_playbook p JOIN accounts_playbookversion v ON v.id = p.current_id\n        WHERE p.active_since IS NOT NULL AND v.trigger = 'stage_change' AND v.trigger_choice IN ('', NEW.stage)\n    ) THEN\n        INSERT INTO accounts_playbookcue (kind, choice, number, account_id, key, reason, at)\n        VALUES (\n            'stage_change', NEW.stage, NULL, NEW.id, 'stage:' || NEW.stage || ':' || pg_current_xact_id(),\n            'Stage changed from ' || replace(OLD.stage, '_', ' ') || ' to ' || replace(NEW.stage, '_', ' '), now()\n        )\n        ON CONFLICT DO NOTHING;\n    END IF;\n    RETURN NULL;\n",
                            hash="8af056268c3fc2640de723f0249ab5bc7c1d8a0a",
                            operation='UPDATE OF "stage"',
                            pgid="pgtrigger_note_stage_a1bf2",
                            table="accounts_account",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="accounts.account"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("function", models.CharField(blank=True, max_length=60)),
                (
                    "seniority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("executive", "Executive"),
                            ("director", "Director"),
                            ("manager", "Manager"),
                            ("staff", "Staff"),
                        ],
                        max_length=10,
                    ),
                ),
                ("time_zone", models.CharField(blank=True, max_length=60)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("champion", "Champion"),
                                ("sponsor", "Executive sponsor"),
                                ("decision_maker", "Decision maker"),
                                ("technical_lead", "Technical lead"),
                                ("user", "User"),
                                ("detractor", "Detractor"),
                            ],
                            max_length=15,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("influence", models.PositiveSmallIntegerField(blank=True, help_text="0 (none) to 10.", null=True)),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=8,
                    ),
                ),
                (
                    "engagement",
                    models.CharField(
                        blank=True,
                        choices=[("engaged", "Engaged"), ("occasional", "Occasional"), ("silent", "Silent")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(choices=[("active", "Active"), ("left", "Left")], default="active", max_length=6),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left or changed job on")),
                (
                    "left_to",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="where they went"),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who took over.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="followed",
                        to="accounts.contact",
                    ),
                ),
                (
                    "handed_over",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("champion", "Champion"),
                                ("sponsor", "Executive sponsor"),
                                ("decision_maker", "Decision maker"),
                                ("technical_lead", "Technical lead"),
                                ("user", "User"),
                                ("detractor", "Detractor"),
                            ],
                            max_length=15,
                        ),
                        blank=True,
                        editable=False,
                        help_text="The parts that the successor did not play before.",
                        null=True,
                        size=None,
                    ),
                ),
                ("consent", models.BooleanField(default=False, help_text="Agreed to be written to.")),
                ("unsubscribed_at", models.DateTimeField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "indexes": [models.Index(fields=["account", "status"], name="contact_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="contact_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_on__isnull", False), ("status", "left")),
                            models.Q(("left_on", None), ("status", "active")),
                            _connector="OR",
                        ),
                        name="contact_left_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("influence", None), ("influence__lte", 10), _connector="OR"),
                        name="contact_influence_up_to_ten",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."consent" IS DISTINCT FROM (NEW."consent") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."engagement" IS DISTINCT FROM (NEW."engagement") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."function" IS DISTINCT FROM (NEW."function") OR OLD."handed_over" IS DISTINCT FROM (NEW."handed_over") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."influence" IS DISTINCT FROM (NEW."influence") OR OLD."left_on" IS DISTINCT FROM (NEW."left_on") OR OLD."left_to" IS DISTINCT FROM (NEW."left_to") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."roles" IS DISTINCT FROM (NEW."roles") OR OLD."seniority" IS DISTINCT FROM (NEW."seniority") OR OLD."sentiment" IS DISTINCT FROM (NEW."sentiment") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."successor_id" IS DISTINCT FROM (NEW."successor_id") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unsubscribed_at" IS DISTINCT FROM (NEW."unsubscribed_at"))',
                            func='INSERT INTO "accounts_contactevent" ("account_id", "archived_at", "consent", "created_at", "email", "engagement", "external_id", "function", "handed_over", "id", "influence", "left_on", "left_to", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "roles", "seniority", "sentiment", "source", "status", "successor_id", "time_zone", "title", "unsubscribed_at") VALUES (NEW."account_id", NEW."archived_at", NEW."consent", NEW."created_at", NEW."email", NEW."engagement", NEW."external_id", NEW."function", NEW."handed_over", NEW."id", NEW."influence", NEW."left_on", NEW."left_to", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."roles", NEW."seniority", NEW."sentiment", NEW."source", NEW."status", NEW."successor_id", NEW."time_zone", NEW."title", NEW."unsubscribed_at"); RETURN NULL;',
                            hash="6d0b4d350f96399cb8b3901d3c9d9443da24f2bc",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_15daf",
                            table="accounts_contact",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_contactevent" ("account_id", "archived_at", "consent", "created_at", "email", "engagement", "external_id", "function", "handed_over", "id", "influence", "left_on", "left_to", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "roles", "seniority", "sentiment", "source", "status", "successor_id", "time_zone", "title", "unsubscribed_at") VALUES (OLD."account_id", OLD."archived_at", OLD."consent", OLD."created_at", OLD."email", OLD."engagement", OLD."external_id", OLD."function", OLD."handed_over", OLD."id", OLD."influence", OLD."left_on", OLD."left_to", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."roles", OLD."seniority", OLD."sentiment", OLD."source", OLD."status", OLD."successor_id", OLD."time_zone", OLD."title", OLD."unsubscribed_at"); RETURN NULL;',
                            hash="72b731a80dc73ca38bd5f9f0afaeab60511036fd",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_115a7",
                            table="accounts_contact",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanStakeholder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="plan_stakes", to="accounts.contact"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SuccessPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="success_plans", to="accounts.account"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="success_plans",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("began_on", models.DateField()),
                ("next_review_on", models.DateField()),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "stakeholders",
                    models.ManyToManyField(
                        blank=True,
                        related_name="success_plans",
                        through="accounts.PlanStakeholder",
                        to="accounts.contact",
                    ),
                ),
            ],
            options={
                "ordering": ["next_review_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["next_review_on", "id"],
                        name="success_plan_review",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)), fields=("account",), name="success_plan_one_current"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_successplanevent" ("account_id", "archived_at", "began_on", "id", "next_review_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."account_id", NEW."archived_at", NEW."began_on", NEW."id", NEW."next_review_on", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version"); RETURN NULL;',
                            hash="823e2e6d0b5a7c5c1d29bf33796bcce887b347a6",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_8cac1",
                            table="accounts_successplan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."began_on" IS DISTINCT FROM (NEW."began_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."next_review_on" IS DISTINCT FROM (NEW."next_review_on") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_successplanevent" ("account_id", "archived_at", "began_on", "id", "next_review_on", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."account_id", NEW."archived_at", NEW."began_on", NEW."id", NEW."next_review_on", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;',
                            hash="2da26f45f98abf6595c3d5af52a922c47495c0f3",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8a2c0",
                            table="accounts_successplan",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="milestones",
                        to="accounts.successplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("setup", "Technical set-up"),
                            ("first_value", "First value"),
                            ("full_adoption", "Full adoption"),
                            ("own", "Own"),
                        ],
                        default="own",
                        editable=False,
                        max_length=13,
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
            ],
            options={
                "ordering": [models.OrderBy(models.F("expected_on"), nulls_last=True), "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("kind", "own"), _negated=True), ("archived_at", None)),
                        fields=("plan", "kind"),
                        name="milestone_once_per_kind",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_milestoneevent" ("archived_at", "done_on", "expected_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "title", "version") VALUES (NEW."archived_at", NEW."done_on", NEW."expected_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."title", NEW."version"); RETURN NULL;',
                            hash="9b618df06c35430b9f2bb9764f6b13a52f9209f0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_8d155",
                            table="accounts_milestone",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."done_on" IS DISTINCT FROM (NEW."done_on") OR OLD."expected_on" IS DISTINCT FROM (NEW."expected_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_milestoneevent" ("archived_at", "done_on", "expected_on", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "title", "version") VALUES (NEW."archived_at", NEW."done_on", NEW."expected_on", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."title", NEW."version"); RETURN NULL;',
                            hash="31721abd0bf96e3adfcd7fe208f09c38b21f0404",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a66f1",
                            table="accounts_milestone",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objectives",
                        to="accounts.successplan",
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("measure", models.CharField(max_length=160)),
                ("unit", models.CharField(blank=True, max_length=30)),
                ("baseline", models.DecimalField(decimal_places=4, max_digits=16)),
                ("target", models.DecimalField(decimal_places=4, max_digits=16)),
                ("began_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "current",
                    models.DecimalField(blank=True, decimal_places=4, editable=False, max_digits=16, null=True),
                ),
                ("measured_on", models.DateField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["due_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("baseline", models.F("target")), _negated=True),
                        name="objective_has_a_direction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("began_on"))), name="objective_due_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("current", None), ("measured_on", None)),
                            models.Q(("current__isnull", False), ("measured_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="objective_current_has_a_day",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_objectiveevent" ("archived_at", "baseline", "began_on", "due_on", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "title", "unit", "version") VALUES (NEW."archived_at", NEW."baseline", NEW."began_on", NEW."due_on", NEW."id", NEW."measure", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."target", NEW."title", NEW."unit", NEW."version"); RETURN NULL;',
                            hash="a13049d34461047a8100b4deeb0c227b065d6c0c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1292a",
                            table="accounts_objective",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."baseline" IS DISTINCT FROM (NEW."baseline") OR OLD."began_on" IS DISTINCT FROM (NEW."began_on") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit" IS DISTINCT FROM (NEW."unit") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_objectiveevent" ("archived_at", "baseline", "began_on", "due_on", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "title", "unit", "version") VALUES (NEW."archived_at", NEW."baseline", NEW."began_on", NEW."due_on", NEW."id", NEW."measure", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."target", NEW."title", NEW."unit", NEW."version"); RETURN NULL;',
                            hash="d11521ae4aa87bfa890b47847b4c22704dc264f4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0ed97",
                            table="accounts_objective",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.SlugField(blank=True, editable=False, max_length=40, null=True, unique=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="onboarding_templates",
                        to="accounts.segment",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="New onboardings of the segment begin by it.", verbose_name="active"
                    ),
                ),
                (
                    "is_guided",
                    models.BooleanField(
                        default=True,
                        help_text="Off for self-service: signals about meetings and people are not raised.",
                        verbose_name="led by a CSM",
                    ),
                ),
                ("first_value", models.CharField(max_length=120, verbose_name="first-value moment")),
                (
                    "first_value_within",
                    models.DurationField(
                        help_text="Days and time since the start, such as “30 00:00:00” or “00:10:00”.",
                        verbose_name="target for first value",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("segment",),
                        name="onboarding_template_one_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_value_within__gt", datetime.timedelta(0))),
                        name="onboarding_template_target_positive",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_onboardingtemplateevent" ("created_at", "first_value", "first_value_within", "id", "is_active", "is_guided", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "segment_id") VALUES (NEW."created_at", NEW."first_value", NEW."first_value_within", NEW."id", NEW."is_active", NEW."is_guided", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."segment_id"); RETURN NULL;',
                            hash="1aa46b29d2cf7f200f6d6f4cdb8bf5cae21a55a1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_06ce8",
                            table="accounts_onboardingtemplate",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."first_value" IS DISTINCT FROM (NEW."first_value") OR OLD."first_value_within" IS DISTINCT FROM (NEW."first_value_within") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_guided" IS DISTINCT FROM (NEW."is_guided") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."segment_id" IS DISTINCT FROM (NEW."segment_id"))',
                            func='INSERT INTO "accounts_onboardingtemplateevent" ("created_at", "first_value", "first_value_within", "id", "is_active", "is_guided", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "segment_id") VALUES (NEW."created_at", NEW."first_value", NEW."first_value_within", NEW."id", NEW."is_active", NEW."is_guided", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."segment_id"); RETURN NULL;',
                            hash="ecfec2c9689f125c211a2f854bb13b98d54e6f33",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1c147",
                            table="accounts_onboardingtemplate",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_onboardingtemplateevent" ("created_at", "first_value", "first_value_within", "id", "is_active", "is_guided", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "segment_id") VALUES (OLD."created_at", OLD."first_value", OLD."first_value_within", OLD."id", OLD."is_active", OLD."is_guided", OLD."key", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."segment_id"); RETURN NULL;',
                            hash="8dd22439b5a879365768eeae589edb8950840421",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_10183",
                            table="accounts_onboardingtemplate",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("trigger", models.SlugField(db_index=False, max_length=30)),
                ("trigger_choice", models.CharField(blank=True, max_length=60)),
                ("trigger_number", models.IntegerField(null=True)),
                ("content", models.JSONField(help_text="As `accounts.domain.playbooks.Plan` writes it.")),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["playbook", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Playbook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("key", models.SlugField(blank=True, editable=False, max_length=60, null=True, unique=True)),
                ("name", models.CharField(max_length=120, unique=True)),
                ("aim", models.CharField(blank=True, help_text="What it is for, in a line.", max_length=300)),
                (
                    "current",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.playbookversion",
                    ),
                ),
                (
                    "active_since",
                    models.DateTimeField(editable=False, help_text="Empty while it is switched off.", null=True),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("active_since", None), ("current__isnull", False), _connector="OR"),
                        name="playbook_active_has_a_version",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."active_since" IS DISTINCT FROM (NEW."active_since") OR OLD."aim" IS DISTINCT FROM (NEW."aim") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."current_id" IS DISTINCT FROM (NEW."current_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."name" IS DISTINCT FROM (NEW."name"))',
                            func='INSERT INTO "accounts_playbookevent" ("active_since", "aim", "created_at", "current_id", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active_since", NEW."aim", NEW."created_at", NEW."current_id", NEW."id", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="b4f7021c8ad54f37aa76d9d7ed07d68fe6e78260",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b54ed",
                            table="accounts_playbook",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_playbookevent" ("active_since", "aim", "created_at", "current_id", "id", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active_since", NEW."aim", NEW."created_at", NEW."current_id", NEW."id", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="9ef78fa43c501ff7fe3c465b1fb08cb42e5d312a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7041e",
                            table="accounts_playbook",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "feature_count",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Features that the product has; breadth of use is measured against it.",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assign", "Assign an owner"),
                            ("tag", "Add a tag"),
                            ("untag", "Remove a tag"),
                            ("task", "Create a task"),
                            ("play", "Start a playbook"),
                            ("hand", "Hand tasks over"),
                            ("move", "Give tasks a new due day"),
                            ("snooze", "Snooze tasks"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="What was set: the key of a person, a tag, a title, a moment.", max_length=200
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "account_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="Those that it changed; empty where it changed tasks.",
                        size=None,
                    ),
                ),
                ("before", models.JSONField(default=list, help_text="What the way back needs beside them.")),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ContactEvent",
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
                        to="accounts.contact",
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
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
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
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(blank=True, max_length=120)),
                ("function", models.CharField(blank=True, max_length=60)),
                (
                    "seniority",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("executive", "Executive"),
                            ("director", "Director"),
                            ("manager", "Manager"),
                            ("staff", "Staff"),
                        ],
                        max_length=10,
                    ),
                ),
                ("time_zone", models.CharField(blank=True, max_length=60)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("champion", "Champion"),
                                ("sponsor", "Executive sponsor"),
                                ("decision_maker", "Decision maker"),
                                ("technical_lead", "Technical lead"),
                                ("user", "User"),
                                ("detractor", "Detractor"),
                            ],
                            max_length=15,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("influence", models.PositiveSmallIntegerField(blank=True, help_text="0 (none) to 10.", null=True)),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=8,
                    ),
                ),
                (
                    "engagement",
                    models.CharField(
                        blank=True,
                        choices=[("engaged", "Engaged"), ("occasional", "Occasional"), ("silent", "Silent")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(choices=[("active", "Active"), ("left", "Left")], default="active", max_length=6),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left or changed job on")),
                (
                    "left_to",
                    models.CharField(blank=True, db_default="", default="", max_length=120, verbose_name="where they went"),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Who took over.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.contact",
                    ),
                ),
                (
                    "handed_over",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("champion", "Champion"),
                                ("sponsor", "Executive sponsor"),
                                ("decision_maker", "Decision maker"),
                                ("technical_lead", "Technical lead"),
                                ("user", "User"),
                                ("detractor", "Detractor"),
                            ],
                            max_length=15,
                        ),
                        blank=True,
                        editable=False,
                        help_text="The parts that the successor did not play before.",
                        null=True,
                        size=None,
                    ),
                ),
                ("consent", models.BooleanField(default=False, help_text="Agreed to be written to.")),
                ("unsubscribed_at", models.DateTimeField(blank=True, null=True)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contracts", to="accounts.account"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60)),
                ("start", models.DateField()),
                (
                    "end",
                    models.DateField(
                        blank=True, help_text="First day without the contract; empty if open-ended.", null=True
                    ),
                ),
                ("auto_renew", models.BooleanField(default=False)),
                ("notice_days", models.PositiveIntegerField(default=0)),
                ("term_months", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "billing",
                    models.CharField(
                        choices=[("monthly", "Monthly"), ("quarterly", "Quarterly"), ("yearly", "Yearly")],
                        default="yearly",
                        max_length=10,
                        verbose_name="billing period",
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "expected_logins_per_week",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
                ),
            ],
            options={
                "ordering": ["-start", "-pk"],
                "indexes": [models.Index(fields=["account", "status", "end"], name="contract_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="contract_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end", None), ("end__gte", models.F("start")), _connector="OR"),
                        name="contract_ends_after_start",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."auto_renew" IS DISTINCT FROM (NEW."auto_renew") OR OLD."billing" IS DISTINCT FROM (NEW."billing") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."end" IS DISTINCT FROM (NEW."end") OR OLD."expected_logins_per_week" IS DISTINCT FROM (NEW."expected_logins_per_week") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."notice_days" IS DISTINCT FROM (NEW."notice_days") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."start" IS DISTINCT FROM (NEW."start") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."term_months" IS DISTINCT FROM (NEW."term_months"))',
                            func='INSERT INTO "accounts_contractevent" ("account_id", "auto_renew", "billing", "created_at", "currency", "end", "expected_logins_per_week", "external_id", "id", "notice_days", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "start", "status", "term_months") VALUES (NEW."account_id", NEW."auto_renew", NEW."billing", NEW."created_at", NEW."currency", NEW."end", NEW."expected_logins_per_week", NEW."external_id", NEW."id", NEW."notice_days", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."start", NEW."status", NEW."term_months"); RETURN NULL;',
                            hash="f5f938ba4704cc00d995ed5abd931d27196851bf",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_63bd6",
                            table="accounts_contract",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_contractevent" ("account_id", "auto_renew", "billing", "created_at", "currency", "end", "expected_logins_per_week", "external_id", "id", "notice_days", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "start", "status", "term_months") VALUES (OLD."account_id", OLD."auto_renew", OLD."billing", OLD."created_at", OLD."currency", OLD."end", OLD."expected_logins_per_week", OLD."external_id", OLD."id", OLD."notice_days", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."start", OLD."status", OLD."term_months"); RETURN NULL;',
                            hash="abdb7276ccb759cb576296f8aee25dec5660b32f",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0c254",
                            table="accounts_contract",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractEvent",
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
                        to="accounts.contract",
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
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
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
                ("number", models.CharField(blank=True, max_length=60)),
                ("start", models.DateField()),
                (
                    "end",
                    models.DateField(
                        blank=True, help_text="First day without the contract; empty if open-ended.", null=True
                    ),
                ),
                ("auto_renew", models.BooleanField(default=False)),
                ("notice_days", models.PositiveIntegerField(default=0)),
                ("term_months", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "billing",
                    models.CharField(
                        choices=[("monthly", "Monthly"), ("quarterly", "Quarterly"), ("yearly", "Yearly")],
                        default="yearly",
                        max_length=10,
                        verbose_name="billing period",
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("ended", "Ended"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "expected_logins_per_week",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContractLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="accounts.contract"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="accounts.product"
                    ),
                ),
                (
                    "seats",
                    models.PositiveIntegerField(
                        blank=True, help_text="Licensed seats; empty if not sold by seat.", null=True
                    ),
                ),
                ("seats_assigned", models.PositiveIntegerField(blank=True, null=True)),
                ("unit_price", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                (
                    "arr",
                    models.DecimalField(
                        decimal_places=2, help_text="In the contract's currency.", max_digits=14, verbose_name="ARR"
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(decimal_places=4, default=0, help_text="Share, 0.10 for 10 %.", max_digits=5),
                ),
            ],
            options={
                "ordering": ["contract", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="contract_line_once_per_source",
                    ),
                    models.CheckConstraint(condition=models.Q(("arr__gte", 0)), name="contract_line_arr_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("discount__gte", 0), ("discount__lte", 1)),
                        name="contract_line_discount_share",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "accounts_contractlineevent" ("arr", "contract_id", "discount", "external_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "seats", "seats_assigned", "source", "unit_price") VALUES (NEW."arr", NEW."contract_id", NEW."discount", NEW."external_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."seats", NEW."seats_assigned", NEW."source", NEW."unit_price"); RETURN NULL;',
                            hash="8df62ee2ec858e1aca3e69b73f12a6521840ddd2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1b09e",
                            table="accounts_contractline",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_contractlineevent" ("arr", "contract_id", "discount", "external_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "seats", "seats_assigned", "source", "unit_price") VALUES (OLD."arr", OLD."contract_id", OLD."discount", OLD."external_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."seats", OLD."seats_assigned", OLD."source", OLD."unit_price"); RETURN NULL;',
                            hash="73df2385b230a8d36069a2880ed44f6a831b19ff",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_87e59",
                            table="accounts_contractline",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="digests", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("day", models.DateField(help_text="The day in the user's zone.")),
                ("claimed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-day", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("user", "day"), name="digest_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("rate", models.DecimalField(decimal_places=6, max_digits=14)),
            ],
            options={
                "ordering": ["currency", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "valid_from"), name="exchange_rate_once_a_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeatureRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=160)),
                ("body", models.TextField(blank=True)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="feature_requests",
                        to="accounts.product",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("review", "Under review"),
                            ("planned", "Planned"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="feature_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="accounts.featurerequest",
                    ),
                ),
                ("merged_at", models.DateTimeField(null=True)),
                (
                    "moved_asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="Those that went along when it was merged, for the way back.",
                        size=None,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["status", "-created_at"], name="feature_request_status")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("pk")), _negated=True),
                        name="feature_request_not_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_at", None), ("merged_into", None)),
                            models.Q(("merged_at__isnull", False), ("merged_into__isnull", False)),
                            _connector="OR",
                        ),
                        name="feature_request_merged_has_a_moment",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."moved_asks" IS DISTINCT FROM (NEW."moved_asks") OR OLD."product_id" IS DISTINCT FROM (NEW."product_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."title" IS DISTINCT FROM (NEW."title"))',
                            func='INSERT INTO "accounts_featurerequestevent" ("body", "by_id", "created_at", "id", "merged_at", "merged_into_id", "moved_asks", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "status", "title") VALUES (NEW."body", NEW."by_id", NEW."created_at", NEW."id", NEW."merged_at", NEW."merged_into_id", NEW."moved_asks", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."status", NEW."title"); RETURN NULL;',
                            hash="6b47bfb4d5d4936ab530e483166a4d2a59824ff0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_32c78",
                            table="accounts_featurerequest",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_featurerequestevent" ("body", "by_id", "created_at", "id", "merged_at", "merged_into_id", "moved_asks", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "status", "title") VALUES (OLD."body", OLD."by_id", OLD."created_at", OLD."id", OLD."merged_at", OLD."merged_into_id", OLD."moved_asks", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."status", OLD."title"); RETURN NULL;',
                            hash="10772261b8c21fdf1b236245d3452bd9b4d3063c",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_92d5c",
                            table="accounts_featurerequest",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FeatureAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks",
                        to="accounts.featurerequest",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feature_asks", to="accounts.account"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="feature_asks",
                        to="accounts.contact",
                    ),
                ),
                ("asked_on", models.DateField()),
                ("words", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-asked_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "account"), name="feature_ask_once_per_account")
                ],
            },
        ),
        migrations.CreateModel(
            name="FeatureRequestStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="accounts.featurerequest"
                    ),
                ),
                (
                    "old",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("review", "Under review"),
                            ("planned", "Planned"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        max_length=8,
                        verbose_name="from",
                    ),
                ),
                (
                    "new",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("review", "Under review"),
                            ("planned", "Planned"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        max_length=8,
                        verbose_name="to",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
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
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True), name="feature_request_step_changes"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invoices", to="accounts.account"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invoices",
                        to="accounts.contract",
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("paid", "Paid"), ("void", "Void")], default="open", max_length=5
                    ),
                ),
            ],
            options={
                "ordering": ["-due_on", "-pk"],
                "indexes": [models.Index(fields=["account", "due_on"], name="invoice_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="invoice_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_on__isnull", False), ("status", "paid")),
                            models.Q(models.Q(("status", "paid"), _negated=True), ("paid_on", None)),
                            _connector="OR",
                        ),
                        name="invoice_paid_has_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasuredValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "objective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="accounts.objective"
                    ),
                ),
                ("on", models.DateField(verbose_name="measured on")),
                ("value", models.DecimalField(decimal_places=4, max_digits=16)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="values_measured",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at", None)),
                        fields=["objective", "-on", "-id"],
                        name="measured_value_latest",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_measuredvalueevent" ("archived_at", "by_id", "id", "note", "objective_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "version") VALUES (NEW."archived_at", NEW."by_id", NEW."id", NEW."note", NEW."objective_id", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."value", NEW."version"); RETURN NULL;',
                            hash="40d093e4ea9c0b78992773e4e31a2b965ee8ce21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_65ca9",
                            table="accounts_measuredvalue",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."objective_id" IS DISTINCT FROM (NEW."objective_id") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_measuredvalueevent" ("archived_at", "by_id", "id", "note", "objective_id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "version") VALUES (NEW."archived_at", NEW."by_id", NEW."id", NEW."note", NEW."objective_id", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."value", NEW."version"); RETURN NULL;',
                            hash="b7957cb0b939df301ee31f963be495a8b2ab6dd1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c36a5",
                            table="accounts_measuredvalue",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="accounts.account"
                    ),
                ),
                ("body", models.TextField()),
                (
                    "template",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Plain"),
                            ("churn_risk", "Churn-risk assessment"),
                            ("handover", "Hand-over"),
                            ("meeting", "Meeting notes"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("pinned", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["account", "-at", "-id"], name="note_account")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."pinned" IS DISTINCT FROM (NEW."pinned") OR OLD."template" IS DISTINCT FROM (NEW."template"))',
                            func='INSERT INTO "accounts_noteevent" ("account_id", "archived_at", "at", "body", "by_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned", "template") VALUES (NEW."account_id", NEW."archived_at", NEW."at", NEW."body", NEW."by_id", NEW."created_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pinned", NEW."template"); RETURN NULL;',
                            hash="8104cfc14d799dab80b9f26205d76e23dd4cc649",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_cb4cb",
                            table="accounts_note",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_noteevent" ("account_id", "archived_at", "at", "body", "by_id", "created_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinned", "template") VALUES (OLD."account_id", OLD."archived_at", OLD."at", OLD."body", OLD."by_id", OLD."created_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pinned", OLD."template"); RETURN NULL;',
                            hash="2fee8dcce8cc31924f3a8dde832f2bd46ac3d588",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2bb71",
                            table="accounts_note",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoteEvent",
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
                        to="accounts.note",
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
                ("body", models.TextField()),
                (
                    "template",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Plain"),
                            ("churn_risk", "Churn-risk assessment"),
                            ("handover", "Hand-over"),
                            ("meeting", "Meeting notes"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("pinned", models.BooleanField(default=False)),
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
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="Names the cause, so that it is told once.", max_length=200, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                ("url", models.CharField(blank=True, max_length=300)),
                ("severity", models.PositiveSmallIntegerField(default=3, help_text="1 critical, 2 high, 3 normal.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "email_state",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("digest", "Waits for the digest"),
                            ("pending", "To be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("email_due_at", models.DateTimeField(blank=True, null=True)),
                ("email_claimed_at", models.DateTimeField(blank=True, null=True)),
                ("email_sent_at", models.DateTimeField(blank=True, null=True)),
                ("email_error", models.CharField(blank=True, max_length=300)),
                ("email_attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "digest",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notifications",
                        to="accounts.digest",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(fields=["user", "-created_at", "-id"], name="notification_user"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="notification_unread"),
                    models.Index(
                        condition=models.Q(("email_state", "pending")),
                        fields=["email_due_at"],
                        name="notification_to_send",
                    ),
                    models.Index(
                        condition=models.Q(("email_state", "digest")), fields=["user"], name="notification_for_digest"
                    ),
                    models.Index(
                        condition=models.Q(("email_state", "sending")),
                        fields=["email_claimed_at"],
                        name="notification_sending",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasuredValueEvent",
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
                        to="accounts.measuredvalue",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "objective",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.objective",
                    ),
                ),
                ("on", models.DateField(verbose_name="measured on")),
                ("value", models.DecimalField(decimal_places=4, max_digits=16)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "by",
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
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Onboarding",
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
                        related_name="onboardings",
                        to="accounts.account",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First contract"),
                            ("won_back", "Won back"),
                            ("product", "New product"),
                            ("department", "New department"),
                        ],
                        default="first",
                        max_length=10,
                    ),
                ),
                ("about", models.CharField(blank=True, help_text="The product or department.", max_length=120)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.product",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="onboardings",
                        to="accounts.onboardingtemplate",
                    ),
                ),
                (
                    "origin_key",
                    models.CharField(
                        blank=True,
                        help_text="What started it by itself, so that it does so once; empty by hand.",
                        max_length=60,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("completed", "Completed"), ("cancelled", "Cancelled")],
                        default="running",
                        max_length=9,
                    ),
                ),
                ("started_on", models.DateField(help_text="Day 0.")),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_guided", models.BooleanField()),
                ("first_value", models.CharField(max_length=120)),
                ("first_value_within", models.DurationField()),
                ("first_value_on", models.DateField(blank=True, null=True)),
                (
                    "from_stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        help_text="Where people have led it.",
                        max_length=12,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        help_text="The first from there in which something is open.",
                        max_length=12,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("end_reason", models.CharField(blank=True, help_text="Why it was cancelled.", max_length=300)),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                ("steps_counted", models.PositiveSmallIntegerField(default=0)),
                ("behind_from", models.DateField(blank=True, null=True)),
                ("stuck_from", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-started_on", "-pk"],
                "indexes": [
                    models.Index(fields=["account", "-started_on", "-id"], name="onboarding_account"),
                    models.Index(
                        condition=models.Q(("state", "running")),
                        fields=["stage", "started_on", "id"],
                        name="onboarding_board",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("origin_key", ""), _negated=True),
                        fields=("account", "origin_key"),
                        name="onboarding_once_by_itself",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("account", "kind", "about"),
                        name="onboarding_one_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="onboarding_end_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "cancelled"), _negated=True),
                            models.Q(("end_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="onboarding_cancel_reason",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."end_reason" IS DISTINCT FROM (NEW."end_reason") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."first_value" IS DISTINCT FROM (NEW."first_value") OR OLD."first_value_on" IS DISTINCT FROM (NEW."first_value_on") OR OLD."first_value_within" IS DISTINCT FROM (NEW."first_value_within") OR OLD."from_stage" IS DISTINCT FROM (NEW."from_stage") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_guided" IS DISTINCT FROM (NEW."is_guided") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."origin_key" IS DISTINCT FROM (NEW."origin_key") OR OLD."product_id" IS DISTINCT FROM (NEW."product_id") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."started_by_id" IS DISTINCT FROM (NEW."started_by_id") OR OLD."started_on" IS DISTINCT FROM (NEW."started_on") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."template_id" IS DISTINCT FROM (NEW."template_id"))',
                            func='INSERT INTO "accounts_onboardingevent" ("about", "account_id", "created_at", "end_reason", "ended_at", "ended_by_id", "first_value", "first_value_on", "first_value_within", "from_stage", "id", "is_guided", "kind", "origin_key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stage", "started_by_id", "started_on", "state", "template_id") VALUES (NEW."about", NEW."account_id", NEW."created_at", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."first_value", NEW."first_value_on", NEW."first_value_within", NEW."from_stage", NEW."id", NEW."is_guided", NEW."kind", NEW."origin_key", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."stage", NEW."started_by_id", NEW."started_on", NEW."state", NEW."template_id"); RETURN NULL;',
                            hash="14dacb38a34b598ea1153fe5d2680438530237ee",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2e3e0",
                            table="accounts_onboarding",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_onboardingevent" ("about", "account_id", "created_at", "end_reason", "ended_at", "ended_by_id", "first_value", "first_value_on", "first_value_within", "from_stage", "id", "is_guided", "kind", "origin_key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stage", "started_by_id", "started_on", "state", "template_id") VALUES (NEW."about", NEW."account_id", NEW."created_at", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."first_value", NEW."first_value_on", NEW."first_value_within", NEW."from_stage", NEW."id", NEW."is_guided", NEW."kind", NEW."origin_key", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id", NEW."stage", NEW."started_by_id", NEW."started_on", NEW."state", NEW."template_id"); RETURN NULL;',
                            hash="40a3f979ab58797f2a2eb7ff50d25ff7fbc154fc",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f64ec",
                            table="accounts_onboarding",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingRisk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "onboarding",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="risks",
                        to="accounts.onboarding",
                    ),
                ),
                ("kind", models.SlugField(db_index=False, max_length=30)),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Critical"), (2, "High"), (3, "Medium"), (4, "Warning")]
                    ),
                ),
                ("evidence", models.CharField(max_length=300)),
                ("opened_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["severity", "-opened_at", "-pk"],
                "indexes": [models.Index(fields=["onboarding", "-opened_at"], name="onboarding_risk_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at", None)),
                        fields=("onboarding", "kind"),
                        name="onboarding_risk_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("resolved_at", None), ("resolved_at__gte", models.F("opened_at")), _connector="OR"
                        ),
                        name="onboarding_risk_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "onboarding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="accounts.onboarding"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="onboardings_shared",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("views", models.PositiveIntegerField(default=0)),
                ("last_viewed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("onboarding",),
                        name="onboarding_share_one_unrevoked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="onboarding_share_lasts"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_onboardingshareevent" ("by_id", "created_at", "expires_at", "id", "key", "onboarding_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") VALUES (NEW."by_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."key", NEW."onboarding_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at"); RETURN NULL;',
                            hash="c2a34dd2de0568f52cc75926e4e837dc0c878cba",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_662c4",
                            table="accounts_onboardingshare",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."onboarding_id" IS DISTINCT FROM (NEW."onboarding_id") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at"))',
                            func='INSERT INTO "accounts_onboardingshareevent" ("by_id", "created_at", "expires_at", "id", "key", "onboarding_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at") VALUES (NEW."by_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."key", NEW."onboarding_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at"); RETURN NULL;',
                            hash="4fc4a8e2342e1c68dc47562095314c3aed5b149e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0e4ad",
                            table="accounts_onboardingshare",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingShareEvent",
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
                        to="accounts.onboardingshare",
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
                    "onboarding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.onboarding",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OnboardingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "onboarding",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="accounts.onboarding",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=40)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.CharField(
                        choices=[("csm", "CSM"), ("implementation", "Implementation"), ("customer", "Customer")],
                        max_length=14,
                    ),
                ),
                ("due_on", models.DateField()),
                ("longest_on", models.DateField(blank=True, help_text="Of a milestone.", null=True)),
                ("proof", models.SlugField(blank=True, db_index=False, max_length=30)),
                ("proof_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_first_value", models.BooleanField(default=False)),
                (
                    "is_watched",
                    models.BooleanField(default=True, help_text="Off once somebody took back what data had ticked."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("skipped", "Skipped")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("closed_on", models.DateField(blank=True, help_text="When it was done, or skipped.", null=True)),
                ("closed_at", models.DateTimeField(blank=True, help_text="When that was written down.", null=True)),
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
                ("by_customer", models.BooleanField(default=False)),
                ("evidence", models.CharField(blank=True, help_text="What the data showed.", max_length=200)),
                ("reason", models.CharField(blank=True, help_text="Why it was skipped.", max_length=300)),
            ],
            options={
                "ordering": ["onboarding", "place"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open"), models.Q(("proof", ""), _negated=True)),
                        fields=["proof"],
                        name="onboarding_step_to_prove",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("onboarding", "key"), name="onboarding_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longest_on", None), ("longest_on__gte", models.F("due_on")), _connector="OR"
                        ),
                        name="onboarding_step_longest_after_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_on", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("closed_at__isnull", False),
                                ("closed_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="onboarding_step_closed_has_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "skipped"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="onboarding_step_skipped_for_a_reason",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."by_customer" IS DISTINCT FROM (NEW."by_customer") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."detail" IS DISTINCT FROM (NEW."detail") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_first_value" IS DISTINCT FROM (NEW."is_first_value") OR OLD."is_watched" IS DISTINCT FROM (NEW."is_watched") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."longest_on" IS DISTINCT FROM (NEW."longest_on") OR OLD."onboarding_id" IS DISTINCT FROM (NEW."onboarding_id") OR OLD."owner" IS DISTINCT FROM (NEW."owner") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."proof" IS DISTINCT FROM (NEW."proof") OR OLD."proof_number" IS DISTINCT FROM (NEW."proof_number") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title"))',
                            func='INSERT INTO "accounts_onboardingstepevent" ("by_customer", "by_id", "closed_at", "closed_on", "created_at", "detail", "due_on", "evidence", "id", "is_first_value", "is_watched", "key", "longest_on", "onboarding_id", "owner", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "proof", "proof_number", "reason", "stage", "state", "title") VALUES (NEW."by_customer", NEW."by_id", NEW."closed_at", NEW."closed_on", NEW."created_at", NEW."detail", NEW."due_on", NEW."evidence", NEW."id", NEW."is_first_value", NEW."is_watched", NEW."key", NEW."longest_on", NEW."onboarding_id", NEW."owner", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."proof", NEW."proof_number", NEW."reason", NEW."stage", NEW."state", NEW."title"); RETURN NULL;',
                            hash="90fb06b0e987d5d41bf94724d2045069bfaa21ba",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_02fc4",
                            table="accounts_onboardingstep",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OnboardingStepEvent",
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
                        to="accounts.onboardingstep",
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
                    "onboarding",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.onboarding",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("key", models.SlugField(db_index=False, max_length=40)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.CharField(
                        choices=[("csm", "CSM"), ("implementation", "Implementation"), ("customer", "Customer")],
                        max_length=14,
                    ),
                ),
                ("due_on", models.DateField()),
                ("longest_on", models.DateField(blank=True, help_text="Of a milestone.", null=True)),
                ("proof", models.SlugField(blank=True, db_index=False, max_length=30)),
                ("proof_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_first_value", models.BooleanField(default=False)),
                (
                    "is_watched",
                    models.BooleanField(default=True, help_text="Off once somebody took back what data had ticked."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("skipped", "Skipped")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("closed_on", models.DateField(blank=True, help_text="When it was done, or skipped.", null=True)),
                ("closed_at", models.DateTimeField(blank=True, help_text="When that was written down.", null=True)),
                (
                    "by",
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
                ("by_customer", models.BooleanField(default=False)),
                ("evidence", models.CharField(blank=True, help_text="What the data showed.", max_length=200)),
                ("reason", models.CharField(blank=True, help_text="Why it was skipped.", max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="accounts.successplan"
                    ),
                ),
                ("on", models.DateField(verbose_name="reviewed on")),
                ("summary", models.TextField(blank=True)),
                ("was_due_on", models.DateField(editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plan_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_planreviewevent" ("archived_at", "by_id", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "summary", "version", "was_due_on") VALUES (NEW."archived_at", NEW."by_id", NEW."id", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."summary", NEW."version", NEW."was_due_on"); RETURN NULL;',
                            hash="9dd0c6825d0876c2fd12023746f704b7cea03329",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1912c",
                            table="accounts_planreview",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."was_due_on" IS DISTINCT FROM (NEW."was_due_on"))',
                            func='INSERT INTO "accounts_planreviewevent" ("archived_at", "by_id", "id", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "summary", "version", "was_due_on") VALUES (NEW."archived_at", NEW."by_id", NEW."id", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."summary", NEW."version", NEW."was_due_on"); RETURN NULL;',
                            hash="cbae2a48a15996c0264ae5a3642aa19ddd3791f0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_294e7",
                            table="accounts_planreview",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanRisk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="risks", to="accounts.successplan"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="risk")),
                ("mitigation", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plan_risks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_shared", models.BooleanField(default=False, verbose_name="Show to the customer")),
            ],
            options={
                "ordering": ["pk"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_planriskevent" ("archived_at", "id", "is_shared", "mitigation", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "text", "version") VALUES (NEW."archived_at", NEW."id", NEW."is_shared", NEW."mitigation", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."text", NEW."version"); RETURN NULL;',
                            hash="8cc7e77e526fbd7d33038d514c1de7964cd44576",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_21afc",
                            table="accounts_planrisk",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_shared" IS DISTINCT FROM (NEW."is_shared") OR OLD."mitigation" IS DISTINCT FROM (NEW."mitigation") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_planriskevent" ("archived_at", "id", "is_shared", "mitigation", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "text", "version") VALUES (NEW."archived_at", NEW."id", NEW."is_shared", NEW."mitigation", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."text", NEW."version"); RETURN NULL;',
                            hash="fd1db612ac2e7ddac6820ffd1fd5e07c2980805d",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bcb49",
                            table="accounts_planrisk",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="accounts.successplan"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="plans_shared",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("views", models.PositiveIntegerField(default=0)),
                ("last_viewed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("plan",), name="plan_share_one_unrevoked"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="plan_share_lasts"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_planshareevent" ("by_id", "created_at", "expires_at", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "revoked_at") VALUES (NEW."by_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."revoked_at"); RETURN NULL;',
                            hash="a501c25ead48a761fb49a869a89f99c64bae1cdf",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_9e554",
                            table="accounts_planshare",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at"))',
                            func='INSERT INTO "accounts_planshareevent" ("by_id", "created_at", "expires_at", "id", "key", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "revoked_at") VALUES (NEW."by_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."key", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."revoked_at"); RETURN NULL;',
                            hash="8efafc928134afc0ee926835867ca7eaaa30cc3b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d0313",
                            table="accounts_planshare",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookCue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(db_index=False, max_length=30)),
                ("choice", models.CharField(blank=True, max_length=60)),
                ("number", models.IntegerField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="Names the happening, so that it sets a playbook off once.", max_length=200
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("account", "kind", "key"), name="playbook_cue_once")],
            },
        ),
        migrations.CreateModel(
            name="PlaybookRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "playbook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="accounts.playbook",
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="accounts.playbookversion"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="playbook_runs",
                        to="accounts.account",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("finished", "Finished"),
                            ("stopped", "Stopped"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=9,
                    ),
                ),
                ("trigger_key", models.CharField(help_text="Names what set it off.", max_length=200)),
                ("reason", models.CharField(blank=True, help_text="What set it off, in words.", max_length=300)),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The place of the step that is under way or next."
                    ),
                ),
                ("reached_at", models.DateTimeField(help_text="Since when.")),
                ("next_at", models.DateTimeField(blank=True, help_text="When to look at it again.", null=True)),
                (
                    "waits_until",
                    models.DateTimeField(blank=True, help_text="Of a wait that is under way: its end.", null=True),
                ),
                ("problem", models.CharField(blank=True, help_text="What holds it up.", max_length=300)),
                ("started_at", models.DateTimeField()),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("score_at_start", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                (
                    "paused_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("end_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-started_at", "-pk"],
                "indexes": [
                    models.Index(fields=["account", "-started_at", "-id"], name="playbook_run_account"),
                    models.Index(fields=["playbook", "state", "-started_at"], name="playbook_run_playbook"),
                    models.Index(condition=models.Q(("state", "running")), fields=["next_at"], name="playbook_run_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("running", "paused"))),
                        fields=("playbook", "account"),
                        name="playbook_run_one_live",
                    ),
                    models.UniqueConstraint(
                        fields=("playbook", "account", "trigger_key"), name="playbook_run_once_per_trigger"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("state", "running")),
                            models.Q(models.Q(("state", "running"), _negated=True), ("next_at", None)),
                            _connector="OR",
                        ),
                        name="playbook_run_is_looked_at_while_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ("running", "paused"))),
                            models.Q(
                                models.Q(("state__in", ("running", "paused")), _negated=True),
                                ("ended_at__gte", models.F("started_at")),
                            ),
                            _connector="OR",
                        ),
                        name="playbook_run_end_has_a_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaybookEvent",
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
                        to="accounts.playbook",
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
                ("key", models.SlugField(blank=True, db_index=False, editable=False, max_length=60, null=True)),
                ("name", models.CharField(max_length=120)),
                ("aim", models.CharField(blank=True, help_text="What it is for, in a line.", max_length=300)),
                (
                    "current",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.playbookversion",
                    ),
                ),
                (
                    "active_since",
                    models.DateTimeField(editable=False, help_text="Empty while it is switched off.", null=True),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OnboardingEvent",
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
                        to="accounts.onboarding",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First contract"),
                            ("won_back", "Won back"),
                            ("product", "New product"),
                            ("department", "New department"),
                        ],
                        default="first",
                        max_length=10,
                    ),
                ),
                ("about", models.CharField(blank=True, help_text="The product or department.", max_length=120)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.product",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.onboardingtemplate",
                    ),
                ),
                (
                    "origin_key",
                    models.CharField(
                        blank=True,
                        help_text="What started it by itself, so that it does so once; empty by hand.",
                        max_length=60,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("completed", "Completed"), ("cancelled", "Cancelled")],
                        default="running",
                        max_length=9,
                    ),
                ),
                ("started_on", models.DateField(help_text="Day 0.")),
                (
                    "started_by",
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
                ("is_guided", models.BooleanField()),
                ("first_value", models.CharField(max_length=120)),
                ("first_value_within", models.DurationField()),
                ("first_value_on", models.DateField(blank=True, null=True)),
                (
                    "from_stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        help_text="Where people have led it.",
                        max_length=12,
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        help_text="The first from there in which something is open.",
                        max_length=12,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
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
                ("end_reason", models.CharField(blank=True, help_text="Why it was cancelled.", max_length=300)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FeatureRequestEvent",
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
                        to="accounts.featurerequest",
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
                ("title", models.CharField(max_length=160)),
                ("body", models.TextField(blank=True)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.product",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("review", "Under review"),
                            ("planned", "Planned"),
                            ("shipped", "Shipped"),
                            ("declined", "Declined"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
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
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.featurerequest",
                    ),
                ),
                ("merged_at", models.DateTimeField(null=True)),
                (
                    "moved_asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        help_text="Those that went along when it was merged, for the way back.",
                        size=None,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContractLineEvent",
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
                        to="accounts.contractline",
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
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.contract",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.product",
                    ),
                ),
                (
                    "seats",
                    models.PositiveIntegerField(
                        blank=True, help_text="Licensed seats; empty if not sold by seat.", null=True
                    ),
                ),
                ("seats_assigned", models.PositiveIntegerField(blank=True, null=True)),
                ("unit_price", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                (
                    "arr",
                    models.DecimalField(
                        decimal_places=2, help_text="In the contract's currency.", max_digits=14, verbose_name="ARR"
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(decimal_places=4, default=0, help_text="Share, 0.10 for 10 %.", max_digits=5),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RoiRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roi_records",
                        to="accounts.successplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("saving", "Saving"), ("gain", "Gain")], default="saving", max_length=6),
                ),
                ("on", models.DateField(verbose_name="reckoned on")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("method", models.CharField(help_text="How the amount was reckoned.", max_length=300)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="roi_confirmed",
                        to="accounts.contact",
                    ),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="roi_record_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_by", None), ("confirmed_on__isnull", False), _connector="OR"),
                        name="roi_record_confirmed_on_a_day",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_roirecordevent" ("amount", "archived_at", "confirmed_by_id", "confirmed_on", "currency", "id", "kind", "method", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "version") VALUES (NEW."amount", NEW."archived_at", NEW."confirmed_by_id", NEW."confirmed_on", NEW."currency", NEW."id", NEW."kind", NEW."method", NEW."on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."version"); RETURN NULL;',
                            hash="b9993583ab8e5b181c11d17fd262f1668b2f6052",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_ec4a9",
                            table="accounts_roirecord",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."confirmed_by_id" IS DISTINCT FROM (NEW."confirmed_by_id") OR OLD."confirmed_on" IS DISTINCT FROM (NEW."confirmed_on") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_roirecordevent" ("amount", "archived_at", "confirmed_by_id", "confirmed_on", "currency", "id", "kind", "method", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "version") VALUES (NEW."amount", NEW."archived_at", NEW."confirmed_by_id", NEW."confirmed_on", NEW."currency", NEW."id", NEW."kind", NEW."method", NEW."on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."version"); RETURN NULL;',
                            hash="7bd12b16f3b49ab1f08a5adf59800bba00fc316e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1a247",
                            table="accounts_roirecord",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "page",
                    models.CharField(
                        choices=[("book", "Book"), ("tasks", "Tasks"), ("at_risk", "At-risk queue")],
                        default="book",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "sharing",
                    models.CharField(
                        choices=[("private", "Only me"), ("team", "My team"), ("everyone", "Everyone")],
                        default="private",
                        max_length=8,
                    ),
                ),
                (
                    "query",
                    models.CharField(
                        blank=True, help_text="Filters and order, as in the page's address.", max_length=2000
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("owner", "page", "name"),
                        name="saved_view_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DefaultView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="default_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "page",
                    models.CharField(
                        choices=[("book", "Book"), ("tasks", "Tasks"), ("at_risk", "At-risk queue")], max_length=10
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="defaults", to="accounts.savedview"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "page"), name="default_view_once_per_page")],
            },
        ),
        migrations.CreateModel(
            name="OnboardingTemplateEvent",
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
                        to="accounts.onboardingtemplate",
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
                ("key", models.SlugField(blank=True, db_index=False, editable=False, max_length=40, null=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.segment",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="New onboardings of the segment begin by it.", verbose_name="active"
                    ),
                ),
                (
                    "is_guided",
                    models.BooleanField(
                        default=True,
                        help_text="Off for self-service: signals about meetings and people are not raised.",
                        verbose_name="led by a CSM",
                    ),
                ),
                ("first_value", models.CharField(max_length=120, verbose_name="first-value moment")),
                (
                    "first_value_within",
                    models.DurationField(
                        help_text="Days and time since the start, such as “30 00:00:00” or “00:10:00”.",
                        verbose_name="target for first value",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccountEvent",
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
                        to="accounts.account",
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
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                ("name", models.CharField(max_length=200)),
                ("domain", models.CharField(blank=True, max_length=200)),
                ("industry", models.CharField(blank=True, max_length=100)),
                ("country", models.CharField(blank=True, max_length=60)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.segment",
                    ),
                ),
                ("segment_pinned", models.BooleanField(default=False, help_text="Keeps the segment whatever the ARR.")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("onboarding", "Onboarding"),
                            ("adopting", "Adopting"),
                            ("established", "Established"),
                            ("renewing", "Renewing"),
                            ("churned", "Churned"),
                            ("won_back", "Won back"),
                        ],
                        default="onboarding",
                        max_length=12,
                        verbose_name="lifecycle stage",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("churned", "Churned")], default="active", max_length=8
                    ),
                ),
                ("is_trial", models.BooleanField(default=False)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.account",
                    ),
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
                ("owner_since", models.DateField(blank=True, null=True)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3)),
                ("customer_since", models.DateField(blank=True, null=True)),
                ("seasonal", models.BooleanField(default=False)),
                (
                    "low_season_months",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("strategic", models.BooleanField(default=False)),
                ("custom", models.JSONField(blank=True, default=dict, verbose_name="custom fields")),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("churned_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SentForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sent_forms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("by", "key"), name="sent_form_once")],
            },
        ),
        migrations.CreateModel(
            name="RoiRecordEvent",
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
                        to="accounts.roirecord",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(choices=[("saving", "Saving"), ("gain", "Gain")], default="saving", max_length=6),
                ),
                ("on", models.DateField(verbose_name="reckoned on")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("method", models.CharField(help_text="How the amount was reckoned.", max_length=300)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.contact",
                    ),
                ),
                ("confirmed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanStakeholderEvent",
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
                        to="accounts.planstakeholder",
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.contact",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanShareEvent",
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
                        to="accounts.planshare",
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
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanRiskEvent",
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
                        to="accounts.planrisk",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="risk")),
                ("mitigation", models.CharField(blank=True, max_length=300)),
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
                ("is_shared", models.BooleanField(default=False, verbose_name="Show to the customer")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanReviewEvent",
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
                        to="accounts.planreview",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                ("on", models.DateField(verbose_name="reviewed on")),
                ("summary", models.TextField(blank=True)),
                ("was_due_on", models.DateField(editable=False)),
                (
                    "by",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectiveEvent",
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
                        to="accounts.objective",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("measure", models.CharField(max_length=160)),
                ("unit", models.CharField(blank=True, max_length=30)),
                ("baseline", models.DecimalField(decimal_places=4, max_digits=16)),
                ("target", models.DecimalField(decimal_places=4, max_digits=16)),
                ("began_on", models.DateField()),
                ("due_on", models.DateField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MilestoneEvent",
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
                        to="accounts.milestone",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("setup", "Technical set-up"),
                            ("first_value", "First value"),
                            ("full_adoption", "Full adoption"),
                            ("own", "Own"),
                        ],
                        default="own",
                        editable=False,
                        max_length=13,
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SuccessPlanEvent",
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
                        to="accounts.successplan",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                ("began_on", models.DateField()),
                ("next_review_on", models.DateField()),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="accounts.account",
                    ),
                ),
                (
                    "linked_type",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contenttypes.contenttype",
                    ),
                ),
                ("linked_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")], default=3
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("hand", "By hand"),
                            ("alert", "Alert"),
                            ("playbook", "Playbook"),
                            ("renewal", "Renewal"),
                            ("review", "Review"),
                            ("command", "Command"),
                        ],
                        default="hand",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("origin_key", models.CharField(blank=True, editable=False, max_length=200, null=True, unique=True)),
                ("outcome", models.CharField(blank=True, max_length=300)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks_made",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks_done",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("snoozed_until", models.DateTimeField(blank=True, null=True)),
                ("assignees", models.ManyToManyField(blank=True, related_name="tasks", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": [models.OrderBy(models.F("due_at"), nulls_last=True), "priority", "pk"],
                "indexes": [
                    models.Index(fields=["account", "status", "due_at"], name="task_account"),
                    models.Index(
                        condition=models.Q(("status", "open")), fields=["due_at", "id"], name="task_open_by_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("status", "done")),
                            models.Q(models.Q(("status", "done"), _negated=True), ("done_at", None)),
                            _connector="OR",
                        ),
                        name="task_done_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("linked_id", None), ("linked_type", None)),
                            models.Q(("linked_id__isnull", False), ("linked_type__isnull", False)),
                            _connector="OR",
                        ),
                        name="task_link_is_whole",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."done_by_id" IS DISTINCT FROM (NEW."done_by_id") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."linked_id" IS DISTINCT FROM (NEW."linked_id") OR OLD."linked_type_id" IS DISTINCT FROM (NEW."linked_type_id") OR OLD."origin" IS DISTINCT FROM (NEW."origin") OR OLD."origin_key" IS DISTINCT FROM (NEW."origin_key") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."priority" IS DISTINCT FROM (NEW."priority") OR OLD."snoozed_until" IS DISTINCT FROM (NEW."snoozed_until") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."title" IS DISTINCT FROM (NEW."title"))',
                            func='INSERT INTO "accounts_taskevent" ("account_id", "body", "by_id", "created_at", "done_at", "done_by_id", "due_at", "id", "linked_id", "linked_type_id", "origin", "origin_key", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "snoozed_until", "status", "title") VALUES (NEW."account_id", NEW."body", NEW."by_id", NEW."created_at", NEW."done_at", NEW."done_by_id", NEW."due_at", NEW."id", NEW."linked_id", NEW."linked_type_id", NEW."origin", NEW."origin_key", NEW."outcome", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."snoozed_until", NEW."status", NEW."title"); RETURN NULL;',
                            hash="c5570f30742f4fb1ac987f06533821ca3827eb13",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_16dc7",
                            table="accounts_task",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_taskevent" ("account_id", "body", "by_id", "created_at", "done_at", "done_by_id", "due_at", "id", "linked_id", "linked_type_id", "origin", "origin_key", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "snoozed_until", "status", "title") VALUES (OLD."account_id", OLD."body", OLD."by_id", OLD."created_at", OLD."done_at", OLD."done_by_id", OLD."due_at", OLD."id", OLD."linked_id", OLD."linked_type_id", OLD."origin", OLD."origin_key", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."priority", OLD."snoozed_until", OLD."status", OLD."title"); RETURN NULL;',
                            hash="5eeb76e2b718cea8023eeab519d426737d81b20b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f93bb",
                            table="accounts_task",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="accounts.playbookrun",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("made", "Made"), ("done", "Done"), ("passed", "Passed over"), ("skipped", "Skipped")],
                        max_length=7,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="playbook_steps",
                        to="accounts.task",
                    ),
                ),
                ("at", models.DateTimeField()),
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
                ("reason", models.CharField(blank=True, help_text="Why it was skipped.", max_length=300)),
            ],
            options={
                "ordering": ["run", "place"],
                "constraints": [models.UniqueConstraint(fields=("run", "place"), name="playbook_run_step_once")],
            },
        ),
        migrations.CreateModel(
            name="Recurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recurrence", to="accounts.task"
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.task"
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("day", "days"), ("week", "weeks"), ("month", "months"), ("quarter", "quarters")],
                        max_length=7,
                    ),
                ),
                ("every", models.PositiveSmallIntegerField(default=1)),
                ("weekday", models.PositiveSmallIntegerField(help_text="0 is Monday; of weeks only.", null=True)),
                ("day", models.PositiveSmallIntegerField(help_text="Of the month; 31 is the last one.", null=True)),
                ("first_on", models.DateField(help_text="The day from which it counts.")),
                ("latest_on", models.DateField(help_text="The day up to which the tasks that it asks for were made.")),
                ("at", models.TimeField(help_text="The hour at which each of them is due, in the zone.")),
                ("time_zone", models.CharField(max_length=60)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "stopped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("every__gte", 1), ("every__lte", 99)), name="recurrence_every_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekday", None), models.Q(("unit", "week"), ("weekday__lte", 6)), _connector="OR"
                        ),
                        name="recurrence_weekday_in_weeks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day", None),
                            models.Q(("day__gte", 1), ("day__lte", 31), ("unit__in", ["month", "quarter"])),
                            _connector="OR",
                        ),
                        name="recurrence_day_in_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latest_on__gte", models.F("first_on"))), name="recurrence_counts_on"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskEvent",
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
                        to="accounts.task",
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
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "linked_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                ("linked_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "High"), (3, "Normal"), (4, "Low")], default=3
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("hand", "By hand"),
                            ("alert", "Alert"),
                            ("playbook", "Playbook"),
                            ("renewal", "Renewal"),
                            ("review", "Review"),
                            ("command", "Command"),
                        ],
                        default="hand",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("origin_key", models.CharField(blank=True, editable=False, max_length=200, null=True)),
                ("outcome", models.CharField(blank=True, max_length=300)),
                (
                    "by",
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
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "done_by",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TemplateStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "template",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="accounts.onboardingtemplate",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="Its place among the steps of the template.")),
                (
                    "key",
                    models.SlugField(
                        db_index=False, help_text="Signals and proofs know the step by it.", max_length=40
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="How it is done, and when it counts as done.", max_length=300
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        choices=[("csm", "CSM"), ("implementation", "Implementation"), ("customer", "Customer")],
                        default="csm",
                        max_length=14,
                    ),
                ),
                (
                    "due_day",
                    models.SmallIntegerField(help_text="Days since the start of the contract; negative before it."),
                ),
                (
                    "longest_day",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Of a milestone: the day after which the onboarding counts as stuck.",
                        null=True,
                    ),
                ),
                (
                    "proof",
                    models.SlugField(
                        blank=True,
                        db_index=False,
                        help_text="The data that tick it, by name; empty for by hand.",
                        max_length=30,
                    ),
                ),
                (
                    "proof_number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many users, or what percentage.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("is_first_value", models.BooleanField(default=False, verbose_name="first value")),
            ],
            options={
                "ordering": ["template", "place", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("template", "key"), name="onboarding_template_step_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_first_value", True)),
                        fields=("template",),
                        name="onboarding_template_one_first_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longest_day", None), ("longest_day__gte", models.F("due_day")), _connector="OR"
                        ),
                        name="onboarding_template_step_longest_after_due",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_templatestepevent" ("detail", "due_day", "id", "is_first_value", "key", "longest_day", "owner", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "proof", "proof_number", "stage", "template_id", "title") VALUES (NEW."detail", NEW."due_day", NEW."id", NEW."is_first_value", NEW."key", NEW."longest_day", NEW."owner", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."proof", NEW."proof_number", NEW."stage", NEW."template_id", NEW."title"); RETURN NULL;',
                            hash="be56a176102753e667243f9a4b06790caf5bd43d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_e7ade",
                            table="accounts_templatestep",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "accounts_templatestepevent" ("detail", "due_day", "id", "is_first_value", "key", "longest_day", "owner", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "proof", "proof_number", "stage", "template_id", "title") VALUES (NEW."detail", NEW."due_day", NEW."id", NEW."is_first_value", NEW."key", NEW."longest_day", NEW."owner", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."proof", NEW."proof_number", NEW."stage", NEW."template_id", NEW."title"); RETURN NULL;',
                            hash="99d00b1d54ff874f29e8426ebf12d0c301dbd3fe",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d33e4",
                            table="accounts_templatestep",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_templatestepevent" ("detail", "due_day", "id", "is_first_value", "key", "longest_day", "owner", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "proof", "proof_number", "stage", "template_id", "title") VALUES (OLD."detail", OLD."due_day", OLD."id", OLD."is_first_value", OLD."key", OLD."longest_day", OLD."owner", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."proof", OLD."proof_number", OLD."stage", OLD."template_id", OLD."title"); RETURN NULL;',
                            hash="28dab3b5fc33c970ee408fa5b58df289616fb355",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3a48b",
                            table="accounts_templatestep",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateStepEvent",
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
                        to="accounts.templatestep",
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
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.onboardingtemplate",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(help_text="Its place among the steps of the template.")),
                (
                    "key",
                    models.SlugField(
                        db_index=False, help_text="Signals and proofs know the step by it.", max_length=40
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("foundation", "Foundation"),
                            ("core", "Core adoption"),
                            ("wider", "Wider adoption"),
                            ("optimisation", "Optimisation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="How it is done, and when it counts as done.", max_length=300
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        choices=[("csm", "CSM"), ("implementation", "Implementation"), ("customer", "Customer")],
                        default="csm",
                        max_length=14,
                    ),
                ),
                (
                    "due_day",
                    models.SmallIntegerField(help_text="Days since the start of the contract; negative before it."),
                ),
                (
                    "longest_day",
                    models.SmallIntegerField(
                        blank=True,
                        help_text="Of a milestone: the day after which the onboarding counts as stuck.",
                        null=True,
                    ),
                ),
                (
                    "proof",
                    models.SlugField(
                        blank=True,
                        db_index=False,
                        help_text="The data that tick it, by name; empty for by hand.",
                        max_length=30,
                    ),
                ),
                (
                    "proof_number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many users, or what percentage.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("is_first_value", models.BooleanField(default=False, verbose_name="first value")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Touch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="touches", to="accounts.account"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("meeting", "Meeting"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("visit", "Visit"),
                            ("qbr", "Business review"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "From us"), ("in", "From the customer")], default="out", max_length=3
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="touches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "attended",
                    models.BooleanField(
                        blank=True,
                        help_text="For scheduled touches: the customer came. Empty if not scheduled.",
                        null=True,
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, help_text="For messages from us: when they answered.", null=True),
                ),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=8,
                    ),
                ),
                ("summary", models.TextField(blank=True)),
                ("next_step", models.CharField(blank=True, max_length=200)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "two_way",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    ("direction", "in"),
                                    ("attended", True),
                                    ("answered_at__isnull", False),
                                    _connector="OR",
                                ),
                                then=True,
                            ),
                            default=False,
                        ),
                        help_text="The customer took part: came, wrote or answered.",
                        output_field=models.BooleanField(),
                    ),
                ),
                ("attendees", models.ManyToManyField(blank=True, related_name="touches", to="accounts.contact")),
            ],
            options={
                "verbose_name_plural": "touches",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["account", "-at", "-id"], name="touch_account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="touch_once_per_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attended", None), ("kind__in", ["call", "meeting", "visit", "qbr"]), _connector="OR"
                        ),
                        name="touch_attended_if_scheduled",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."next_step" IS DISTINCT FROM (NEW."next_step") OR OLD."sentiment" IS DISTINCT FROM (NEW."sentiment") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."summary" IS DISTINCT FROM (NEW."summary"))',
                            func='INSERT INTO "accounts_touchevent" ("account_id", "answered_at", "archived_at", "at", "attended", "by_id", "created_at", "direction", "external_id", "id", "kind", "next_step", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sentiment", "source", "summary") VALUES (NEW."account_id", NEW."answered_at", NEW."archived_at", NEW."at", NEW."attended", NEW."by_id", NEW."created_at", NEW."direction", NEW."external_id", NEW."id", NEW."kind", NEW."next_step", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sentiment", NEW."source", NEW."summary"); RETURN NULL;',
                            hash="e8aa8ab44da0f1e34696a9863c617e9f799f2d94",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_c3084",
                            table="accounts_touch",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_touchevent" ("account_id", "answered_at", "archived_at", "at", "attended", "by_id", "created_at", "direction", "external_id", "id", "kind", "next_step", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sentiment", "source", "summary") VALUES (OLD."account_id", OLD."answered_at", OLD."archived_at", OLD."at", OLD."attended", OLD."by_id", OLD."created_at", OLD."direction", OLD."external_id", OLD."id", OLD."kind", OLD."next_step", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sentiment", OLD."source", OLD."summary"); RETURN NULL;',
                            hash="699205e89a8598849a42b862732bd8a438bd3ba5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1fc6b",
                            table="accounts_touch",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TouchEvent",
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
                        to="accounts.touch",
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
                ("source", models.CharField(blank=True, default="", max_length=50)),
                ("external_id", models.CharField(blank=True, default="", max_length=200)),
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("meeting", "Meeting"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("visit", "Visit"),
                            ("qbr", "Business review"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "From us"), ("in", "From the customer")], default="out", max_length=3
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
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
                    "attended",
                    models.BooleanField(
                        blank=True,
                        help_text="For scheduled touches: the customer came. Empty if not scheduled.",
                        null=True,
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, help_text="For messages from us: when they answered.", null=True),
                ),
                (
                    "sentiment",
                    models.CharField(
                        blank=True,
                        choices=[("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
                        max_length=8,
                    ),
                ),
                ("summary", models.TextField(blank=True)),
                ("next_step", models.CharField(blank=True, max_length=200)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UseCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="use_cases", to="accounts.successplan"
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("live", "Live"),
                            ("optimising", "Optimising"),
                        ],
                        default="not_started",
                        max_length=11,
                    ),
                ),
                ("live_on", models.DateField(blank=True, null=True, verbose_name="go-live")),
            ],
            options={
                "ordering": [models.OrderBy(models.F("live_on"), nulls_last=True), "pk"],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "accounts_usecaseevent" ("archived_at", "id", "live_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "title", "version") VALUES (NEW."archived_at", NEW."id", NEW."live_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."status", NEW."title", NEW."version"); RETURN NULL;',
                            hash="c6119197700dd3053f3d10646dfbf2ec5debb2b9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c8545",
                            table="accounts_usecase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."live_on" IS DISTINCT FROM (NEW."live_on") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                            func='INSERT INTO "accounts_usecaseevent" ("archived_at", "id", "live_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "status", "title", "version") VALUES (NEW."archived_at", NEW."id", NEW."live_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."status", NEW."title", NEW."version"); RETURN NULL;',
                            hash="de474881d925e44d3abdf4edc9c3924e0f593994",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e4b65",
                            table="accounts_usecase",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UseCaseEvent",
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
                        to="accounts.usecase",
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
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.successplan",
                    ),
                ),
                ("title", models.CharField(max_length=160)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("live", "Live"),
                            ("optimising", "Optimising"),
                        ],
                        default="not_started",
                        max_length=11,
                    ),
                ),
                ("live_on", models.DateField(blank=True, null=True, verbose_name="go-live")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserEvent",
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
                        to=settings.AUTH_USER_MODEL,
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
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=120)),
                ("title", models.CharField(blank=True, max_length=120)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("csm", "CSM"),
                            ("manager", "Manager"),
                            ("executive", "Executive"),
                            ("ae", "Account executive"),
                            ("admin", "Admin"),
                        ],
                        default="csm",
                        max_length=10,
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reports to",
                    ),
                ),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                (
                    "read_only",
                    models.BooleanField(default=False, help_text="Sees what the role sees and changes nothing."),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "email_delivery",
                    models.CharField(
                        choices=[
                            ("immediate", "At once"),
                            ("critical", "Critical at once, the rest in the daily digest"),
                            ("digest", "Everything in the daily digest"),
                            ("none", "No e-mail"),
                        ],
                        default="critical",
                        max_length=10,
                    ),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "00:00"),
                            (1, "01:00"),
                            (2, "02:00"),
                            (3, "03:00"),
                            (4, "04:00"),
                            (5, "05:00"),
                            (6, "06:00"),
                            (7, "07:00"),
                            (8, "08:00"),
                            (9, "09:00"),
                            (10, "10:00"),
                            (11, "11:00"),
                            (12, "12:00"),
                            (13, "13:00"),
                            (14, "14:00"),
                            (15, "15:00"),
                            (16, "16:00"),
                            (17, "17:00"),
                            (18, "18:00"),
                            (19, "19:00"),
                            (20, "20:00"),
                            (21, "21:00"),
                            (22, "22:00"),
                            (23, "23:00"),
                        ],
                        db_default=7,
                        default=7,
                        verbose_name="daily digest at",
                    ),
                ),
                (
                    "quiet_from",
                    models.TimeField(blank=True, help_text="E-mail waits from then on; empty for never.", null=True),
                ),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="quiet until")),
                (
                    "quiet_weekends",
                    models.BooleanField(db_default=False, default=False, verbose_name="quiet on Saturdays and Sundays"),
                ),
                (
                    "quiet_lets_critical",
                    models.BooleanField(
                        db_default=True, default=True, verbose_name="critical alerts come through all the same"
                    ),
                ),
                (
                    "capacity_accounts",
                    models.PositiveIntegerField(blank=True, help_text="Accounts this person can carry.", null=True),
                ),
                ("capacity_arr", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="teammember",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="team_members", to="accounts.account"
            ),
        ),
        migrations.AddField(
            model_name="planstakeholder",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="stakes", to="accounts.successplan"
            ),
        ),
        migrations.AddField(
            model_name="playbookversion",
            name="playbook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="accounts.playbook"
            ),
        ),
        migrations.AddConstraint(
            model_name="playbookversion",
            constraint=models.UniqueConstraint(fields=("playbook", "number"), name="playbook_version_number_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="playbookversion",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_what_was_published",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."playbook_id" IS DISTINCT FROM (NEW."playbook_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."trigger" IS DISTINCT FROM (NEW."trigger") OR OLD."trigger_choice" IS DISTINCT FROM (NEW."trigger_choice") OR OLD."trigger_number" IS DISTINCT FROM (NEW."trigger_number") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c538648d1053f90081cf4ef5086f6d54159b4131",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_what_was_published_7d826",
                    table="accounts_playbookversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="planstakeholder",
            constraint=models.UniqueConstraint(fields=("plan", "contact"), name="plan_stakeholder_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planstakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_planstakeholderevent" ("contact_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."contact_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plan_id"); RETURN NULL;',
                    hash="9d0aee1425957cc0ba70acfa5da10afcec907b37",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a7b9e",
                    table="accounts_planstakeholder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planstakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_planstakeholderevent" ("contact_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (OLD."contact_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plan_id"); RETURN NULL;',
                    hash="e84f991d4a3fce899d08f65ce863f6c94e047d2d",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_91cbb",
                    table="accounts_planstakeholder",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=models.UniqueConstraint(fields=("account", "user", "role"), name="team_member_once"),
        ),
    ]
