"""Conditions on what is there and on what is not: "no open critical ticket", "no touch in 30 days".

Absence is data (health.md §2): a condition asks for silence as well as for an event. What is not known holds neither
way, and three-valued logic carries that through: `all_of` fails as soon as one part fails, `any_of` holds as soon as
one holds, and what is left over is unknown. Signal rules use the vocabulary; whatever else waits for something not to
happen can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Subject(StrEnum):
    """What conditions speak of: something that happens at moments, or that is open for a while."""

    LOGIN = "login"
    TOUCH = "touch"
    TWO_WAY_TOUCH = "two-way touch"
    TICKET = "ticket"
    OPEN_TICKET = "open ticket"
    OPEN_CRITICAL_TICKET = "open critical ticket"


@dataclass(frozen=True)
class Known:
    """What is known of an account. A subject that is not named, or is None, is unknown.

    `days_since` has the whole days since something last happened, `counts` how many there are now.
    """

    days_since: Mapping[Subject, int | None] = field(default_factory=dict)
    counts: Mapping[Subject, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class NotFor:
    """It has not happened for so many days: the last time is `days` ago or longer."""

    subject: Subject
    days: int

    def holds(self, known: Known) -> bool | None:
        """None where it is not known when it happened last."""
        since = known.days_since.get(self.subject)
        return None if since is None else since >= self.days

    def __str__(self) -> str:
        return f"no {self.subject} for {self.days} day{'' if self.days == 1 else 's'}"


@dataclass(frozen=True)
class Without:
    """There is none."""

    subject: Subject

    def holds(self, known: Known) -> bool | None:
        """None where nobody counted."""
        count = known.counts.get(self.subject)
        return None if count is None else count == 0

    def __str__(self) -> str:
        return f"no {self.subject}"


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, known: Known) -> bool | None:
        """False as soon as one part is, unknown where none is false and one is unknown."""
        holds: bool | None = True
        for part in self.parts:
            found = part.holds(known)
            if found is False:
                return False
            holds = None if found is None else holds
        return holds

    def __str__(self) -> str:
        return " and ".join(str(part) for part in self.parts)


@dataclass(frozen=True)
class OneOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, known: Known) -> bool | None:
        """True as soon as one part is, unknown where none is true and one is unknown."""
        holds: bool | None = False
        for part in self.parts:
            found = part.holds(known)
            if found:
                return True
            holds = None if found is None else holds
        return holds

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Condition = NotFor | Without | AllOf | OneOf


def holding(condition: Condition, known: Known) -> list[NotFor | Without]:
    """The single conditions inside that hold: why the whole does."""
    if isinstance(condition, NotFor | Without):
        return [condition] if condition.holds(known) else []
    return [one for part in condition.parts for one in holding(part, known)]
