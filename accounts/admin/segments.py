"""Segments and their bounds."""

from django.contrib import admin

from accounts.models import Segment
from cs_workspace.common.admin import WorkspaceAdmin


@admin.register(Segment)
class SegmentAdmin(WorkspaceAdmin):
    """Classes of accounts by ARR. Accounts move with their ARR unless pinned, at the next nightly run.

    The cadence is how often a customer of the segment should hear from us; it counts at once.
    """

    list_display = ["name", "key", "lower_arr", "sync_pace", "async_pace", "review_pace", "executive_pace"]
    list_editable = ["lower_arr"]
    prepopulated_fields = {"key": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "key", "lower_arr"]}),
        ("Cadence", {"fields": [("sync_pace", "async_pace"), ("review_pace", "executive_pace")]}),
    ]
