"""The one door to the mail server: every e-mail of the product goes through it, to users and to customers.

Here it is looked up whether an address is on the list of those that nothing is sent to, so that no sender forgets it.
"""

import datetime as dt
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import getaddresses
from enum import Enum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.models import Suppression

logger = logging.getLogger(__name__)

# So often an e-mail is tried that the mail server refuses for now; then it is given up, and a person decides.
ATTEMPTS = 5
TOO_MANY_REQUESTS = 429


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
    addresses = [address.lower() for _, address in getaddresses(mail.recipients())]
    suppressed = Suppression.objects.filter(address__in=addresses).first()
    if suppressed is not None:
        return Outcome.SUPPRESSED, f"Nothing is sent to this address: {suppressed.get_reason_display().lower()}."
    try:
        server.send_messages([mail])
    except SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        return _refusal(code), f"{code} {_decoded(text)}"
    except (SMTPSenderRefused, SMTPDataError, SMTPResponseException) as refused:
        return _refusal(refused.smtp_code), f"{refused.smtp_code} {_decoded(refused.smtp_error)}"
    except AnymailError as error:
        return _of_provider(error), str(error)
    except (SMTPException, OSError) as error:
        logger.exception("Whether the e-mail to %s was sent is unclear", mail.to)
        return Outcome.UNCLEAR, str(error) or type(error).__name__
    except ValueError as error:  # of an address or a header: it was not handed over at all
        return Outcome.REFUSED, f"It cannot be written: {error}"
    return Outcome.SENT, ""


def next_try() -> dt.timedelta:
    """How long an e-mail rests that was refused for now: not all of them equally long, so that they come apart."""
    return dt.timedelta(minutes=random.uniform(1, 10))  # noqa: S311  jitter, not a secret


def absolute(path: str) -> str:
    """A path of the workspace as an address that works in a mailbox."""
    return settings.SITE_URL.rstrip("/") + path


def _refusal(code: int) -> Outcome:
    return Outcome.LATER if 400 <= code < 500 else Outcome.REFUSED


def _of_provider(error: AnymailError) -> Outcome:
    """What the answer of a provider's interface means; without one, or where it failed itself, nobody knows."""
    if error.status_code == TOO_MANY_REQUESTS:
        return Outcome.LATER
    failed = error.status_code is None or error.status_code >= 500
    return Outcome.UNCLEAR if failed and isinstance(error, AnymailAPIError) else Outcome.REFUSED


def _decoded(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
