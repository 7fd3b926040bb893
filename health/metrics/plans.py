"""Success plans: what the customer set out to achieve, how much of it is reached, and what it was worth."""

import numpy as np

from health.metrics.registry import Asked, Columns, ratio, reads

NONE, SOME, ALL = 0.0, 1.0, 2.0

# Put away later is there still as of the day; a measured value that was taken back never was.
PLANS = """
    SELECT plan.account_id, goals.defined, goals.achieved,
        EXISTS (
            SELECT FROM accounts_roirecord r
            WHERE r.plan_id = plan.id AND r.archived_at IS NULL AND r."on" <= %(day)s::date
        )::int AS documented,
        EXISTS (
            SELECT FROM accounts_roirecord r JOIN accounts_successplan p ON p.id = r.plan_id
            WHERE p.account_id = plan.account_id AND r.archived_at IS NULL
                AND r."on" > %(day)s::date - 180 AND r."on" <= %(day)s::date
        )::int AS evidence
    FROM (
        SELECT DISTINCT ON (account_id) account_id, id FROM accounts_successplan
        WHERE account_id = ANY(%(ids)s) AND began_on <= %(day)s::date
            AND (archived_at IS NULL OR archived_at >= %(end)s)
        ORDER BY account_id, began_on DESC, id DESC
    ) plan
    CROSS JOIN LATERAL (
        SELECT count(*) AS defined, count(*) FILTER (
            WHERE CASE WHEN o.target > o.baseline THEN v.value >= o.target ELSE v.value <= o.target END
        ) AS achieved
        FROM accounts_objective o
        LEFT JOIN LATERAL (
            SELECT value FROM accounts_measuredvalue
            WHERE objective_id = o.id AND archived_at IS NULL AND "on" <= %(day)s::date
            ORDER BY "on" DESC, id DESC LIMIT 1
        ) v ON TRUE
        WHERE o.plan_id = plan.id AND (o.began_on <= %(day)s::date OR o.created_at < %(end)s)
            AND (o.archived_at IS NULL OR o.archived_at >= %(end)s)
    ) goals
"""


@reads("goals_achieved_share", "goals_standing", "goals_defined", "roi_documented", "outcome_evidence")
def plans(asked: Asked) -> Columns:
    """Goals are the objectives of the plan as of the day; achieved is one whose latest measured value meets its target.
    Unknown without a plan, share and standing without a goal too. Evidence of an outcome is a ROI record of 180 days,
    also one of a plan before.
    """
    seen = asked.rows(PLANS)
    defined, achieved = seen["defined"], seen["achieved"]
    standing = np.select([achieved >= defined, achieved > 0], [ALL, SOME], NONE)
    return {
        "goals_achieved_share": ratio(achieved, defined),
        "goals_standing": np.where(defined > 0, standing, np.nan),
        "goals_defined": defined,
        "roi_documented": seen["documented"],
        "outcome_evidence": seen["evidence"],
    }
