"""E-mails to people at customers: whether they may be written to, and if not, why; and the words of a template.

Reasons are in words for whoever wrote.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accounts.domain.merging import merge

# How an e-mail names the task that it belongs to.
OF_TASK: Final = "task:"


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


ADDRESS: Final = re.compile(r"https?://[^\s<>\\]+")
# An address that is no link yet; what ends a sentence does not belong to it.
_BARE: Final = re.compile(r"(?<![<(\[])https?://[^\s<>()\[\]]*[^\s<>()\[\].,;:!?]")
# What formats, links or hides within a line, and what makes a line something else than words.
_WITHIN: Final = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[)")
_AHEAD: Final = re.compile(r"^([ \t]*)(?:([#+=-])|(\d+)([.)]))", re.MULTILINE)


def in_markdown(value: str) -> str:
    """A value as Markdown that says just that: nothing that was typed formats an e-mail, and an address is a link."""
    if ADDRESS.fullmatch(value):
        return f"<{value}>"
    return _AHEAD.sub(_shielded, _WITHIN.sub(lambda found: f"\\{found[0]}", value))


def unsigned(text: str, name: str) -> str:
    """A text without the name of its sender as its last line: the signature comes by itself."""
    lines = text.rstrip().splitlines()
    if name and lines and lines[-1].strip() in (name, in_markdown(name)):
        lines.pop()
    return "\n".join(lines).rstrip()


def with_links(text: str) -> str:
    """A text that a person typed as Markdown in which bare addresses are links."""
    return _BARE.sub(r"<\g<0>>", text)


def _shielded(found: re.Match[str]) -> str:
    sign, number, after = found[2], found[3], found[4]
    return f"\\{sign}" if sign else f"{number}\\{after}"


def worded(subject: str, body: str, texts: Mapping[str, str]) -> Wording:
    """Fills in the fields of an e-mail; with any that is `missing` it is no e-mail yet and must not be written."""
    first, rest = merge(" ".join(subject.split()), texts), merge(body, texts, quoted=in_markdown)
    return Wording(first.text, rest.text, tuple(dict.fromkeys((*first.missing, *rest.missing))))
