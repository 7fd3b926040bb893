"""An e-mail to a customer as it goes out: whom it is from, who is answered, and how the receiver stops it.

Text and HTML say the same, with the signature of the sender below; the look of the HTML is that of a letter, for a
person writes it.
"""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from accounts.domain.mail_ids import message_id, reply_address
from accounts.models import Mail, MailRules
from accounts.queries.unsubscribing import unsubscribe_path
from accounts.services.handing_over import absolute
from cs_workspace.common import markdown


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The e-mail with its text, its HTML and its headers; reads the sender and the rules where they are not there yet.

    One that is not saved, for a look at it or a test, has no link by which its receiver would unsubscribe somebody.
    """
    unsubscribe = "" if mail._state.adding else absolute(unsubscribe_path(mail))
    rules = MailRules.objects.first()
    context = {
        "workspace": settings.WORKSPACE_NAME,
        "text": markdown.as_plain(mail.text),
        "body": _body(mail),
        "signature": signature_of(mail),
        "unsubscribe": unsubscribe,
        "postal_address": rules.postal_address if rules else "",
    }
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=render_to_string("accounts/mail/customer.txt", context),
        from_email=_from(mail),
        to=[formataddr((mail.receiver, mail.address))],
        reply_to=_reply_to(mail),
        headers=_headers(mail, unsubscribe),
    )
    message.attach_alternative(render_to_string("accounts/mail/customer.html", context), "text/html")
    # Given back by providers with what they tell of it; a plain mail server does not look at it.
    message.metadata = {"mail": mail.token.hex}  # type: ignore[attr-defined]
    return message


def signature_of(mail: Mail) -> str:
    """What stands below: the signature of the sender, or name and title where there is none."""
    if mail.sender is None:
        return settings.WORKSPACE_NAME
    lines = [mail.sender.name, mail.sender.title, settings.WORKSPACE_NAME]
    return mail.sender.signature.strip() or "\n".join(line for line in lines if line)


def _body(mail: Mail) -> SafeString:
    """What is kept as HTML was made by our own code out of escaped values; all else is made of the text."""
    return mark_safe(mail.html) if mail.html else markdown.render(mail.text)  # noqa: S308


def _from(mail: Mail) -> str:
    """The name of the sender before the address that the mail server may send from."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((mail.sender.name if mail.sender else name or settings.WORKSPACE_NAME, address))


def _reply_to(mail: Mail) -> list[str]:
    """The sender is answered, and so is the workspace where it takes replies: both know of them."""
    answered = [formataddr((mail.sender.name, mail.sender.email))] if mail.sender else []
    inbound = [reply_address(settings.REPLY_ADDRESS, mail.token)] if settings.REPLY_ADDRESS else []
    return answered + inbound


def _headers(mail: Mail, unsubscribe: str) -> dict[str, str]:
    headers = {"Message-ID": message_id(mail.token, urlsplit(settings.SITE_URL).hostname or "localhost")}
    if mail.by_itself:
        headers["Auto-Submitted"] = "auto-generated"
    if unsubscribe:  # RFC 8058: programs offer a button that sends this POST
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
