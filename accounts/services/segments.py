"""The segments that ship."""

from decimal import Decimal

from accounts.models import Segment

# Key, name, lowest ARR in workspace currency (domain.md §1); admins may move the bounds.
SEGMENTS = (
    ("enterprise", "Enterprise", 100_000),
    ("mid_market", "Mid-market", 25_000),
    ("smb", "SMB", 5_000),
    ("self_serve", "Self-serve", 0),
)


def install_segments() -> int:
    """The four segments where there are none yet; gives how many were made."""
    if Segment.objects.exists():
        return 0
    return len(
        Segment.objects.bulk_create(
            Segment(key=key, name=name, lower_arr=Decimal(lower)) for key, name, lower in SEGMENTS
        )
    )
