"""Daily use of the products, out of the wide roll-up: one pass over 60 days gives every metric of a window."""

import numpy as np

from health.domain.scorers import FloatArray
from health.metrics.registry import Asked, Columns, of_product, ratio, reads, reads_beside
from health.metrics.terms import terms

NOW = "day > %(day)s::date - 30"
BEFORE = "day <= %(day)s::date - 30"
OF_PRODUCT = of_product("product_id")
ACTIVE = "(logins > 0 OR active_users > 0 OR core_actions > 0 OR minutes > 0)"
MEASURES = {
    "logins": "logins",
    "user_days": "active_users",
    "core_actions": "core_actions",
    "data_volume": "data_volume",
}


def days(condition: str, past: int) -> str:
    """SQL for the number of distinct days of 30 on which the condition holds; the window ended `past` days ago."""
    return f"bit_count(COALESCE(bit_or(1 << (%(day)s::date - {past} - day)) FILTER (WHERE {condition}), 0)::bit(32))"


# What the pass can tell; only what the metrics asked for need is computed.
AGGREGATES = {
    "logins": f"sum(logins) FILTER (WHERE {NOW})",
    "logins_before": f"sum(logins) FILTER (WHERE {BEFORE})",
    "logins_28d": "sum(logins) FILTER (WHERE day > %(day)s::date - 28)",
    "login_days": days(f"{NOW} AND logins > 0", 0),
    "user_days": f"sum(active_users) FILTER (WHERE {NOW})",
    "user_days_before": f"sum(active_users) FILTER (WHERE {BEFORE})",
    "active_days": days(f"{NOW} AND {ACTIVE}", 0),
    "active_days_before": days(f"{BEFORE} AND {ACTIVE}", 30),
    "busiest_day": f"max(active_users) FILTER (WHERE {NOW})",
    "core_actions": f"sum(core_actions) FILTER (WHERE {NOW})",
    "data_volume": f"sum(data_volume) FILTER (WHERE {NOW})",
    "data_volume_before": f"sum(data_volume) FILTER (WHERE {BEFORE})",
    "last_day": "%(day)s::date - max(day)",
    "last_login": "%(day)s::date - max(day) FILTER (WHERE logins > 0)",
    "seats": f"count(seats_assigned) FILTER (WHERE {NOW})",
}
# No metrics, but what gaps and signals ask of the same days: read in the same pass, they are not gone through again.
DAYS_SINCE_USAGE, DAYS_SINCE_LOGIN, SEAT_REPORTS = "_days_since_usage", "_days_since_login", "_seat_reports"
DAILY = {DAYS_SINCE_USAGE: "last_day", DAYS_SINCE_LOGIN: "last_login", SEAT_REPORTS: "seats"}
OF_USERS = ("busiest_day", "core_actions")
NEEDS = {
    "login_days": ("logins", "login_days"),
    "logins_per_week_ratio": ("logins", "logins_28d"),
    "login_change": ("logins", "logins_before"),
    "usage_change": ("user_days", "user_days_before", "active_days", "active_days_before"),
    "data_volume_change": ("data_volume", "data_volume_before"),
    "active_user_ratio": OF_USERS,
    "core_actions_per_user": OF_USERS,
    "core_actions_ratio": OF_USERS,
    **{name: (column,) for name, column in DAILY.items()},
}
# A measure that was reported before the window and not inside it is 0 and not unknown. Changes need two whole windows:
# the first day of the older one was observed, or a day before it.
COVERED = f"""(
        t.first_day = %(day)s::date - 59 OR EXISTS (
            SELECT 1 FROM health_usageday u
            WHERE u.account_id = a.id AND u.day <= %(day)s::date - 60 AND {OF_PRODUCT}
        )
    )::integer AS covered"""  # noqa: S608  its part stands above
WINDOWS = """
    SELECT a.id, {columns}
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN (
        SELECT account_id, min(day) AS first_day, {aggregates}
        FROM health_usageday
        WHERE account_id = ANY(%(ids)s) AND day > %(day)s::date - {span} AND day <= %(day)s::date AND {of_product}
        GROUP BY account_id
    ) t ON t.account_id = a.id
"""
REPORTED_EARLIER = """COALESCE(t.{name}, (
        SELECT 0 FROM health_usageday u
        WHERE u.account_id = a.id AND u.day <= %(day)s::date - 30 AND u.{measure} IS NOT NULL AND {of_product} LIMIT 1
    )) AS {name}"""
