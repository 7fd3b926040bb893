"""Webinars, events and the community."""

import numpy as np

from health.metrics.registry import Asked, Columns, reads

EVENTS = """
    SELECT account_id, max(1) FILTER (WHERE kind IN ('attended', 'invited')) AS invited,
        count(*) FILTER (WHERE kind = 'attended' AND at >= %(d180)s) AS attended,
        max(1) FILTER (WHERE kind = 'community') AS member,
        count(*) FILTER (WHERE kind = 'community' AND at >= %(d90)s) AS posts
    FROM health_event
    WHERE account_id = ANY(%(ids)s) AND kind IN ('attended', 'invited', 'community') AND at < %(end)s
    GROUP BY account_id
"""


@reads("event_attendance", "community_activity")
def events(asked: Asked) -> Columns:
    """Attendance and community posts; unknown for accounts that were never invited, or never took part at all."""
    seen = asked.rows(EVENTS, d90=asked.since(90), d180=asked.since(180))
    return {
        "event_attendance": np.where(seen["invited"] == 1, seen["attended"] > 0, np.nan),
        "community_activity": np.where(seen["member"] == 1, seen["posts"], np.nan),
    }
