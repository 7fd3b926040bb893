"""Who carries the relationship with a customer, and where nobody does."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

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
# Somebody who plays a part and was not heard of for so many days is unresponsive.
UNRESPONSIVE_DAYS: Final = 60
# The rows of the map, the highest first; what nobody has stated stands last.
SENIORITIES: Final[dict[str, str]] = {
    "executive": "Executive",
    "director": "Director",
    "manager": "Manager",
    "staff": "Staff",
    "": "Rank unknown",
}


@dataclass(frozen=True)
class Person:
    """A contact as far as the gaps of the map need it; `left_on` is None for those who are there.

    `heard_on` is the day of the last touch in which they took part, `known_since` that on which they were written down.
    """

    name: str
    title: str
    function: str
    seniority: str
    roles: tuple[str, ...]
    engaged: bool
    left_on: dt.date | None = None
    heard_on: dt.date | None = None
    known_since: dt.date | None = None

    def silent_days(self, today: dt.date) -> int | None:
        """Days since they were heard of, or since they are known where they never were; None where that is unknown."""
        since = self.heard_on or self.known_since
        return None if since is None else (today - since).days

    def is_unresponsive(self, today: dt.date) -> bool:
        """Whether somebody who is there and plays a part has not been heard of for too long."""
        silent = self.silent_days(today)
        plays = any(role in PARTS for role in self.roles)
        return self.left_on is None and plays and silent is not None and silent > UNRESPONSIVE_DAYS


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


P = TypeVar("P")


@dataclass(frozen=True)
class Cell(Generic[P]):
    """Where a function and a rank meet, with those who stand there; `function` is empty where it is unknown."""

    function: str
    people: tuple[P, ...]


@dataclass(frozen=True)
class Rank(Generic[P]):
    """A row of the map: a seniority, with a cell for every function."""

    key: str
    label: str
    cells: tuple[Cell[P], ...]

    @property
    def count(self) -> int:
        """How many stand in it."""
        return sum(len(cell.people) for cell in self.cells)


@dataclass(frozen=True)
class Grid(Generic[P]):
    """People by function (columns, in the order of the alphabet) and seniority (rows)."""

    functions: tuple[str, ...]
    ranks: tuple[Rank[P], ...]


def grid_of(people: Iterable[P], place: Callable[[P], tuple[str, str]]) -> Grid[P]:
    """The grid of these people, each cell in their order; `place` gives the function and the seniority of one.

    A function is the same whatever its case, and is written as it was written first; the column of those whose function
    is unknown is there only if it is needed, and last.
    """
    names: dict[str, str] = {}
    cells: dict[tuple[str, str], list[P]] = {}
    for person in people:
        function, seniority = place(person)
        name = " ".join(function.split())
        names.setdefault(name.casefold(), name)
        rank = seniority if seniority in SENIORITIES else ""
        cells.setdefault((rank, name.casefold()), []).append(person)
    order = sorted(names, key=lambda key: (not key, key))
    ranks = tuple(
        Rank(rank, label, tuple(Cell(names[key], tuple(cells.get((rank, key), ()))) for key in order))
        for rank, label in SENIORITIES.items()
    )
    return Grid(tuple(names[key] for key in order), ranks)


def map_of(people: Sequence[Person], *, today: dt.date) -> StakeholderMap:
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
    gaps += [_unresponsive(person, today) for person in here if person.is_unresponsive(today)]
    return StakeholderMap(parts, tuple(gaps))


def _unresponsive(person: Person, today: dt.date) -> str:
    part = next(label for key, label in PARTS.items() if key in person.roles).lower()
    if person.heard_on is None:
        return f"Unresponsive: {person.name}, {part}, took part in no touch yet"
    return f"Unresponsive: {person.name}, {part}, not heard of for {person.silent_days(today)} days"


def _part(key: str, label: str, people: Sequence[Person]) -> Part:
    holders = [person for person in people if key in person.roles]
    here = tuple(person for person in holders if person.left_on is None)
    left = [person.left_on for person in holders if person.left_on is not None]
    return Part(key, label, here, max(left) if left and not here else None)
