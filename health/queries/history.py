"""The history of an account's health: charts over a span with what happened in it, two days compared, what would help.

Snapshots are judged by the scorecard version that made them: dimensions of different versions are one line where they
have the same key, and the tiers behind the line are those of the newest version.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise

from django.db.models import Q, QuerySet, Subquery

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.charts import Band, LineChart, Pin, bands, line_chart, pins
from cs_workspace.common.points import whole_points
from health.domain.comparing import compare
from health.domain.definitions import Metric
from health.domain.explanation import Move, Outcome, Raise, Row, raises, way_up
from health.domain.scorecards import Scorecard
from health.models import Snapshot
from health.queries.health import restored
from health.queries.marks import Mark, marks_of
from health.queries.scorecards import domain_scorecards

SPANS = (30, 90, 365)
SCORECARD, RESTATED = "Scorecard", "Restated"
# Up to this many days the table has a line a day, above it a line a week.
DAILY_UP_TO = 30
# History that was computed afterwards may hold one score in two weeks: still one line.
JOINED_WITHIN = 14
# Percent of the width that a pin takes on a small screen.
PINS_APART = 6.0

Scored = tuple[dt.date, float]


@dataclass(frozen=True)
class HistoryFilter:
    """What the page shows: the last `days` days, and two days to compare."""

    days: int
    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class Day:
    """One snapshot of the span, with the dimensions' scores by key; None where there was no score."""

    day: dt.date
    score: Decimal | None
    rank: int | None
    tier: str
    card: Scorecard
    restated_at: dt.datetime | None
    """When another version took the place of the one that had judged the day; None where none did."""
    dimensions: Mapping[str, float | None]


@dataclass(frozen=True)
class Course:
    """The course of one dimension; `weight` is percent of the score, `rank` that of the tier where it stands now."""

    key: str
    label: str
    weight: float
    now: float | None
    rank: int | None
    change: float | None
    """Points since the first day on which it is known."""
    chart: LineChart

    @property
    def in_words(self) -> str:
        """The chart for those who cannot see it."""
        if self.now is None or self.change is None:
            return f"{self.label}: not observed at the end of this span"
        return f"{self.label} from {self.now - self.change:.0f} to {self.now:.0f} points of 100"


@dataclass(frozen=True)
class Side:
    """One of two days that are compared: `asked` for, and the `day` taken, which is the nearest earlier one."""

    asked: dt.date
    day: dt.date
    score: Decimal
    tier: str
    rank: int | None

    @property
    def is_other(self) -> bool:
        """Nothing was kept for the day asked for."""
        return self.day != self.asked


@dataclass(frozen=True)
class Compared:
    """Two days and what moved the score between them; `tenths` of the moves sum to `points`."""

    then: Side
    now: Side
    points: Decimal
    moves: Sequence[tuple[Move, Metric | None]]
    """Each with what its metric is; None where the scorecard itself changed."""

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both days, the earlier one first."""
        return self.then, self.now


@dataclass(frozen=True)
class History:
    """The history page of an account."""

    since: dt.date
    until: dt.date
    days: Sequence[Day]
    chart: LineChart
    bands: Sequence[Band]
    marks: Sequence[Mark]
    pins: Sequence[Pin]
    courses: Sequence[Course]
    compared: Compared | None
    first_scored: dt.date | None
    """The first day with a score at all, where the days asked for cannot be compared; else None."""
    raises: Sequence[tuple[Raise, Metric]]
    way_up: Outcome | None

    @property
    def scored(self) -> Sequence[Day]:
        """Days with a score, the oldest first."""
        return [day for day in self.days if day.score is not None]

    @property
    def in_words(self) -> str:
        """The chart for those who cannot see it."""
        scored = self.scored
        if not scored:
            return "No score in this span"
        scores = [day.score for day in scored if day.score is not None]
        before, now, low, high = (whole_points(one) for one in (scores[0], scores[-1], min(scores), max(scores)))
        return (
            f"Score from {before} on {scored[0].day:%d %b %Y} to {now} on {scored[-1].day:%d %b %Y}, "
            f"between {low} and {high}; {len(self.marks)} events marked"
        )

    @property
    def table(self) -> Sequence[tuple[Day, Sequence[float | None]]]:
        """Days of the span, or the last one of each week, the newest first, with the scores of the `courses`."""
        by_week = (self.until - self.since).days > DAILY_UP_TO
        last = {day.day.isocalendar()[:2] if by_week else day.day: day for day in self.days}
        return [(day, [day.dimensions.get(course.key) for course in self.courses]) for day in reversed(last.values())]


def history_of(account: Account, wanted: HistoryFilter, *, today: dt.date) -> History:
    """The span up to today, with what happened in it. Four queries, five where the days cannot be compared."""
    since = today - dt.timedelta(days=wanted.days)
    rows = list(
        Snapshot.objects.filter(account=account, day__gte=since, day__lte=today)
        .order_by("day")
        .values_list("day", "version_id", "score", "rank", "dimensions", "restated_at")
    )
    snapshots = _snapshots(account, wanted, today)
    cards = domain_scorecards({row[1] for row in rows} | {snapshot.version_id for snapshot in snapshots.values()})
    days = [
        _day(cards[version], day, score, rank, scores, restated_at)
        for day, version, score, rank, scores, restated_at in rows
    ]
    latest = max(snapshots.values(), key=lambda snapshot: snapshot.day, default=None)
    compared = _compared(account, wanted, snapshots, cards)
    now = restored(latest, cards, account) if latest is not None and latest.score is not None else None
    marks = sorted(
        [*marks_of(account, since=since, until=today), *_scorecard_changes(days), *_restatements(days)],
        key=lambda mark: mark.day,
    )
    return History(
        since=since,
        until=today,
        days=days,
        chart=_line([(day.day, day.score) for day in days], since, today),
        bands=_bands(days),
        marks=marks,
        pins=pins([mark.day for mark in marks], since=since, until=today, apart=PINS_APART),
        courses=_courses(days, since, today),
        compared=compared,
        first_scored=None if compared else _first_scored(account),
        raises=_raises(now) if now else (),
        way_up=way_up(now) if now else None,
    )


def _snapshots(account: Account, wanted: HistoryFilter, today: dt.date) -> dict[dt.date, Snapshot]:
    """By day: the newest snapshot, and of each of the two days the newest with a score. One query."""
    kept = Snapshot.objects.filter(account=account)
    scored = kept.exclude(score=None)
    found = kept.filter(
        Q(day=_newest(kept, today)) | Q(day=_newest(scored, wanted.since)) | Q(day=_newest(scored, wanted.until))
    )
    return {snapshot.day: snapshot for snapshot in found}


def _newest(snapshots: QuerySet[Snapshot], day: dt.date) -> Subquery:
    return Subquery(snapshots.filter(day__lte=day).order_by("-day").values("day")[:1])


def _first_scored(account: Account) -> dt.date | None:
    scored = Snapshot.objects.filter(account=account).exclude(score=None)
    return scored.order_by("day").values_list("day", flat=True).first()


def _day(
    card: Scorecard,
    day: dt.date,
    score: Decimal | None,
    rank: int | None,
    dimensions: Sequence[float | None],
    restated_at: dt.datetime | None,
) -> Day:
    keys = [dimension.key for dimension in card.dimensions]
    by_key = dict(zip(keys, dimensions, strict=True))
    return Day(day, score, rank, _tier(card, rank), card, restated_at, by_key)


def _tier(card: Scorecard, rank: int | None) -> str:
    return next((tier.label for tier in card.tiers if tier.rank == rank), "")


def _bands(days: Sequence[Day]) -> tuple[Band, ...]:
    return bands([(tier.lower, tier.rank, tier.label) for tier in days[-1].card.tiers]) if days else ()


def _line(points: Sequence[tuple[dt.date, Decimal | float | None]], since: dt.date, until: dt.date) -> LineChart:
    known = [(day, None if value is None else float(value)) for day, value in points]
    return line_chart(known, since=since, until=until, high=100, joined_within=JOINED_WITHIN)


def _courses(days: Sequence[Day], since: dt.date, until: dt.date) -> list[Course]:
    """The dimensions of the newest day's scorecard."""
    if not days:
        return []
    card = days[-1].card
    courses = []
    for dimension in card.dimensions:
        points = [(day.day, day.dimensions.get(dimension.key)) for day in days]
        first = next((value for _, value in points if value is not None), None)
        now = points[-1][1]
        tier = None if now is None else card.tier_of(now)
        courses.append(
            Course(
                key=dimension.key,
                label=dimension.label,
                weight=dimension.weight,
                now=now,
                rank=tier.rank if tier else None,
                change=None if now is None or first is None else now - first,
                chart=_line(points, since, until),
            )
        )
    return courses


