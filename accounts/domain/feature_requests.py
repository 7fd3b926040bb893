"""How a feature request stands, and what may come next."""

from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """The standing of a request, named as the model stores it."""

    NEW = "new"
    REVIEW = "review"
    PLANNED = "planned"
    SHIPPED = "shipped"
    DECLINED = "declined"


# Where nothing is decided yet or the work is to be done.
OPEN: Final = frozenset({Status.NEW, Status.REVIEW, Status.PLANNED})


def refusal_of(old: str, new: str) -> str:
    """Why a request cannot go from one status to the other, in words; empty where it can.

    Minds change, so any status may follow any other; only saying the same again is no change, and nothing that was
    looked at is new again.
    """
    if Status(old) is Status(new):
        return "It has this status already."
    if Status(new) is Status.NEW:
        return "It was looked at, so it is not new again. Choose “Under review”."
    return ""
