"""How often a customer should hear from us (lifecycle.md §3): by kind of touch and segment, more often at risk.

A touch of a kind is due on the day that lies one interval after the last two-way touch of that kind; where there was
none yet, after the day on which the customer came. Days are those of the workspace. What counts as which kind:

- sync: calls, meetings, visits and business reviews, for a review is held face to face as well;
- async: e-mails and chats that were answered or came from the customer;
- review: business reviews;
- executive: any touch in which an executive sponsor, or somebody of executive rank, took part;
- any: a touch of whatever kind, which is asked for at risk only.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CadenceKind(StrEnum):
    """The kinds, in the order of pages; `ANY` is what bad health asks for beside the others."""

    ANY = "any"
    SYNC = "sync"
    ASYNC = "async"
    REVIEW = "review"
    EXECUTIVE = "executive"


class Pace(StrEnum):
    """How often: an interval, or why there is none."""

    DAILY = "daily"
    WEEKLY = "weekly"
    TWO_WEEKS = "two_weeks"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    ON_REQUEST = "on_request"
    AUTOMATED = "automated"
    NONE = "none"


@dataclass(frozen=True)
class Interval:
    """A span of days and calendar months, of which one is 0."""

    days: int = 0
    months: int = 0

    def after(self, day: dt.date) -> dt.date:
        """The day one interval later. A month without such a day ends it: 31 January and a month is 28 February."""
        if not self.months:
            return day + dt.timedelta(days=self.days)
        return _months_on(day, self.months)

    def latest_before(self, day: dt.date) -> dt.date:
        """The latest day from which an interval is over by `day`: the last one on which a touch is due today.

        Several days may lead to the same end of a month, so the latest of them is looked for; there are at most four.
        """
        if not self.months:
            return day - dt.timedelta(days=self.days)
        found = _months_on(day, -self.months)
        while self.after(found + dt.timedelta(days=1)) <= day:
            found += dt.timedelta(days=1)
        return found

    @property
    def usual_days(self) -> int:
        """Its length in days, a month taken as 30; for weighing how late something is."""
        return self.days + 30 * self.months


INTERVALS: Final[Mapping[Pace, Interval]] = MappingProxyType(
    {
        Pace.DAILY: Interval(days=1),
        Pace.WEEKLY: Interval(days=7),
        Pace.TWO_WEEKS: Interval(days=14),
        Pace.MONTHLY: Interval(months=1),
        Pace.QUARTERLY: Interval(months=3),
        Pace.HALF_YEARLY: Interval(months=6),
        Pace.YEARLY: Interval(months=12),
    }
)
EVERY: Final[Mapping[Pace, str]] = MappingProxyType(
    {
        Pace.DAILY: "daily",
        Pace.WEEKLY: "weekly",
        Pace.TWO_WEEKS: "every 2 weeks",
        Pace.MONTHLY: "monthly",
        Pace.QUARTERLY: "quarterly",
        Pace.HALF_YEARLY: "half-yearly",
        Pace.YEARLY: "yearly",
        Pace.ON_REQUEST: "on request",
        Pace.AUTOMATED: "automated",
        Pace.NONE: "none",
    }
)
ADJECTIVES: Final[Mapping[Pace, str]] = MappingProxyType({**EVERY, Pace.TWO_WEEKS: "fortnightly"})
NOUNS: Final[Mapping[CadenceKind, str]] = MappingProxyType(
    {
        CadenceKind.ANY: "touch",
        CadenceKind.SYNC: "call or meeting",
        CadenceKind.ASYNC: "e-mail or chat",
        CadenceKind.REVIEW: "business review",
        CadenceKind.EXECUTIVE: "executive touch",
    }
)

COUNTED: Final[Mapping[CadenceKind, tuple[str, ...]]] = MappingProxyType(
    {
        CadenceKind.SYNC: ("call", "meeting", "visit", "qbr"),
        CadenceKind.ASYNC: ("email", "chat"),
        CadenceKind.REVIEW: ("qbr",),
    }
)
"""The kinds of `accounts.models.Touch` that count; for an executive touch it counts who took part."""
USUALLY: Final[Mapping[CadenceKind, str]] = MappingProxyType(
    {
        CadenceKind.ANY: "call",
        CadenceKind.SYNC: "call",
        CadenceKind.ASYNC: "email",
        CadenceKind.REVIEW: "qbr",
        CadenceKind.EXECUTIVE: "meeting",
    }
)
"""As which kind of touch it is logged mostly."""

Paces = Mapping[CadenceKind, Pace]

BY_SEGMENT: Final[Mapping[str, Paces]] = MappingProxyType(
    {
        "enterprise": {
            CadenceKind.SYNC: Pace.TWO_WEEKS,
            CadenceKind.ASYNC: Pace.WEEKLY,
            CadenceKind.REVIEW: Pace.QUARTERLY,
            CadenceKind.EXECUTIVE: Pace.QUARTERLY,
        },
        "mid_market": {
            CadenceKind.SYNC: Pace.MONTHLY,
            CadenceKind.ASYNC: Pace.TWO_WEEKS,
            CadenceKind.REVIEW: Pace.HALF_YEARLY,
            CadenceKind.EXECUTIVE: Pace.HALF_YEARLY,
        },
        "smb": {
            CadenceKind.SYNC: Pace.QUARTERLY,
            CadenceKind.ASYNC: Pace.MONTHLY,
            CadenceKind.REVIEW: Pace.YEARLY,
            CadenceKind.EXECUTIVE: Pace.NONE,
        },
        "self_serve": {
            CadenceKind.SYNC: Pace.ON_REQUEST,
            CadenceKind.ASYNC: Pace.AUTOMATED,
            CadenceKind.REVIEW: Pace.NONE,
            CadenceKind.EXECUTIVE: Pace.NONE,
        },
    }
)
"""What is recommended for the segments that ship, by their key. A segment of one's own begins without a cadence."""

