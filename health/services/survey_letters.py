"""The e-mail by which somebody is asked: with a link for each score, so that one click and one more are enough."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from accounts.models import Account, Contact, User
from health.domain.surveys import scale_of


def asking_text(*, contact: Contact, intro: str, question: str, address: str, about: str = "") -> str:
    """The e-mail as Markdown, for those who read plain text. Names and subjects are written as they are known."""
    return "\n\n".join(
        part
        for part in (f"Hello {contact.name},", intro, f"It is about: {about}" if about else "", question, address)
        if part
    )


def asking_html(
    *, contact: Contact, kind: str, intro: str, question: str, address: str, about: str = "", ends: Sequence[str]
) -> str:
    """The same with a link for each score; `ends` are the words at the low and the high end of the scale."""
    context = {
        "contact": contact,
        "intro": intro,
        "question": question,
        "about": about,
        "address": address,
        "scores": [(score, f"{address}?score={score}") for score in scale_of(kind)],
        "ends": ends,
    }
    return render_to_string("health/mail/survey.html", context)


def signer_of(account: Account) -> User | None:
    """Who asks: the owner of the account, if they are there."""
    owner = account.owner
    return owner if owner is not None and owner.is_active else None
