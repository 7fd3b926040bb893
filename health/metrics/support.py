"""Support tickets."""

import numpy as np

from health.metrics.registry import Asked, Columns, of_product, ratio, reads

# As of the day: a ticket closed later was open, one rated later was not rated.
TICKETS = f"""
    SELECT a.id, t.*, source.there FROM unnest(%(ids)s::bigint[]) AS a (id)
    CROSS JOIN (
        SELECT max(1) AS there FROM (SELECT 1 FROM health_ticket WHERE opened_at < %(end)s LIMIT 1) any_ticket
    ) source
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE opened_at >= %(d30)s) AS d30,
            count(*) FILTER (WHERE opened_at >= %(d90)s) AS d90,
            count(*) FILTER (WHERE opened_at >= %(d90)s AND severity = 'critical') AS critical,
            count(*) AS d365,
            count(*) FILTER (WHERE closed_at >= %(d90)s AND closed_at < %(end)s) AS closed,
            count(*) FILTER (WHERE closed_at >= %(d90)s AND closed_at < %(end)s AND escalated) AS escalated,
            avg(extract(epoch FROM closed_at - opened_at) / 3600)
                FILTER (WHERE closed_at >= %(d90)s AND closed_at < %(end)s)::float8 AS hours,
            avg(rating) FILTER (WHERE COALESCE(closed_at, opened_at) >= %(d90)s
                AND COALESCE(closed_at, opened_at) < %(end)s)::float8 AS rating
        FROM health_ticket
        WHERE account_id = a.id AND opened_at >= %(d365)s AND opened_at < %(end)s
            AND {of_product("product_id")}
    ) t ON TRUE
"""  # noqa: S608  its parts are constants


@reads(
    "tickets_90d",
    "tickets_30d",
    "ticket_volume_ratio",
    "critical_ticket_share",
    "ticket_resolution_hours",
    "escalation_rate",
    "support_csat",
    of_products=True,
)
def tickets(asked: Asked) -> Columns:
    """An account without a ticket has 0, unless nobody in the workspace ever had one: then no source is connected, and
    nothing is known. Shares and times are unknown where there is no ticket to take them of.
    """
    seen = asked.rows(TICKETS, d30=asked.since(30), d90=asked.since(90), d365=asked.since(365))
    connected = seen["there"] == 1
    usual = seen["d365"] * 30 / 365
    return {
        "tickets_30d": np.where(connected, seen["d30"], np.nan),
        "tickets_90d": np.where(connected, seen["d90"], np.nan),
        "ticket_volume_ratio": np.where(connected & (usual == 0), 0.0, ratio(seen["d30"], usual)),
        "critical_ticket_share": ratio(seen["critical"], seen["d90"]),
        "ticket_resolution_hours": seen["hours"],
        "escalation_rate": ratio(seen["escalated"], seen["closed"]),
        "support_csat": seen["rating"],
    }
