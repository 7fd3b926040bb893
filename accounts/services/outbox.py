"""Putting e-mails to customers into the outbox: once by their key, and never to whom nothing is sent."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Contact, Mail, User
from accounts.queries.receivers import refusal_to, with_suppression
from cs_workspace.common import clock


@dataclass(frozen=True)
class Letter:
    """An e-mail to a contact as it was written. `key` names the cause and the receiver, and makes it once.

    One that goes out `by_itself` waits for nobody; any other is a draft until somebody approves it. `text` is Markdown,
    and `html` only given where it is not made of the text. `origin` names the record behind it, such as `review:12`.
    """

    key: str
    contact: Contact
    cause: Mail.Cause
    subject: str
    text: str
    by_itself: bool
    due_at: dt.datetime
    sender_id: int | None = None
    origin: str = ""
    html: str = ""
    enrolment_id: int | None = None
    step_id: int | None = None


@transaction.atomic
def put_letters(letters: Sequence[Letter], *, by: User | None = None) -> list[Mail]:
    """Puts letters into the outbox and gives those that were not in it yet, as they stand. Two or three statements.

    What must not be sent is put there as well, as withheld with the reason, so that it is seen and not wondered about.
    The contacts are read anew: what they unsubscribed from a moment ago counts.
    """
    known = with_suppression().in_bulk({letter.contact.pk for letter in letters})
    there = set(Mail.objects.filter(key__in=[letter.key for letter in letters]).values_list("key", flat=True))
    fresh = {letter.key: letter for letter in letters if letter.key not in there and letter.contact.pk in known}
    rows = [_mail(letter, known[letter.contact.pk]) for letter in fresh.values()]
    Mail.objects.bulk_create(rows, ignore_conflicts=True)
    made = {mail.token: mail for mail in rows}
    return list(Mail.objects.filter(token__in=made).order_by("pk"))


def _mail(letter: Letter, contact: Contact) -> Mail:
    because = refusal_to(contact)
    state = Mail.State.QUEUED if letter.by_itself else Mail.State.DRAFT
    return Mail(
        key=letter.key,
        account_id=contact.account_id,
        contact=contact,
        address=contact.email,
        receiver=contact.name,
        sender_id=letter.sender_id,
        cause=letter.cause,
        origin=letter.origin,
        enrolment_id=letter.enrolment_id,
        step_id=letter.step_id,
        subject=" ".join(letter.subject.split())[:200],
        text=letter.text,
        html=letter.html,
        by_itself=letter.by_itself,
        state=Mail.State.WITHHELD if because else state,
        because=because,
        due_at=max(letter.due_at, clock.now()) if letter.by_itself else letter.due_at,
    )
