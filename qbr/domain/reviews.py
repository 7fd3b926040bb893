"""What a business review is: its kinds, the way that it goes, its parts, and which step is possible (qbr.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a review is for."""

    QBR = "qbr"
    ANNUAL = "annual"
    EXECUTIVE = "executive"
    CHECKPOINT = "checkpoint"


class Origin(StrEnum):
    """What a review comes from: how often the segment has one, a score that declines, somebody who asked, or an
    onboarding that is 90 days old."""

    PACE = "pace"
    DECLINE = "decline"
    REQUEST = "request"
    ONBOARDING = "onboarding"


class Status(StrEnum):
    """Where a review stands; the order is the way that it goes, but for the last one."""

    DUE = "due"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    READY = "ready"
    HELD = "held"
    FOLLOWED_UP = "followed_up"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """The seven parts of a deck, in their order."""

    SUMMARY = "summary"
    OUTCOMES = "outcomes"
    USAGE = "usage"
    SUPPORT = "support"
    ROADMAP = "roadmap"
    GOALS = "goals"
    FEEDBACK = "feedback"


KIND_LABELS: Final = {
    Kind.QBR: "Business review",
    Kind.ANNUAL: "Annual review",
    Kind.EXECUTIVE: "Executive review",
    Kind.CHECKPOINT: "90-day checkpoint",
}
ORIGIN_LABELS: Final = {
    Origin.PACE: "Due by the segment's pace",
    Origin.DECLINE: "The score has been declining for 30 days",
    Origin.REQUEST: "Asked for",
    Origin.ONBOARDING: "90 days after the onboarding began",
}
STATUS_LABELS: Final = {
    Status.DUE: "Due",
    Status.SCHEDULED: "Scheduled",
    Status.PREPARING: "Preparing",
    Status.READY: "Ready",
    Status.HELD: "Held",
    Status.FOLLOWED_UP: "Followed up",
    Status.CANCELLED: "Cancelled",
}
PART_LABELS: Final = {
    Part.SUMMARY: "Executive summary",
    Part.OUTCOMES: "Outcomes",
    Part.USAGE: "Usage and adoption",
    Part.SUPPORT: "Support and engagement",
    Part.ROADMAP: "Roadmap and opportunities",
    Part.GOALS: "Goals for next quarter",
    Part.FEEDBACK: "Feedback and discussion",
}
# Before the meeting, when everything about it can still be changed.
AHEAD: Final = (Status.DUE, Status.SCHEDULED, Status.PREPARING, Status.READY)
DONE: Final = (Status.HELD, Status.FOLLOWED_UP)
# Still asking for something.
OPEN: Final = (*AHEAD, Status.HELD)


@dataclass(frozen=True)
class Refusal:
    """Why a step is not possible, in words for the person who tried."""

    reason: str


def step_refused(now: Status, to: Status, *, starts_at: dt.datetime | None, moment: dt.datetime) -> Refusal | None:
    """Why a review cannot step from one status to another; None where it can.

    A review may be prepared before it has a day, and be held without having been prepared; steps back are possible
    until it was held.
    """
    if now is to:
        return Refusal(f"It is “{STATUS_LABELS[now].lower()}” already.")
    if to is Status.FOLLOWED_UP:
        return None if now is Status.HELD else Refusal("What was not held cannot be followed up.")
    if now in DONE:
        return Refusal("This review was held. What was said in it stays.")
    if to is Status.HELD:
        if now is Status.CANCELLED:
            return Refusal("This review was cancelled. Bring it back first.")
        if starts_at is not None and starts_at > moment:
            return Refusal("This review has not begun yet.")
    if to is Status.SCHEDULED and starts_at is None:
        return Refusal("Say when it takes place.")
    return None


def stood_at(starts_at: dt.datetime | None, *, preparing: dt.datetime | None, ready: dt.datetime | None) -> Status:
    """How far a review has come that is ahead, by what is known of it: its moment, when preparing it began, and when it
    was ready."""
    if ready is not None:
        return Status.READY
    if preparing is not None:
        return Status.PREPARING
    return Status.DUE if starts_at is None else Status.SCHEDULED
