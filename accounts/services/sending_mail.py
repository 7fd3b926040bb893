"""Sending what is due to customers, each e-mail once.

Each is claimed (committed) before it is handed over, and settled after. A sender that dies in between leaves the claim
behind: nobody can know whether the mail server took the e-mail, so it is never sent again by itself but shown in the
outbox for a person to decide.

Everything that could speak against an e-mail is asked as it is claimed and not when it was written: whether the person
is still there and wants it, the limits, the hour where the receiver is.
"""

import datetime as dt
import time
from collections import Counter
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce, Lower

from accounts.domain.letters import kept_back
from accounts.domain.mail_events import says_no_such_address
from accounts.domain.sending_mail import put_off
from accounts.models import Enrolment, Mail, MailRules, Suppression
from accounts.queries.receivers import receiver_of
from accounts.services.composing import message_of
from accounts.services.handing_over import ATTEMPTS, Outcome, hand_over, mail_server, next_try
from accounts.services.mail_events import refuse_address
from accounts.services.mail_tasks import follow_mails
from cs_workspace.common import clock
from cs_workspace.common.compiled import SOME_MOMENT, Compiled, compile_once

# Beat asks every half minute; a run that is long over by then lets the next one, or another worker, go on.
RUN_SECONDS = 25.0
# Names the advisory lock among others; its second half is the address.
LOCK = 41_000


def send_mails() -> Counter[Outcome]:
    """Sends what is due, oldest first, until nothing is or the run has lasted long enough.

    Safe to run twice and in several processes at the same time. A mail server that cannot be reached costs nothing: it
    is asked before anything is claimed. Gives the number of e-mails by what became of them.
    """
    done: Counter[Outcome] = Counter()
    if not Mail.objects.to_send(now=clock.now()).exists():
        return done
    rules, end = MailRules.current(), time.monotonic() + RUN_SECONDS
    with mail_server() as server:
        while server and time.monotonic() < end:
            mail = _take_next(rules)
            if mail is None:
                break
            if mail.state != Mail.State.SENDING:  # put off, or kept back
                continue
            outcome, error = hand_over(message_of(mail), server)
            _settle(mail, outcome, error)
            done[outcome] += 1
            if outcome is Outcome.UNCLEAR:  # the connection is lost; the next run opens another
                break
    return done


@transaction.atomic(durable=True)
def _take_next(rules: MailRules) -> Mail | None:
    """The next that is due and that no other sender has in hand: claimed, or as something kept it from going out.

    None where nothing is due.
    """
    now, found = clock.now(), _next_due().rows()
    if not found:
        return None
    mail: Mail = found[0]
    if mail.contact is not None:  # who has a new address is written to there
        mail.address = mail.contact.email or mail.address
    if because := _refusal(mail):
        return _keep_back(mail, state=Mail.State.WITHHELD, because=because)
    if mail.sender is not None and not mail.sender.is_active:
        return _return_to_owner(mail)
    if delay := put_off(
        now,
        limit=rules.limit if mail.by_itself else None,
        gone=_gone_to(mail.address, now - rules.limit.window) if mail.by_itself else (),
        quiet=rules.quiet_hours(mail.zone),
    ):
        return _write(mail, due_at=delay.until, because=delay.because)
    return _write(
        mail,
        state=Mail.State.SENDING,
        address=mail.address,
        claimed_at=now,
        attempts=mail.attempts + 1,
        error="",
        because="",
        version=mail.version + 1,
    )


@cache
def _next_due() -> Compiled:
    """The statement that finds the next e-mail that no other sender has in hand, with all that decides about it.

    Kept, as putting it together takes longer than running it, and it runs for every e-mail.
    """
    return compile_once(
        Mail.objects.to_send(now=SOME_MOMENT)
        .select_related("account__owner", "contact", "sender", "enrolment")
        .annotate(is_suppressed=Exists(Suppression.objects.covering(OuterRef("contact__email"))))
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at", "pk")[:1]
    )


def _refusal(mail: Mail) -> str:
    """Why an e-mail does not go out any more; empty where nothing stands against it."""
    if mail.account.archived_at is not None:
        return "The customer is archived."
    if mail.contact is None:
        return "This person is not known any more."
    if mail.enrolment is not None and mail.enrolment.state == Enrolment.State.STOPPED:
        return f"The sequence was stopped: {mail.enrolment.get_stopped_because_display().lower()}."
    return kept_back(receiver_of(mail.contact, is_suppressed=mail.is_suppressed))  # type: ignore[attr-defined]


def _return_to_owner(mail: Mail) -> Mail:
    """Nobody signs for somebody who does not work here any more: who looks after the customer reads it first."""
    because = f"{mail.sender} does not work here any more. Read it, and who signs it now, before it goes out."
    owner = mail.account.owner if mail.account.owner and mail.account.owner.is_active else None
    return _keep_back(mail, state=Mail.State.DRAFT, sender=owner, because=because)


def _gone_to(address: str, since: dt.datetime) -> list[dt.datetime]:
    """When automated e-mails went out to an address since a moment; no other is claimed before this one is.

    Two of one person that are due at once would otherwise not know of each other in two senders.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, address.lower()])
    gone = Mail.objects.alias(to=Lower("address")).filter(to=address.lower()).automatic_since(since)
    return list(gone.values_list(Coalesce("sent_at", "claimed_at"), flat=True))


def _keep_back(mail: Mail, **fields: Any) -> Mail:
    """It does not go out as it is: the task that it was approved for is to be done again."""
    kept = _write(mail, **fields, version=mail.version + 1)
    follow_mails([kept], by=None)
    return kept


def _write(mail: Mail, **fields: Any) -> Mail:
    for name, value in fields.items():
        setattr(mail, name, value)
    mail.save(update_fields=[*fields, "updated_at"])
    return mail


def _settle(mail: Mail, outcome: Outcome, error: str) -> None:
    """Writes down what became of a claimed e-mail, unless a person has decided meanwhile.

    An unclear one stays claimed, with the error beside it.
    """
    now, error = clock.now(), error[:300]
    claimed = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, claimed_at=mail.claimed_at)
    fields: dict[str, Any]
    match outcome:
        case Outcome.SENT:
            fields = {"state": Mail.State.SENT, "sent_at": now}
        case Outcome.UNCLEAR:
            fields = {"error": error or "The mail server did not answer."}
        case Outcome.REFUSED:
            fields = {"state": Mail.State.FAILED, "error": error}
        case Outcome.SUPPRESSED:
            fields = {"state": Mail.State.WITHHELD, "because": error}
        case Outcome.LATER if mail.attempts >= ATTEMPTS:
            fields = {"state": Mail.State.FAILED, "error": error}
        case Outcome.LATER:
            because = "The mail server refused it for now."
            fields = {"state": Mail.State.QUEUED, "due_at": now + next_try(), "because": because, "error": error}
    with transaction.atomic(savepoint=False):
        if claimed.update(**fields, version=F("version") + 1, updated_at=now):
            mail.state = fields.get("state", mail.state)
            follow_mails([mail], by=None)
    if outcome is Outcome.REFUSED and says_no_such_address(error):
        refuse_address(mail=mail, answer=error)
