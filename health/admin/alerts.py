"""Alert rules, and the alerts they raised."""

from django.contrib import admin
from django.http import HttpRequest

from cs_workspace.common.admin import WorkspaceAdmin
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
        ("When", {"fields": ["trigger", ("threshold", "window_days", "tier_rank")]}),
        ("Who is told", {"fields": [("to_csm", "to_manager", "to_executive", "to_admin")]}),
        ("What to do", {"fields": ["next_action", ("task_title", "task_due_hours")]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: AlertRule | None = None) -> bool:
        """A rule that raised alerts is switched off: its alerts name it."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.alerts.exists())


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
