"""Touches: who came, who answered, in what tone, and when we last spoke."""

import numpy as np

from health.metrics.registry import Asked, Columns, ratio, reads

POSITIVE, NEUTRAL, NEGATIVE = 0.0, 1.0, 2.0

TOUCHES = """
    SELECT a.id, recent.*, %(day)s::date - (spoken.at AT TIME ZONE %(zone)s)::date AS days_since_contact
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN LATERAL (
        SELECT count(attended) AS scheduled, count(*) FILTER (WHERE attended) AS attended,
            count(*) FILTER (WHERE direction = 'out' AND kind IN ('email', 'chat')) AS sent,
            count(*) FILTER (
                WHERE direction = 'out' AND kind IN ('email', 'chat') AND answered_at < %(end)s
            ) AS answered,
            avg(CASE sentiment WHEN 'positive' THEN 1 WHEN 'neutral' THEN 0 WHEN 'negative' THEN -1 END)::float8 AS tone
        FROM accounts_touch
        WHERE account_id = a.id AND archived_at IS NULL AND at >= %(since)s AND at < %(end)s
    ) recent ON TRUE
    LEFT JOIN LATERAL (
        SELECT at FROM accounts_touch
        WHERE account_id = a.id AND archived_at IS NULL AND at < %(end)s AND two_way
        ORDER BY at DESC LIMIT 1
    ) spoken ON TRUE
"""


@reads("sentiment", "meeting_attendance", "email_response_rate", "days_since_contact")
def touches(asked: Asked) -> Columns:
    """Tone is the class nearest to the mean of positive (1), neutral (0) and negative (−1). Answered are e-mails and
    chats from us. Two-way is a touch that the customer attended, began or answered. Unknown where there was none.
    """
    seen = asked.rows(TOUCHES, since=asked.since(90), zone=str(asked.end.tzinfo))
    tone = seen["tone"]
    nearest = np.select([tone >= 0.5, tone <= -0.5], [POSITIVE, NEGATIVE], NEUTRAL)
    return {
        "sentiment": np.where(np.isnan(tone), np.nan, nearest),
        "meeting_attendance": ratio(seen["attended"], seen["scheduled"]),
        "email_response_rate": ratio(seen["answered"], seen["sent"]),
        "days_since_contact": seen["days_since_contact"],
    }
