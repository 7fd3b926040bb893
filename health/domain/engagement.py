"""What each tier asks for: the actions, by when, the phases of the way back, and the next check-in.

The structure is fixed (health by tier); the words are ours. Days count from the day on which the account entered its
tier, which is day 1; a deadline of 24 hours is the day after, as scores are of days.
"""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Standing(IntEnum):
    """What a tier means for the work on an account, whatever its scorecard calls it; the ranks of four tiers."""

    TOP = 1
    SECOND = 2
    AT_RISK = 3
    CRITICAL = 4


@dataclass(frozen=True)
class Step:
    """One thing to do; `hours` after the tier was entered where it is urgent."""

    title: str
    detail: str
    hours: int | None = None


@dataclass(frozen=True)
class Phase:
    """Days `first` to `last` after the entry, both included, and what they are for."""

    name: str
    first: int
    last: int
    aim: str


@dataclass(frozen=True)
class Engagement:
    """All that a tier asks for. `check_in_days` is the rhythm of looking at the account, after the day of entry."""

    next_action: str
    steps: tuple[Step, ...]
    check_in: str
    check_in_days: int
    phases: tuple[Phase, ...] = ()


ENGAGEMENT: Final = {
    Standing.TOP: Engagement(
        next_action="Find the next use for what already works, and ask for a reference.",
        steps=(
            Step("Look for room to grow", "Seats near their limit, teams that do not use it yet, the next product."),
            Step("Ask them to speak for us", "A reference call, a public review or a case study, one ask at a time."),
            Step("Invite them early", "Offer the next early access to the people who use the product most."),
        ),
        check_in="Quarterly, with the business review",
        check_in_days=90,
    ),
    Standing.SECOND: Engagement(
        next_action="Bring one unused feature into use and look at the success plan together.",
        steps=(
            Step("Share what works elsewhere", "One practice of a customer like them that fits their goals."),
            Step("Bring unused features into use", "Pick the one that serves an open goal, and train the team on it."),
            Step("Go through the success plan", "Are the goals still theirs, and which of them is behind?"),
            Step("Know more people", "Engage three or more contacts in two or more functions."),
        ),
        check_in="Monthly",
        check_in_days=30,
    ),
    Standing.AT_RISK: Engagement(
        next_action="Agree an intervention plan within 48 hours.",
        steps=(
            Step("Agree an intervention plan", "What is done, by whom and by when, with the customer's yes.", hours=48),
            Step("Name the root cause", "Product, people or process? Write down which, and what shows it."),
            Step("Bring in an executive", "Ours writes to theirs: we have seen it, and this is who deals with it."),
            Step("Run a 30-day recovery plan", "A checkpoint each week, each with one measurable step."),
        ),
        check_in="Weekly checkpoint",
        check_in_days=7,
        phases=(
            Phase("Immediate", 1, 7, "Plan agreed, cause known, the first step taken."),
            Phase("Recovery", 8, 30, "The recovery plan, checked every week."),
            Phase("Stabilise", 31, 90, "Use and goals hold without our push; go back to the usual rhythm."),
        ),
    ),
    Standing.CRITICAL: Engagement(
        next_action="Escalate today and hold a save call within 24 hours.",
        steps=(
            Step("Escalate to an executive", "The same day, with what happened and what you need.", hours=0),
            Step("Hold a save call", "CSM, manager and executive with the customer's decision maker.", hours=24),
            Step("Check in every day", "Until the account is back in the tier above."),
        ),
        check_in="Daily",
        check_in_days=1,
        phases=(
            Phase("Emergency", 1, 3, "Stop the harm: one owner, one plan, one number to call."),
            Phase("Recovery", 4, 14, "Deliver what was promised in the save call, day by day."),
            Phase("Stabilise", 15, 30, "Show that it holds: use is back and the sponsor says so."),
            Phase("Back to normal", 31, 90, "Hand over to the usual rhythm and write down what we learnt."),
        ),
    ),
}


@dataclass(frozen=True)
class Due:
    """A step with the day by which it is due, None where it is not urgent."""

    step: Step
    by: dt.date | None


@dataclass(frozen=True)
class Asked:
    """What a tier asks for on a day. `day_number` counts from 1, on the day of entry; `phase` is None where none is on.

    Without a known day of entry there are no deadlines, and no phase.
    """

    engagement: Engagement
    since: dt.date | None
    day_number: int | None
    steps: tuple[Due, ...]
    phase: Phase | None
    next_check_in: dt.date | None


def next_action_of(rank: int) -> str:
    """What is to be done first in the tier of that rank, in one line, as its alerts say it."""
    return ENGAGEMENT[Standing(rank)].next_action


def asked_of(rank: int, *, since: dt.date | None, today: dt.date) -> Asked:
    """What an account in the tier of that rank (1 is the best, 4 the worst) is owed on a day."""
    engagement = ENGAGEMENT[Standing(rank)]
    number = (today - since).days + 1 if since is not None else None
    return Asked(
        engagement=engagement,
        since=since,
        day_number=number,
        steps=tuple(Due(step, _due(step, since)) for step in engagement.steps),
        phase=next((one for one in engagement.phases if number is not None and one.first <= number <= one.last), None),
        next_check_in=_next_check_in(engagement, since, today),
    )


def _due(step: Step, since: dt.date | None) -> dt.date | None:
    if since is None or step.hours is None:
        return None
    return since + dt.timedelta(days=step.hours // 24)


def _next_check_in(engagement: Engagement, since: dt.date | None, today: dt.date) -> dt.date | None:
    """The next day of the rhythm that began with the entry; today where it falls on today."""
    if since is None or today < since:
        return None
    rhythm = engagement.check_in_days
    behind = (today - since).days
    return since + dt.timedelta(days=max(rhythm, -(-behind // rhythm) * rhythm))
