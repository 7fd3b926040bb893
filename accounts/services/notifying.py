"""Telling people: into their notification centre, and by e-mail in the way that each of them wants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.models import Notification, User
from cs_workspace.common import clock

CRITICAL = 1
NORMAL = 3


@dataclass(frozen=True)
class Message:
    """One thing to tell one person. `key` names the cause: a message with a key that was told before is dropped.

    `url` is a path of the workspace; `severity` runs from 1 (critical) to 3.
    """

    user: User
    key: str
    title: str
    body: str = ""
    url: str = ""
    severity: int = NORMAL
    account_id: int | None = None


def notify(messages: Sequence[Message]) -> None:
    """Puts messages into the notification centres of active users and makes their e-mails due. One statement.

    The e-mail state is decided here, by the receiver's setting of this moment.
    """
    now = clock.now()
    rows = []
    for message in messages:
        if not message.user.is_active:
            continue
        state = email_state_of(message.user, severity=message.severity)
        rows.append(
            Notification(
                user=message.user,
                account_id=message.account_id,
                key=message.key,
                title=message.title[:200],
                body=message.body,
                url=message.url,
                severity=message.severity,
                email_state=state,
                email_due_at=now if state == Notification.Email.PENDING else None,
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def take_back_messages(*, keys: Iterable[str]) -> int:
    """Takes messages back whose cause is gone and that nobody has read; gives how many.

    Each of the `keys` is the cause that the keys of its messages begin with: `approval:12` of `approval:12:7`.
    """
    begun = [Q(key__startswith=f"{key}:") for key in keys]
    if not begun:
        return 0
    untold = Notification.objects.unread().exclude(email_state=Notification.Email.SENDING)
    return untold.filter(reduce(or_, begun)).delete()[0]


def email_state_of(user: User, *, severity: int) -> Notification.Email:
    """Whether a message of that severity goes to the user by e-mail at once, in the daily digest or not at all."""
    match user.email_delivery:
        case User.Delivery.IMMEDIATE:
            return Notification.Email.PENDING
        case User.Delivery.CRITICAL_ONLY:
            return Notification.Email.PENDING if severity == CRITICAL else Notification.Email.DIGEST
        case User.Delivery.DIGEST:
            return Notification.Email.DIGEST
        case _:
            return Notification.Email.NONE


def mark_read(notification: Notification, *, by: User) -> None:
    """The receiver has seen it; nobody else can say so."""
    Notification.objects.visible_to(by).unread().filter(pk=notification.pk).update(read_at=clock.now())


def mark_unread(notification: Notification, *, by: User) -> None:
    """Takes the reading back."""
    Notification.objects.visible_to(by).filter(pk=notification.pk).update(read_at=None)


def mark_all_read(*, by: User) -> int:
    """The receiver has seen all; gives how many were unread."""
    return Notification.objects.visible_to(by).unread().update(read_at=clock.now())


def release_held(*, by: User) -> int:
    """Lets e-mails that wait for the end of quiet hours be judged anew, for hours that were changed; gives how many."""
    now = clock.now()
    held = Notification.objects.filter(user=by, email_state=Notification.Email.PENDING, email_due_at__gt=now)
    return held.update(email_due_at=now)
