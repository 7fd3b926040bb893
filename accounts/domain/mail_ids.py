"""How an e-mail to a customer is recognised in what comes back: by its Message-ID, or by the address of replies.

Both hold the token of the e-mail, which stands nowhere else and cannot be guessed.
"""

import re
from collections.abc import Iterable
from uuid import UUID

_TOKEN = re.compile(r"\bmail[-+]([0-9a-f]{32})@")


def message_id(token: UUID, host: str) -> str:
    """The Message-ID of an e-mail, which stays the same when it is sent once more: `<mail-…@host>`."""
    return f"<mail-{token.hex}@{host}>"


def reply_address(address: str, token: UUID) -> str:
    """The address that takes replies to one e-mail: `in@x.com` becomes `in+mail+…@x.com`."""
    name, _, host = address.rpartition("@")
    return f"{name}+mail+{token.hex}@{host}"


def tokens_in(texts: Iterable[str]) -> list[UUID]:
    """The tokens of e-mails that ids and addresses name, each once, in the order in which they are named."""
    return list(dict.fromkeys(UUID(hex=found) for text in texts for found in _TOKEN.findall(text.lower())))
