"""How the objectives of a success plan stand, and when the plan is looked at again.

Linear pace: the value is expected to move evenly from the baseline, on the day the objective began, to the target, on
the day it is due. An objective is on track while the share of the way that is done lags behind the share that is due by
at most `GRACE`. What has not been measured yet stands at its baseline. `standing_case` beside the model says the same
in SQL; a test holds the two together.
"""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

# A tenth of the way: values are measured now and then, and must not be called late for the days in between.
GRACE: Final = Decimal("0.1")
MONTHS_BETWEEN_REVIEWS: Final = 3
SHARED_DAYS: Final = 90


class Standing(StrEnum):
    """How an objective stands; never written down, always derived."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    MISSED = "missed"


STANDING_LABELS: Final[dict[Standing, str]] = {
    Standing.ACHIEVED: "Achieved",
    Standing.ON_TRACK: "On track",
    Standing.AT_RISK: "At risk",
    Standing.MISSED: "Missed",
}


class PlanState(StrEnum):
    """How a plan stands as a whole."""

    EMPTY = "empty"
    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    BEHIND = "behind"


STATE_LABELS: Final[dict[PlanState, str]] = {
    PlanState.BEHIND: "Behind",
    PlanState.ON_TRACK: "On track",
    PlanState.ACHIEVED: "Achieved",
    PlanState.EMPTY: "No objectives",
}

# The milestones that every plan has, with the days from its beginning on which each is expected (lifecycle.md §1:
# foundation within a week, first value within 30 days, full deployment within 90).
STANDARD_MILESTONES: Final[dict[str, int]] = {"setup": 7, "first_value": 30, "full_adoption": 90}


@dataclass(frozen=True)
class Aim:
    """From where to where a value shall move, and between which days; up or down, as the target lies."""

    baseline: Decimal
    target: Decimal
    began_on: dt.date
    due_on: dt.date

    @property
    def is_upward(self) -> bool:
        """More is better: the target lies above the baseline."""
        return self.target > self.baseline

    @property
    def days(self) -> int:
        """Between beginning and due day, at least one."""
        return max(1, (self.due_on - self.began_on).days)

    def days_gone(self, today: dt.date) -> int:
        """Of those days, how many are over."""
        return min(max((today - self.began_on).days, 0), self.days)


def problem_of(aim: Aim) -> str:
    """Why an objective cannot aim so, in words; empty where it can."""
    if aim.baseline == aim.target:
        return "The target must differ from the baseline: which of them is larger says what is better."
    if aim.due_on <= aim.began_on:
        return "The objective is due after the day on which it begins."
    return ""


def standing_of(aim: Aim, current: Decimal | None, *, today: dt.date) -> Standing:
    """How an objective stands on a day; `current` is the latest measured value, None where nothing was measured.

    The due day itself still counts. A value that fell back behind its target is achieved no longer.
    """
    way = abs(aim.target - aim.baseline)
    gained = _gained(aim, current)
    if gained >= way:
        return Standing.ACHIEVED
    if today > aim.due_on:
        return Standing.MISSED
    # gained ÷ way ≥ days gone ÷ days − GRACE, without division, so that SQL and Python agree to the last digit.
    needed = way * (aim.days_gone(today) - GRACE * aim.days)
    return Standing.ON_TRACK if gained * aim.days >= needed else Standing.AT_RISK


def share_done(aim: Aim, current: Decimal | None) -> Decimal:
    """Which share of the way from baseline to target is done: 1 at the target, below 0 where it moved away from it."""
    return _gained(aim, current) / abs(aim.target - aim.baseline)


def share_due(aim: Aim, *, today: dt.date) -> Decimal:
    """Which share of the way is due on a day by linear pace, 0 to 1."""
    return Decimal(aim.days_gone(today)) / aim.days


def state_of(standings: Sequence[Standing]) -> PlanState:
    """How a plan stands whose objectives stand so: behind as soon as one of them is."""
    if not standings:
        return PlanState.EMPTY
    if {Standing.AT_RISK, Standing.MISSED} & set(standings):
        return PlanState.BEHIND
    return PlanState.ACHIEVED if set(standings) == {Standing.ACHIEVED} else PlanState.ON_TRACK


def next_review(after: dt.date) -> dt.date:
    """The day a quarter later: the same day of the month, or the last one where the month is shorter."""
    month = after.month - 1 + MONTHS_BETWEEN_REVIEWS
    year, month = after.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(after.day, calendar.monthrange(year, month)[1]))


def in_words(value: Decimal | None, unit: str = "") -> str:
    """1,250.5 h: a number without the zeros that say nothing; an em dash where it is not known."""
    if value is None:
        return "—"
    text = f"{abs(value):,.4f}".rstrip("0").rstrip(".")
    sign = "−" if value < 0 and text != "0" else ""
    return f"{sign}{text} {unit}".rstrip()


def _gained(aim: Aim, current: Decimal | None) -> Decimal:
    """How far the value has moved towards the target, in its own unit."""
    moved = (aim.baseline if current is None else current) - aim.baseline
    return moved if aim.is_upward else -moved
