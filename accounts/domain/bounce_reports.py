"""Reports by which mail servers say what became of an e-mail, as an e-mail of their own (RFC 3464).

Where no provider tells of bounces, they come to the address that e-mails are from.
"""

from dataclasses import dataclass
from email.message import Message

# What became of it, in the words of such reports, as a value of `MailEvent.Kind`.
_KINDS = {"failed": "bounced", "delayed": "deferred", "delivered": "delivered"}


@dataclass(frozen=True)
class BounceReport:
    """What became of an e-mail to an address, the answer of the server, and what is given back of the e-mail."""

    kind: str
    address: str
    answer: str
    returned: str


def report_in(message: Message) -> BounceReport | None:
    """What a report says of the first address that it names; None for any other e-mail."""
    if message.get_content_type() != "multipart/report":
        return None
    returned = "\n".join(
        part.as_string()
        for part in message.walk()
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")
    )
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.walk():
                if kind := _KINDS.get(str(fields.get("Action", "")).strip().lower()):
                    said = f"{fields.get('Status', '')} {fields.get('Diagnostic-Code', '')}".strip()
                    return BounceReport(kind, _address(fields), said, returned)
    return None


def _address(fields: Message) -> str:
    """The address as it was written, or as it was delivered to: `rfc822; ana@x.com`."""
    named = str(fields.get("Original-Recipient") or fields.get("Final-Recipient") or "")
    return named.rpartition(";")[2].strip()
