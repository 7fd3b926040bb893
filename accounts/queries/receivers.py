"""Who can be written to at a customer, and what decides about it."""

from django.db.models import Exists, OuterRef

from accounts.domain.letters import Receiver, kept_back
from accounts.models import Account, Contact, Suppression
from accounts.models.contact import ContactQuerySet


def with_suppression() -> ContactQuerySet:
    """Contacts with `is_suppressed`: whether their address is on the list of those that nothing is sent to."""
    return Contact.objects.annotate(is_suppressed=Exists(Suppression.objects.covering(OuterRef("email"))))


def writable() -> ContactQuerySet:
    """Contacts to whom an e-mail can be written: they are there, have an address, and want to be written to."""
    suppressed = Exists(Suppression.objects.covering(OuterRef("email")))
    return Contact.objects.present().filter(~suppressed, unsubscribed_at=None).exclude(email="")


def receivers_of(account: Account) -> ContactQuerySet:
    """The people of an account to whom an e-mail can be written, by name."""
    return writable().filter(account=account).order_by("name", "pk")


def receiver_of(contact: Contact, *, is_suppressed: bool) -> Receiver:
    """What decides about a contact, whose address may be on the list of those that nothing is sent to."""
    return Receiver(
        address=contact.email,
        is_there=contact.status == Contact.Status.ACTIVE and contact.archived_at is None,
        has_unsubscribed=contact.unsubscribed_at is not None,
        is_suppressed=is_suppressed,
    )


def refusal_to(contact: Contact) -> str:
    """Why nothing goes to a contact that was read `with_suppression`; empty where nothing stands against it."""
    return kept_back(receiver_of(contact, is_suppressed=contact.is_suppressed))  # type: ignore[attr-defined]  # annotated
