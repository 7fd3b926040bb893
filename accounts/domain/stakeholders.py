"""Who carries the relationship with a customer, and where nobody does."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The parts that somebody must play, in the order of the page.
PARTS: Final[dict[str, str]] = {
    "champion": "Champion",
    "sponsor": "Executive sponsor",
    "decision_maker": "Decision maker",
    "technical_lead": "Technical lead",
}
# Multi-threaded: as health.md §3 counts it.
THREADS: Final = 3
FUNCTIONS: Final = 2


@dataclass(frozen=True)
class Person:
    """A contact as far as the map of stakeholders needs it; `left_on` is None for those who are there."""

    name: str
    title: str
    function: str
    seniority: str
    roles: tuple[str, ...]
    engaged: bool
    left_on: dt.date | None = None


@dataclass(frozen=True)
class Part:
    """One part and who plays it; `vacant_since` where the last one left, None with no people where nobody is known."""

    key: str
    label: str
    people: tuple[Person, ...]
    vacant_since: dt.date | None = None

    @property
    def is_gap(self) -> bool:
        """Nobody who is there plays it."""
        return not self.people


@dataclass(frozen=True)
class StakeholderMap:
    """The parts with their people, and the gaps in words."""

    parts: tuple[Part, ...]
    gaps: tuple[str, ...]


def map_of(people: Sequence[Person]) -> StakeholderMap:
    """The map of an account's contacts, those who left included (they tell since when a part is vacant)."""
    here = [person for person in people if person.left_on is None]
    parts = tuple(_part(key, label, people) for key, label in PARTS.items())
    gaps = [f"No {part.label.lower()}" for part in parts if part.is_gap]
    if here and not any(person.seniority == "executive" for person in here):
        gaps.append("Nobody of executive rank")
    engaged = [person for person in here if person.engaged]
    functions = {person.function.strip().lower() for person in engaged if person.function.strip()}
    if here and (len(engaged) < THREADS or len(functions) < FUNCTIONS):
        gaps.append(
            f"Single-threaded: {len(engaged)} engaged of {THREADS}, in {len(functions)} of {FUNCTIONS} functions"
        )
    return StakeholderMap(parts, tuple(gaps))


def _part(key: str, label: str, people: Sequence[Person]) -> Part:
    holders = [person for person in people if key in person.roles]
    here = tuple(person for person in holders if person.left_on is None)
    left = [person.left_on for person in holders if person.left_on is not None]
    return Part(key, label, here, max(left) if left and not here else None)
