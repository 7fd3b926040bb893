"""Users of the customer and the days on which they were active: a row a user and month, a bit a day."""

import numpy as np

from health.metrics.registry import Asked, Columns, month_masks, of_product, ratio, reads
from health.metrics.terms import terms
from health.metrics.usage import usage_windows

# Zero for an account whose users were seen before the window and not inside it.
USERS = f"""
    SELECT a.id, COALESCE(seen.users, earlier.none) AS users, COALESCE(seen.user_days, earlier.none) AS user_days
    FROM unnest(%(ids)s::bigint[]) AS a (id)
    LEFT JOIN (
        SELECT m.account_id, count(DISTINCT m.user_key) AS users,
            sum(bit_count((m.days & w.mask)::bit(32))) AS user_days
        FROM unnest(%(months)s::date[], %(masks)s::integer[]) AS w (month, mask)
        JOIN health_usermonth m ON m.month = w.month AND m.account_id = ANY(%(ids)s)
        WHERE m.days & w.mask <> 0 AND {of_product("m.product_id")}
        GROUP BY m.account_id
    ) seen ON seen.account_id = a.id
    LEFT JOIN LATERAL (
        SELECT 0 AS none FROM health_usermonth m
        WHERE seen.account_id IS NULL AND m.account_id = a.id AND m.month <= %(day)s::date
            AND (m.month < date_trunc('month', %(day)s::date) OR m.days & %(past)s <> 0)
            AND {of_product("m.product_id")}
        LIMIT 1
    ) earlier ON TRUE
"""  # noqa: S608  its parts are constants
# Means are taken once from all accounts: see `health.services.segments`.
SEGMENT_MEANS = """
    SELECT a.id, (f.means -> 'core_actions_per_user' ->> COALESCE(s.key, ''))::float8 AS mean
    FROM accounts_account a
    JOIN health_segmentfigures f ON f.day = %(day)s::date
    LEFT JOIN accounts_segment s ON s.id = a.segment_id
    WHERE a.id = ANY(%(ids)s)
"""


def users(asked: Asked) -> Columns:
    """Distinct active users and their days of activity in 30 days; NaN for accounts whose users were never seen."""
    months, masks = month_masks(asked.day, 30)
    return asked.rows(USERS, months=months, masks=masks, past=(1 << asked.day.day) - 1)


def active_users(asked: Asked) -> Columns:
    """Distinct active users in 30 days.

    Of a source that counts users by day and does not name them, the busiest day is the least that there can have been.
    """
    named, busiest = asked.read(users)["users"], asked.read(usage_windows)["busiest_day"]
    return {"active": np.where(np.isnan(named), busiest, named)}


@reads("dau_mau", of_products=True)
def stickiness(asked: Asked) -> Columns:
    """Unknown where the source names no users, or nobody was active."""
    seen = asked.read(users)
    return {"dau_mau": ratio(seen["user_days"] / 30, seen["users"])}


@reads("active_user_ratio", of_products=True)
def licences_used(asked: Asked) -> Columns:
    """Seats are those of the contracts in force; unknown without any.

    Of a source that counts users by day and does not name them, the busiest day stands for the distinct users.
    """
    return {"active_user_ratio": ratio(asked.read(active_users)["active"], asked.read(terms)["seats"])}


@reads("core_actions_per_user", of_products=True)
def core_actions(asked: Asked) -> Columns:
    """Unknown without an active user; users as in `active_user_ratio`."""
    actions = asked.read(usage_windows)["core_actions"]
    return {"core_actions_per_user": ratio(actions, asked.read(active_users)["active"])}


@reads("core_actions_ratio")
def core_actions_in_segment(asked: Asked) -> Columns:
    """The mean is taken once a day over all scored accounts of the segment; accounts without a segment are measured
    against the whole book. It is a mean of whole accounts, and so the account is measured as a whole, not its products.
    """
    mine, means = asked.read(core_actions)["core_actions_per_user"], asked.rows(SEGMENT_MEANS)
    return {"core_actions_ratio": ratio(mine, means["mean"])}
