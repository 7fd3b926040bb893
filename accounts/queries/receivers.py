"""Who can be written to at a customer, and what decides about it."""

from django.db.models import Exists, OuterRef

from accounts.domain.letters import Receiver
from accounts.models import Account, Contact, Suppression
from accounts.models.contact import ContactQuerySet


def receivers_of(account: Account) -> ContactQuerySet:
    """The people of an account to whom an e-mail can be written, by name."""
    suppressed = Exists(Suppression.objects.covering(OuterRef("email")))
    there = Contact.objects.filter(account=account, unsubscribed_at=None).present().exclude(email="")
    return there.exclude(suppressed).order_by("name", "pk")


def receiver_of(contact: Contact, *, is_suppressed: bool) -> Receiver:
    """What decides about a contact, whose address may be on the list of those that nothing is sent to."""
    return Receiver(
        address=contact.email,
        is_there=contact.status == Contact.Status.ACTIVE and contact.archived_at is None,
        has_unsubscribed=contact.unsubscribed_at is not None,
        is_suppressed=is_suppressed,
    )
