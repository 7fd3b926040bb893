"""Sending what is due by e-mail, once.

Each e-mail is claimed (committed) before it is handed over and marked as sent after. A sender that dies in between
leaves the claim behind: nobody can know whether the mail server took the message, so it is never sent again by itself
but shown to an admin as unclear.

What is due in somebody's quiet hours is due again at their end. That is decided as it is about to go out and not when
it was written, so that it follows what the person has set by then.
"""

import datetime as dt
import logging
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Digest, Notification, User
from accounts.services.handing_over import ATTEMPTS, Outcome, absolute, hand_over, mail_server, next_try
from accounts.services.notifying import CRITICAL
from cs_workspace.common import clock

logger = logging.getLogger(__name__)

# Of one run: the next one comes half a minute later
BATCH = 200


def send_messages() -> Counter[Outcome]:
    """Sends what is due at once, most severe first. Safe to run twice and at the same time.

    A mail server that cannot be reached costs nothing: it is asked before anything is claimed. Gives the number of
    e-mails by what became of them.
    """
    done: Counter[Outcome] = Counter()
    if not Notification.objects.to_send(now=clock.now()).exists():
        return done
    with mail_server() as server:
        while server and done.total() < BATCH:
            claimed = _claim_message()
            if claimed is None:
                break
            notification, mail = claimed
            outcome, error = hand_over(mail, server)
            _settle(Notification.objects.filter(pk=notification.pk), outcome, error, back_to=Notification.Email.PENDING)
            done[outcome] += 1
            if outcome is Outcome.UNCLEAR:  # the connection is lost; the next run opens another
                break
    return done


def send_digests() -> Counter[Outcome]:
    """Sends one digest a day to everyone for whom something waits and whose hour has come. Safe to run twice."""
    done: Counter[Outcome] = Counter()
    due = [(user, day) for user in _users_awaiting_digests() if (day := _digest_day(user, clock.now()))]
    if not due:
        return done
    with mail_server() as server:
        if server is None:
            return done
        for user, day in due:
            mail = _claim_digest(user, day)
            if mail is None:
                continue
            outcome, error = hand_over(mail, server)
            _settle_digest(user, day, outcome, error)
            done[outcome] += 1
            if outcome is Outcome.UNCLEAR:
                break
    return done


def send_again(notification: Notification, *, by: User) -> bool:
    """A person decides that an unclear or failed e-mail goes out (once more); False if there was nothing to decide."""
    logger.info("User %s sends notification %s again", by.pk, notification.pk)
    undecided = Notification.objects.undecided(now=clock.now()).filter(pk=notification.pk)
    pending = Notification.Email.PENDING
    return bool(undecided.update(email_state=pending, email_due_at=clock.now(), email_attempts=0, email_error=""))


def count_as_sent(notification: Notification, *, by: User) -> bool:
    """A person decides that an unclear e-mail did go out; False if there was nothing to decide."""
    logger.info("User %s counts notification %s as sent", by.pk, notification.pk)
    unclear = Notification.objects.unclear(now=clock.now()).filter(pk=notification.pk)
    return bool(unclear.update(email_state=Notification.Email.SENT, email_sent_at=clock.now(), email_error=""))


@transaction.atomic(durable=True)
def _claim_message() -> tuple[Notification, EmailMultiAlternatives] | None:
    """The next e-mail to go out, claimed and written: one that cannot be written is not claimed either.

    Those that come before it and fall into quiet hours are put off.
    """
    now = clock.now()
    waiting = (
        Notification.objects.to_send(now=now)
        .filter(user__is_active=True)
        .select_related("user")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("severity", "email_due_at", "pk")
    )
    while (notification := waiting.first()) is not None:
        until = _held_until(notification, now)
        if until is None:
            _claim(Notification.objects.filter(pk=notification.pk))
            return notification, _message_mail(notification)
        Notification.objects.filter(pk=notification.pk).update(email_due_at=until)
    return None


def _held_until(notification: Notification, now: dt.datetime) -> dt.datetime | None:
    """When the receiver's quiet ends, for what has to wait for that; None for what may go out."""
    user = notification.user
    comes_through = notification.severity == CRITICAL and user.quiet_lets_critical
    return None if comes_through else user.quiet_until(now)


