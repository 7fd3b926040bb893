"""What a person may do with a churn signal in which state."""

from enum import StrEnum
from typing import Final

from health.domain.alert_handling import Refusal
from health.domain.signals import SignalState


class SignalVerb(StrEnum):
    """What a person does with a signal."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    RESOLVE = "resolve"
    REOPEN = "reopen"


_OVER: Final = Refusal("The signal is closed. Reopen it first.")
_CLOSING: Final[dict[SignalVerb, SignalState | Refusal]] = {
    SignalVerb.DISMISS: SignalState.DISMISSED,
    SignalVerb.RESOLVE: SignalState.RESOLVED,
}
TRANSITIONS: Final[dict[SignalState, dict[SignalVerb, SignalState | Refusal]]] = {
    SignalState.OPEN: _CLOSING
    | {
        SignalVerb.CONFIRM: SignalState.CONFIRMED,
        SignalVerb.REOPEN: Refusal("The signal is open already."),
    },
    SignalState.CONFIRMED: _CLOSING
    | {
        SignalVerb.CONFIRM: Refusal("The signal is confirmed already."),
        SignalVerb.REOPEN: SignalState.OPEN,
    },
    SignalState.DISMISSED: {
        SignalVerb.CONFIRM: _OVER,
        SignalVerb.DISMISS: Refusal("The signal is dismissed already."),
        SignalVerb.RESOLVE: _OVER,
        SignalVerb.REOPEN: SignalState.OPEN,
    },
    SignalState.RESOLVED: {
        SignalVerb.CONFIRM: _OVER,
        SignalVerb.DISMISS: _OVER,
        SignalVerb.RESOLVE: Refusal("The signal is resolved already."),
        SignalVerb.REOPEN: SignalState.OPEN,
    },
}


def signal_after(state: str, verb: SignalVerb) -> SignalState | Refusal:
    """The state that a verb leads to, or why it is not possible."""
    return TRANSITIONS[SignalState(state)][verb]
