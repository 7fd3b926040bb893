"""What surveys have brought: NPS with its interval, satisfaction, response rates, by time and by segment.

Each figure is counted by the database, so that hundreds of thousands of answers cost no memory. Answers from elsewhere
(imports, the help desk) count as well; response rates are of what was asked from here.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DateField, Q, QuerySet, Sum
from django.db.models.functions import Trunc

from accounts.models import User
from accounts.models.account import of_visible_accounts
from cs_workspace.common import clock
from cs_workspace.common.charts import LineChart, line_chart
from health.domain.surveys import NPS, AnswerClass, Tally, class_bounds, quarter_of, window_of
from health.models import SurveyAnswer, SurveyAsk
from health.models.observations import SurveyAnswerQuerySet

QUARTERS = 8
HALF = dt.timedelta(days=45)
# Two quarters without an answer part the line.
JOINED = 200
NO_SEGMENT = "none"
# By what segments are told apart and put in order: one query less than to ask for their names.
SEGMENT = ("account__segment__lower_arr", "account__segment__key", "account__segment__name")


@dataclass(frozen=True)
class Figures:
    """What answers say: by class, and the sum of their scores. `asked` are those of that time that reached somebody,
    `answered` those of them that were answered."""

    tally: Tally
    total: int
    asked: int
    answered: int

    @property
    def mean(self) -> float | None:
        """Mean score; None without an answer."""
        return self.total / self.tally.count if self.tally.count else None

    @property
    def response_rate(self) -> float | None:
        """Answered ÷ reached, of what was asked from here; None where nobody was asked."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True)
class Line:
    """Figures of a segment or a quarter: `key` names it in an address, `label` on the page, `day` begins a quarter."""

    key: str
    label: str
    figures: Figures
    day: dt.date | None = None


@dataclass(frozen=True)
class Results:
    """One kind of survey: the present figures over the last `days`, by segment, and the course over quarters."""

    kind: str
    days: int
    now: Figures
    segments: list[Line]
    quarters: list[Line]

    @property
    def is_nps(self) -> bool:
        """Whether it is told by NPS, or by the mean."""
        return self.kind == NPS

    @property
    def is_empty(self) -> bool:
        """Nothing was ever answered or asked, as far back as is shown."""
        lines = [*self.segments, *self.quarters]
        return not any(line.figures.tally.count or line.figures.asked for line in lines)

    @property
    def chart(self) -> LineChart:
        """NPS, or the mean, by quarter, each at its middle, the running one at its last day."""
        today = clock.today()
        points = [
            (min(line.day + HALF, today), line.figures.tally.nps if self.is_nps else line.figures.mean)
            for line in self.quarters
            if line.day
        ]
        low, high = (-100, 100) if self.is_nps else (1, 5)
        since = self.quarters[0].day or today
        return line_chart(points, since=since, until=today, low=low, high=high, joined_within=JOINED)


def results_of(user: User, kind: str, segment: str = "") -> Results:
    """Figures of a kind over the accounts that the user sees; `segment` narrows the course and the present figures
    down to one. Four queries."""
    today = clock.today()
    since = clock.start_of(today - window_of(kind))
    answers, asks = answers_of(user, kind), _asks(user, kind)
    by_segment = _counted(kind, _since(answers, kind, since), *SEGMENT)
    asked = _asked(asks.filter(asked_at__gte=since), *SEGMENT)
    segments = [
        Line(key or NO_SEGMENT, name or "No segment", _figures(by_segment.get(place), asked.get(place)))
        for place in sorted(by_segment.keys() | asked.keys(), key=lambda one: (one[0] is None, -(one[0] or 0), one[1]))
        for _, key, name in [place]
    ]
    return Results(
        kind=kind,
        days=window_of(kind).days,
        now=_sum(line.figures for line in segments if segment in ("", line.key)),
        segments=segments,
        quarters=_quarters(kind, answers.filter(in_segment(segment)), asks.filter(in_segment(segment)), today),
    )


