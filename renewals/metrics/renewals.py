"""What is expected of an account's renewals, and whether their budget is confirmed."""

from health.metrics.registry import Asked, Columns, reads

# Each renewal as it stood at the end of the day, by its history; its ARR is kept current without one. What its owner
# has said nothing of is expected neither to shrink nor to stay.
SAID = """
    SELECT account_id, max(CASE
        WHEN expected_arr < current_arr THEN 1 WHEN expected_arr IS NOT NULL OR category <> '' THEN 0
    END) AS contraction_risk
    FROM (
        SELECT DISTINCT ON (e.pgh_obj_id) e.account_id, e.stage, e.category, e.expected_arr, r.current_arr
        FROM renewals_renewalevent e JOIN renewals_renewal r ON r.id = e.pgh_obj_id
        WHERE r.account_id = ANY(%(ids)s::bigint[]) AND e.pgh_created_at < %(end)s
        ORDER BY e.pgh_obj_id, e.pgh_id DESC
    ) stood
    WHERE stage <> 'closed'
    GROUP BY account_id
"""
# What a customer said of the budget holds for a year.
BUDGET = """
    SELECT DISTINCT ON (account_id) account_id, is_confirmed::int AS renewal_budget_confirmed
    FROM renewals_budgetanswer
    WHERE account_id = ANY(%(ids)s::bigint[]) AND at >= %(since)s AND at < %(end)s
    ORDER BY account_id, at DESC, id DESC
"""
BUDGET_DAYS = 365


@reads("contraction_risk")
def contraction(asked: Asked) -> Columns:
    """True where the owner of an open renewal expects less than the current ARR; false where its owner gave a forecast
    or an expected ARR and none shrinks. Unknown without an open renewal, and where nobody has said anything.
    """
    return asked.rows(SAID)


@reads("renewal_budget_confirmed")
def budget(asked: Asked) -> Columns:
    """What the customer said last of the budget, within a year. Unknown where they were not asked."""
    return asked.rows(BUDGET, since=asked.since(BUDGET_DAYS))
