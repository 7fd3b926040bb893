"""Days on which nobody works; playbooks themselves have pages of their own."""

from django.contrib import admin

from accounts.models import Holiday
from cs_workspace.common.admin import WorkspaceAdmin


@admin.register(Holiday)
class HolidayAdmin(WorkspaceAdmin):
    """Days off of the workspace: tasks that count working days are not due on them."""

    list_display = ["day", "name"]
    date_hierarchy = "day"
