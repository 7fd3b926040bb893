"""What a day's work is worth: the order of the list of Today, out of what speaks for each line.

A line is one account with everything that asks for it, or one task without an account. Its worth is the revenue that is
in danger there, weighed by how pressing the most pressing of its reasons is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """Why something stands on the list; the values are what its label says."""

    ALERT = "Alert"
    TASK = "Task"
    SIGNAL = "Signal"
    SAVE = "Save"
    FELL = "Fell"
    RENEWAL = "Renewal"
    REVIEW = "Review"
    ONBOARDING = "Onboarding"
    MILESTONE = "Milestone"
    PLAN = "Plan"
    TOUCH = "Touch"


@dataclass(frozen=True)
class Reason:
    """One thing to do: what it is, why, how pressing (0 to 1), when due, and the record that its action is about.

    `choice` is what the action begins with where it can be one of several: the kind of a touch. `letter` is the e-mail
    in the outbox that a task is about.
    """

    kind: Kind
    text: str
    urgency: Decimal
    detail: str = ""
    due_at: dt.datetime | None = None
    pk: int | None = None
    choice: str = ""
    letter: int | None = None


@dataclass(frozen=True)
class Item:
    """A reason with the account that it is about (None for none) and the revenue that is in danger there."""

    account: int | None
    value: Decimal
    reason: Reason


@dataclass(frozen=True)
class Line:
    """One line of the list: its reasons, the most pressing first, and what it is worth."""

    account: int | None
    reasons: tuple[Reason, ...]
    worth: Decimal

    @property
    def first(self) -> Reason:
        """The reason that put the line where it stands."""
        return self.reasons[0]


# Churn to be expected where there is no score: not knowing is worse than knowing that all is well.
UNKNOWN_CHURN: Final = Decimal("0.15")
# What counts where no revenue stands behind it, so that one's own errands do not sink out of sight.
LEAST: Final = Decimal(1000)
# By so much each further reason on the same account raises its worth, for at most three of them.
FURTHER: Final = Decimal("0.1")
MOST_FURTHER: Final = 3

BY_SEVERITY: Final[Mapping[int, Decimal]] = MappingProxyType({1: Decimal(1), 2: Decimal("0.8"), 3: Decimal("0.6")})
BY_SIGNAL: Final[Mapping[int, Decimal]] = MappingProxyType({1: Decimal(1), 2: Decimal("0.7"), 3: Decimal("0.4")})
BY_PRIORITY: Final[Mapping[int, Decimal]] = MappingProxyType(
    {1: Decimal("0.9"), 2: Decimal("0.8"), 3: Decimal("0.65"), 4: Decimal("0.4")}
)
LATE: Final = Decimal("0.1")
FELL: Final = Decimal("0.75")
ONBOARDING: Final = Decimal("0.55")
# An onboarding that is stuck presses as a critical alert does, one that is behind as one of the lowest.
STUCK: Final = Decimal(1)
BEHIND: Final = Decimal("0.6")
# What a save plan waits for presses as much as the tier that it began in; once it is late, as a critical alert does.
SAVE: Final = Decimal("0.75")
SAVE_LATE: Final = Decimal(1)
# A review of the plan that is due presses little, and more once it is late by a month.
REVIEW: Final = Decimal("0.3")
REVIEW_LATE: Final = Decimal("0.5")
REVIEW_LATE_DAYS: Final = 30
# A business review that takes place today, or whose moment is over, presses most; then the follow-up of one that was
# held, one whose day passed without a moment, and one for which a moment is to be found in time.
MEETING: Final = Decimal("0.8")
TO_FOLLOW_UP: Final = Decimal("0.65")
OVERDUE: Final = Decimal("0.6")
WITHOUT_MOMENT: Final = Decimal("0.4")
# From so many days before a renewal it presses so much.
BY_DAYS_LEFT: Final = ((14, Decimal("0.8")), (30, Decimal("0.65")), (60, Decimal("0.45")), (90, Decimal("0.3")))
QUIET: Final = Decimal("0.35")
QUIETEST: Final = Decimal("0.55")


def value_at_risk(arr: Decimal, expected_churn: Decimal | None) -> Decimal:
    """The revenue to be expected to go, never less than a nominal sum; without a score an assumed share of the ARR."""
    return max(LEAST, arr * (UNKNOWN_CHURN if expected_churn is None else expected_churn))


def urgency_of_task(priority: int, due_at: dt.datetime | None, *, now: dt.datetime) -> Decimal:
    """By priority, and more once it is late."""
    late = LATE if due_at is not None and due_at < now else Decimal(0)
    return BY_PRIORITY[priority] + late


def urgency_of_renewal(days_left: int) -> Decimal:
    """The nearer the day, the more; 0 outside of the window."""
    return next((urgency for days, urgency in BY_DAYS_LEFT if days_left <= days), Decimal(0))


def urgency_of_silence(days_overdue: int, days_allowed: int) -> Decimal:
    """A touch that has just fallen due presses least; one that is late by its whole interval, most."""
    share = min(Decimal(1), Decimal(days_overdue) / Decimal(max(1, days_allowed)))
    return QUIET + (QUIETEST - QUIET) * share


def urgency_of_review(days_late: int) -> Decimal:
    """Of a success plan: the longer it is due, the more, for a month."""
    share = min(Decimal(1), Decimal(days_late) / REVIEW_LATE_DAYS)
    return REVIEW + (REVIEW_LATE - REVIEW) * share


def ranked(items: Iterable[Item]) -> list[Line]:
    """One line for each account and for each item without one, the most worth first.

    Where an alert or a fall speaks for an account already, what says the same more faintly is left out.
    """
    of_accounts: dict[int, list[Item]] = {}
    lines = []
    for item in items:
        if item.account is None:
            lines.append(_line(None, [item]))
        else:
            of_accounts.setdefault(item.account, []).append(item)
    lines += [_line(account, _louder(its)) for account, its in of_accounts.items()]
    return sorted(lines, key=lambda line: (-line.worth, line.account is None, line.account or 0, line.first.pk or 0))


def _line(account: int | None, items: list[Item]) -> Line:
    # Among equals the one with a deadline first; sorted() keeps the order of the rest.
    reasons = tuple(
        sorted((item.reason for item in items), key=lambda reason: (-reason.urgency, reason.due_at is None))
    )
    further = min(len(reasons) - 1, MOST_FURTHER)
    value = max(item.value for item in items)
    return Line(account, reasons, value * reasons[0].urgency * (1 + FURTHER * further))


def _louder(items: list[Item]) -> list[Item]:
    """Without the fall that an alert tells of, and without the silence where a fall or onboarding names it."""
    kinds = {item.reason.kind for item in items}
    faint = {Kind.FELL} if Kind.ALERT in kinds else set()
    if kinds & {Kind.FELL, Kind.ONBOARDING} - faint:
        faint.add(Kind.TOUCH)
    return [item for item in items if item.reason.kind not in faint]
