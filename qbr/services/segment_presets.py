"""Which reviews the segments that ship have beside their business reviews (qbr.md §1)."""

from typing import Any, Final

from django.db import transaction

from accounts.domain.cadence import Pace
from accounts.models import Segment
from qbr.domain.agendas import Preset
from qbr.models import SegmentReviews

SHIPPED: Final[dict[str, dict[str, Any]]] = {
    "enterprise": {"executive_pace": Pace.YEARLY.value, "checkpoint": True},
    "mid_market": {"checkpoint": True},
    "smb": {"agenda": Preset.CLASSIC.value},
    "self_serve": {},
}


@transaction.atomic
def install_segment_reviews() -> int:
    """In a new workspace, gives the segments that ship what they have; gives how many. Later on only admins do."""
    if SegmentReviews.objects.exists():
        return 0
    segments = {segment.key: segment for segment in Segment.objects.filter(key__in=SHIPPED)}
    made = SegmentReviews.objects.bulk_create(
        SegmentReviews(segment=segments[key], **fields) for key, fields in SHIPPED.items() if key in segments
    )
    return len(made)
