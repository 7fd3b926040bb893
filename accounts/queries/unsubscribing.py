"""The address by which the receiver of an e-mail unsubscribes, without a login."""

from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import Contact, Mail, Suppression

_SIGNER = Signer(salt="accounts.unsubscribe", sep=".")


def unsubscribe_token(mail: Mail) -> str:
    """The token of an e-mail with its signature, as the address holds it."""
    return _SIGNER.sign(mail.token.hex)


def unsubscribe_path(mail: Mail) -> str:
    """The path of the page, which never expires."""
    return reverse("accounts:unsubscribe", args=[unsubscribe_token(mail)])


def mail_of(token: str) -> Mail | None:
    """The e-mail of an address; None for one that we did not make. At most one query."""
    try:
        key = UUID(hex=_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Mail.objects.select_related("contact").filter(token=key).first()


@dataclass(frozen=True)
class Standing:
    """Whether the receiver of an e-mail gets more of them; `may_return` where they took themselves off the list."""

    is_off: bool
    may_return: bool


@dataclass(frozen=True)
class MailStanding:
    """Whether a contact is written to: since when they want no more, and what stands against the address."""

    contact: Contact
    listed: Suppression | None

    @property
    def may_return(self) -> bool:
        """Whether who asks for it gets e-mail again; what mail servers told is for admins to lift."""
        is_theirs = self.listed is None or self.listed.reason == Suppression.Reason.UNSUBSCRIBED
        return is_theirs and (self.listed is not None or self.contact.unsubscribed_at is not None)


def mail_standing_of(contact: Contact) -> MailStanding:
    """How it stands with e-mail to a contact. One query."""
    listed = Suppression.objects.covering(contact.email).select_related("by").first() if contact.email else None
    return MailStanding(contact, listed)


def standing_of(mail: Mail) -> Standing:
    """How it stands with the address of an e-mail and its contact. One query, besides the contact."""
    kept = Suppression.objects.covering(mail.address).first()
    contact: Contact | None = mail.contact
    is_off = kept is not None or (contact is not None and contact.unsubscribed_at is not None)
    return Standing(is_off, is_off and (kept is None or kept.reason == Suppression.Reason.UNSUBSCRIBED))
