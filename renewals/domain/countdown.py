"""Which day a renewal is counted down to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from renewals.domain.stages import decision_day


@dataclass(frozen=True)
class Countdown:
    """The day that comes next, and how many days are left until it; negative once it has passed.

    `is_decision` says that it is the last day on which notice can be given, and not the renewal date itself.
    """

    day: dt.date
    days: int
    is_decision: bool

    @property
    def is_over(self) -> bool:
        """Whether the day has passed."""
        return self.days < 0


def countdown_of(due_on: dt.date, notice_days: int, *, today: dt.date) -> Countdown:
    """Counts to the decision day of a contract with notice while that is ahead, and to the renewal date otherwise.

    Once notice can no longer be given, it is the renewal date that matters again.
    """
    decision = decision_day(due_on, notice_days)
    day = decision if decision is not None and decision >= today else due_on
    return Countdown(day, (day - today).days, is_decision=day is decision)
