"""Who takes part in a review, and whether both sides come with people of the same level (qbr.md §1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from qbr.domain.reviews import Kind


class Level(IntEnum):
    """How high somebody stands; what is not known is no level."""

    STAFF = 1
    MANAGER = 2
    EXECUTIVE = 3


# By what contacts are, and by the roles of ours.
OF_SENIORITY: Final = {
    "executive": Level.EXECUTIVE,
    "director": Level.MANAGER,
    "manager": Level.MANAGER,
    "staff": Level.STAFF,
}
OF_ROLE: Final = {
    "executive": Level.EXECUTIVE,
    "manager": Level.MANAGER,
    "csm": Level.STAFF,
    "ae": Level.STAFF,
    "admin": Level.STAFF,
}


@dataclass(frozen=True)
class Present:
    """Somebody who is to take part. Of a guest nobody knows the level."""

    name: str
    is_ours: bool
    level: Level | None


def gaps_of(kind: Kind, people: Sequence[Present]) -> list[str]:
    """What is missing on which side, in sentences; empty where both sides match."""
    ours, theirs = _side(people, is_ours=True), _side(people, is_ours=False)
    gaps = []
    if not theirs:
        gaps.append("Nobody of the customer is invited yet.")
    if not ours:
        gaps.append("Nobody of ours takes part yet.")
    our_executive, their_executive = _executive(ours), _executive(theirs)
    if their_executive and not our_executive:
        gaps.append(f"{their_executive.name} is an executive of the customer: invite one of ours.")
    elif our_executive and not their_executive:
        gaps.append(f"{our_executive.name} is an executive of ours: invite one of the customer's.")
    elif kind is Kind.EXECUTIVE and not our_executive:
        gaps.append("An executive review needs an executive of each side.")
    return gaps


def _side(people: Sequence[Present], *, is_ours: bool) -> list[Present]:
    return [one for one in people if one.is_ours is is_ours]


def _executive(people: Sequence[Present]) -> Present | None:
    return next((one for one in people if one.level is Level.EXECUTIVE), None)
