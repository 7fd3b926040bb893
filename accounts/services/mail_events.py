"""What mail servers tell of e-mails to customers, written down once, and what follows from it.

Providers tell a thing again until we have answered, and now and then all the same: the key of the event makes it once.
What is about no e-mail of ours is kept without one; only that an address is dead, or that it is spam to somebody whom
we know, counts even then.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.domain.mail_events import Follows, Reply, Told
from accounts.models import Contact, Enrolment, Mail, MailEvent, Sequence, Suppression, User
from accounts.services.notifying import Message, notify
from accounts.services.sequencing import stop_enrolments
from accounts.services.suppressing import suppress
from accounts.services.touches import log_answer
from cs_workspace.common import clock

Kind = MailEvent.Kind
# The first moment of each is kept on the e-mail.
MOMENTS = {
    Kind.DELIVERED: "delivered_at",
    Kind.OPENED: "opened_at",
    Kind.CLICKED: "clicked_at",
    Kind.BOUNCED: "bounced_at",
    Kind.REJECTED: "bounced_at",
    Kind.REPLIED: "replied_at",
}
# Whoever tells this of an e-mail had it: one of which nobody knew whether it went out did.
WENT_OUT = {*MOMENTS, Kind.COMPLAINED, Kind.UNSUBSCRIBED, Kind.DEFERRED}
REASONS = {
    Follows.ADDRESS_IS_DEAD: Suppression.Reason.BOUNCED,
    Follows.IS_SPAM_TO_THEM: Suppression.Reason.COMPLAINED,
    Follows.WANTS_NO_MORE: Suppression.Reason.UNSUBSCRIBED,
}


@transaction.atomic
def take_event(told: Told) -> bool:
    """Writes down what a provider told, with all that follows; False for what was told before."""
    mail = _mail_of(told)
    return _once(told, mail) is not None and _follow(told, mail)


@transaction.atomic
def take_reply(reply: Reply) -> bool:
    """Somebody answered an e-mail: sequences that a reply stops do, it counts as a touch, and who wrote to them is
    told. False for what came before, and for what answers no e-mail of ours."""
    mail = _mail_of(reply.told)
    if mail is None:
        return False
    event = _once(reply.told, mail)
    if event is None:
        return False
    _follow(reply.told, mail)
    running = Enrolment.objects.running().filter(sequence__stops_on__contains=[Sequence.StopsOn.REPLY])
    theirs = running.filter(Q(contact=mail.contact_id) | Q(pk=mail.enrolment_id))
    stop_enrolments(theirs, because=Enrolment.Because.REPLY)
    log_answer(mail=mail, contact=_writer(mail, event.address), at=event.at, text=reply.text)
    _tell(mail, event, reply)
    return True


@transaction.atomic
def refuse_address(*, mail: Mail, answer: str) -> None:
    """The mail server refused an e-mail as it was handed over, because there is no such address."""
    suppress(address=mail.address, reason=Suppression.Reason.BOUNCED, note=answer)
    _note_moment(mail, "bounced_at", clock.now())


def _writer(mail: Mail, address: str) -> Contact | None:
    """Who of the customer answered: whose address it is, or who was written to."""
    at_it = Contact.objects.at_address(address).filter(account=mail.account_id, archived_at=None).first()
    return at_it or mail.contact


def _mail_of(told: Told) -> Mail | None:
    """The e-mail that was told of: by what we gave it to be known by."""
    found = {
        mail.token: mail
        for mail in Mail.objects.select_related("contact", "sender", "account__owner").filter(token__in=told.tokens)
    }
    return next((found[token] for token in told.tokens if token in found), None)


def _once(told: Told, mail: Mail | None) -> MailEvent | None:
    """The event as it was written down; None for one that is there already. One in flight is waited for."""
    event, is_new = MailEvent.objects.get_or_create(
        provider=told.provider,
        event_id=told.key,
        defaults={
            "kind": told.kind,
            "mail": mail,
            "address": told.address[:254],
            "at": min(told.at, clock.now()),
            "detail": told.detail[:300],
        },
    )
    return event if is_new else None


def _follow(told: Told, mail: Mail | None) -> bool:
    if mail is not None:
        if told.kind in WENT_OUT:
            _settle(mail, told.at)
        if moment := MOMENTS.get(Kind(told.kind)):
            _note_moment(mail, moment, told.at)
        if told.follows is Follows.NOT_DELIVERED:
            running = Enrolment.objects.running().filter(Q(contact=mail.contact_id) | Q(pk=mail.enrolment_id))
            stop_enrolments(running, because=Enrolment.Because.BOUNCE)
    if reason := REASONS.get(told.follows):
        address = told.address or (mail.address if mail else "")
        if address and (mail is not None or _is_known(address, reason)):
            suppress(address=address, reason=reason, note=told.detail, contact=_sayer(mail, reason))
    return True


def _sayer(mail: Mail | None, reason: Suppression.Reason) -> Contact | None:
    """The contact who said something themselves; that an address is dead says nothing of a contact who has another."""
    return mail.contact if mail is not None and reason != Suppression.Reason.BOUNCED else None


def _is_known(address: str, reason: Suppression.Reason) -> bool:
    """Whether what is told of another e-mail concerns us: an account at a provider may serve other programs too."""
    if reason == Suppression.Reason.UNSUBSCRIBED:
        return False
    return Contact.objects.at_address(address).exists() or User.objects.filter(email__iexact=address).exists()


def _settle(mail: Mail, at: dt.datetime) -> None:
    """An e-mail of which nobody knew whether it had gone out did."""
    Mail.objects.unclear(now=clock.now()).filter(pk=mail.pk).update(
        state=Mail.State.SENT,
        sent_at=min(at, clock.now()),
        error="",
        version=F("version") + 1,
        updated_at=timezone.now(),
    )


def _note_moment(mail: Mail, name: str, at: dt.datetime) -> None:
    """Keeps the first moment of its kind, whatever the order in which they are told."""
    later = Q(**{name: None}) | Q(**{f"{name}__gt": at})
    Mail.objects.filter(later, pk=mail.pk).update(**{name: min(at, clock.now())})


def _tell(mail: Mail, event: MailEvent, reply: Reply) -> None:
    """Who wrote is told, or who looks after the customer where that is nobody any more."""
    to = mail.sender if mail.sender is not None and mail.sender.is_active else mail.account.owner
    if to is None:
        return
    url = f"{reverse('accounts:account', args=[mail.account_id])}#timeline"
    title = f"{mail.receiver} replied to “{mail.subject}”"
    key = f"mail-reply:{event.pk}"
    notify([Message(user=to, key=key, title=title, body=reply.text[:1000], url=url, account_id=mail.account_id)])
