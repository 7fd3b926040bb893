"""Addresses that nothing is sent to: who unsubscribed, what bounced, who calls it spam; and the way back.

It counts for the address, wherever somebody at it is a contact, and for whoever sends: `handing_over` looks it up for
every e-mail that leaves. A person who unsubscribed is marked as well, so that a new address changes nothing.
"""

from collections.abc import Collection

import pghistory
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.domain.letters import Receiver, kept_back
from accounts.models import Contact, Enrolment, Mail, Suppression, User
from accounts.services.mail_tasks import follow_mails
from accounts.services.sequencing import stop_enrolments
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

Reason = Suppression.Reason
# Who said so wants no more of it; with the others it is the address that does not work or is not to be used.
WANTS_NO_MORE = (Reason.UNSUBSCRIBED, Reason.COMPLAINED)
# What a mail server told stays when somebody unsubscribes and comes back.
TOLD_BY_SERVERS = (Reason.BOUNCED, Reason.COMPLAINED)
STOPS = {
    Reason.UNSUBSCRIBED: Enrolment.Because.UNSUBSCRIBED,
    Reason.COMPLAINED: Enrolment.Because.UNSUBSCRIBED,
    Reason.BOUNCED: Enrolment.Because.BOUNCE,
    Reason.BY_HAND: Enrolment.Because.BY_HAND,
}


@transaction.atomic
def suppress(
    *, address: str, reason: Suppression.Reason, note: str = "", contact: Contact | None = None, by: User | None = None
) -> Suppression:
    """From now on nothing is sent to an address, whoever sends; the same once more changes nothing.

    The sequences of everybody at it stop, and what was not sent yet is withheld. `contact` is the one who said so,
    whose address may be another by now. `by` is None where the customer or a mail server says it.
    """
    address, now = address.lower(), clock.now()
    with pghistory.context(**({"user": by.pk} if by else {})):
        kept, is_new = Suppression.objects.select_for_update().get_or_create(
            address=address, defaults={"reason": reason, "note": note[:300], "at": now, "by": by}
        )
        if not is_new and reason in TOLD_BY_SERVERS and kept.reason not in TOLD_BY_SERVERS:
            kept.reason, kept.note, kept.at, kept.by = reason, note[:300], now, by
            kept.save()
        concerned = _people(address, contact)
        if reason in WANTS_NO_MORE:
            _mark(concerned)
    _observed(concerned)
    _withhold(concerned, address, reason)
    stop_enrolments(Enrolment.objects.running().filter(contact__in=concerned), because=STOPS[reason], by=by)
    return kept


@transaction.atomic
def lift(*, suppression: Suppression, note: str, by: User | None = None) -> None:
    """Lets an address be written to again; `note` says why, and stays in the history.

    Who had unsubscribed is back with it. What was withheld is not sent later.
    """
    with pghistory.context(reason=note[:300], **({"user": by.pk} if by else {})):
        concerned = _people(suppression.address, None)
        if suppression.reason in WANTS_NO_MORE:
            _mark(concerned, back=True)
        Suppression.objects.filter(pk=suppression.pk).delete()
    _observed(concerned)


@transaction.atomic
def unsubscribe_receiver(*, mail: Mail) -> None:
    """Whoever got an e-mail wants no more: for the address, and for the contact, who may have another by now."""
    note = f"By the link in “{mail.subject}”."
    suppress(address=mail.address, reason=Reason.UNSUBSCRIBED, note=note, contact=mail.contact)


@transaction.atomic
def come_back(*, mail: Mail) -> None:
    """Somebody who unsubscribed by the link of an e-mail takes it back. What a mail server told stays."""
    with pghistory.context(reason="Taken back by the link of an e-mail."):
        Suppression.objects.covering(mail.address).filter(reason=Reason.UNSUBSCRIBED).delete()
        if not Suppression.objects.covering(mail.address).exists():
            _mark(_people(mail.address, mail.contact), back=True)


@transaction.atomic
def unsubscribe_contact(*, contact: Contact, note: str, by: User) -> None:
    """A contact told us that they want no more e-mail; the same as if they had clicked."""
    if contact.email:
        suppress(address=contact.email, reason=Reason.UNSUBSCRIBED, note=note, contact=contact, by=by)
        return
    with pghistory.context(user=by.pk):
        _mark([contact.pk])


@transaction.atomic
def resubscribe_contact(*, contact: Contact, note: str, by: User) -> None:
    """A contact wants e-mail again.

    Raises `RefusedError` where the person had unsubscribed themselves and `note` does not say how they asked for it,
    and where a mail server told that nothing is to be sent there, which only an admin lifts.
    """
    kept = Suppression.objects.covering(contact.email).select_for_update().first() if contact.email else None
    if kept is not None and kept.reason != Reason.UNSUBSCRIBED:
        raise RefusedError(f"{contact.email}: {kept.get_reason_display().lower()}. An admin can lift that.")
    if kept is not None and kept.by_id is None and not note.strip():
        raise RefusedError(f"{contact} unsubscribed themselves. Say how they asked for e-mail again.")
    if kept is not None:
        lift(suppression=kept, note=note, by=by)
    with pghistory.context(reason=note[:300], user=by.pk):
        _mark([contact.pk], back=True)


def _people(address: str, contact: Contact | None) -> list[int]:
    """The keys of everybody at an address, and of the one who is meant besides."""
    at_it = Contact.objects.at_address(address).values_list("pk", flat=True)
    return sorted({*at_it, *([contact.pk] if contact else [])})


def _mark(people: Collection[int], *, back: bool = False) -> None:
    """Marks contacts as unsubscribed, or as back, where they are not yet."""
    others = Contact.objects.filter(pk__in=people, unsubscribed_at__isnull=not back)
    moment = None if back else clock.now()
    others.update(unsubscribed_at=moment, version=F("version") + 1, updated_at=timezone.now())


def _observed(people: Collection[int]) -> None:
    """Whether somebody can be reached at all is something that churn signals look at."""
    accounts = Contact.objects.filter(pk__in=people).order_by("account").values_list("account", flat=True)
    account_observed.send(sender=Suppression, account_ids=list(accounts.distinct()))


def _withhold(people: Collection[int], address: str, reason: Suppression.Reason) -> None:
    """What was written to them and has not gone out does not."""
    wants_no_more = reason in WANTS_NO_MORE
    because = kept_back(Receiver(address, True, has_unsubscribed=wants_no_more, is_suppressed=not wants_no_more))
    theirs = Mail.objects.unsent().select_for_update().order_by("pk")
    # Two statements, for each has its index; one condition with "or" would have none.
    for some in (theirs.filter(contact__in=people), theirs.to_address(address)):
        withheld = list(some)
        for mail in withheld:
            mail.state, mail.because = Mail.State.WITHHELD, because
            mail.version, mail.updated_at = mail.version + 1, timezone.now()
        Mail.objects.bulk_update(withheld, ("state", "because", "version", "updated_at"))
        follow_mails(withheld, by=None)