def answers_of(user: User, kind: str) -> SurveyAnswerQuerySet:
    """Answers of a kind at accounts that the user sees, lost ones as well."""
    return SurveyAnswer.objects.filter(of_visible_accounts(user), kind=kind).order_by()


def in_segment(segment: str) -> Q:
    """Whether the account of a row is of a segment, by its key; empty for all."""
    if not segment:
        return Q()
    return Q(account__segment=None) if segment == NO_SEGMENT else Q(account__segment__key=segment)


def of_class(kind: str, found: AnswerClass) -> Q:
    """Whether an answer of the kind is of the class: `health.domain.surveys.class_of` for the database."""
    promoter, detractor = class_bounds(kind)
    match found:
        case AnswerClass.PROMOTER:
            return Q(score__gte=promoter)
        case AnswerClass.DETRACTOR:
            return Q(score__lte=detractor)
        case _:
            return Q(score__gt=detractor, score__lt=promoter)


def _asks(user: User, kind: str) -> QuerySet[SurveyAsk]:
    return SurveyAsk.objects.reached().filter(of_visible_accounts(user), survey__kind=kind).order_by()


def _since(
    answers: SurveyAnswerQuerySet, kind: str, since: dt.datetime, within: Trunc | None = None
) -> SurveyAnswerQuerySet:
    """Of NPS the latest answer of each person since a moment, `within` each period; of the others all of them."""
    if kind == NPS:
        return answers.latest_of(kind, since, within=within)
    found = answers.filter(at__gte=since)
    return found.annotate(period=within) if within else found


def _quarters(kind: str, answers: SurveyAnswerQuerySet, asks: QuerySet[SurveyAsk], today: dt.date) -> list[Line]:
    """The last quarters, the oldest first, those without an answer as well."""
    days = [quarter_of(today)]
    while len(days) < QUARTERS:
        days.insert(0, quarter_of(days[0] - dt.timedelta(days=1)))
    since = clock.start_of(days[0])
    counted = _counted(kind, _since(answers, kind, since, _quarter("at")), "period")
    asked = _asked(asks.filter(asked_at__gte=since).annotate(quarter=_quarter("asked_at")), "quarter")
    return [
        Line(f"{day}", f"Q{(day.month + 2) // 3} {day.year}", _figures(counted.get((day,)), asked.get((day,))), day)
        for day in days
    ]


def _quarter(field: str) -> Trunc:
    """The first day of the workspace's quarter in which a moment lies."""
    return Trunc(field, "quarter", output_field=DateField(), tzinfo=clock.workspace_zone())


def _counted(kind: str, answers: SurveyAnswerQuerySet, *fields: str) -> dict[tuple[Any, ...], tuple[Tally, int]]:
    """By the values of fields the answers of a kind by class, and the sum of their scores. One query."""
    classes = {f"size_{one}": Count("pk", filter=of_class(kind, one)) for one in AnswerClass}
    rows = answers.values(*fields).annotate(**classes, total=Sum("score")).values_list(*fields, *classes, "total")
    return {
        tuple(place): (Tally(promoters, passives, detractors), total)
        for *place, promoters, passives, detractors, total in rows
    }


def _asked(asks: QuerySet[SurveyAsk], *fields: str) -> dict[tuple[Any, ...], tuple[int, int]]:
    """By the values of fields how many were asked, and how many of them answered. One query."""
    rows = asks.values(*fields).annotate(asked=Count("pk"), answered=Count("answered_at"))
    found = rows.values_list(*fields, "asked", "answered")
    return {tuple(place): (asked, answered) for *place, asked, answered in found}


def _figures(counted: tuple[Tally, int] | None, asked: tuple[int, int] | None) -> Figures:
    return Figures(*(counted or (Tally(0, 0, 0), 0)), *(asked or (0, 0)))


def _sum(lines: Iterable[Figures]) -> Figures:
    found = list(lines)
    return Figures(
        Tally(
            sum(one.tally.promoters for one in found),
            sum(one.tally.passives for one in found),
            sum(one.tally.detractors for one in found),
        ),
        sum(one.total for one in found),
        sum(one.asked for one in found),
        sum(one.answered for one in found),
    )
