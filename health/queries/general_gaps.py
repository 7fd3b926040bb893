"""How many accounts each source told of, day by day: out of a sample of the book, so that it is cheap at any size."""

import datetime as dt

import numpy as np
import numpy.typing as npt
from django.db import connection

from cs_workspace.common import clock
from health.domain.general_gaps import SEEN_DAYS, Source

# Whether a source is there at all is as plain in a hundred accounts as in all of them.
SAMPLE = 100
# The night looks at days that are over: nothing of its own day has come yet.
SQL = """
    WITH placed AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total
        FROM accounts_account WHERE status = 'active' AND NOT is_trial AND archived_at IS NULL
    ),
    sample AS MATERIALIZED (SELECT id FROM placed WHERE place %% GREATEST(total / %(sample)s, 1) = 0)
    SELECT day, count(*) AS usage, count(*) FILTER (WHERE logged_in) AS logins, 0 AS tickets
    FROM (
        SELECT u.day, bool_or(u.logins > 0) AS logged_in
        FROM sample JOIN health_usageday u ON u.account_id = sample.id
        WHERE u.day >= %(since)s AND u.day < %(day)s
        GROUP BY u.account_id, u.day
    ) of_account
    GROUP BY day
    UNION ALL
    SELECT (t.opened_at AT TIME ZONE %(zone)s)::date, 0, 0, count(DISTINCT t.account_id)
    FROM sample JOIN health_ticket t ON t.account_id = sample.id
    WHERE t.opened_at >= %(since_moment)s AND t.opened_at < %(until_moment)s
    GROUP BY 1
"""


def heard_by_day(day: dt.date) -> dict[Source, npt.NDArray[np.int64]]:
    """By source the accounts (d,) of which it told on each of the 90 days before `day`, oldest first. One query.

    Counted are customers that are in the book today, evenly drawn, at least 100 where there are so many.
    """
    since = day - dt.timedelta(days=SEEN_DAYS)
    heard = {source: np.zeros(SEEN_DAYS, dtype=np.int64) for source in Source}
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "day": day,
                "since": since,
                "since_moment": clock.start_of(since),
                "until_moment": clock.start_of(day),
                "zone": clock.workspace_zone().key,
                "sample": SAMPLE,
            },
        )
        for on, *counts in cursor.fetchall():
            for source, count in zip((Source.USAGE, Source.LOGINS, Source.TICKETS), counts, strict=True):
                heard[source][(on - since).days] += count
    return heard
