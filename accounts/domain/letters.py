"""E-mails to people at customers: whether they may be written to, and if not, why; and the words of a template.

Reasons are in words for whoever wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.domain.merging import merge


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


@dataclass(frozen=True)
class Wording:
    """A subject and a text in Markdown with their fields filled in, and the fields that are not known."""

    subject: str
    text: str
    missing: tuple[str, ...] = ()


def worded(subject: str, body: str, texts: Mapping[str, str]) -> Wording:
    """Fills in the fields of an e-mail; with any that is `missing` it is no e-mail yet and must not be written."""
    first, rest = merge(" ".join(subject.split()), texts), merge(body, texts)
    return Wording(first.text, rest.text, tuple(dict.fromkeys((*first.missing, *rest.missing))))
