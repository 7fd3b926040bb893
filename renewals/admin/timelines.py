"""Timelines of renewals with their steps, and which segment has which."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cs_workspace.common.admin import StackedInline, WorkspaceAdmin
from renewals.models import SegmentTimeline, Timeline, TimelineStep


class TimelineStepInline(StackedInline):
    """The steps, in the order in which they come."""

    model = TimelineStep
    extra = 0
    fieldsets = [
        (None, {"fields": [("key", "offset_days"), ("applies", "kind"), ("priority", "escalates"), "playbook"]}),
        ("What it says", {"fields": ["title", "body"]}),
        ("What the customer reads", {"fields": ["mail_title", "mail_body"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """By the days on which they come, the first one first."""
        return super().get_queryset(request).select_related("playbook").order_by("-offset_days", "pk")


@admin.register(Timeline)
class TimelineAdmin(WorkspaceAdmin):
    """What is to be done on the way to a renewal. Renewals that are open keep their steps; what these say changes with
    the next task."""

    list_display = ["name", "scales"]
    list_select_related = ["scales"]
    fields = ["name", "scales"]
    inlines = [TimelineStepInline]
    history_with_parts = True

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A timeline that scales another has no steps of its own."""
        return [] if obj is not None and obj.scales_id else super().get_inlines(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Renewals name the timeline with which they were opened."""
        return False


@admin.register(SegmentTimeline)
class SegmentTimelineAdmin(WorkspaceAdmin):
    """With which timeline the renewals of a segment open from now on; a segment that is not named has Standard 90."""

    list_display = ["segment", "timeline", "start_days", "by_email", "has_checkpoints"]
    list_select_related = ["segment", "timeline"]
    fields = ["segment", "timeline", "start_days", "by_email", "has_checkpoints"]
