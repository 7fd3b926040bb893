"""Segments and their bounds."""

from django.contrib import admin

from accounts.models import Segment
from cs_workspace.common.admin import WorkspaceAdmin


@admin.register(Segment)
class SegmentAdmin(WorkspaceAdmin):
    """Classes of accounts by ARR. Accounts move with their ARR unless pinned, at the next nightly run."""

    list_display = ["name", "key", "lower_arr"]
    list_editable = ["lower_arr"]
    prepopulated_fields = {"key": ["name"]}
