"""Which reviews the segments have."""

from django.contrib import admin

from cs_workspace.common.admin import WorkspaceAdmin
from qbr.models import SegmentReviews


@admin.register(SegmentReviews)
class SegmentReviewsAdmin(WorkspaceAdmin):
    """What a segment has beside its business reviews, whose pace is part of the segment's cadence. It counts for the
    reviews that appear from now on."""

    list_display = ["segment", "executive_pace", "annual_pace", "checkpoint", "agenda"]
    list_select_related = ["segment"]
    fields = ["segment", ("executive_pace", "annual_pace"), "checkpoint", "agenda"]
