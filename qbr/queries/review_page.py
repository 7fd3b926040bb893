"""One review as its page shows it: the way that it goes, when it takes place, its agenda, and what was done to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.queries.record_history import HistoryEntry, changes_of
from cs_workspace.common import clock
from qbr.domain.agendas import Point, Preset, points_of
from qbr.domain.invitation import zone_of
from qbr.domain.reviews import STATUS_LABELS, Status, step_refused
from qbr.models import Review

# Fields whose changes are told, in the order in which they are.
TOLD = (
    "status", "due_on", "starts_at", "minutes", "time_zone", "place", "agenda", "owner_id", "since", "until",
    "cancelled_reason",
)  # fmt: skip


@dataclass(frozen=True)
class PathStep:
    """A status on the way: passed, where the review stands, or ahead; and whether somebody may move it there by
    hand now."""

    status: Status
    label: str
    is_passed: bool
    is_current: bool
    is_offered: bool


@dataclass(frozen=True)
class Slot:
    """A point of the agenda with the minute at which it begins, counted from the beginning."""

    title: str
    minutes: int
    begins: dt.datetime | None


@dataclass(frozen=True)
class Head:
    """What the page says besides the review itself. `there` is its moment on the customer's clock, in words; empty
    where that shows the same hour as the one of who looks."""

    path: Sequence[PathStep]
    there: str
    agenda: Sequence[Slot]
    is_overdue: bool
    has_begun: bool


def head_of(review: Review) -> Head:
    """The head of a review that was read with its account. No query."""
    now, starts_at = clock.now(), review.starts_at
    return Head(
        path=_path(review, now),
        there=_on_their_clock(review),
        agenda=_slots(points_of(Preset(review.agenda), review.minutes), starts_at),
        is_overdue=review.is_ahead and review.due_on < clock.today(),
        has_begun=starts_at is not None and starts_at <= now,
    )


def history_of(review: Review) -> list[HistoryEntry]:
    """What was changed, the latest first, each version against the one before. At most two queries."""
    return changes_of(review, TOLD, opened=_opened)


def _path(review: Review, now: dt.datetime) -> list[PathStep]:
    """The way, without the end that nobody wants: of a cancelled review it shows how far it had come."""
    order: list[Status] = [status for status in Status if status is not Status.CANCELLED]
    current = Status(review.status)
    place = order.index(current) if current in order else -1
    return [
        PathStep(
            status,
            STATUS_LABELS[status],
            number < place,
            status is current,
            review.is_ahead
            and status in (Status.SCHEDULED, Status.PREPARING, Status.READY)
            and step_refused(current, status, starts_at=review.starts_at, moment=now) is None,
        )
        for number, status in enumerate(order)
    ]


def _on_their_clock(review: Review) -> str:
    if review.starts_at is None:
        return ""
    zone = zone_of(review.time_zone or review.account.time_zone)
    there, here = review.starts_at.astimezone(zone), timezone.localtime(review.starts_at)
    # As text, for templates show moments in the zone of who looks.
    return "" if there.utcoffset() == here.utcoffset() else f"{there:%A %-d %B, %H:%M}, {zone.key}"


def _slots(points: Sequence[Point], starts_at: dt.datetime | None) -> list[Slot]:
    slots, gone = [], 0
    for point in points:
        begins = timezone.localtime(starts_at + dt.timedelta(minutes=gone)) if starts_at else None
        slots.append(Slot(point.title, point.minutes, begins))
        gone += point.minutes
    return slots


def _opened(event: Any) -> str:
    return "Asked for" if event.origin == Review.Origin.REQUEST else "Appeared by itself"
