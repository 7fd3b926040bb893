"""What may be done with a task in which state, and where its due moment puts it on the page."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The states of a task, named as the model stores them."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What a person does with a task."""

    COMPLETE = "complete"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    EDIT = "edit"
    CANCEL = "cancel"
    REASSIGN = "reassign"


@dataclass(frozen=True)
class Refusal:
    """Why an action is not possible, in words for the person who tried."""

    reason: str


_DONE = Refusal("The task is done. Reopen it first.")
_CANCELLED = Refusal("The task is cancelled. Reopen it first.")

TRANSITIONS: dict[State, dict[Action, State | Refusal]] = {
    State.OPEN: {
        Action.COMPLETE: State.DONE,
        Action.REOPEN: Refusal("The task is open already."),
        Action.SNOOZE: State.OPEN,
        Action.EDIT: State.OPEN,
        Action.CANCEL: State.CANCELLED,
        Action.REASSIGN: State.OPEN,
    },
    State.DONE: {
        Action.COMPLETE: Refusal("The task is done already."),
        Action.REOPEN: State.OPEN,
        Action.SNOOZE: _DONE,
        Action.EDIT: _DONE,
        Action.CANCEL: _DONE,
        Action.REASSIGN: _DONE,
    },
    State.CANCELLED: {
        Action.COMPLETE: _CANCELLED,
        Action.REOPEN: State.OPEN,
        Action.SNOOZE: _CANCELLED,
        Action.EDIT: _CANCELLED,
        Action.CANCEL: Refusal("The task is cancelled already."),
        Action.REASSIGN: _CANCELLED,
    },
}


def outcome_of(state: str, action: Action) -> State | Refusal:
    """The state that an action leads to, or why it is not possible."""
    return TRANSITIONS[State(state)][action]


class DueGroup(StrEnum):
    """Where a task stands on the page; the values are the headings, in the order of the page."""

    OVERDUE = "Overdue"
    TODAY = "Today"
    THIS_WEEK = "This week"
    LATER = "Later"
    NO_DATE = "No date"


def due_group(due_at: dt.datetime | None, *, now: dt.datetime) -> DueGroup:
    """The group of a due moment. Days are those of the zone of `now`, and a week ends with Sunday."""
    if due_at is None:
        return DueGroup.NO_DATE
    if due_at < now:
        return DueGroup.OVERDUE
    today, day = now.date(), due_at.astimezone(now.tzinfo).date()
    if day == today:
        return DueGroup.TODAY
    return DueGroup.THIS_WEEK if day <= end_of_week(today) else DueGroup.LATER


def end_of_week(today: dt.date) -> dt.date:
    """The Sunday that ends the week of a day."""
    return today + dt.timedelta(days=6 - today.weekday())


def due_range(group: DueGroup, *, now: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From when until before when a task of the group is due; None where there is no bound.

    It puts each moment where `due_group` puts it.
    """
    tomorrow = _midnight(now.date() + dt.timedelta(days=1), now)
    monday = _midnight(end_of_week(now.date()) + dt.timedelta(days=1), now)
    return {
        DueGroup.OVERDUE: (None, now),
        DueGroup.TODAY: (now, tomorrow),
        DueGroup.THIS_WEEK: (tomorrow, monday),
        DueGroup.LATER: (monday, None),
        DueGroup.NO_DATE: (None, None),
    }[group]


def _midnight(day: dt.date, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=now.tzinfo)
