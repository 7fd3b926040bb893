"""Whether the customer takes part in business reviews."""

from health.metrics.registry import Asked, Columns, reads

# A held review is a touch too, so that reviews that came from outside, or were logged by hand, count alike.
LAST = """
    SELECT DISTINCT ON (account_id) account_id, attended::int AS review_participation
    FROM accounts_touch
    WHERE account_id = ANY(%(ids)s::bigint[]) AND kind = 'qbr' AND attended IS NOT NULL AND archived_at IS NULL
        AND at >= %(since)s AND at < %(end)s
    ORDER BY account_id, at DESC, id DESC
"""
WINDOW_DAYS = 180


@reads("review_participation")
def participation(asked: Asked) -> Columns:
    """True where the customer took part in the last business review of the window, false where they missed it. Unknown
    where none was to take place.
    """
    return asked.rows(LAST, since=asked.since(WINDOW_DAYS))
