"""Answers to surveys."""

import numpy as np

from health.metrics.registry import Asked, Columns, reads

PROMOTER, PASSIVE, DETRACTOR = 0.0, 1.0, 2.0
PROMOTER_MEAN, PASSIVE_MEAN = 8.5, 6.5

# Of NPS each contact's latest answer counts; an answer without a contact stands for a person of its own.
ANSWERS = """
    SELECT account_id,
        100.0 * (count(*) FILTER (WHERE nps AND score >= 9) - count(*) FILTER (WHERE nps AND score <= 6))
            / NULLIF(count(*) FILTER (WHERE nps), 0) AS nps,
        avg(score) FILTER (WHERE nps)::float8 AS nps_mean,
        avg(score) FILTER (WHERE kind = 'csat')::float8 AS csat,
        avg(score) FILTER (WHERE kind IN ('csat', 'review', 'onboarding'))::float8 AS satisfaction
    FROM (
        SELECT account_id, kind, score, kind = 'nps' AND row_number() OVER (
            PARTITION BY account_id, kind, COALESCE(contact_id, -id) ORDER BY at DESC, id DESC
        ) = 1 AS nps
        FROM health_surveyanswer
        WHERE account_id = ANY(%(ids)s) AND at >= %(since)s AND at < %(end)s
    ) answer
    GROUP BY account_id
"""


@reads("nps", "nps_class", "csat", "stakeholder_satisfaction")
def answers(asked: Asked) -> Columns:
    """Of NPS the latest answer of each contact counts. Satisfaction is the mean of CSAT, review and onboarding answers.
    Unknown without an answer in the window.
    """
    seen = asked.rows(ANSWERS, since=asked.since(180))
    mean = seen["nps_mean"]
    of_mean = np.select([mean >= PROMOTER_MEAN, mean >= PASSIVE_MEAN], [PROMOTER, PASSIVE], DETRACTOR)
    return {
        "nps": seen["nps"],
        "nps_class": np.where(np.isnan(mean), np.nan, of_mean),
        "csat": seen["csat"],
        "stakeholder_satisfaction": seen["satisfaction"],
    }
