"""What is to be done before a review, and until when (qbr.md §2)."""

import datetime as dt
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
