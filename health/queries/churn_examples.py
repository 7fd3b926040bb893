"""What became of accounts: how they stood on days of the past, and whether they left soon after."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from cs_workspace.common.expressions import array
from health.domain.churn_features import features_of
from health.domain.learning import HORIZON_DAYS, LEAST_ACCOUNTS, LEAST_OUTCOMES, Examples, shortage
from health.domain.scorers import FloatArray
from health.domain.tiers import expected_churn
from health.queries.scorecards import domain_scorecards

# Reference days lie a month apart, the last one so far back that what followed is known.
REFERENCE_DAYS, STEP_DAYS = 12, 30
# Where no score was kept on the day itself, the newest of the two weeks up to it stands for it.
WITHIN_DAYS = 14
# Of more, so many are drawn by a hash of their key: enough to learn from, and a training stays under a minute.
MOST_ACCOUNTS = 3_000

# Days until the next end of a term of a contract that is in force on a day.
TERM_END = """(
    SELECT min((c.start + make_interval(months => (passed.months / c.term_months + 1) * c.term_months))::date - {day})
    FROM accounts_contract c, LATERAL (
        SELECT (extract(year FROM age) * 12 + extract(month FROM age))::integer AS months
        FROM age({day}, c.start) AS age
    ) passed
    WHERE c.account_id = a.id AND c.status IN ('active', 'ended') AND c.term_months > 0
        AND c.start <= {day} AND (c."end" IS NULL OR c."end" > {day})
)"""
MEMBERS = "NOT a.is_trial AND (a.archived_at IS NULL OR a.churned_on IS NOT NULL)"
LOOKED_AT = f"""
    s.account_id = a.id AND s.day > r.day - {WITHIN_DAYS} AND s.day <= r.day AND s.rank IS NOT NULL
        AND (a.churned_on IS NULL OR a.churned_on > r.day)
"""
EXAMPLES = f"""
    SELECT a.id, r.day, s.version_id, s.rank, s.readings, COALESCE(a.churned_on <= r.day + {HORIZON_DAYS}, FALSE),
        {TERM_END.format(day="r.day")}
    FROM (SELECT id, churned_on FROM accounts_account a WHERE {MEMBERS} ORDER BY md5(id::text) LIMIT %(most)s) a
    CROSS JOIN unnest(%(days)s::date[]) AS r (day)
    CROSS JOIN LATERAL (
        SELECT version_id, rank, readings FROM health_snapshot s WHERE {LOOKED_AT} ORDER BY s.day DESC LIMIT 1
    ) s
    ORDER BY a.id, r.day
"""  # noqa: S608  its parts stand above
TERM_ENDS = f"""
    SELECT {TERM_END.format(day="%(day)s::date")} FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS a (id, place)
    ORDER BY a.place
"""  # noqa: S608  its parts stand above
PROGRESS = f"""
    SELECT count(*), count(*) FILTER (WHERE a.churned_on IS NOT NULL AND EXISTS (
        SELECT 1 FROM unnest(%(days)s::date[]) AS r (day), health_snapshot s
        WHERE a.churned_on <= r.day + {HORIZON_DAYS} AND {LOOKED_AT}
    ))
    FROM accounts_account a
    WHERE {MEMBERS} AND EXISTS (
        SELECT 1 FROM unnest(%(days)s::date[]) AS r (day), health_snapshot s WHERE {LOOKED_AT}
    )
"""  # noqa: S608  its parts stand above


@dataclass(frozen=True)
class Progress:
    """How much there is to learn from: accounts with history, and those of them that left within the horizon."""

    accounts: int
    outcomes: int

    @property
    def shortage(self) -> str:
        """What is missing, in words; empty where there is enough."""
        return shortage(self.outcomes, self.accounts)

    @property
    def outcome_share(self) -> float:
        """Of the outcomes that it takes."""
        return min(1.0, self.outcomes / LEAST_OUTCOMES)

    @property
    def account_share(self) -> float:
        """Of the accounts that it takes."""
        return min(1.0, self.accounts / LEAST_ACCOUNTS)


def reference_days(today: dt.date) -> list[dt.date]:
    """The days on which accounts are looked at, oldest first: what followed within the horizon is known of each."""
    last = today - dt.timedelta(days=HORIZON_DAYS)
    return [last - dt.timedelta(days=STEP_DAYS * back) for back in reversed(range(REFERENCE_DAYS))]


def progress_of(today: dt.date) -> Progress:
    """How much there is to learn from. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"days": reference_days(today)})
        accounts, outcomes = cursor.fetchone()
    return Progress(accounts, outcomes)


def churn_examples(today: dt.date, *, most: int = MOST_ACCOUNTS) -> Examples:
    """Readings and tiers as they were scored on the reference days, with what followed. Two queries.

    Snapshots are what was known on the day, so nothing that was written later is learned from.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXAMPLES, {"days": reference_days(today), "most": most})
        rows = cursor.fetchall()
    cards = domain_scorecards({row[2] for row in rows})
    names = features_of(metric for card in cards.values() for metric in card.metrics)
    places = {version: [_place(names, one.metric) for one in card.indicators] for version, card in cards.items()}
    shares = {
        (version, tier.rank): float(expected_churn(tier)) for version, card in cards.items() for tier in card.tiers
    }
    return Examples(
        features=names,
        readings=_readings(rows, places, len(names)),
        accounts=np.array([row[0] for row in rows], dtype=np.int64),
        days=np.array([row[1].toordinal() for row in rows], dtype=np.int64),
        churned=np.array([row[5] for row in rows], dtype=bool),
        table=np.array([shares[row[2], row[3]] for row in rows], dtype=float),
    )


def term_ends(account_ids: Sequence[int], day: dt.date) -> FloatArray:
    """(n,) Days until the next end of a term, NaN for accounts without one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(TERM_ENDS, {"ids": array(account_ids), "day": day})
        return np.array([row[0] for row in cursor.fetchall()], dtype=float)


def _place(names: Sequence[str], metric: str) -> int:
    """The column of a metric; one past the last for those that are not learned from."""
    return names.index(metric) if metric in names else len(names)


def _readings(rows: Sequence[tuple[Any, ...]], places: dict[int, list[int]], width: int) -> FloatArray:
    """(n, width) Readings of the snapshots by feature, and in the last column the end of the term."""
    values = np.full((len(rows), width + 1), np.nan)
    for number, row in enumerate(rows):
        values[number, places[row[2]]] = [np.nan if value is None else value for value in row[4]]
    values[:, width - 1] = np.array([row[6] for row in rows], dtype=float)
    return values[:, :width]
