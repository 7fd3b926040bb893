"""What surveys are made of: scales, classes of answers, whom one may ask when, and NPS with its interval.

Days are workspace days. A score is from 0 to 10 for NPS and from 1 to 5 for every other kind.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

NPS = "nps"
# Score, why, the question by class and these: fewer than six.
MOST_EXTRA = 2
# For anything, whatever the kind.
BETWEEN_ASKS = dt.timedelta(days=30)
YEAR = dt.timedelta(days=365)
# How long an answer counts for the present figure, by kind (lifecycle.md §6).
WINDOWS = {NPS: dt.timedelta(days=180)}
OTHER_WINDOW = dt.timedelta(days=90)
# Days of a quarter over which a schedule spreads the people whom it asks, each on a day of their own.
SPREAD_DAYS = 90
# Two-sided 95 %.
Z = 1.96


class AnswerClass(StrEnum):
    """What a score says about a person; the names are those of NPS, and hold for the other scales as well."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


def scale_of(kind: str) -> range:
    """The scores of a kind of survey, from the lowest."""
    return range(11) if kind == NPS else range(1, 6)


def ends_of(kind: str) -> tuple[str, str]:
    """What the lowest and the highest score of a kind mean, in words."""
    return ("not at all likely", "extremely likely") if kind == NPS else ("very dissatisfied", "very satisfied")


def class_bounds(kind: str) -> tuple[int, int]:
    """The lowest score of a promoter and the highest of a detractor."""
    return (9, 6) if kind == NPS else (4, 2)


def class_of(kind: str, score: int) -> AnswerClass:
    """The class of a score: promoters from 9, passives from 7; on the scale to 5 satisfied from 4, dissatisfied to
    2."""
    promoter, detractor = class_bounds(kind)
    if score >= promoter:
        return AnswerClass.PROMOTER
    return AnswerClass.DETRACTOR if score <= detractor else AnswerClass.PASSIVE


def class_labels(kind: str) -> dict[AnswerClass, str]:
    """What the classes of a kind are called, of many."""
    names = ("Promoters", "Passives", "Detractors") if kind == NPS else ("Satisfied", "In between", "Dissatisfied")
    return dict(zip(AnswerClass, names, strict=True))


def window_of(kind: str) -> dt.timedelta:
    """How far back an answer counts for the present figure."""
    return WINDOWS.get(kind, OTHER_WINDOW)


@dataclass(frozen=True)
class Tally:
    """Answers by class."""

    promoters: int
    passives: int
    detractors: int

    @property
    def count(self) -> int:
        """All answers."""
        return self.promoters + self.passives + self.detractors

    @property
    def not_detractors(self) -> int:
        """Promoters and passives, as a bar of all classes has the detractors behind them."""
        return self.promoters + self.passives

    @property
    def nps(self) -> float | None:
        """% promoters − % detractors, from −100 to 100; None without an answer."""
        return 100 * (self.promoters - self.detractors) / self.count if self.count else None

    @property
    def satisfied(self) -> float | None:
        """The share of the satisfied; None without an answer."""
        return self.promoters / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the NPS of all whom one might have asked lies with 95 %; None without an answer.

        The adjusted Wald interval of B. Rocks, "Interval Estimation for the 'Net Promoter Score'", The American
        Statistician 70 (2016): three answers are added, ¾ promoters, 1½ passives and ¾ detractors, so that it holds
        for few answers and for those that are all alike as well.
        """
        if not self.count:
            return None
        count = self.count + 3
        up, down = (self.promoters + 0.75) / count, (self.detractors + 0.75) / count
        half = Z * math.sqrt((up + down - (up - down) ** 2) / count)
        low, high = max(-1.0, up - down - half), min(1.0, up - down + half)
        return 100 * low, 100 * high


@dataclass(frozen=True)
class Asked:
    """What a person was asked or answered before: kind and moment."""

    kind: str
    at: dt.datetime


def not_yet(kind: str, before: Sequence[Asked], *, most_a_year: int | None, now: dt.datetime) -> str:
    """Why a person may not be asked now, in words with the day from which they may; empty where they may.

    Nobody is asked for anything twice in 30 days, nor for one kind more often in a year than it says.
    """
    latest = max((one.at for one in before), default=None)
    if latest is not None and now - latest < BETWEEN_ASKS:
        return f"They were asked less than 30 days ago. From {_day(latest + BETWEEN_ASKS)} they can be asked again."
    of_kind = sorted(one.at for one in before if one.kind == kind and now - one.at < YEAR)
    if most_a_year is not None and len(of_kind) >= most_a_year:
        free_at = of_kind[len(of_kind) - most_a_year] + YEAR
        times = {1: "once", 2: "twice"}.get(most_a_year, f"{most_a_year} times")
        return f"They were asked {times} in the last year. From {_day(free_at)} they can be asked again."
    return ""


@dataclass(frozen=True)
class Known:
    """How well a person knows what they are asked about: days since they came, and days on which they were active.

    `active_days` is None where the source of use does not tell who of the account's people was active.
    """

    days: int
    active_days: int | None


def too_new(known: Known, *, needs_days: int, needs_active_days: int) -> str:
    """Why somebody cannot say much yet, in words; empty where they can."""
    if known.days < needs_days:
        return f"They have been there for {known.days} days, and are asked after {needs_days}."
    if known.active_days is not None and known.active_days < needs_active_days:
        return f"They were active on {known.active_days} days, and are asked after {needs_active_days}."
    return ""


def quarter_of(day: dt.date) -> dt.date:
    """The first day of the quarter in which a day lies."""
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def quarter_key(day: dt.date) -> str:
    """The quarter as the cause of a schedule names it: `2026-Q4`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
