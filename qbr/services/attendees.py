"""Who is to take part in a review: people of the customer, of ours, and guests of theirs by name."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Account, Contact, User
from accounts.services.versions import locked
from cs_workspace.common.refusals import RefusedError
from qbr.models import Attendee, Review
from qbr.services.checklist import tick_what_is_done


@dataclass(frozen=True)
class Guest:
    """Somebody of the customer who is no contact; without an address no invitation reaches them."""

    name: str
    email: str = ""


@transaction.atomic
def add_attendee(*, review: Review, who: Contact | User | Guest) -> Attendee:
    """Lets somebody take part; `remove_attendee` takes it back.

    Raises `RefusedError` for contacts of other accounts and those who left, for users who do not see the account, for
    who is on the list already, and where the review is not ahead.
    """
    held = locked(review)
    _check_ahead(held)
    attendee = Attendee(review=held)
    if isinstance(who, Contact):
        if who.account_id != held.account_id:
            raise RefusedError(f"{who} belongs to another account.")
        if who.archived_at is not None or who.status == Contact.Status.LEFT:
            raise RefusedError(f"{who} is not there any more.")
        attendee.contact = who
    elif isinstance(who, User):
        if not Account.objects.visible_to(who).filter(pk=held.account_id).exists():
            raise RefusedError(f"{who} does not see this account.")
        attendee.user = who
    else:
        attendee.guest, attendee.guest_email = who.name, who.email
    try:
        with transaction.atomic():
            attendee.save()
    except IntegrityError:
        raise RefusedError(f"{attendee} takes part already.") from None
    tick_what_is_done([held.pk])
    return attendee


@transaction.atomic
def remove_attendee(*, attendee: Attendee) -> Contact | User | Guest:
    """Takes somebody off the list; gives who it was, for `add_attendee` to take it back. Raises `RefusedError` where
    the review is not ahead."""
    _check_ahead(locked(attendee.review))
    attendee.delete()
    tick_what_is_done([attendee.review_id])
    return attendee.contact or attendee.user or Guest(attendee.guest, attendee.guest_email)


def _check_ahead(held: Review) -> None:
    if held.is_held:
        raise RefusedError("This review was held. Who took part in it stays.")
    if not held.is_ahead:
        raise RefusedError("This review was cancelled. Bring it back first.")
