"""The measures of reviews: what those that a user sees come to, by quarter, segment and CSM."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, DateField, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncQuarter

from accounts.domain.playbook_results import Comparison, Group, compare
from accounts.models import Segment, User
from cs_workspace.common import clock
from cs_workspace.common.charts import BarChart, bar_chart
from qbr.domain.measures import WITHIN_DAYS, Tally, quarter_before, quarter_of, quarters_until, total
from qbr.domain.reviews import DONE
from qbr.models import ActionItem, Review, ReviewIdea, ReviewResult, SatisfactionAsk
from qbr.queries.measured import (
    CANCELLED,
    COMPARED,
    HELD,
    HELD_IN_TIME,
    KEPT,
    NOBODY,
    PREPARATION,
    PREPARED,
    finds,
    held_within,
    is_coming,
    is_due,
    promised_items,
    with_held_day,
)
from renewals.domain.periods import Period

# What reviews that were held come to.
OF_HELD: Final[Mapping[str, Any]] = {
    "held": Count("pk"),
    "prepared": Count("pk", filter=PREPARED),
    "preparation": Sum(PREPARATION, filter=PREPARED),
    "compared": Count("pk", filter=COMPARED),
    "change": Sum("result__change", filter=COMPARED),
    "peers_change": Sum("result__peers_change", filter=COMPARED),
}
# Of those that were held, how many have no score after them yet, and when the first was held.
WAITING: Final[Mapping[str, Any]] = {
    "waiting": Count("pk", filter=Q(result=None)),
    "first": Min("held_at", filter=Q(result=None)),
}


@dataclass(frozen=True)
class Place:
    """To what figures belong: the first day of a quarter, keys of a segment and an owner, None for none."""

    quarter: dt.date
    segment: int | None
    owner: int | None


# Figures of a tally by name, and those of `WAITING`.
Figures = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A segment or a CSM in the quarter and in the one before; `key` is `NOBODY` for those without."""

    key: str
    name: str
    now: Tally
    before: Tally


@dataclass(frozen=True)
class Step:
    """A quarter of the course, and done against due in it."""

    quarter: Period
    tally: Tally


@dataclass(frozen=True)
class Measures:
    """A quarter beside the one before it. Segments and CSMs with most due first; the course from the oldest quarter to
    the present one.

    `waiting` reviews of the quarter were held less than 30 days ago; of the first of them the score is known on
    `known_on`.
    """

    quarter: Period
    before: Period
    now: Tally
    then: Tally
    comparison: Comparison
    comparison_before: Comparison
    segments: list[Line]
    csms: list[Line]
    course: list[Step]
    waiting: int
    known_on: dt.date | None

    @property
    def is_empty(self) -> bool:
        """Neither quarter has anything to tell."""
        return self.now == self.then == Tally()


def measures_of(user: User, quarter: Period, *, today: dt.date) -> Measures:
    """The measures of a quarter of the reviews that `user` sees. Eight queries, however many reviews there are."""
    before = quarter_before(quarter)
    figures = _figures(user, Period(before.since, quarter.until), today)
    tallies = [(place, _tally(found)) for place, found in figures.items()]
    now, then = ([pair for pair in tallies if pair[0].quarter == one.since] for one in (quarter, before))
    segments, owners = _names(figures)
    groups = _groups(user, before.since, quarter.until)
    waiting = [found for place, found in figures.items() if place.quarter == quarter.since and found.get("waiting")]
    first = min((found["first"] for found in waiting), default=None)
    return Measures(
        quarter=quarter,
        before=before,
        now=total(tally for _, tally in now),
        then=total(tally for _, tally in then),
        comparison=compare(groups[quarter.since]),
        comparison_before=compare(groups[before.since]),
        segments=_lines(now, then, lambda place: place.segment, segments | {None: "No segment"}),
        csms=_lines(now, then, lambda place: place.owner, owners | {None: "Nobody"}),
        course=_course(user, today),
        waiting=sum(found["waiting"] for found in waiting),
        known_on=clock.day_of(first) + dt.timedelta(days=WITHIN_DAYS + 1) if first else None,
    )


def course_chart(course: Sequence[Step]) -> BarChart:
    """A bar for each quarter: done of those due, in per cent; none where nothing was due."""
    return bar_chart([None if (share := step.tally.done_share) is None else float(share * 100) for step in course])


def _figures(user: User, period: Period, today: dt.date) -> dict[Place, Figures]:
    """What everything within a period of whole quarters comes to, by place. Five queries."""
    since, until = period.since, period.until
    held = Review.objects.visible_to(user).filter(HELD, held_within(since, until))
    of_held = Q(review__status__in=DONE) & held_within(since, until, "review__")
    asks = SatisfactionAsk.objects.visible_to(user).filter(of_held)
    ideas = finds(ReviewIdea.objects.visible_to(user).filter(of_held))
    items = promised_items(ActionItem.objects.visible_to(user), since, until, today)
    found: dict[Place, Figures] = defaultdict(dict)
    for placed in (
        _placed(
            with_held_day(Review.objects.visible_to(user)).filter(due_on__gte=since, due_on__lt=until),
            TruncQuarter("due_on"),
            due=Count("pk", filter=is_due(today)),
            done=Count("pk", filter=HELD),
            in_time=Count("pk", filter=HELD_IN_TIME),
            coming=Count("pk", filter=is_coming(today)),
            cancelled=Count("pk", filter=CANCELLED),
        ),
        _placed(held, _quarter_held(), **OF_HELD, **WAITING),
        _placed(
            asks,
            _quarter_held("review__"),
            "review__",
            asked=Count("pk"),
            answers=Count("answer"),
            stars=Sum("answer__score"),
        ),
        _placed(ideas, _quarter_held("review__"), "review__", found=Count("pk"), worth=Sum("opportunity__value")),
        _placed(items, TruncQuarter("due_on"), "review__", promised=Count("pk"), kept=Count("pk", filter=KEPT)),
    ):
        for place, figures in placed.items():
            found[place] |= figures
    return found


