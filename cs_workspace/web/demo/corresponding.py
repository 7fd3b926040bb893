"""What CSMs of the demo wrote to their customers by hand: drafts that wait, what was read, answered or came back, and
one of which nobody knows whether it went out.

Nothing leaves: what went out in the past is marked as sent, and what came back is told by the real services.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from uuid import UUID

from accounts.domain.approving_mail import GRACE
from accounts.domain.mail_events import Follows, Reply, Told
from accounts.models import Account, Contact, Mail, Notification, User
from accounts.queries.receivers import receivers_of
from accounts.services.mail_events import take_event, take_reply
from accounts.services.writing_mail import Words, write_mail
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING = dt.time(9, 20)
READ, ANSWERED = dt.timedelta(hours=2), dt.timedelta(hours=5)
PROVIDER = "demo"
# Each letter is a dozen writes.
CUSTOMERS = 6


class Fate(StrEnum):
    """What became of a letter."""

    DRAFT = "draft"
    SILENT = "silent"
    READ = "read"
    ANSWERED = "answered"
    BOUNCED = "bounced"
    UNCLEAR = "unclear"
    REFUSED = "refused"


@dataclass(frozen=True)
class Letter:
    """A letter: so many days ago, what became of it, and what the customer answered."""

    days_ago: int
    fate: Fate
    subject: str
    text: str
    answer: str = ""


LETTERS = (
    Letter(
        44, Fate.ANSWERED, "The plan for your roll-out",
        "thank you for the call. As agreed:\n\n- the second team starts **in two weeks**\n- we prepare its training\n"
        "- you name who looks after it\n\nDoes that match your notes?",
        "It does, thank you. Our operations lead will look after the second team.",
    ),
    Letter(
        31, Fate.READ, "Three things your team has not tried yet",
        "your people use the boards every day. Three things save them time:\n\n1. templates for what comes again\n"
        "2. rules that hand work over\n3. the digest on Friday\n\nShall I show them to two or three of your people?",
    ),
    Letter(
        23, Fate.BOUNCED, "Notes of our session",
        "here is what we went through, and who does what next. I have put the recording into our shared folder.",
    ),
    Letter(
        17, Fate.ANSWERED, "The slow report is fixed",
        "the report that took minutes opens at once since Tuesday. Would you look at it, and tell me whether it is as "
        "quick for you?",
        "Much better! The team noticed before I could tell them.",
    ),
    Letter(
        9, Fate.SILENT, "A date for your business review",
        "the quarter is nearly over. Would one of these suit you and your sponsor?\n\n- Tuesday at 10\n"
        "- Thursday at 14",
    ),
    Letter(
        3, Fate.UNCLEAR, "Numbers for your board",
        "as you asked, the figures of the last quarter: how many of your people work with it, and what it saved you.",
    ),
    Letter(
        2, Fate.REFUSED, "New people on your side",
        "welcome to the new colleagues. I would like to show them around; half an hour is enough.",
    ),
    Letter(
        1, Fate.DRAFT, "Before your renewal: what we achieved together",
        "in the past year your team has reached most of what you set out to do. Before we talk about the next one, I "
        "would like to hear what matters most to you now.\n\nDo you have half an hour next week?",
    ),
    Letter(
        1, Fate.DRAFT, "Your question about single sign-on",
        "single sign-on for guests is planned for spring. Until then the guide shows how partners log in with a second "
        "factor.\n\nI tell you as soon as there is a date.",
    ),
)  # fmt: skip
ERRORS = {Fate.UNCLEAR: "Connection unexpectedly closed", Fate.REFUSED: "552 5.2.2 The mailbox is full"}


def correspond(as_of: dt.date, seed: int, *, at_moment: AtMoment) -> None:
    """Writes the letters of the CSM of the login page to their dearest customers, each in its turn."""
    rng = dice(seed, f"letters {as_of}")
    writer = User.objects.filter(email=LOGINS[0].email).first()
    receivers = list(_receivers(writer)) if writer else []
    if writer is None or not receivers:
        return
    for letter, contact in zip(LETTERS, cycle(receivers), strict=False):
        moment = dt.datetime.combine(as_of - dt.timedelta(days=letter.days_ago), MORNING, clock.workspace_zone())
        with at_moment(moment):
            words = Words(letter.subject, f"Hello {contact.name.split()[0]},\n\n{letter.text}")
            mail = write_mail(by=writer, contact=contact, words=words, send=letter.fate is not Fate.DRAFT)
        token = UUID(int=rng.getrandbits(128))
        Mail.objects.filter(pk=mail.pk).update(token=token, created_at=moment, **_handed_over(letter.fate, moment))
        _come_back(letter, token, contact, moment, at_moment)
    replies = Notification.objects.filter(user=writer, key__startswith="mail-reply:")
    replies.update(email_state=Notification.Email.NONE, email_due_at=None, read_at=clock.now())


def _receivers(writer: User) -> Iterator[Contact]:
    """Somebody to write to at each of the dearest customers."""
    accounts = Account.objects.active().filter(owner=writer).order_by("-arr", "external_id")
    for account in accounts[:CUSTOMERS]:
        if contact := receivers_of(account).first():
            yield contact


def _handed_over(fate: Fate, moment: dt.datetime) -> dict[str, object]:
    """What a letter is after the sender had it in hand, a minute after it was approved."""
    if fate is Fate.DRAFT:
        return {}
    tried = {"claimed_at": moment + GRACE, "attempts": 1, "error": ERRORS.get(fate, "")}
    if fate is Fate.UNCLEAR:
        return tried | {"state": Mail.State.SENDING}
    if fate is Fate.REFUSED:
        return tried | {"state": Mail.State.FAILED}
    return tried | {"state": Mail.State.SENT, "sent_at": moment + GRACE}


def _come_back(letter: Letter, token: UUID, contact: Contact, moment: dt.datetime, at_moment: AtMoment) -> None:
    """What the mail server tells of it, and what the customer answers."""

    def told(kind: str, after: dt.timedelta, follows: Follows = Follows.NOTHING) -> Told:
        key = f"{kind}-{token.hex}"
        return Told(PROVIDER, key, kind, moment + after, contact.email, (token,), follows=follows)

    if letter.fate in (Fate.READ, Fate.ANSWERED):
        take_event(told("delivered", GRACE))
        take_event(told("opened", READ))
    if letter.fate is Fate.BOUNCED:
        take_event(told("bounced", GRACE, Follows.NOT_DELIVERED))
    if letter.fate is Fate.ANSWERED:
        with at_moment(moment + ANSWERED):
            take_reply(Reply(told("replied", ANSWERED), letter.answer))