def _claim(notifications: QuerySet[Notification], **fields: Any) -> None:
    notifications.update(
        email_state=Notification.Email.SENDING,
        email_claimed_at=clock.now(),
        email_attempts=F("email_attempts") + 1,
        email_error="",
        **fields,
    )


def _users_awaiting_digests() -> list[User]:
    waiting = Notification.objects.for_digest().values("user")
    return list(
        User.objects.filter(pk__in=waiting, is_active=True).exclude(email_delivery=User.Delivery.NONE).order_by("pk")
    )


def _digest_day(user: User, now: dt.datetime) -> dt.date | None:
    """The user's day, once the hour of the digest has come and it is not quiet."""
    local = now.astimezone(user.zone)
    return local.date() if local.hour >= user.digest_hour and user.quiet_until(now) is None else None


@transaction.atomic(durable=True)
def _claim_digest(user: User, day: dt.date) -> EmailMultiAlternatives | None:
    """The digest of what was not read meanwhile; None if there is nothing, or that day's was claimed already."""
    waiting = Notification.objects.for_digest().filter(user=user)
    waiting.exclude(read_at=None).update(email_state=Notification.Email.NONE)
    if not waiting.exists():
        return None
    digest, is_first = Digest.objects.get_or_create(user=user, day=day, defaults={"claimed_at": clock.now()})
    if not is_first:
        return None
    _claim(waiting, digest=digest)
    return _digest_mail(user, day, list(digest.notifications.order_by("severity", "-created_at", "-pk")))


@transaction.atomic
def _settle_digest(user: User, day: dt.date, outcome: Outcome, error: str) -> None:
    digest = Digest.objects.get(user=user, day=day)
    _settle(digest.notifications.all(), outcome, error, back_to=Notification.Email.DIGEST)
    if outcome is Outcome.SENT:
        Digest.objects.filter(pk=digest.pk).update(sent_at=clock.now())
    elif outcome is Outcome.LATER:
        digest.delete()


def _settle(
    notifications: QuerySet[Notification], outcome: Outcome, error: str, *, back_to: Notification.Email
) -> None:
    """Writes down what became of claimed e-mails. Unclear ones stay as they are, with the error beside them."""
    error = error[:300]
    match outcome:
        case Outcome.SENT:
            notifications.update(email_state=Notification.Email.SENT, email_sent_at=clock.now())
        case Outcome.UNCLEAR:
            notifications.update(email_error=error)
        case Outcome.REFUSED | Outcome.SUPPRESSED:
            notifications.update(email_state=Notification.Email.FAILED, email_error=error)
        case Outcome.LATER:
            worn_out = notifications.filter(email_attempts__gte=ATTEMPTS)
            worn_out.update(email_state=Notification.Email.FAILED, email_error=error)
            notifications.exclude(email_state=Notification.Email.FAILED).update(
                email_state=back_to, email_due_at=clock.now() + next_try(), email_error=error
            )


def _message_mail(notification: Notification) -> EmailMultiAlternatives:
    context = {"notification": notification, "link": absolute(notification.url) if notification.url else ""}
    return _mail(
        notification.user, notification.title, "message", context, message_id=f"notification-{notification.pk}"
    )


def _digest_mail(user: User, day: dt.date, notifications: list[Notification]) -> EmailMultiAlternatives:
    count = len(notifications)
    entries = [(one, absolute(one.url) if one.url else "") for one in notifications]
    subject = f"{count} alert{'' if count == 1 else 's'} since your last digest"
    return _mail(user, subject, "digest", {"entries": entries, "day": day}, message_id=f"digest-{user.pk}-{day}")


def _mail(
    user: User, subject: str, template: str, context: dict[str, Any], *, message_id: str
) -> EmailMultiAlternatives:
    """Text with an HTML alternative. The stable id lets mail programs drop a copy that a person had sent again."""
    context = context | {
        "user": user,
        "workspace": settings.WORKSPACE_NAME,
        "settings_link": absolute(reverse("settings")),
        "notifications_link": absolute(reverse("accounts:notifications")),
    }
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"accounts/mail/{template}.txt", context),
        to=[user.email],
        headers={"Message-ID": f"<{message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"accounts/mail/{template}.html", context), "text/html")
    return mail
