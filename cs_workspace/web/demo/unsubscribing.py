"""Customers of the demo who want no more e-mail: by the link in one, by the button for spam, and on the phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from accounts.domain.mail_events import Follows, Told
from accounts.models import Contact, Mail, MailEvent
from accounts.services.mail_events import take_event
from accounts.services.suppressing import unsubscribe_contact, unsubscribe_receiver
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

LATER: Final = dt.timedelta(hours=3)
ON_THE_PHONE: Final = dt.timedelta(days=9)


def unsubscribe_some(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """The last ones who read an e-mail and did not answer unsubscribe and complain; one said so on the phone.

    `at_moment` makes it a moment of the past.
    """
    read = Mail.objects.filter(state=Mail.State.SENT, replied_at=None, bounced_at=None, opened_at__isnull=False)
    silent = read.filter(contact__isnull=False).select_related("contact")
    last = silent.order_by("-sent_at", "contact__external_id")[:2]
    for mail, unsubscribes in zip(last, (True, False), strict=False):
        with at_moment(min((mail.sent_at or mail.due_at) + LATER, clock.now())):
            if unsubscribes:
                unsubscribe_receiver(mail=mail)
            else:
                take_event(_complaint(mail))
    contact = _somebody()
    if contact is not None and contact.account.owner is not None:
        with at_moment(clock.start_of(as_of) - ON_THE_PHONE + 5 * LATER):
            unsubscribe_contact(contact=contact, note="Said so on the phone.", by=contact.account.owner)


def _complaint(mail: Mail) -> Told:
    return Told(
        provider="demo",
        key=f"complained-{mail.token.hex}",
        kind=MailEvent.Kind.COMPLAINED,
        at=clock.now(),
        address=mail.address,
        tokens=(mail.token,),
        detail="Moved to spam by the receiver",
        follows=Follows.IS_SPAM_TO_THEM,
    )


def _somebody() -> Contact | None:
    """A contact of the CSM of the login page who plays no part that would be missed."""
    theirs = Contact.objects.present().filter(account__owner__email=LOGINS[0].email, account__status="active")
    others = theirs.filter(unsubscribed_at=None).exclude(email="").exclude(roles__overlap=Contact.KEY_ROLES)
    return others.select_related("account__owner").order_by("-account__arr", "external_id").first()