def _scorecard_changes(days: Sequence[Day]) -> list[Mark]:
    """Days from which on the account was judged by another scorecard or version."""
    return [
        Mark(day.day, SCORECARD, f"Judged by {_version(day.card)}, by {_version(before.card)} until then")
        for before, day in pairwise(days)
        if (before.card.key, before.card.version) != (day.card.key, day.card.version)
    ]


def _restatements(days: Sequence[Day]) -> list[Mark]:
    """The first of the days in a row that one later change of the scorecard has judged anew."""
    marks = []
    for restated, group in groupby(days, key=_restated):
        if restated is not None:
            kept = list(group)
            words = f"Judged anew by {restated[1]} on {_words(restated[0])}, up to {_words(kept[-1].day)}"
            marks.append(Mark(kept[0].day, RESTATED, words))
    return marks


def _restated(day: Day) -> tuple[dt.date, str] | None:
    """On which day, and by which version."""
    return None if day.restated_at is None else (clock.day_of(day.restated_at), _version(day.card))


def _words(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _version(card: Scorecard) -> str:
    return f"{card.name} v{card.version}"


def _compared(
    account: Account, wanted: HistoryFilter, snapshots: Mapping[dt.date, Snapshot], cards: Mapping[int, Scorecard]
) -> Compared | None:
    """None where one of the days has no score before it."""
    before, after = (_nearest(snapshots, day) for day in (wanted.since, wanted.until))
    if before is None or after is None or before.score is None or after.score is None:
        return None
    found = compare(
        restored(before, cards, account), restored(after, cards, account), then=before.score, now=after.score
    )
    definitions = {one.metric: one.definition for one in cards[after.version_id].indicators}
    return Compared(
        then=_side(wanted.since, before, cards),
        now=_side(wanted.until, after, cards),
        points=found.points,
        moves=[(move, definitions.get(move.metric)) for move in found.moves],
    )


def _nearest(snapshots: Mapping[dt.date, Snapshot], day: dt.date) -> Snapshot | None:
    days = [one for one, snapshot in snapshots.items() if one <= day and snapshot.score is not None]
    return snapshots[max(days)] if days else None


def _side(asked: dt.date, snapshot: Snapshot, cards: Mapping[int, Scorecard]) -> Side:
    if snapshot.score is None:
        raise ValueError("A day without a score cannot be compared.")
    tier = _tier(cards[snapshot.version_id], snapshot.rank)
    return Side(asked, snapshot.day, snapshot.score, tier, snapshot.rank)


def _raises(row: Row) -> list[tuple[Raise, Metric]]:
    definitions = {one.metric: one.definition for one in row.scorecard.indicators}
    return [(one, definitions[one.metric]) for one in raises(row)]