BY_RANK: Final[Mapping[int, Pace]] = MappingProxyType({3: Pace.WEEKLY, 4: Pace.DAILY})
"""By the rank of a bottom tier, whatever the segment: a touch of any kind, until it is better."""


@dataclass(frozen=True)
class Standing:
    """One kind of touch with an account: how often it should be, when it was, and when the next one is due.

    `last` is None without any touch of the kind, `due_on` where no interval is asked for.
    """

    kind: CadenceKind
    pace: Pace
    last: dt.date | None
    due_on: dt.date | None
    today: dt.date

    @property
    def is_due(self) -> bool:
        """Due today, or overdue."""
        return self.due_on is not None and self.due_on <= self.today

    @property
    def days_overdue(self) -> int:
        """Whole days since it fell due; negative while there is time, 0 where none is asked for."""
        return (self.today - self.due_on).days if self.due_on else 0

    @property
    def lateness(self) -> float:
        """The days overdue as a share of the interval: a daily touch is late sooner than a yearly one."""
        return self.days_overdue / INTERVALS[self.pace].usual_days if self.pace in INTERVALS else 0.0

    @property
    def every(self) -> str:
        """How often, in words."""
        return EVERY[self.pace]

    @property
    def noun(self) -> str:
        """What it is called in a sentence."""
        return NOUNS[self.kind]

    @property
    def label(self) -> str:
        """What it is called in a list."""
        return "Any touch" if self.kind is CadenceKind.ANY else self.noun[0].upper() + self.noun[1:]

    @property
    def short(self) -> str:
        """What is due, for a narrow column: "Executive touch · 12 d"."""
        late = f"{self.days_overdue} d" if self.days_overdue else "today"
        return f"{self.label} · {'none yet' if self.last is None else late}"

    @property
    def phrase(self) -> str:
        """What is due and since when: "Quarterly executive touch, 12 days overdue"; of one that never was it says so,
        for the day that it is counted from is not that of a touch."""
        what = f"{ADJECTIVES[self.pace].capitalize()} {self.noun}"
        if self.last is None:
            return f"{what}, none yet"
        if self.days_overdue == 0:
            return f"{what}, due today"
        return f"{what}, {self.days_overdue} day{'' if self.days_overdue == 1 else 's'} overdue"


def usual_touch(kind: str) -> str:
    """With which kind of touch a form begins where one of that kind is due; a call for what is no kind."""
    return USUALLY[CadenceKind(kind) if kind in set(CadenceKind) else CadenceKind.ANY]


def paces_of(
    segment: str, rank: int | None, chosen: Mapping[CadenceKind, str] | None = None
) -> dict[CadenceKind, Pace]:
    """How often each kind is asked for; `ANY` is among them in the bottom tiers only.

    `segment` is the segment's key (empty without one) and `rank` the tier's (1 is the best, None without a score);
    `chosen` is what an admin set for the segment, where an empty text leaves what is recommended.
    """
    recommended, own = BY_SEGMENT.get(segment, {}), chosen or {}
    paces = {CadenceKind.ANY: BY_RANK[rank]} if rank is not None and rank in BY_RANK else {}
    for kind in CadenceKind:
        if kind is not CadenceKind.ANY:
            paces[kind] = Pace(own.get(kind) or recommended.get(kind, Pace.NONE))
    return paces


def standing(kind: CadenceKind, pace: Pace, last: dt.date | None, since: dt.date | None, *, today: dt.date) -> Standing:
    """How a kind stands. Without any touch the time runs from `since`, the day the customer came; where that is not
    known either, one is due today."""
    interval, start = INTERVALS.get(pace), last or since
    due_on = None if interval is None else today if start is None else interval.after(start)
    return Standing(kind, pace, last, due_on, today)


def most_pressing(standings: Iterable[Standing]) -> list[Standing]:
    """Those that are due, the one that is latest for its interval first."""
    return sorted((one for one in standings if one.is_due), key=lambda one: -one.lateness)


def _months_on(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))
