"""What a page shows of an account's health: why the score is what it is, what moved it, what would raise it."""

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np
from django.db.models import Exists

from accounts.models import Account
from cs_workspace.common.compiled import Compiled, compile_once, some_days, some_keys
from health.domain.comparing import compare
from health.domain.definitions import Metric
from health.domain.eligibility import months_since
from health.domain.explanation import Move, Outcome, Raise, Row, raises, restored_row, way_up
from health.domain.phrases import describe
from health.domain.scorecards import Scorecard
from health.models import DirtyMark, Snapshot
from health.queries.scorecards import domain_scorecards

MOVED_WITHIN_DAYS = 30
HISTORY_DAYS = 180
SPARKLINE_DAYS = 90
SPARKLINE_STEP = 5

Point = tuple[dt.date, float]


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator: the reading in words, its score of 0–100 (above where a band is) and what it gives the total."""

    metric: str
    label: str
    reading: str
    observed: bool
    score: float | None
    weight: float
    """Percent of the whole score, after the weights of what is missing were shared out; 0 where left out."""
    points: float
    """Points that it gives to the score; those of all indicators sum to the score."""
    definition: Metric


@dataclass(frozen=True)
class DimensionLine:
    """One dimension; `weight` is percent of the scorecard, `rank` that of the tier in which its score would fall."""

    key: str
    label: str
    weight: float
    score: float | None
    rank: int | None
    indicators: tuple[IndicatorLine, ...]

    @property
    def share(self) -> float | None:
        """Its score as a share of 100."""
        return None if self.score is None else self.score / 100


@dataclass(frozen=True)
class Movement:
    """What moved the score since a day; `tenths` of the moves sum to `points`, which is the difference as shown."""

    since: dt.date
    score_then: Decimal
    points: Decimal
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Health:
    """The open box of one account, as of the newest snapshot that is not after the day asked for."""

    account_id: int
    day: dt.date
    scorecard: Scorecard
    score: Decimal | None
    tier: str
    rank: int | None
    confidence: float
    trend: str
    updated: dt.datetime | None
    dimensions: tuple[DimensionLine, ...]
    movement: Movement | None
    """None without an older score to compare with."""
    raises: tuple[Raise, ...]
    """Largest gain first."""
    way_up: Outcome | None
    """The fewest raises that reach a better tier, or the best three."""
    history: tuple[tuple[dt.date, float, int], ...]
    """Day, score and rank, oldest first; days without a score are left out."""
    is_pending: bool
    """Something was observed since: the score is being computed anew."""

    @property
    def missing(self) -> list[str]:
        """Labels of what was not observed."""
        return [line.label for dimension in self.dimensions for line in dimension.indicators if not line.observed]


def health_of(account: Account, *, today: dt.date) -> Health | None:
    """Why the account's score is what it is; None where it was never scored. Three queries."""
    days = _history().rows([account.pk], [today, today - dt.timedelta(days=HISTORY_DAYS)])
    if not days:
        return None
    then = _day_to_compare([day for day, score, *_ in days[:-1] if score is not None], days[-1][0])
    snapshots: dict[dt.date, Snapshot] = {
        snapshot.day: snapshot for snapshot in _snapshots().rows([account.pk], [days[-1][0], then or days[-1][0]])
    }
    cards = domain_scorecards(snapshot.version_id for snapshot in snapshots.values())
    latest = snapshots[days[-1][0]]
    now = restored(latest, cards, account)
    scored = latest.score is not None
    return Health(
        account_id=account.pk,
        day=latest.day,
        scorecard=now.scorecard,
        score=latest.score,
        tier=next((tier.label for tier in now.scorecard.tiers if tier.rank == latest.rank), ""),
        rank=latest.rank,
        confidence=latest.confidence,
        trend=account.health_trend,
        updated=account.health_updated,
        dimensions=_dimensions(now),
        movement=_movement(snapshots.get(then), latest, now, cards, account) if then and scored else None,
        raises=tuple(raises(now)) if scored else (),
        way_up=way_up(now) if scored else None,
        history=tuple(
            (day, float(score), rank) for day, score, rank, _ in days if score is not None and rank is not None
        ),
        is_pending=days[-1][3],
    )


@cache
def _history() -> Compiled:
    """Day, score and rank of an account up to the first of the days and after the second, and whether a new score is to
    come."""
    (account,), (last, before) = some_keys(1), some_days(2)
    found = Snapshot.objects.filter(account=account, day__lte=last, day__gt=before).order_by("day")
    return compile_once(found.values_list("day", "score", "rank", Exists(DirtyMark.objects.filter(pk=account))))


@cache
def _snapshots() -> Compiled:
    """The snapshots of an account of two days."""
    return compile_once(Snapshot.objects.filter(account=some_keys(1)[0], day__in=some_days(2)))


def sparklines(account_ids: Collection[int], *, today: dt.date) -> dict[int, list[Point]]:
    """The scores of about every fifth day of the last 90, oldest first, for a page of accounts. One query."""
    lines: dict[int, list[Point]] = {pk: [] for pk in account_ids}
    days = [today - dt.timedelta(days=back) for back in (1, *range(0, SPARKLINE_DAYS + 1, SPARKLINE_STEP))]
    rows = (
        Snapshot.objects.filter(account__in=list(account_ids), day__in=days)
        .order_by("account_id", "day")
        .values_list("account_id", "day", "score")
    )
    for pk, day, score in rows:
        if score is not None:
            lines[pk].append((day, float(score)))
    return lines


def _day_to_compare(scored_days: list[dt.date], day: dt.date) -> dt.date | None:
    """The newest scored day that is at least 30 days back, else the oldest there is."""
    boundary = day - dt.timedelta(days=MOVED_WITHIN_DAYS)
    far = [one for one in scored_days if one <= boundary]
    return far[-1] if far else next(iter(scored_days), None)


def restored(snapshot: Snapshot, cards: Mapping[int, Scorecard], account: Account) -> Row:
    """The snapshot as a row that can be explained, by the version that it was made with."""
    return restored_row(
        cards[snapshot.version_id],
        snapshot.readings,
        snapshot.points,
        months=months_since(account.customer_since, snapshot.day),
        weights=snapshot.weights,
    )


def _movement(
    before: Snapshot | None, latest: Snapshot, now: Row, cards: dict[int, Scorecard], account: Account
) -> Movement | None:
    if before is None or before.score is None or latest.score is None:
        return None
    found = compare(restored(before, cards, account), now, then=before.score, now=latest.score)
    return Movement(before.day, before.score, found.points, found.moves)


def _dimensions(row: Row) -> tuple[DimensionLine, ...]:
    card, lines = row.scorecard, _indicators(row)
    return tuple(
        DimensionLine(
            key=dimension.key,
            label=dimension.label,
            weight=dimension.weight,
            score=_number(score),
            rank=tier.rank if (tier := card.tier_of(score)) else None,
            indicators=tuple(lines[columns]),
        )
        for dimension, columns, score in zip(card.dimensions, card.columns, row.dimensions.tolist(), strict=True)
    )


def _indicators(row: Row) -> list[IndicatorLine]:
    return [
        IndicatorLine(
            metric=indicator.metric,
            label=indicator.label,
            reading=describe(indicator.definition, float(value)),
            observed=not np.isnan(value),
            score=_number(float(score)),
            weight=float(weight),
            points=float(points),
            definition=indicator.definition,
        )
        for indicator, value, score, weight, points in zip(
            row.scorecard.indicators, row.values, row.indicators, row.weights, row.contributions, strict=True
        )
    ]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
