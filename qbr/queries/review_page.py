"""One review as its page shows it: the way that it goes, when it takes place, its agenda, and what was done to it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils import timezone

from accounts.models import User
from cs_workspace.common import clock
from qbr.domain.agendas import Point, Preset, points_of
from qbr.domain.invitation import zone_of
from qbr.domain.reviews import STATUS_LABELS, Status, step_refused
from qbr.models import Review

# So many changes are told; hardly a review has more.
HISTORY = 100
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


@dataclass(frozen=True)
class Change:
    """One field before and after, in words; empty where nothing was said."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class HistoryEntry:
    """Something that was done with the review, when and by whom (empty for the system)."""

    at: dt.datetime
    by: str
    title: str
    changes: Sequence[Change] = ()


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
    history: Any = review.history
    events = list(history.select_related("pgh_context").order_by("-pgh_id")[: HISTORY + 1])
    people = _people(events)
    entries = []
    for event, before in pairwise(events):
        changes = [
            Change(_label(name), was, now)
            for name in TOLD
            if (was := _words(name, getattr(before, name), people))
            != (now := _words(name, getattr(event, name), people))
        ]
        if changes:
            entries.append(HistoryEntry(event.pgh_created_at, people.get(_writer(event), ""), "Changed", changes))
    if events and len(events) <= HISTORY:
        first = events[-1]
        entries.append(HistoryEntry(first.pgh_created_at, people.get(_writer(first), ""), _opened(first)))
    return entries


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


def _people(events: Sequence[Any]) -> Mapping[int | None, str]:
    """The names of all who wrote or own in some version. One query."""
    keys = {_writer(event) for event in events} | {event.owner_id for event in events}
    return dict(User.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))


def _writer(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _label(name: str) -> str:
    text = str(Review._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # none is a relation backwards
    return text[:1].upper() + text[1:]


def _words(name: str, value: Any, people: Mapping[int | None, str]) -> str:
    """What a field says, for people; empty where it says nothing."""
    if value is None or value == "":
        return ""
    if name == "owner_id":
        return people.get(value, "somebody who is gone")
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%a %d %b %Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value.day} {value:%b %Y}"
    choices: Any = Review._meta.get_field(name).choices  # type: ignore[union-attr]
    return str(dict(choices).get(value, value)) if choices else str(value)
