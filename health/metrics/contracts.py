"""Contracts: whether one holds, when it comes up for renewal, and what it is worth against a year before."""

import numpy as np

from accounts.queries.terms import IN_FORCE, line_arr, terms_params
from health.metrics.registry import Asked, Columns, ratio, reads
from health.metrics.terms import terms

ACTIVE, APPROACHING, EXPIRED = 0.0, 1.0, 2.0
APPROACHING_DAYS = 90

# ARR of the contracts in force by product, on the day and 365 days before. Both are converted at the rate of the day,
# so that a currency that moves is no growth.
GROWTH = f"""
    SELECT account_id, sum(now) AS now, sum(before) AS before, sum(GREATEST(now - before, 0)) AS grown FROM (
        SELECT account_id, COALESCE(sum(arr) FILTER (WHERE is_now), 0)::float8 AS now,
            COALESCE(sum(arr) FILTER (WHERE NOT is_now), 0)::float8 AS before
        FROM (
            SELECT c.account_id, l.product_id, moment.is_now,
                {line_arr("%(day)s::date")} AS arr
            FROM (VALUES (%(day)s::date, TRUE), (%(day)s::date - 365, FALSE)) AS moment (day, is_now)
            JOIN accounts_contract c ON {IN_FORCE.replace("%(day)s::date", "moment.day")}
            JOIN accounts_contractline l ON l.contract_id = c.id
            WHERE c.account_id = ANY(%(ids)s)
        ) line
        GROUP BY account_id, product_id
    ) of_product
    GROUP BY account_id
"""  # noqa: S608  its parts are constants


@reads("contract_status", "days_to_renewal")
def contracts(asked: Asked) -> Columns:
    """The renewal is the nearest end of a contract in force on which no other follows. Unknown where there never was a
    contract; an open-ended one is active and has no renewal.
    """
    seen = asked.read(terms)
    in_force = seen["in_force"] > 0
    expired = ~in_force & ~np.isnan(seen["days_since_end"])
    near = in_force & (seen["days_to_renewal"] <= APPROACHING_DAYS)
    return {
        "contract_status": np.select([expired, near, in_force], [EXPIRED, APPROACHING, ACTIVE], np.nan),
        "days_to_renewal": np.where(expired, seen["days_since_end"], seen["days_to_renewal"]),
    }


def growth(asked: Asked) -> Columns:
    """ARR under contract on the day and 365 days before, and what products grew by; NaN without a contract on both."""
    return asked.rows(GROWTH, **terms_params(asked.day))


@reads("contract_value_change", "expansion_12m")
def value(asked: Asked) -> Columns:
    """ARR of the contracts in force against those of 365 days before. Expansion is what products grew by, new ones
    included; what others lost is not taken off it. Unknown for accounts that had no ARR a year before.
    """
    seen = asked.read(growth)
    return {
        "contract_value_change": ratio(seen["now"], seen["before"]) - 1,
        "expansion_12m": ratio(seen["grown"], seen["before"]),
    }
