"""The one door to the mail server: every e-mail of the product goes through it, to users and to customers.

Here it is looked up whether an address is on the list of those that nothing is sent to, so that no sender forgets it.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Suppression

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """What became of an e-mail that was handed over."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    SUPPRESSED = "suppressed"


@contextmanager
def mail_server() -> Iterator[BaseEmailBackend | None]:
    """An open connection, or None where the mail server cannot be reached; then all that is due waits."""
    server = get_connection()
    try:
        server.open()
    except OSError as error:
        logger.warning("The mail server cannot be reached, messages wait: %s", error)
        yield None
        return
    try:
        yield server
    finally:
        server.close()


def hand_over(mail: EmailMultiAlternatives, server: BaseEmailBackend) -> tuple[Outcome, str]:
    """Gives an e-mail to the mail server, and what became of it with the error in words.

    An answer of the server is a fact; silence in the middle is not. An address that nothing is sent to is not even
    tried.
    """
    suppressed = Suppression.objects.filter(address__in=[address.lower() for address in mail.to]).first()
    if suppressed is not None:
        return Outcome.SUPPRESSED, f"Nothing is sent to this address: {suppressed.get_reason_display().lower()}."
    try:
        server.send_messages([mail])
    except SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        return _refusal(code), f"{code} {_decoded(text)}"
    except (SMTPSenderRefused, SMTPDataError, SMTPResponseException) as refused:
        return _refusal(refused.smtp_code), f"{refused.smtp_code} {_decoded(refused.smtp_error)}"
    except (SMTPException, OSError) as error:
        logger.exception("Whether the e-mail to %s was sent is unclear", mail.to)
        return Outcome.UNCLEAR, str(error)
    return Outcome.SENT, ""


def absolute(path: str) -> str:
    """A path of the workspace as an address that works in a mailbox."""
    return settings.SITE_URL.rstrip("/") + path


def _refusal(code: int) -> Outcome:
    return Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
