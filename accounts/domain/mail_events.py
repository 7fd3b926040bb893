"""What mail servers tell of an e-mail, and what follows from it: whether the address works and the person wants it.

Providers name things differently; `anymail` brings them to one vocabulary, which is the one used here.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class Follows(Enum):
    """What a told event means for the address that it is about."""

    NOTHING = "nothing"
    NOT_DELIVERED = "not delivered"
    ADDRESS_IS_DEAD = "address is dead"
    IS_SPAM_TO_THEM = "is spam to them"
    WANTS_NO_MORE = "wants no more"


@dataclass(frozen=True)
class Told:
    """Something that a provider told of one e-mail and one address; `key` makes it once.

    `kind` is a value of `MailEvent.Kind`; `tokens` are those of the e-mails that it may be about, the likeliest first.
    """

    provider: str
    key: str
    kind: str
    at: dt.datetime
    address: str
    tokens: tuple[UUID, ...]
    detail: str = ""
    follows: Follows = Follows.NOTHING


@dataclass(frozen=True)
class Reply:
    """What somebody wrote in answer to an e-mail: their own words, without what they quote."""

    told: Told
    text: str


# Why providers refuse an address by themselves, in the words of anymail.
_REASONS = {
    "invalid": Follows.ADDRESS_IS_DEAD,
    "bounced": Follows.ADDRESS_IS_DEAD,
    "spam": Follows.IS_SPAM_TO_THEM,
    "unsubscribed": Follows.WANTS_NO_MORE,
}
# Enhanced status codes of RFC 3463 by which a server says that there is no such mailbox, host or address.
_NO_SUCH_ADDRESS = re.compile(r"\b5\.1\.(?:1|2|3|6|10)\b")
# For now only, or because the mailbox is full or the e-mail too large.
_PASSING = re.compile(r"\b(?:4\.\d{1,3}\.\d{1,3}|5\.2\.[23])\b")


def follows_from(kind: str, reason: str | None, answer: str, *, is_passing: bool = False) -> Follows:
    """What an event means. `answer` is that of the receiving server, `is_passing` says that the provider calls a bounce
    soft: a full mailbox or a server that is away says nothing of the address."""
    match kind:
        case "complained":
            return Follows.IS_SPAM_TO_THEM
        case "unsubscribed":
            return Follows.WANTS_NO_MORE
        case "rejected":
            return _REASONS.get(reason or "", Follows.NOT_DELIVERED)
        case "bounced":
            passing = is_passing or bool(_PASSING.search(answer))
            dead = reason in ("invalid", "bounced") or says_no_such_address(answer)
            return Follows.ADDRESS_IS_DEAD if dead and not passing else Follows.NOT_DELIVERED
        case _:
            return Follows.NOTHING


def says_no_such_address(answer: str) -> bool:
    """Whether a mail server answers that the address does not exist, by the enhanced code of its refusal."""
    return bool(_NO_SUCH_ADDRESS.search(answer))


_AUTOMATIC = {"auto_reply", "auto-reply", "bulk", "junk", "list"}
# Where what is quoted begins, in the words of the usual programs; the rest of the text is ours or others'.
_QUOTE_BEGINS = re.compile(
    r"^(?:-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine)\s*-{2,}"
    r"|_{20,}"
    r"|(?:on|am|le|el)\b.{0,200}\b(?:wrote|schrieb|écrit|escribió)\b.{0,80}:"
    r"|from:\s.+)$",
    re.IGNORECASE,
)


def is_automatic(*, auto_submitted: str, precedence: str, other: Collection[str]) -> bool:
    """Whether a program answered (out of office, a list): by RFC 3834 and the older headers, `other` being the values
    of those that only such programs set."""
    submitted = auto_submitted.partition(";")[0].strip().lower()
    return submitted not in ("", "no") or precedence.strip().lower() in _AUTOMATIC or any(other)


def own_words(text: str) -> str:
    """What somebody wrote themselves: up to where the quoted e-mail begins, without lines that are quoted."""
    lines: list[str] = []
    rows = text.replace("\r\n", "\n").split("\n")
    for number, row in enumerate(rows):
        # Programs break a long line of who wrote when in two.
        both = f"{row.strip()} {rows[number + 1].strip()}" if number + 1 < len(rows) else row
        if _QUOTE_BEGINS.match(row.strip()) or (row.strip() and _QUOTE_BEGINS.match(both) and both.endswith(":")):
            break
        if not row.startswith(">"):
            lines.append(row.rstrip())
    return "\n".join(lines).strip()
