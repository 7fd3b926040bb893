"""Cohorts: accounts by the month of their first contract, and what is kept of them as they age (retention.md §3).

Every account is looked at on its own days: so many months after its first day, so that each has had as long. A cohort
has reached an age when its youngest account has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from renewals.domain.movements import IntArray, Movements, starts

# Months after the first contract.
AGES: Final = (0, 1, 2, 3, 6, 12, 18, 24)
# A cohort of fewer accounts is the best, or the worst, by chance.
LEAST_LOGOS: Final = 5
# Older and newer cohorts that lie less apart are alike.
ALIKE: Final = Decimal("0.02")
# The day from which numpy counts days, as an ordinal.
UNIX_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Kept:
    """What is left of a cohort at an age: accounts, their ARR, and both as shares of what the cohort began with.

    The share of ARR may lie above 1, for what remains may have grown.
    """

    logos: int
    arr: Decimal
    logo_share: Decimal
    arr_share: Decimal


@dataclass(frozen=True)
class Cohort:
    """The accounts whose first contract began in a month."""

    month: dt.date
    logos: int
    arr: Decimal
    """ARR of all of them, each on its first day."""
    kept: dict[int, Kept | None]
    """By months of age, every one of `AGES`; None where not yet reached."""


@dataclass(frozen=True)
class Drop:
    """Between two ages the share of accounts fell by `points` (0.04 is four of a hundred)."""

    after: int
    until: int
    points: Decimal

    @property
    def a_month(self) -> Decimal:
        """How steep it is: ages lie unequally far apart."""
        return self.points / (self.until - self.after)


def cohorts_of(movements: Movements, today: dt.date) -> list[Cohort]:
    """The cohorts up to a day, which is the last one that is known, the oldest first."""
    first = movements.first_days
    begun = np.flatnonzero((first > 0) & (first <= today.toordinal()))
    if not len(begun):
        return []
    # Accounts by month, the oldest first; each month's begin at `opens`.
    begun = begun[np.argsort(first[begun], kind="stable")]
    months = _dates(first[begun]).astype("datetime64[M]")
    opens = starts(months.astype(np.int64))
    logos = np.diff(np.append(opens, len(begun)))
    days, place_of_day = np.unique(first, return_inverse=True)
    left = [_left(movements, months_later(days, age)[place_of_day], begun, opens) for age in AGES]
    return [
        Cohort(
            month,
            int(logos[place]),
            movements.money(int(left[0].arr[place])),
            {
                age: _kept(movements, one, left[0], place, int(logos[place]))
                if one.reached[place] <= today.toordinal()
                else None
                for age, one in zip(AGES, left, strict=True)
            },
        )
        for place, month in enumerate(months[opens].astype("datetime64[D]").tolist())
    ]


def first_years(movements: Movements) -> IntArray:
    """The year of each account's first movement, 0 where it has none. Shape (accounts,)."""
    first = movements.first_days
    return np.where(first > 0, _dates(first).astype("datetime64[Y]").astype(np.int64) + 1970, 0)


def steepest_drop(cohorts: Sequence[Cohort]) -> Drop | None:
    """Between which two ages most accounts are lost a month, over the cohorts that have reached both."""
    drops = []
    for after, until in pairwise(AGES):
        both = [
            (cohort.logos, one.logos - other.logos)
            for cohort in cohorts
            if (one := cohort.kept[after]) and (other := cohort.kept[until])
        ]
        lost = sum(gone for _, gone in both)
        if lost > 0:
            drops.append(Drop(after, until, Decimal(lost) / sum(logos for logos, _ in both)))
    return max(drops, key=lambda drop: drop.a_month, default=None)


def telling_age(cohorts: Sequence[Cohort]) -> int | None:
    """The oldest age at which cohorts can be compared: two of a size that tells have reached it."""
    for age in reversed(AGES[1:]):
        if sum(cohort.kept[age] is not None and cohort.logos >= LEAST_LOGOS for cohort in cohorts) > 1:
            return age
    return None


