"""Whether a customer is ready to buy more: six checks (renewals.md §2). What is not known is neither met nor missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Above these, not from them on.
HEALTH_ABOVE: Final = 80.0
ADOPTION_ABOVE: Final = 0.70
# Influence of the champion, 0 to 10, from which they are strong.
CHAMPION_FROM: Final = 7.0
# An executive is engaged who took part in something within so many days; a budget that was confirmed counts for a year.
EXECUTIVE_DAYS: Final = 90
BUDGET_DAYS: Final = 365


class Check(StrEnum):
    """What is asked, in the order of the page."""

    HEALTH = "health"
    ADOPTION = "adoption"
    EXECUTIVE = "executive"
    ROI = "roi"
    BUDGET = "budget"
    CHAMPION = "champion"


LABELS: Final = {
    Check.HEALTH: "Health above 80",
    Check.ADOPTION: "Feature adoption above 70 %",
    Check.EXECUTIVE: "Executive engaged",
    Check.ROI: "ROI proven",
    Check.BUDGET: "Budget confirmed",
    Check.CHAMPION: "Champion strong",
}


@dataclass(frozen=True)
class Known:
    """What is known of an account; None where it is not. Shares from 0 to 1, the champion's influence from 0 to 10."""

    health: float | None = None
    adoption: float | None = None
    executive_on: dt.date | None = None
    """The last touch in which an executive took part."""
    has_contacts: bool = False
    has_plan: bool = False
    roi_records: int = 0
    roi_confirmed: int = 0
    """ROI records of the plan, and those of them that the customer confirmed."""
    budget: bool | None = None
    budget_on: dt.date | None = None
    champion: float | None = None


@dataclass(frozen=True)
class Answer:
    """One check: met, missed, or not known (`is_met` None), with the figure or the lack of it in words."""

    check: Check
    is_met: bool | None
    words: str

    @property
    def label(self) -> str:
        """What is asked."""
        return LABELS[self.check]


@dataclass(frozen=True)
class Readiness:
    """The six answers of an account."""

    answers: Sequence[Answer]

    @property
    def met(self) -> int:
        """How many are met."""
        return sum(one.is_met is True for one in self.answers)

    @property
    def of(self) -> int:
        """How many there are."""
        return len(self.answers)

    @property
    def missing(self) -> list[Answer]:
        """Those that are missed, then those that are not known."""
        return sorted((one for one in self.answers if one.is_met is not True), key=lambda one: one.is_met is None)


def readiness_of(known: Known, *, today: dt.date) -> Readiness:
    """The six checks as of a day."""
    return Readiness(
        [
            _health(known),
            _adoption(known),
            _executive(known, today),
            _roi(known),
            _budget(known, today),
            _champion(known),
        ]
    )


def _health(known: Known) -> Answer:
    if known.health is None:
        return Answer(Check.HEALTH, None, "No score yet")
    return Answer(Check.HEALTH, known.health > HEALTH_ABOVE, f"{known.health:.1f}")


def _adoption(known: Known) -> Answer:
    if known.adoption is None:
        return Answer(Check.ADOPTION, None, "No use of features is seen")
    # Rounded down, so that what is not above 70 % does not read as if it were.
    return Answer(Check.ADOPTION, known.adoption > ADOPTION_ABOVE, f"{int(known.adoption * 1000 + 1e-9) / 10:.1f} %")


def _executive(known: Known, today: dt.date) -> Answer:
    if known.executive_on is None:
        unknown = None if not known.has_contacts else False
        return Answer(
            Check.EXECUTIVE, unknown, "No contact is known" if unknown is None else "No executive took part yet"
        )
    days = (today - known.executive_on).days
    ago = "today" if days == 0 else f"{days} days ago"
    return Answer(Check.EXECUTIVE, days <= EXECUTIVE_DAYS, f"Last took part {ago}")


def _roi(known: Known) -> Answer:
    if not known.has_plan:
        return Answer(Check.ROI, None, "No success plan")
    if known.roi_confirmed:
        return Answer(Check.ROI, True, "Confirmed by the customer")
    return Answer(Check.ROI, False, "Not confirmed by the customer" if known.roi_records else "No ROI recorded")


def _budget(known: Known, today: dt.date) -> Answer:
    if known.budget is None or known.budget_on is None:
        return Answer(Check.BUDGET, None, "Nobody asked yet")
    when = f"on {known.budget_on:%d %b %Y}"
    if (today - known.budget_on).days > BUDGET_DAYS:
        return Answer(Check.BUDGET, None, f"Last asked {when}")
    return Answer(Check.BUDGET, known.budget, f"{'Confirmed' if known.budget else 'Refused'} {when}")


def _champion(known: Known) -> Answer:
    if not known.has_contacts:
        return Answer(Check.CHAMPION, None, "No contact is known")
    if known.champion is None:
        return Answer(Check.CHAMPION, None, "Influence not stated")
    if known.champion <= 0:
        return Answer(Check.CHAMPION, False, "No champion")
    return Answer(Check.CHAMPION, known.champion >= CHAMPION_FROM, f"Influence {known.champion:.0f} of 10")
