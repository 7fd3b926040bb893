"""E-mails of the demo: a sequence under way through the last two weeks, with drafts, answers and a bounce.

All is made by the real services but the sending: no mail server is asked, so what was approved counts as sent a minute
later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import Final

import pgtrigger
from django.db import connection
from django.db.models import F

from accounts.domain.approving_mail import Verb
from accounts.domain.mail_events import Follows, Reply, Told
from accounts.models import Enrolment, Mail, MailEvent, Notification, Sequence, User
from accounts.registries import SEQUENCE_SOURCES, Start
from accounts.services.approving_mail import decide
from accounts.services.mail_events import take_event, take_reply
from accounts.services.sequence_advancing import advance_enrolments, finish_enrolments
from accounts.services.sequence_handling import pause_by_hand
from accounts.services.sequencing import start
from cs_workspace.common import clock

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]
KEY: Final = "adoption-nudge"
PROVIDER: Final = "demo"
# So many customers come into it, on each of these days; the last ones have drafts that nobody has read yet.
IN_A_BATCH: Final = 4
BEGINS: Final = (15, 11, 4, 1)
MORNING, NOON = dt.time(8, 30), dt.time(12, 10)
ANSWERS: Final = (
    "Thanks for looking. Could you show it to Bea in Finance next week? She does this by hand every month.",
    "Number 3, to be honest: we tried the export and the dates came out wrong. Happy to look at it together.",
)


def email_book(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Lives a sequence through the last days: begun, approved by the owners, answered, bounced, paused."""
    switch_nudge(_moment(as_of, BEGINS[0], MORNING))
    sequence = Sequence.objects.filter(key=KEY).first()
    if sequence is None:
        return
    waiting = _candidates(as_of, at_moment)
    for ago in range(BEGINS[0], -1, -1):
        with at_moment(_moment(as_of, ago, MORNING)):
            if ago in BEGINS:
                day = clock.today()
                batch, waiting = waiting[:IN_A_BATCH], waiting[IN_A_BATCH:]
                start([_begun_on(one, day) for one in batch], sequence=sequence)
            advance_enrolments()
        if ago > 1:
            with at_moment(_moment(as_of, ago, NOON)):
                _approve()
                _send()
                _hear(ago)
                finish_enrolments()
    finish_enrolments()
    _pause_one(as_of, at_moment)
    _date_back()


def switch_nudge(since: dt.datetime | None) -> None:
    """Switches the sequence on since a moment, or off by None; as no admin did it, no history says so."""
    with pgtrigger.ignore("accounts.Sequence:update_update"):
        Sequence.objects.filter(key=KEY).update(active_since=since)


def _candidates(as_of: dt.date, at_moment: AtMoment) -> list[Start]:
    """Customers who use little, and whose owner would approve what is written to them."""
    sequence = Sequence.objects.get(key=KEY)
    with at_moment(_moment(as_of, 0, MORNING)):
        found = list(islice(SEQUENCE_SOURCES[sequence.source].due(sequence, as_of), 200))
    owners = User.objects.filter(is_active=True, read_only=False)
    looked_after = owners.filter(owned_accounts__in=[one.account_id for one in found])
    kept = set(looked_after.values_list("owned_accounts", flat=True))
    return [one for one in found if one.account_id in kept][: IN_A_BATCH * len(BEGINS)]


def _begun_on(one: Start, day: dt.date) -> Start:
    return Start(one.account_id, one.contact_id, f"adoption:{day}", day, texts=one.texts)


def _approve() -> None:
    """Owners read the drafts of the sequence and let them go."""
    drafts = Mail.objects.drafts().filter(enrolment__sequence__key=KEY).select_related("account__owner")
    by_owner: dict[User, dict[int, int]] = {}
    for mail in drafts.order_by("pk"):
        if mail.account.owner is not None:
            by_owner.setdefault(mail.account.owner, {})[mail.pk] = mail.version
    for owner, versions in by_owner.items():
        decide(by=owner, verb=Verb.APPROVE, versions=versions)


def _send() -> None:
    """What was approved is counted as sent, and was opened by most within the hour."""
    at = clock.now() + dt.timedelta(minutes=1)
    queued = Mail.objects.filter(state=Mail.State.QUEUED, enrolment__sequence__key=KEY)
    ids = list(queued.order_by("pk").values_list("pk", flat=True))
    sent = Mail.objects.filter(pk__in=ids)
    sent.update(state=Mail.State.SENT, claimed_at=at, sent_at=at, delivered_at=at, attempts=1, version=F("version") + 1)
    opened = [pk for place, pk in enumerate(ids) if place % 3 != 2]
    sent.filter(pk__in=opened).update(opened_at=at + dt.timedelta(minutes=40))


def _hear(ago: int) -> None:
    """Two answer, one is not there any more."""
    sent = Mail.objects.filter(state=Mail.State.SENT, enrolment__sequence__key=KEY, replied_at=None, bounced_at=None)
    latest = sent.filter(enrolment__state=Enrolment.State.RUNNING).order_by("-sent_at", "pk").first()
    if latest is None:
        return
    if ago in (BEGINS[0], BEGINS[1]):
        told = _told(latest, MailEvent.Kind.REPLIED)
        take_reply(Reply(told, ANSWERS[BEGINS.index(ago)]))
    elif ago == BEGINS[2]:
        take_event(_told(latest, MailEvent.Kind.BOUNCED, "550 5.1.1 No such mailbox", Follows.ADDRESS_IS_DEAD))


def _told(mail: Mail, kind: str, detail: str = "", follows: Follows = Follows.NOTHING) -> Told:
    return Told(PROVIDER, f"{kind}:{mail.pk}", kind, clock.now(), mail.address, (mail.token,), detail, follows)


def _pause_one(as_of: dt.date, at_moment: AtMoment) -> None:
    """An owner lets one rest while the customer is at a trade fair."""
    running = Enrolment.objects.running().filter(sequence__key=KEY, paused_at=None, account__owner__isnull=False)
    one = running.select_related("account__owner").order_by("started_at", "pk").last()
    if one is not None and one.account.owner is not None:
        with at_moment(_moment(as_of, 0, MORNING)):
            pause_by_hand(by=one.account.owner, enrolment=one)


def _date_back() -> None:
    """Rows get the moment to which they belong; what was told of answers is read, and nothing is mailed."""
    replies = Notification.objects.filter(key__startswith="mail-reply:")
    replies.update(email_state=Notification.Email.NONE, email_due_at=None, read_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_enrolment SET created_at = started_at")
        cursor.execute("UPDATE accounts_mail SET created_at = LEAST(created_at, due_at)")


def _moment(as_of: dt.date, ago: int, time: dt.time) -> dt.datetime:
    moment = dt.datetime.combine(as_of - dt.timedelta(days=ago), time, clock.workspace_zone())
    return min(clock.now(), moment)
