"""What a person may do with an e-mail to a customer, by how it stands."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

GRACE: Final = dt.timedelta(minutes=1)
"""What was approved waits for so long, so that it can be taken back."""


class Standing(StrEnum):
    """How an e-mail stands: its state, and apart from it what may have gone out or not."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHHELD = "withheld"


class Verb(StrEnum):
    """What a person does with an e-mail."""

    APPROVE = "approve"
    SEND_AGAIN = "again"
    COUNT_AS_SENT = "sent"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Refusal:
    """Why it is not possible, in words for the person who tried."""

    reason: str


_LEADS_TO: Final = MappingProxyType(
    {
        Verb.APPROVE: {Standing.DRAFT: Standing.QUEUED},
        Verb.CANCEL: {
            Standing.DRAFT: Standing.CANCELLED,
            Standing.QUEUED: Standing.CANCELLED,
            Standing.UNCLEAR: Standing.CANCELLED,
            Standing.FAILED: Standing.CANCELLED,
        },
        Verb.SEND_AGAIN: {Standing.UNCLEAR: Standing.QUEUED, Standing.FAILED: Standing.QUEUED},
        Verb.COUNT_AS_SENT: {Standing.UNCLEAR: Standing.SENT},
    }
)

_REASONS: Final = MappingProxyType(
    {
        Standing.DRAFT: "It is a draft: nothing was sent yet.",
        Standing.QUEUED: "It is approved, and waits to be sent.",
        Standing.SENDING: "It is being sent at this moment.",
        Standing.UNCLEAR: "It may have gone out. Decide whether it is sent again or counts as sent.",
        Standing.SENT: "It has gone out.",
        Standing.FAILED: "It was refused. It can be sent again.",
        Standing.CANCELLED: "It was cancelled.",
        Standing.WITHHELD: "It is kept back, and is not sent.",
    }
)


def outcome_of(standing: Standing, verb: Verb) -> Standing | Refusal:
    """How an e-mail stands after a verb, or why that is not possible."""
    return _LEADS_TO[verb].get(standing) or Refusal(_REASONS[standing])


def verbs_for(standing: Standing) -> tuple[Verb, ...]:
    """What can be done with an e-mail that stands so."""
    return tuple(verb for verb in Verb if standing in _LEADS_TO[verb])
