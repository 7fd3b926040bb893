"""What became of scores after reviews were held, beside comparable accounts without one (`qbr.domain.measures`)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import connection

from accounts.domain.playbook_results import Measured
from qbr.domain.measures import SCORE_HOLDS, WITHIN_DAYS


@dataclass(frozen=True)
class Held:
    """A review whose days are over: keys of it, of its account and segment, the workspace's day on which it was held,
    and the score in points that it kept of that day."""

    review: int
    account: int
    segment: int | None
    day: dt.date
    score: Decimal | None


@dataclass(frozen=True)
class After:
    """The score of 30 days later, None where there was none, and how it compares."""

    score: Decimal | None
    measured: Measured


# The score that held on a day; {day} and {account} are names of our own.
ON_DAY = """
    LEFT JOIN LATERAL (
        SELECT s.score, s.rank FROM health_snapshot s
        WHERE s.account_id = {account} AND s.day <= {day} AND s.day > {day} - %(holds)s
        ORDER BY s.day DESC LIMIT 1
    ) {name} ON true
"""
# Groups are few (day, segment and tier of the reviews), their peers many: of those each is read once a group.
STATEMENT = f"""
    WITH held AS (
        SELECT * FROM unnest(%(reviews)s::bigint[], %(accounts)s::bigint[], %(segments)s::bigint[], %(days)s::date[],
            %(scores)s::numeric[]) AS h (review, account, segment, day, score)
    ), own AS (
        SELECT h.review, h.segment, h.day, start.rank, after.score AS score_after, after.score - h.score AS change
        FROM held h
        {ON_DAY.format(account="h.account", day="h.day", name="start")}
        {ON_DAY.format(account="h.account", day="(h.day + %(within)s)", name="after")}
    ), groups AS (
        SELECT DISTINCT segment, day, rank FROM own WHERE change IS NOT NULL AND rank IS NOT NULL
    ), days AS (
        SELECT DISTINCT segment, day FROM groups
    ), others AS (
        SELECT d.segment, d.day, start.rank, after.score - start.score AS change
        FROM days d
        JOIN accounts_account a ON a.segment_id = d.segment
        {ON_DAY.format(account="a.id", day="d.day", name="start")}
        {ON_DAY.format(account="a.id", day="(d.day + %(within)s)", name="after")}
        WHERE start.score IS NOT NULL AND after.score IS NOT NULL AND NOT EXISTS (
            SELECT FROM qbr_review o
            WHERE o.account_id = a.id AND o.held_at IS NOT NULL
                AND (o.held_at AT TIME ZONE %(zone)s)::date BETWEEN d.day - %(within)s AND d.day + %(within)s
        )
    ), peers AS (
        SELECT g.segment, g.day, g.rank, count(*) AS number, avg(o.change)::float AS change,
            (var_pop(o.change) * count(*))::float AS squares
        FROM groups g JOIN others o USING (segment, day, rank)
        GROUP BY g.segment, g.day, g.rank
    )
    SELECT own.review, own.score_after, own.rank, own.change, COALESCE(peers.number, 0), peers.change,
        COALESCE(peers.squares, 0)
    FROM own LEFT JOIN peers USING (segment, day, rank)
"""  # noqa: S608  names of our own


def scores_after(held: Sequence[Held]) -> Mapping[int, After]:
    """What the score did in the 30 days after each review, by the key of the review. One query.

    The start is the score that the review kept; peers are read at both ends from their days. An account without a
    segment has no peers.
    """
    given = {
        "reviews": [one.review for one in held],
        "accounts": [one.account for one in held],
        "segments": [one.segment for one in held],
        "days": [one.day for one in held],
        "scores": [one.score for one in held],
        "within": WITHIN_DAYS,
        "holds": SCORE_HOLDS,
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, given)
        return {review: After(score, Measured(*measured)) for review, score, *measured in cursor.fetchall()}
