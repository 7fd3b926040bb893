"""Whether a person at a customer may be written to, and if not, why: in words for whoever wrote to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Receiver:
    """What decides about a person: the address, whether they are there, and whether they want no more of it."""

    address: str
    is_there: bool
    has_unsubscribed: bool = False
    is_suppressed: bool = False


def kept_back(receiver: Receiver) -> str:
    """Why nothing goes to the person; empty where nothing stands against it."""
    if not receiver.address:
        return "There is no e-mail address."
    if receiver.has_unsubscribed:
        return "This person has unsubscribed."
    if receiver.is_suppressed:
        return "Nothing is sent to this address."
    if not receiver.is_there:
        return "This person is not there any more."
    return ""
