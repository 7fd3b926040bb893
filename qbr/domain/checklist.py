"""What is to be done before a review, and until when (qbr.md §2)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Item(StrEnum):
    """The points of the list, in the order of the spec."""

    USAGE = "usage"
    VALUE = "value"
    HEALTH = "health"
    TICKETS = "tickets"
    GOALS = "goals"
    OBJECTIVES = "objectives"
    EXPANSION = "expansion"
    ATTENDEES = "attendees"
    AGENDA = "agenda"
    COMPETITION = "competition"


ITEM_LABELS: Final = {
    Item.USAGE: "Usage data pulled",
    Item.VALUE: "Value calculated",
    Item.HEALTH: "Health trend reviewed",
    Item.TICKETS: "Open tickets settled",
    Item.GOALS: "Goals scored",
    Item.OBJECTIVES: "Next objectives drafted",
    Item.EXPANSION: "One or two expansion ideas chosen",
    Item.ATTENDEES: "Attendees of both sides",
    Item.AGENDA: "Agenda sent",
    Item.COMPETITION: "Competitive notes",
}
# How many days before the meeting each is due; the spec gives the agenda's, the others leave time for what follows.
DAYS_BEFORE: Final = {
    Item.ATTENDEES: 21,
    Item.USAGE: 14,
    Item.HEALTH: 14,
    Item.VALUE: 10,
    Item.TICKETS: 7,
    Item.GOALS: 7,
    Item.OBJECTIVES: 7,
    Item.EXPANSION: 7,
    Item.COMPETITION: 7,
    Item.AGENDA: 5,
}


def due_days(meeting: dt.date) -> dict[Item, dt.date]:
    """By when each point is to be done before a meeting on that day."""
    return {item: meeting - dt.timedelta(days=days) for item, days in DAYS_BEFORE.items()}


@dataclass(frozen=True)
class Seen:
    """What there is of a review already, as far as points of its list can be told from it.

    `objectives` are those of the success plan and `scored` those of them that have a measured value; `drafts` are goals
    until the next review. `ours` and `theirs` say whether anybody of each side is to take part.
    """

    has_use: bool = False
    has_value: bool = False
    has_open_tickets: bool = True
    objectives: int = 0
    scored: int = 0
    drafts: int = 0
    ideas: int = 0
    ours: bool = False
    theirs: bool = False
    agenda_sent: bool = False
    has_competition: bool = False


def done_by_itself(seen: Seen) -> frozenset[Item]:
    """The points that are done as things stand, without anybody saying so. That a trend was looked at, only a person
    knows."""
    done = {
        Item.USAGE: seen.has_use,
        Item.VALUE: seen.has_value,
        Item.TICKETS: not seen.has_open_tickets,
        Item.GOALS: 0 < seen.objectives == seen.scored,
        Item.OBJECTIVES: seen.drafts > 0,
        Item.EXPANSION: seen.ideas > 0,
        Item.ATTENDEES: seen.ours and seen.theirs,
        Item.AGENDA: seen.agenda_sent,
        Item.COMPETITION: seen.has_competition,
    }
    return frozenset(item for item, is_done in done.items() if is_done)
