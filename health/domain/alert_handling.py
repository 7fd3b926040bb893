"""What a person may do with an alert in which state."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from health.domain.alerting import AlertState

LONGEST_SNOOZE: Final = dt.timedelta(days=90)


class Verb(StrEnum):
    """What a person does with an alert."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Refusal:
    """Why it is not possible, in words for the person who tried."""

    reason: str


_RESOLVED: Final = Refusal("The alert is resolved. Reopen it first.")

TRANSITIONS: Final[dict[AlertState, dict[Verb, AlertState | Refusal]]] = {
    AlertState.OPEN: {
        Verb.ACKNOWLEDGE: AlertState.ACKNOWLEDGED,
        Verb.SNOOZE: AlertState.SNOOZED,
        Verb.RESOLVE: AlertState.RESOLVED,
        Verb.REOPEN: Refusal("The alert is open already."),
    },
    AlertState.ACKNOWLEDGED: {
        Verb.ACKNOWLEDGE: Refusal("The alert is acknowledged already."),
        Verb.SNOOZE: AlertState.SNOOZED,
        Verb.RESOLVE: AlertState.RESOLVED,
        Verb.REOPEN: AlertState.OPEN,
    },
    AlertState.SNOOZED: {
        Verb.ACKNOWLEDGE: AlertState.ACKNOWLEDGED,
        Verb.SNOOZE: AlertState.SNOOZED,
        Verb.RESOLVE: AlertState.RESOLVED,
        Verb.REOPEN: AlertState.OPEN,
    },
    AlertState.RESOLVED: {
        Verb.ACKNOWLEDGE: _RESOLVED,
        Verb.SNOOZE: _RESOLVED,
        Verb.RESOLVE: Refusal("The alert is resolved already."),
        Verb.REOPEN: AlertState.OPEN,
    },
}


def outcome_of(state: str, verb: Verb) -> AlertState | Refusal:
    """The state that a verb leads to, or why it is not possible."""
    return TRANSITIONS[AlertState(state)][verb]


def check_snooze(until: dt.datetime, *, now: dt.datetime) -> Refusal | None:
    """Why an alert may not sleep until then; None where it may."""
    if until <= now:
        return Refusal("Snooze it until a moment that is still to come.")
    if until - now > LONGEST_SNOOZE:
        return Refusal(f"Snooze it for {LONGEST_SNOOZE.days} days at most; resolve it if it need not come back.")
    return None
