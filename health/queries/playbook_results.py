"""What became of scores after playbooks began, beside comparable accounts (`accounts.domain.playbook_results`)."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import connection

from accounts.domain.playbook_results import WITHIN_DAYS, Begun, Measured

# Groups are few (day, segment, tier and playbook of the runs), their peers many: of those each is read once a group.
STATEMENT = """
    WITH begun AS (
        SELECT * FROM unnest(%(runs)s::bigint[], %(playbooks)s::bigint[], %(accounts)s::bigint[],
            %(segments)s::bigint[], %(days)s::date[], %(scores)s::numeric[])
            AS b (run, playbook, account, segment, day, score)
    ), own AS (
        SELECT b.run, b.playbook, b.segment, b.day, start.rank, after.score - b.score AS change
        FROM begun b
        LEFT JOIN health_snapshot start ON start.account_id = b.account AND start.day = b.day
        LEFT JOIN health_snapshot after ON after.account_id = b.account AND after.day = b.day + %(within)s
    ), groups AS (
        SELECT DISTINCT playbook, segment, day, rank FROM own WHERE change IS NOT NULL AND rank IS NOT NULL
    ), peers AS (
        SELECT g.playbook, g.segment, g.day, g.rank, count(*) AS number,
            avg(after.score - start.score)::float AS change,
            (var_pop(after.score - start.score) * count(*))::float AS squares
        FROM groups g
        JOIN accounts_account a ON a.segment_id = g.segment
        JOIN health_snapshot start ON start.account_id = a.id AND start.day = g.day AND start.rank = g.rank
        JOIN health_snapshot after ON after.account_id = a.id AND after.day = g.day + %(within)s
        WHERE after.score IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_playbookrun o
            WHERE o.account_id = a.id AND o.playbook_id = g.playbook
                AND (o.started_at AT TIME ZONE %(zone)s)::date <= g.day + %(within)s
                AND (o.ended_at IS NULL OR (o.ended_at AT TIME ZONE %(zone)s)::date >= g.day - %(within)s)
        )
        GROUP BY g.playbook, g.segment, g.day, g.rank
    )
    SELECT own.run, own.rank, own.change, COALESCE(peers.number, 0), peers.change, COALESCE(peers.squares, 0)
    FROM own LEFT JOIN peers USING (playbook, segment, day, rank)
"""


def score_changes(begun: Sequence[Begun]) -> Mapping[int, Measured]:
    """What the score did in the days after each run's start, by the key of the run. One query.

    The start is the score that the run kept, the end that of the day itself, `WITHIN_DAYS` later; peers are read at
    both ends from the days. An account without a segment has no peers.
    """
    given = {
        "runs": [one.run for one in begun],
        "playbooks": [one.playbook for one in begun],
        "accounts": [one.account for one in begun],
        "segments": [one.segment for one in begun],
        "days": [one.day for one in begun],
        "scores": [one.score for one in begun],
        "within": WITHIN_DAYS,
        "zone": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, given)
        return {run: Measured(*measured) for run, *measured in cursor.fetchall()}
