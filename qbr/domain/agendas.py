"""What is talked about in a review and how long: the presets of an hour (qbr.md §3)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MINUTES: Final = 60


class Preset(StrEnum):
    """The agendas that there are."""

    CONVERSATION = "conversation"
    EXECUTIVE = "executive"
    CLASSIC = "classic"


@dataclass(frozen=True)
class Point:
    """One point of an agenda, with the minutes that it has of an hour."""

    title: str
    minutes: int


PRESET_LABELS: Final = {
    Preset.CONVERSATION: "Conversation first",
    Preset.EXECUTIVE: "Executive",
    Preset.CLASSIC: "Classic",
}
POINTS: Final = {
    Preset.CONVERSATION: (
        Point("Business context", 10),
        Point("Value", 15),
        Point("Roadmap", 10),
        Point("Plan", 15),
        Point("Strategy", 10),
    ),
    Preset.EXECUTIVE: (
        Point("Opening", 5),
        Point("Value", 15),
        Point("Challenges", 10),
        Point("Forward look", 15),
        Point("Goals", 10),
        Point("Close", 5),
    ),
    Preset.CLASSIC: (
        Point("Recap", 10),
        Point("Value", 15),
        Point("Product", 10),
        Point("Planning", 20),
        Point("Actions", 5),
    ),
}


def points_of(preset: Preset, minutes: int = MINUTES) -> tuple[Point, ...]:
    """The points of an agenda, stretched or shortened to so many minutes.

    Whole minutes that add up to `minutes`: each point ends at the minute that is nearest to its share.
    """
    points, gone, ended = [], 0, 0
    for point in POINTS[preset]:
        gone += point.minutes
        end = round(gone * minutes / MINUTES)
        points.append(Point(point.title, end - ended))
        ended = end
    return tuple(points)
