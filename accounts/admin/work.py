"""Tasks, for whoever must look across all of them."""

from django.contrib import admin

from accounts.admin.customers import KeptAdmin
from accounts.models import SavedView, Task
from cs_workspace.common.admin import WorkspaceAdmin


@admin.register(Task)
class TaskAdmin(KeptAdmin):
    """Every task of the workspace."""

    list_display = ["title", "account", "due_at", "priority", "status", "origin"]
    list_filter = ["status", "priority", "origin"]
    list_select_related = ["account"]
    search_fields = ["title", "account__name"]
    autocomplete_fields = ["account", "assignees"]
    exclude = ["linked_type", "linked_id", "by", "done_by"]


@admin.register(SavedView)
class SavedViewAdmin(WorkspaceAdmin):
    """Views that people saved; shared ones may need a tidy hand."""

    list_display = ["name", "page", "owner", "sharing"]
    list_filter = ["page", "sharing"]
    list_select_related = ["owner"]
    autocomplete_fields = ["owner"]
