"""How likely a renewal is: the rate at which such accounts renew, and what is known of this one beside it.

The rate is 1 − the churn that is to be expected of the account, which its tier, the churn model or its use say
(`health.services.expecting`). What moves it counts in points of a hundred, and each is kept with its words, so that the
page adds up before the reader's eyes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from health.domain.use_prior import DAILY, OFTEN, SELDOM, SILENT, WEEKLY, Engagement
from renewals.domain.stages import STAGE_LABELS, Stage
from renewals.domain.zones import YELLOW_FROM

# Points for a live churn signal by its severity (1 critical, 2 high, 3 normal), and for all of them at the most.
SIGNAL_POINTS: Final = {1: Decimal(-15), 2: Decimal(-6), 3: Decimal(-3)}
SIGNALS_AT_MOST: Final = Decimal(-30)
SEVERITY_WORDS: Final = {1: "critical", 2: "severe", 3: ""}
# Points by the days since the customer last took part in anything: so many days or fewer, and beyond all of them.
TOUCH_POINTS: Final = ((30, Decimal(3)), (60, Decimal(0)), (90, Decimal(-3)))
NO_TOUCH: Final = Decimal(-6)
USE_POINTS: Final = {
    DAILY: Decimal(3),
    OFTEN: Decimal(1),
    WEEKLY: Decimal(-3),
    SELDOM: Decimal(-8),
    SILENT: Decimal(-12),
}
# What the talks have come to: each stage says more than the one before.
STAGE_POINTS: Final = {
    Stage.UPCOMING: Decimal(0),
    Stage.KICK_OFF: Decimal(1),
    Stage.VALUE_REVIEW: Decimal(2),
    Stage.PROPOSAL: Decimal(3),
    Stage.NEGOTIATION: Decimal(5),
    Stage.CONTRACT_OUT: Decimal(10),
    Stage.CLOSED: Decimal(0),
}
OVERDUE_POINTS: Final = Decimal(-10)
# Points that a probability must rise above the bound of the red zone before its episode is over.
HYSTERESIS: Final = Decimal("0.02")
SHARE: Final = Decimal("0.0001")
# What playbooks wait for that answer a renewal which becomes red.
RED_CUE: Final = "renewal_red"


@dataclass(frozen=True)
class Adjustment:
    """Something that moves a probability: in words, and by how many points of a hundred."""

    words: str
    points: Decimal


@dataclass(frozen=True)
class Known:
    """What is known of an account and its renewal on a day.

    `expected_churn` is a share, None where nothing is known; `basis` says in words on what it rests. `signals` counts
    the live churn signals by severity. `use` is None where use is not known, or the rate rests on it already.
    """

    expected_churn: Decimal | None
    basis: str
    stage: Stage
    due_on: dt.date
    signals: Mapping[int, int] = field(default_factory=dict)
    last_touch: dt.date | None = None
    use: Engagement | None = None


@dataclass(frozen=True)
class Estimate:
    """A probability as a share, and how it came about: the rate first, in points, then what moved it.

    Without a rate there is neither.
    """

    probability: Decimal | None
    parts: tuple[Adjustment, ...] = ()


def estimate(known: Known, *, today: dt.date) -> Estimate:
    """The probability of a renewal, between 0 and 1; unknown where no churn is to be expected for want of data."""
    if known.expected_churn is None:
        return Estimate(None)
    rate = (1 - known.expected_churn) * 100
    moved = [*_of_signals(known.signals), _of_touch(known.last_touch, today), _of_stage(known.stage)]
    if known.use is not None:
        moved.append(Adjustment(known.use.label.capitalize(), USE_POINTS[known.use]))
    if known.due_on < today:
        moved.append(Adjustment("Past its date and still open", OVERDUE_POINTS))
    parts = (Adjustment(f"Renewal rate {known.basis}".strip(), rate), *(one for one in moved if one.points))
    total = sum((one.points for one in parts), Decimal(0)) / 100
    return Estimate(min(max(total, Decimal(0)), Decimal(1)).quantize(SHARE), parts)


def is_red(probability: Decimal | None, *, was_red: bool) -> bool:
    """Whether a renewal is in an episode of the red zone: entered at its bound, left two points above it.

    What is not known begins no episode, and ends none.
    """
    if probability is None:
        return was_red
    return probability < (YELLOW_FROM + HYSTERESIS if was_red else YELLOW_FROM)


def _of_signals(signals: Mapping[int, int]) -> list[Adjustment]:
    """One for each severity, the worst first; together no more than the most."""
    found, left = [], SIGNALS_AT_MOST
    for severity, points in SIGNAL_POINTS.items():
        number = signals.get(severity, 0)
        if number:
            counted = max(number * points, left)
            left -= counted
            kind = " ".join(
                filter(None, [SEVERITY_WORDS[severity], "churn signal" if number == 1 else "churn signals"])
            )
            found.append(Adjustment(f"{number} {kind}", counted))
    return found


def _of_touch(last_touch: dt.date | None, today: dt.date) -> Adjustment:
    if last_touch is None:
        return Adjustment("The customer never took part in a touch", NO_TOUCH)
    days = (today - last_touch).days
    points = next((points for most, points in TOUCH_POINTS if days <= most), NO_TOUCH)
    return Adjustment(f"Last two-way touch {days} day{'' if days == 1 else 's'} ago", points)


def _of_stage(stage: Stage) -> Adjustment:
    return Adjustment(f"Stage “{STAGE_LABELS[stage]}”", STAGE_POINTS[stage])
