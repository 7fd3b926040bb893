"""E-mails that a person writes to a contact, and changes of what waits in the outbox."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from accounts.domain.approving_mail import Verb
from accounts.models import Contact, Mail, User
from accounts.services.approving_mail import decide
from accounts.services.once import claim
from accounts.services.outbox import Letter, put_letters
from accounts.services.undoing import as_it_stands, keep_way_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@dataclass(frozen=True)
class Words:
    """What an e-mail says, in Markdown, and when it may go out at the earliest; None is as soon as it can."""

    subject: str
    text: str
    due_at: dt.datetime | None = None


@transaction.atomic
def write_mail(*, by: User, contact: Contact, words: Words, send: bool, key: UUID | None = None) -> Mail:
    """Writes an e-mail to a contact, signed by its writer: to be sent, or as a draft.

    `key` is that of the form. Raises `RefusedError` for somebody to whom nothing is sent, and `RepeatedError` for a
    form that was sent already.
    """
    claim(key, by=by)
    letter = Letter(
        key=f"hand:{uuid4()}",
        contact=contact,
        cause=Mail.Cause.BY_HAND,
        subject=words.subject,
        text=words.text,
        by_itself=False,
        due_at=words.due_at or clock.now(),
        sender_id=by.pk,
    )
    [mail] = put_letters([letter], by=by)
    if mail.state == Mail.State.WITHHELD:
        raise RefusedError(mail.because)
    if send:
        [mail] = decide(by=by, verb=Verb.APPROVE, versions={mail.pk: mail.version}).mails
    return mail


@transaction.atomic
def edit_mail(*, by: User, mail: Mail, words: Words, version: int | None = None) -> Mail:
    """Changes what an e-mail says that has not gone out. Raises `StaleError` for a second writer, and `RefusedError`
    where it is on its way or was not written by hand: what a survey asks is changed there."""
    held = locked(mail, version=version)
    if not held.is_open:
        raise RefusedError("It is not waiting any more, so it cannot be changed.")
    if held.html:
        raise RefusedError("It is made by the workspace and cannot be changed, but it can be cancelled.")
    before = as_it_stands(held, ["subject", "text", "due_at"])
    held.subject, held.text = words.subject, words.text
    held.due_at = words.due_at or held.due_at
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held
