"""Onboardings: how far the one that runs is, and how long the first value took."""

from cs_workspace.common import clock
from health.metrics.registry import Asked, Columns, ratio, reads

# As of the day: an onboarding that ended later was running, and a step that was closed later was open.
PROGRESS = """
    SELECT o.account_id, count(*) FILTER (WHERE s.closed_on <= %(day)s::date AND s.state = 'done') AS done,
        count(*) FILTER (WHERE s.state <> 'skipped' OR s.closed_on > %(day)s::date) AS counted
    FROM accounts_onboarding o JOIN accounts_onboardingstep s ON s.onboarding_id = o.id
    WHERE o.account_id = ANY(%(ids)s) AND o.created_at < %(end)s AND (o.ended_at IS NULL OR o.ended_at >= %(end)s)
    GROUP BY o.account_id
"""
FIRST_VALUE = """
    SELECT DISTINCT ON (account_id) account_id, GREATEST(
        CASE WHEN first_value_on <= %(day)s::date THEN first_value_on
            ELSE LEAST(%(day)s::date, (ended_at AT TIME ZONE %(zone)s)::date) END - started_on, 0
    ) AS days
    FROM accounts_onboarding
    WHERE account_id = ANY(%(ids)s) AND started_on <= %(day)s::date AND started_on > %(day)s::date - 365
        AND created_at < %(end)s AND state <> 'cancelled'
    ORDER BY account_id, started_on DESC, id DESC
"""


@reads("onboarding_progress")
def progress(asked: Asked) -> Columns:
    """Done ÷ counted steps of the onboardings that ran on the day; skipped steps do not count. Unknown without one."""
    seen = asked.rows(PROGRESS)
    return {"onboarding_progress": ratio(seen["done"], seen["counted"])}


@reads("first_value_days")
def first_value(asked: Asked) -> Columns:
    """Of the onboarding that started last, within a year: until its first value, and so far while that is open."""
    return {"first_value_days": asked.rows(FIRST_VALUE, zone=clock.workspace_zone().key)["days"]}
