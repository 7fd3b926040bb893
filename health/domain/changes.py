"""What a recompute hands to alerting: the accounts whose alerts need a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from health.domain.alerting import AccountState, AlertRule


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
    """The standing of one account on a day, beside the one last evaluated.

    Made only for accounts for which a rule fires or that have an alert which is not resolved; for all others there is
    nothing to decide.
    """

    account_id: int
    day: dt.date
    version_id: int
    """The scorecard version that judged it."""
    states: Mapping[str, tuple[AccountState, AccountState]]
    """By the key of each active rule, whose windows it respects: the state now and as last evaluated."""
    reasons: tuple[Cause, ...]
    """What moved the score since seven days ago, or since the oldest score in that time, largest effect first; where
    there is none to compare with, what costs it the most points."""
    raises: tuple[Lift, ...]
    """What would raise it most, largest gain first."""
    confidence: float

    def states_for(self, rule: AlertRule) -> tuple[AccountState, AccountState]:
        """Now and as last evaluated, as `health.domain.alerting.decide` takes them."""
        return self.states[rule.key]
