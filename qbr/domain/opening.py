"""Which reviews come due by themselves, and on which day (qbr.md §1).

The next review of a kind is due one interval of its pace after the last one; one that is late already, as soon as it
can be prepared. Without any, whole intervals are counted from the day on which the customer came, and the first one
ahead is due. A day that falls into the season of a customer, when nobody there has time, moves to the day before that
season. A declining score adds a business review where none is near, and an onboarding ends with a checkpoint 90 days
after its start. Days are those of the workspace, periods half-open.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from accounts.domain.cadence import INTERVALS, Interval, Pace
from qbr.domain.agendas import Preset
from qbr.domain.checklist import DAYS_BEFORE
from qbr.domain.reviews import Kind, Origin

# What a review looks at.
LOOKS_BACK: Final = dt.timedelta(days=90)
# How long before its day a review appears, so that there is time to find a date with the customer.
APPEARS: Final = INTERVALS[Pace.QUARTERLY]
# Nothing comes due sooner: the first points of the checklist need this long.
NOTICE: Final = dt.timedelta(days=max(DAYS_BEFORE.values()))
CHECKPOINT_AFTER: Final = dt.timedelta(days=90)
# A declining score asks for no review so soon after, or before, another one.
QUIET: Final = dt.timedelta(days=90)
MONTHS_OF_YEAR: Final = 12
LONGEST_MONTH: Final = 31


@dataclass(frozen=True)
class Plan:
    """Which reviews the accounts of a segment have, and with which agenda they begin."""

    review: Pace = Pace.NONE
    executive: Pace = Pace.NONE
    annual: Pace = Pace.NONE
    checkpoint: bool = False
    agenda: Preset = Preset.CONVERSATION

    @property
    def paces(self) -> dict[Kind, Pace]:
        """How often each kind comes that has a pace."""
        return {Kind.QBR: self.review, Kind.EXECUTIVE: self.executive, Kind.ANNUAL: self.annual}


@dataclass(frozen=True)
class Known:
    """What is known of an account.

    `last` has by kind the day of the last review that is over: held, or due where its turn was cancelled. `latest` is
    the day of the last one of any kind, `nearest` that of the next one which is still ahead, and `ahead` are the kinds
    of all that are. `onboarded_on` is the day on which the latest onboarding began, `low_months` (1 to 12) are those in
    which a seasonal customer has time; empty for others.
    """

    customer_since: dt.date | None = None
    last: Mapping[Kind, dt.date] = field(default_factory=dict)
    latest: dt.date | None = None
    nearest: dt.date | None = None
    ahead: Collection[Kind] = ()
    is_declining: bool = False
    onboarded_on: dt.date | None = None
    low_months: Collection[int] = ()


@dataclass(frozen=True)
class Due:
    """A review to be opened, which looks at the days [since, until)."""

    kind: Kind
    origin: Origin
    due_on: dt.date
    since: dt.date
    until: dt.date
    agenda: Preset


def reviews_due(known: Known, plan: Plan, *, today: dt.date) -> list[Due]:
    """The reviews that appear by `today`, of the kinds that are not ahead already; at most one of a kind."""
    found = []
    for kind, pace in plan.paces.items():
        turn = None if kind in known.ahead else _turn(known, kind, pace, today)
        if turn is not None:
            found.append(_due(kind, Origin.PACE, turn, plan))
    if plan.checkpoint and known.onboarded_on is not None and Kind.CHECKPOINT not in known.ahead:
        day = known.onboarded_on + CHECKPOINT_AFTER
        if day >= today:
            found.append(_due(Kind.CHECKPOINT, Origin.ONBOARDING, day, plan))
    if not found and _asks_by_decline(known, plan, today):
        found.append(_due(Kind.QBR, Origin.DECLINE, today + NOTICE, plan))
    return found


def period_of(kind: Kind, day: dt.date) -> tuple[dt.date, dt.date]:
    """The days [since, until) that a review on `day` looks at: the 90 before it, an annual one the year."""
    since = INTERVALS[Pace.YEARLY].latest_before(day) if kind is Kind.ANNUAL else day - LOOKS_BACK
    return since, day


def agenda_of(kind: Kind, usual: Preset) -> Preset:
    """With which agenda a review begins: executives have their own, the others the one that is usual."""
    return Preset.EXECUTIVE if kind is Kind.EXECUTIVE else usual


def next_turn(base: dt.date, pace: Pace, *, earliest: dt.date) -> dt.date:
    """The first day from `earliest` on that lies one or more whole intervals after `base`.

    Months are counted from `base` each time, so that a turn on the 31st comes back to it after a shorter month.
    """
    interval = INTERVALS[pace]
    longest = interval.days + interval.months * LONGEST_MONTH
    number = max(1, (earliest - base).days // longest)
    while (turn := _times(pace, number, base)) < earliest:
        number += 1
    return turn


def before_season(day: dt.date, low_months: Collection[int]) -> dt.date:
    """The day before the season that `day` falls into; the day itself where it falls into none."""
    if day.month in low_months or not low_months:
        return day
    first = day.replace(day=1)
    for _ in range(MONTHS_OF_YEAR):
        before = first - dt.timedelta(days=1)
        if before.month in low_months:
            return before
        first = before.replace(day=1)
    return day


def _turn(known: Known, kind: Kind, pace: Pace, today: dt.date) -> dt.date | None:
    """The day of the next review of a kind, if it appears by `today`."""
    if pace not in INTERVALS:
        return None
    last, earliest = known.last.get(kind), today + NOTICE
    base = last or known.customer_since
    if base is None:
        return earliest
    turn = max(INTERVALS[pace].after(base), earliest) if last else next_turn(base, pace, earliest=earliest)
    early = before_season(turn, known.low_months)
    # A review that has only just been held is no reason to hold the next one before the season.
    if early >= earliest and early - base >= (turn - base) / 2:
        turn = early
    return turn if turn <= APPEARS.after(today) else None


def _asks_by_decline(known: Known, plan: Plan, today: dt.date) -> bool:
    """Whether a declining score asks for a review: none is ahead soon, and none was over lately."""
    if not known.is_declining or plan.review not in INTERVALS or Kind.QBR in known.ahead:
        return False
    is_quiet = known.latest is None or known.latest + QUIET <= today
    return is_quiet and (known.nearest is None or known.nearest > today + QUIET)


def _due(kind: Kind, origin: Origin, day: dt.date, plan: Plan) -> Due:
    since, until = period_of(kind, day)
    return Due(kind, origin, day, since, until, agenda_of(kind, plan.agenda))


def _times(pace: Pace, number: int, base: dt.date) -> dt.date:
    interval = INTERVALS[pace]
    return Interval(days=interval.days * number, months=interval.months * number).after(base)
