"""What admins do with templates of e-mails: write, change, archive, bring back; and trying one on oneself."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from accounts.domain.merging import problem_with
from accounts.models import Account, Mail, MailTemplate, Sequence, User
from accounts.queries.letter_preview import preview_of
from accounts.queries.letters import all_fields
from accounts.services.composing import message_of
from accounts.services.handing_over import Outcome, hand_over, mail_server
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

NO_SERVER = "The mail server cannot be reached. Try again in a minute."


@dataclass(frozen=True)
class TemplateText:
    """What a template is called and says, with merge fields."""

    name: str
    subject: str
    body: str


@transaction.atomic
def create_template(*, by: User, text: TemplateText) -> MailTemplate:
    """A new template. Raises `RefusedError` for a field that there is not."""
    _check(text)
    stem = slugify(text.name)[:50] or "template"
    taken = set(MailTemplate.objects.filter(key__startswith=stem).values_list("key", flat=True))
    key = next(
        key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken
    )
    return save_first(MailTemplate(key=key, name=text.name, subject=text.subject, body=text.body), by=by)


@transaction.atomic
def edit_template(*, by: User, template: MailTemplate, text: TemplateText, version: int | None = None) -> MailTemplate:
    """Changes a template, for e-mails that are written from now on. Raises `RefusedError`, `StaleError`."""
    _check(text)
    held = locked(template, version=version)
    held.name, held.subject, held.body = text.name, text.subject, text.body
    return save_next(held, by=by)


@transaction.atomic
def archive_template(*, by: User, template: MailTemplate) -> MailTemplate:
    """Out of the lists. Raises `RefusedError` where a sequence that is switched on writes with it."""
    held = locked(template)
    used = Sequence.objects.active().filter(steps__template=held).first()
    if used is not None:
        raise RefusedError(f"“{used}” writes with it. Switch that off first, or give its step another template.")
    held.archived_at = held.archived_at or clock.now()
    return save_next(held, by=by)


@transaction.atomic
def restore_template(*, by: User, template: MailTemplate) -> MailTemplate:
    """Back into the lists."""
    held = locked(template)
    held.archived_at = None
    return save_next(held, by=by)


def send_test(*, by: User, subject: str, body: str, account: Account | None) -> None:
    """Sends the e-mail to its writer as a customer would get it; what a cause would bring stands as what it is.

    Raises `RefusedError` where something of the account is not known, and where the mail server does not take it.
    """
    shown = preview_of(subject, body, account=account)
    if shown.problem or shown.missing:
        raise RefusedError(shown.problem or shown.missing)
    mail = Mail(
        address=by.email,
        receiver=by.name,
        sender=by,
        subject=f"Test: {shown.subject}"[:200],
        text=shown.text,
        by_itself=False,
    )
    message = message_of(mail)
    with mail_server() as server:
        outcome, error = hand_over(message, server) if server else (Outcome.LATER, NO_SERVER)
    if outcome is not Outcome.SENT:
        raise RefusedError(f"It was not sent. {error}")


def _check(text: TemplateText) -> None:
    fields = all_fields()
    problem = problem_with(text.subject, fields=fields) or problem_with(text.body, fields=fields)
    if problem:
        raise RefusedError(problem)
