"""What a recompute hands to alerting: the accounts whose standing may call for somebody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """One indicator's part in a change: its label, its reading in words and the points of the score it moved."""

    label: str
    detail: str
    points: float


@dataclass(frozen=True)
class Lift:
    """One indicator's offer: its label, what to reach in words and the points of the score that it would bring."""

    label: str
    target: str
    points: float


@dataclass(frozen=True)
class AccountChange:
    """The standing of an account on a day, beside the one before it.

    "Before" is the newest snapshot older than `day`; there is none for an account scored for the first time. Scores
    are unrounded where computed now, stored (one decimal) where they come from a snapshot, None without enough data.
    Ranks count from 1, the best tier. `reasons` are what moved the score against the snapshot of seven days ago, or
    the newest before it, largest effect first; without one to compare with they are what holds the score down.
    """

    account_id: int
    day: dt.date
    version_id: int
    score_before: float | None
    score_after: float | None
    rank_before: int | None
    rank_after: int | None
    trend: str
    """improving, stable, declining, or empty where there are too few snapshots to say."""
    trend_declining_days: int
    """Days in a row, `day` included, on which the score's trend was declining."""
    score_7d_ago: float | None
    """The highest score of the seven days before `day`: a drop is measured from there."""
    reasons: tuple[Cause, ...]
    raises: tuple[Lift, ...]
    confidence: float
