"""The e-mail by which somebody is asked: with a link for each score, so that one click and one more are enough."""

import datetime as dt

from django.template.loader import render_to_string

from accounts.models import Account, Contact, Mail, User
from accounts.services.outbox import Letter
from health.domain.surveys import ends_of, scale_of
from health.models import Survey


def survey_letter(
    *,
    survey: Survey,
    account: Account,
    contact: Contact,
    address: str,
    key: str,
    origin: str,
    at: dt.datetime,
    about: str = "",
    by: User | None = None,
) -> Letter:
    """The e-mail that leads to the page at an address, about something in words, from whoever asks or the owner.

    It goes out by itself, for it was written by an admin and is the same for all. An `address` with `?score=` behind it
    has to choose that score on the page.
    """
    sender = by or _owner(account)
    return Letter(
        key=key,
        contact=contact,
        cause=Mail.Cause.SURVEY,
        subject=survey.subject,
        text=_text(survey, contact, address, about),
        html=_html(survey, contact, address, about),
        by_itself=True,
        due_at=at,
        sender_id=sender.pk if sender else None,
        origin=origin,
    )


def _text(survey: Survey, contact: Contact, address: str, about: str) -> str:
    """For those who read plain text; names and subjects stand in it as they are known."""
    parts = (
        f"Hello {contact.name},",
        survey.intro,
        f"It is about: {about}" if about else "",
        survey.question,
        address,
    )
    return "\n\n".join(part for part in parts if part)


def _html(survey: Survey, contact: Contact, address: str, about: str) -> str:
    """The same with a link for each score."""
    scores = [(score, f"{address}?score={score}") for score in scale_of(survey.kind)]
    context = {
        "contact": contact,
        "survey": survey,
        "about": about,
        "address": address,
        "scores": scores,
        "last": scores[-1][0],
        "ends": ends_of(survey.kind),
    }
    return render_to_string("health/mail/survey.html", context)


def _owner(account: Account) -> User | None:
    owner = account.owner
    return owner if owner is not None and owner.is_active else None
