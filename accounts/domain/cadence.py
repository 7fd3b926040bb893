"""How often a customer should hear from us: by segment, and more often the worse the health."""

import datetime as dt
from typing import Final

# Days between two-way touches by segment; a self-serve customer is written to by the product, not by a person.
BY_SEGMENT: Final[dict[str, int]] = {"enterprise": 14, "mid-market": 30, "smb": 90}

# Days by the rank of a bottom tier, whatever the segment: weekly at risk, daily when critical.
BY_RANK: Final[dict[int, int]] = {3: 7, 4: 1}


def days_between_touches(segment: str, rank: int | None) -> int | None:
    """The longest time in days that may pass between two touches; None where none is asked for.

    `segment` is the segment's key, `rank` the tier's (1 is the best, None without a score).
    """
    allowed = [days for days in (BY_SEGMENT.get(segment), BY_RANK.get(rank or 0)) if days is not None]
    return min(allowed, default=None)


def days_overdue(last_touch: dt.datetime | None, since: dt.date | None, days: int, *, now: dt.datetime) -> int | None:
    """Whole days by which a touch is overdue, 0 on the day it falls due; None while there is still time.

    Without any touch the time runs from `since`, the day the customer came; where that is unknown too, a touch is due.
    """
    if last_touch is not None:
        passed = (now - last_touch).days
    elif since is not None:
        passed = (now.date() - since).days
    else:
        return 0
    return passed - days if passed >= days else None


def phrase(segment_name: str, segment: str, rank: int | None) -> str:
    """The rule in words: "weekly while at risk", "every 14 days for Enterprise"; empty where there is none."""
    days = days_between_touches(segment, rank)
    if days is None:
        return ""
    if BY_RANK.get(rank or 0) == days:
        return "daily while critical" if days == 1 else "weekly while at risk"
    return f"every {days} days for {segment_name}"