YEAR_BEFORE = f"""
    SELECT s.id, 1 AS seasonal, t.logins_before, t.user_days_before, t.data_volume_before, t.active_days_before, (
        t.first_day = %(day)s::date - 394 OR EXISTS (
            SELECT 1 FROM health_usageday u
            WHERE u.account_id = s.id AND u.day <= %(day)s::date - 395 AND {OF_PRODUCT}
        )
    )::integer AS covered
    FROM accounts_account s
    LEFT JOIN LATERAL (
        SELECT min(day) AS first_day, sum(logins) AS logins_before, sum(active_users) AS user_days_before,
            sum(data_volume) AS data_volume_before, {days(ACTIVE, 365)} AS active_days_before
        FROM health_usageday u
        WHERE u.account_id = s.id AND u.day > %(day)s::date - 395 AND u.day <= %(day)s::date - 365
            AND {OF_PRODUCT}
    ) t ON TRUE
    WHERE s.id = ANY(%(ids)s) AND s.seasonal
"""  # noqa: S608  its parts stand above
LATEST = f"""
    SELECT a.id, %(day)s::date - seen.day AS last_activity_days, now.seats_assigned, now.integrations
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN LATERAL (
        SELECT day FROM health_usageday
        WHERE account_id = a.id AND day <= %(day)s::date AND {ACTIVE} AND {OF_PRODUCT}
        ORDER BY day DESC LIMIT 1
    ) seen ON TRUE
    LEFT JOIN LATERAL (
        SELECT sum(seats_assigned) AS seats_assigned, sum(integrations) AS integrations FROM (
            SELECT (array_agg(seats_assigned ORDER BY day DESC) FILTER (WHERE seats_assigned IS NOT NULL))[1],
                (array_agg(integrations ORDER BY day DESC) FILTER (WHERE integrations IS NOT NULL))[1]
            FROM health_usageday
            WHERE account_id = a.id AND day > %(day)s::date - 90 AND day <= %(day)s::date AND {OF_PRODUCT}
            GROUP BY product_id
        ) AS of_product (seats_assigned, integrations)
    ) now ON TRUE
"""  # noqa: S608  its parts stand above


def usage_windows(asked: Asked) -> Columns:
    """The columns of the pass that the metrics asked for need; NaN where a measure was never reported."""
    needed = dict.fromkeys(column for metric, columns in NEEDS.items() if metric in asked.metrics for column in columns)
    columns = [
        REPORTED_EARLIER.format(name=name, measure=MEASURES[name], of_product=OF_PRODUCT)
        if name in MEASURES
        else f"t.{name}"
        for name in needed
    ]
    aggregates = [f"{AGGREGATES[name]} AS {name}" for name in needed]
    # The older window is half of the work, and only changes look at it.
    compared = any(name.endswith("_before") for name in needed)
    return asked.rows(
        WINDOWS.format(
            columns=", ".join([*columns, COVERED] if compared else columns),
            aggregates=", ".join(aggregates),
            span=60 if compared else 30,
            of_product=OF_PRODUCT,
        )
    )


@reads("login_days", of_products=True)
def login_days(asked: Asked) -> Columns:
    """Days with a login. Unknown where no source ever reported logins."""
    seen = asked.read(usage_windows)
    return {"login_days": np.where(np.isnan(seen["logins"]), np.nan, np.nan_to_num(seen["login_days"]))}


@reads("logins_per_week_ratio")
def logins_expected(asked: Asked) -> Columns:
    """Logins against those that the contracts in force expect, which is said of a contract and not of its products.

    Unknown where no source ever reported logins, and where no contract expects any.
    """
    seen = asked.read(usage_windows)
    per_week = np.where(np.isnan(seen["logins"]), np.nan, np.nan_to_num(seen["logins_28d"]) / 4)
    return {"logins_per_week_ratio": ratio(per_week, asked.read(terms)["expected_logins"])}


@reads("usage_change", "login_change", "data_volume_change", of_products=True)
def changes(asked: Asked) -> Columns:
    """Thirty days against the thirty before; for seasonal accounts against the same thirty 365 days before.

    Unknown until two whole windows were observed, and where the older one holds nothing to compare with. Where a source
    counts no users, a day with any activity stands for one user's day.
    """
    seen, year = asked.read(usage_windows), asked.rows(YEAR_BEFORE)
    seasonal = ~np.isnan(year["seasonal"])
    covered = np.where(seasonal, year["covered"], seen["covered"]) == 1

    def change(now: FloatArray, before: str) -> FloatArray:
        compared = np.where(seasonal, year[before], seen[before])
        return np.where(covered, ratio(now, compared) - 1, np.nan)

    found: Columns = {}
    if "usage_change" in asked.metrics:
        by_day = change(np.nan_to_num(seen["active_days"]), "active_days_before")
        found["usage_change"] = np.where(
            np.isnan(seen["user_days"]), by_day, change(seen["user_days"], "user_days_before")
        )
    if "login_change" in asked.metrics:
        found["login_change"] = change(seen["logins"], "logins_before")
    if "data_volume_change" in asked.metrics:
        found["data_volume_change"] = change(seen["data_volume"], "data_volume_before")
    return found


@reads_beside(*DAILY)
def daily(asked: Asked) -> Columns:
    """Days since the last row and the last login, NaN where the pass saw none; rows of 30 days that count seats."""
    seen = asked.read(usage_windows)
    return {name: seen[column] for name, column in DAILY.items() if name in asked.metrics}


@reads("last_activity_days", "seat_utilisation", "integration_count", of_products=True)
def latest(asked: Asked) -> Columns:
    """The newest activity, and the newest count of seats and integrations of each product in 90 days, added up.

    Where usage says nothing of assigned seats, those of the contract lines count.
    """
    seen, contract = asked.rows(LATEST), asked.read(terms)
    assigned = np.where(np.isnan(seen["seats_assigned"]), contract["seats_assigned"], seen["seats_assigned"])
    return {
        "last_activity_days": seen["last_activity_days"],
        "seat_utilisation": ratio(assigned, contract["seats"]),
        "integration_count": seen["integrations"],
    }
