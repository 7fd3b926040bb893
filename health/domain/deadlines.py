"""How soon somebody must act for an account that entered one of the two bottom tiers (health.md §4.2, §5)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WITHIN: Final = {3: dt.timedelta(hours=48), 4: dt.timedelta(hours=24)}
SOON: Final = dt.timedelta(hours=12)


class Urgency(StrEnum):
    """How the clock of an account stands."""

    UNKNOWN = "unknown"
    ACTED = "acted"
    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Clock:
    """The moment by which somebody must act, and how it stands; no moment where the day of entry is not known."""

    urgency: Urgency
    due_at: dt.datetime | None = None


def clock_of(due_at: dt.datetime | None, *, acted: bool, now: dt.datetime) -> Clock:
    """The clock of an account whose deadline is `due_at`; an action since it entered the tier stops it."""
    if due_at is None:
        return Clock(Urgency.UNKNOWN)
    if acted:
        return Clock(Urgency.ACTED, due_at)
    if due_at < now:
        return Clock(Urgency.OVERDUE, due_at)
    return Clock(Urgency.SOON if due_at - now <= SOON else Urgency.RUNNING, due_at)
