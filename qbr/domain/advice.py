"""What is recommended to a customer in a review: by rules over its facts, each with the figure that it comes from.

The order of the rules is that of what weighs most; the first three that apply are said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qbr.domain.facts import (
    Advice,
    EngagementFacts,
    GoalFact,
    HealthFacts,
    PeerFact,
    PersonFact,
    TicketFacts,
    UsageFacts,
    ValueFacts,
)

MOST: Final = 3
# Below so much of the seats somebody pays for people who do not come; from so much on there is no room for more.
FEW_SEATS: Final = Decimal("0.60")
FULL_SEATS: Final = Decimal("0.90")
# Active users fewer by so much than before the period.
FALL: Final = Decimal("0.20")
FEW_FEATURES: Final = Decimal("0.50")
MORE_TICKETS: Final = Decimal("1.5")
LEAST_TICKETS: Final = 5
FEW_COURSES: Final = Decimal("0.60")
BEHIND: Final = ("At risk", "Missed")
HUNDRED: Final = Decimal(100)
NO_VALUE: Final = ValueFacts((), None, None, None)


@dataclass(frozen=True)
class Known:
    """The facts that the rules look at."""

    health: HealthFacts
    usage: UsageFacts
    tickets: TicketFacts
    engagement: EngagementFacts
    goals: tuple[GoalFact, ...] = ()
    value: ValueFacts = NO_VALUE
    peers: tuple[PeerFact, ...] = ()
    people: tuple[PersonFact, ...] = ()


def advice_of(known: Known) -> tuple[Advice, ...]:
    """Up to three recommendations; none where nothing is known that asks for one."""
    return tuple(found for rule in RULES if (found := rule(known)))[:MOST]


def _goals_behind(known: Known) -> Advice | None:
    behind = [goal for goal in known.goals if goal.standing in BEHIND]
    if not behind:
        return None
    more = f" and {len(behind) - 1} more" if len(behind) > 1 else ""
    done = "nothing measured yet" if behind[0].progress is None else f"{_percent(behind[0].progress)} of the way"
    return Advice(
        f"Agree on what brings “{behind[0].title}”{more} back on track",
        f"{len(behind)} of {len(known.goals)} goals behind; “{behind[0].title}”: {done}",
    )


def _use_falls(known: Known) -> Advice | None:
    now, before = known.usage.active_users, known.usage.active_before
    if now is None or not before or now > before * (1 - FALL):
        return None
    return Advice(
        "Find out with the teams why fewer people use the product",
        f"{before:.0f} active users a day before the period, {now:.0f} now",
    )


def _few_seats(known: Known) -> Advice | None:
    share = known.usage.share_of_seats
    if share is None or share >= FEW_SEATS:
        return None
    return Advice(
        "Bring in the people who have a licence and do not use it yet",
        f"{_percent(share)} of {known.usage.seats} seats in daily use",
    )


def _unused_features(known: Known) -> Advice | None:
    adopted = known.usage.adopted
    if adopted is None or adopted >= FEW_FEATURES or not known.usage.unused:
        return None
    first = " and ".join(known.usage.unused[:2])
    count = len(known.usage.used) + len(known.usage.unused)
    return Advice(f"Try out {first} in a workshop", f"{len(known.usage.used)} of {count} features used")


def _more_tickets(known: Known) -> Advice | None:
    opened, before = known.tickets.opened, known.tickets.opened_before
    if opened < LEAST_TICKETS or opened < before * MORE_TICKETS:
        return None
    return Advice(
        "Go through the tickets together and settle what causes them",
        f"{opened} tickets in the period, {before} in the one before",
    )


def _little_training(known: Known) -> Advice | None:
    assigned, completed = known.engagement.courses_assigned, known.engagement.courses_completed
    if not assigned or Decimal(completed) / assigned >= FEW_COURSES:
        return None
    return Advice("Make time for the training that was begun", f"{completed} of {assigned} courses finished")


def _below_peers(known: Known) -> Advice | None:
    worse = [one for one in known.peers if _is_in_worst_quarter(one)]
    if not worse:
        return None
    return Advice(
        f"Take from comparable customers what helps with “{worse[0].label.lower()}”",
        f"In the last quarter of {worse[0].accounts + 1} comparable customers",
    )


def _no_confirmed_value(known: Known) -> Advice | None:
    if known.value.confirmed is not None:
        return None
    count = len(known.value.records)
    found = f"{count} record{'s' if count != 1 else ''} of value, none confirmed" if count else "No value recorded"
    return Advice("Reckon together what the product has brought, and have it confirmed", f"{found} in the period")


def _no_room(known: Known) -> Advice | None:
    share = known.usage.share_of_seats
    if share is None or share < FULL_SEATS:
        return None
    return Advice("Plan seats for the people who come next", f"{_percent(share)} of {known.usage.seats} seats in use")


def _is_in_worst_quarter(peer: PeerFact) -> bool:
    return peer.value < peer.lower if peer.higher_is_better else peer.value > peer.upper


def _percent(share: Decimal) -> str:
    return f"{share * HUNDRED:.0f} %"


RULES: Final[tuple[Callable[[Known], Advice | None], ...]] = (
    _goals_behind,
    _use_falls,
    _few_seats,
    _more_tickets,
    _unused_features,
    _little_training,
    _below_peers,
    _no_confirmed_value,
    _no_room,
)
