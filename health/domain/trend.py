"""Where a score is going: its slope over 30 days of snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from health.domain.scorers import FloatArray

WINDOW_DAYS: Final = 30
# Points over the window up to which a score is stable.
STABLE_POINTS: Final = 3.0
# Fewer scores, or a shorter stretch of them, say nothing about a month.
LEAST_SCORES: Final = 5
LEAST_DAYS: Final = 14
EXACT_DECIMALS: Final = 9


class Course(StrEnum):
    """The trend of a score."""

    IMPROVING = "improving"
    STABLE = "stable"
    DECLINING = "declining"
    UNKNOWN = ""


@dataclass(frozen=True)
class ScoreTrends:
    """Trends of n accounts.

    change     (n,) points over 30 days along the line of least squares; NaN where unknown
    course     (n,) values of `Course` as text; "" where there are too few scores
    sustained  (n,) declining, and lower in each ten days than in the ten before: for the whole window, not since Monday
    """

    change: FloatArray
    course: npt.NDArray[Any]
    sustained: npt.NDArray[np.bool_]


def score_trends(scores: FloatArray, days: npt.NDArray[np.int64]) -> ScoreTrends:
    """Trends of accounts from their scores (n, d), NaN where a day has none.

    `days` (d,) are the days' numbers (`date.toordinal()`), ascending; the window ends with the last one, and what lies
    before it is left out.
    """
    if len(days) == 0:
        nothing = np.full(len(scores), np.nan)
        return ScoreTrends(nothing, np.full(len(scores), str(Course.UNKNOWN), dtype="<U9"), np.isfinite(nothing))
    inside = days > days[-1] - WINDOW_DAYS - 1
    scores, days = scores[:, inside], days[inside]
    ages = (days - days[-1]).astype(float)  # −30 … 0
    present = ~np.isnan(scores)
    known = np.where(present, scores, 0.0)

    count = present.sum(axis=1)
    first = np.where(present, ages, np.inf).min(axis=1)
    last = np.where(present, ages, -np.inf).max(axis=1)
    enough = (count >= LEAST_SCORES) & (last - first >= LEAST_DAYS)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_age, mean_score = (present @ ages) / count, known.sum(axis=1) / count
        spread = present @ ages**2 - count * mean_age**2
        slope = (known @ ages - count * mean_age * mean_score) / spread
        change = np.where(enough, np.round(slope * WINDOW_DAYS, EXACT_DECIMALS), np.nan)
    course = np.select(
        [change > STABLE_POINTS, change < -STABLE_POINTS, enough],
        [str(Course.IMPROVING), str(Course.DECLINING), str(Course.STABLE)],
        str(Course.UNKNOWN),
    )
    return ScoreTrends(change, course, (course == Course.DECLINING) & _falling_throughout(known, present, ages))


def _falling_throughout(known: FloatArray, present: npt.NDArray[np.bool_], ages: FloatArray) -> npt.NDArray[np.bool_]:
    """(n,) Whether the means of the three thirds of the window fall; a third without a score says no."""
    third = WINDOW_DAYS / 3
    # The window's first day (age −30) belongs to the first third, today to the last.
    thirds = np.clip(((ages + WINDOW_DAYS) // third).astype(int), 0, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.column_stack(
            [known[:, thirds == part].sum(axis=1) / present[:, thirds == part].sum(axis=1) for part in range(3)]
        )
    return (means[:, 0] > means[:, 1]) & (means[:, 1] > means[:, 2])
