"""Alert rules, and the alerts they raised."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, Field, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cs_workspace.common.admin import WorkspaceAdmin
from health.domain.signals import KINDS
from health.models import Alert, AlertRule


@admin.register(AlertRule)
class AlertRuleAdmin(WorkspaceAdmin):
    """What raises an alert, and who is told. Switch off what nobody acts upon."""

    list_display = ["name", "trigger", "severity", "to_csm", "to_manager", "to_executive", "to_admin", "active"]
    list_editable = ["active"]
    list_filter = ["active", "trigger"]
    prepopulated_fields = {"key": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "key", "active", "severity"]}),
        ("When", {"fields": ["trigger", ("threshold", "window_days", "tier_rank"), "signal_kind"]}),
        ("Who is told", {"fields": [("to_csm", "to_manager", "to_executive", "to_admin")]}),
        ("What to do", {"fields": ["next_action", ("task_title", "task_due_hours")]}),
    ]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest | None, **kwargs: Any) -> Any:
        """The kind of a signal is chosen from those there are."""
        if db_field.name == "signal_kind":
            choices = [("", "—"), *((kind.key, kind.label) for kind in KINDS.values())]
            return forms.ChoiceField(choices=choices, required=False, help_text=db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion of ticked rules: each is asked for by itself, and says what uses it."""
        return {key: action for key, action in super().get_actions(request).items() if key != "delete_selected"}

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A rule that raised alerts is switched off and not deleted: its alerts name it."""
        rule = self.get_object(request, unquote(object_id))
        used = uses_of(rule) if rule is not None else ""
        if rule is not None and used and self.has_delete_permission(request, rule):
            self.message_user(request, f"“{rule}” stays: {used}. Switch it off instead.", messages.ERROR)
            return redirect("admin:health_alertrule_change", rule.pk)
        return super().delete_view(request, object_id, extra_context)


def uses_of(rule: AlertRule) -> str:
    """What names the rule, in words; empty where nothing does. One query."""
    alerts = rule.alerts.aggregate(all=Count("pk"), unresolved=Count("pk", filter=~Q(state=Alert.State.RESOLVED)))
    if not alerts["all"]:
        return ""
    return f"{alerts['all']:,} alert{'' if alerts['all'] == 1 else 's'} name it, {alerts['unresolved']:,} unresolved"


@admin.register(Alert)
class AlertAdmin(WorkspaceAdmin):
    """Every alert of the workspace; they are worked in the inbox."""

    list_display = ["opened_at", "account", "rule", "severity", "state", "acted"]
    list_filter = ["state", "severity", "rule"]
    list_select_related = ["account", "rule"]
    search_fields = ["account__name", "title"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Alert | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Alert | None = None) -> bool:
        return False