def _tally(figures: Figures) -> Tally:
    return Tally(**{name: value for name, value in figures.items() if name not in WAITING and value is not None})


def _names(places: Iterable[Place]) -> tuple[dict[int | None, str], dict[int | None, str]]:
    """What segments and owners are called, by key. One query: named in the others, each of their rows would be."""
    segments, owners = ({getattr(place, name) for place in places} - {None} for name in ("segment", "owner"))
    found = Segment.objects.filter(pk__in=segments).order_by().values_list(Value(True), "pk", "name")
    found = found.union(User.objects.filter(pk__in=owners).order_by().values_list(Value(False), "pk", "name"), all=True)
    names: tuple[dict[int | None, str], dict[int | None, str]] = ({}, {})
    for is_segment, key, name in found:
        names[not is_segment][key] = name
    return names


def _quarter_held(prefix: str = "") -> TruncQuarter:
    """The first day of the workspace's quarter in which a review was held."""
    return TruncQuarter(f"{prefix}held_at", tzinfo=clock.workspace_zone(), output_field=DateField())


def _placed(rows: QuerySet[Any], quarter: TruncQuarter, prefix: str = "", **figures: Any) -> dict[Place, Figures]:
    """Figures of rows by place; `prefix` leads from a row to its review. One query."""
    place = {"quarter": quarter, "segment_pk": F(f"{prefix}account__segment"), "owner_pk": F(f"{prefix}owner")}
    found = rows.order_by().values(**place).annotate(**figures).values_list(*place, *figures)
    return {Place(*row[: len(place)]): dict(zip(figures, row[len(place) :], strict=True)) for row in found}


def _course(user: User, today: dt.date) -> list[Step]:
    """Done against due in the last quarters, up to the present one. One query."""
    quarters = quarters_until(today)[::-1]
    counted = (
        Review.objects.visible_to(user)
        .due_between(quarters[0].since, quarters[-1].until)
        .order_by()
        .values(quarter=TruncQuarter("due_on"))
        .annotate(due=Count("pk", filter=is_due(today)), done=Count("pk", filter=HELD))
        .values_list("quarter", "due", "done")
    )
    found = {since: Tally(due=due, done=done) for since, due, done in counted}
    return [Step(one, found.get(one.since, Tally())) for one in quarters]


def _groups(user: User, since: dt.date, until: dt.date) -> dict[dt.date, list[Group]]:
    """Results of reviews that are compared with the same accounts, by the first day of the quarter. One query; it gives
    a row for each day, segment and tier in which a review was held."""
    rows = (
        ReviewResult.objects.visible_to(user)
        .known()
        .filter(day__gte=since, day__lt=until)
        .order_by()
        .values("day", "segment", "rank")
        .annotate(
            reviews=Count("pk"),
            total=Sum("change"),
            squares=Sum(F("change") * F("change")),
            # The same for all reviews of a group.
            of_peers=Max("peers"),
            mean_of_peers=Max("peers_change"),
            squares_of_peers=Max("peers_squares"),
        )
        .values_list("day", "reviews", "total", "squares", "of_peers", "mean_of_peers", "squares_of_peers")
    )
    groups: dict[dt.date, list[Group]] = defaultdict(list)
    for day, reviews, summed, squares, peers, mean, deviations in rows:
        groups[quarter_of(day).since].append(Group(reviews, float(summed), float(squares), peers, mean, deviations))
    return groups


def _lines(
    now: Sequence[tuple[Place, Tally]],
    then: Sequence[tuple[Place, Tally]],
    belongs_to: Callable[[Place], int | None],
    names: Mapping[int | None, str],
) -> list[Line]:
    """The tallies of two quarters by key, those with most due first, and last those without."""
    ours, earlier = _summed(now, belongs_to), _summed(then, belongs_to)
    lines = [
        Line(str(key or NOBODY), names.get(key, ""), ours.get(key, Tally()), earlier.get(key, Tally()))
        for key in ours.keys() | earlier.keys()
    ]
    return sorted(lines, key=lambda line: (line.key == NOBODY, -line.now.due, -line.now.held, line.name, line.key))


def _summed(
    placed: Iterable[tuple[Place, Tally]], belongs_to: Callable[[Place], int | None]
) -> dict[int | None, Tally]:
    found: dict[int | None, list[Tally]] = defaultdict(list)
    for place, tally in placed:
        found[belongs_to(place)].append(tally)
    return {key: total(tallies) for key, tallies in found.items()}
