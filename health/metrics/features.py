"""Features used: a row a feature and month, a bit a day."""

import numpy as np

from health.metrics.registry import Asked, Columns, month_masks, of_product, ratio, reads

# Measured against the features of the products under contract and of those that were ever used: the number a product
# states, else the features of it that are known.
BREADTH = f"""
    SELECT a.id, COALESCE(seen.used, earlier.none) AS used, (
        SELECT sum(COALESCE(p.feature_count, (SELECT count(*) FROM health_feature f WHERE f.product_id = p.id)))
        FROM accounts_product p
        WHERE {of_product("p.id")} AND (p.id IN (
            SELECT l.product_id FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
            WHERE c.account_id = a.id AND c.start <= %(day)s::date AND (c."end" IS NULL OR c."end" > %(day)s::date)
                AND c.status IN ('active', 'ended')
        ) OR p.id = ANY(seen.products))
    ) AS known
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN (
        SELECT m.account_id, count(DISTINCT m.feature_id) AS used, array_agg(DISTINCT f.product_id) AS products
        FROM unnest(%(months)s::date[], %(masks)s::integer[]) AS w (month, mask)
        JOIN health_featuremonth m ON m.month = w.month AND m.account_id = ANY(%(ids)s)
        JOIN health_feature f ON f.id = m.feature_id
        WHERE m.days & w.mask <> 0 AND {of_product("f.product_id")}
        GROUP BY m.account_id
    ) seen ON seen.account_id = a.id
    LEFT JOIN LATERAL (
        SELECT 0 AS none FROM health_featuremonth m
        WHERE seen.account_id IS NULL AND m.account_id = a.id AND m.month <= %(day)s::date
            AND (m.month < date_trunc('month', %(day)s::date) OR m.days & %(past)s <> 0)
            AND (%(product)s::bigint IS NULL OR EXISTS (
                SELECT 1 FROM health_feature f WHERE f.id = m.feature_id AND f.product_id = %(product)s
            ))
        LIMIT 1
    ) earlier ON TRUE
"""  # noqa: S608  its parts are constants


@reads("feature_breadth", of_products=True)
def breadth(asked: Asked) -> Columns:
    """There are the features of the products under contract and of those used in the window: the number that a product
    states, else those known of it. Unknown where no use of a feature was ever seen.
    """
    months, masks = month_masks(asked.day, 30)
    seen = asked.rows(BREADTH, months=months, masks=masks, past=(1 << asked.day.day) - 1)
    return {"feature_breadth": np.minimum(ratio(seen["used"], seen["known"]), 1.0)}