def best_cohort(cohorts: Sequence[Cohort]) -> Cohort | None:
    """The one that kept most accounts at the telling age; of equals the one that kept more ARR, then the newer."""
    age = telling_age(cohorts)
    if age is None:
        return None
    compared = [(kept, one) for one in cohorts if one.logos >= LEAST_LOGOS and (kept := one.kept[age])]
    return max(compared, key=lambda pair: (pair[0].logo_share, pair[0].arr_share, pair[1].month))[1]


def direction(cohorts: Sequence[Cohort]) -> Decimal | None:
    """By how much newer cohorts keep more of their accounts than older ones at the telling age; negative for less.

    The cohorts that have reached it are halved by age, the one in the middle being left out, and each half is pooled.
    """
    age = telling_age(cohorts)
    if age is None:
        return None
    reached = [cohort for cohort in cohorts if cohort.kept[age]]
    half = len(reached) // 2
    return _pooled(reached[-half:], age) - _pooled(reached[:half], age)


def in_words(cohorts: Sequence[Cohort]) -> list[str]:
    """What stands out, a sentence each: the steepest drop, the best cohort, the direction from older to newer."""
    said = []
    drop = steepest_drop(cohorts)
    if drop:
        said.append(
            f"The steepest drop lies between months {drop.after} and {drop.until}: "
            f"{_points(drop.points)} of 100 accounts leave in that time."
        )
    age, best, lean = telling_age(cohorts), best_cohort(cohorts), direction(cohorts)
    if age is None or best is None or lean is None:
        return said
    kept = best.kept[age]
    assert kept is not None
    said.append(
        f"The best cohort is {best.month:%B %Y}: {_points(kept.logo_share)} of 100 accounts and "
        f"{_points(kept.arr_share)} % of its ARR are there after {age} {_noun(age)}."
    )
    if abs(lean) < ALIKE:
        said.append(f"Newer cohorts keep about as many accounts as older ones after {age} {_noun(age)}.")
    else:
        more = "more" if lean > 0 else "fewer"
        said.append(
            f"Newer cohorts keep {more} accounts than older ones: {_points(abs(lean))} of 100 {more} "
            f"after {age} {_noun(age)}."
        )
    return said


def months_later(days: IntArray, months: int) -> IntArray:
    """The ordinals so many months after others, as `periods.add_months` has them; 0 stays 0."""
    dates = _dates(days)
    month = dates.astype("datetime64[M]")
    later = month + months
    # The month after ends a month: a day beyond that is its last one.
    last = (later + 1).astype("datetime64[D]") - 1
    found = np.minimum(later.astype("datetime64[D]") + (dates - month.astype("datetime64[D]")), last)
    return np.where(days > 0, found.astype(np.int64) + UNIX_EPOCH, 0)


@dataclass(frozen=True)
class _Left:
    """What is left of each cohort at an age, and the day on which its youngest account has reached it."""

    logos: IntArray
    arr: IntArray
    reached: IntArray


def _left(movements: Movements, at: IntArray, begun: IntArray, opens: IntArray) -> _Left:
    """`at` is the day of the age for every account; `begun` are the accounts by cohort, `opens` where each begins."""
    arr = movements.arr_before(at + 1)[begun]
    return _Left(
        logos=np.add.reduceat((arr > 0).astype(np.int64), opens),
        arr=np.add.reduceat(arr, opens),
        reached=np.maximum.reduceat(at[begun], opens),
    )


def _kept(movements: Movements, left: _Left, began: _Left, place: int, accounts: int) -> Kept:
    logos, arr = int(left.logos[place]), int(left.arr[place])
    return Kept(
        logos=logos,
        arr=movements.money(arr),
        logo_share=Decimal(logos) / accounts,
        arr_share=Decimal(arr) / int(began.arr[place]),
    )


def _dates(days: IntArray) -> npt.NDArray[np.datetime64]:
    return (days - UNIX_EPOCH).astype("datetime64[D]")


def _pooled(cohorts: Sequence[Cohort], age: int) -> Decimal:
    kept = sum(one.logos for cohort in cohorts if (one := cohort.kept[age]))
    return Decimal(kept) / sum(cohort.logos for cohort in cohorts)


def _points(share: Decimal) -> str:
    return f"{share * 100:.0f}"


def _noun(months: int) -> str:
    return "month" if months == 1 else "months"
