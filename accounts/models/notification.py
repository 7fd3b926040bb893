"""What a user is told, in the notification centre and by e-mail."""

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models.account import Account
from accounts.models.user import User

# Longer than any sender waits for a mail server: a claim older than this was left by one that died.
SENDING_TAKES = dt.timedelta(minutes=15)


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Conditions over notifications."""

    def visible_to(self, user: User) -> "NotificationQuerySet":
        return self.filter(user=user)

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)

    def to_send(self, *, now: dt.datetime) -> "NotificationQuerySet":
        return self.filter(email_state=Notification.Email.PENDING, email_due_at__lte=now)

    def for_digest(self) -> "NotificationQuerySet":
        return self.filter(email_state=Notification.Email.DIGEST)

    def unclear(self, *, now: dt.datetime) -> "NotificationQuerySet":
        """Claimed so long ago that the sender must have died: the e-mail may have gone out or not. A person decides."""
        return self.filter(email_state=Notification.Email.SENDING, email_claimed_at__lt=now - SENDING_TAKES)

    def undecided(self, *, now: dt.datetime) -> "NotificationQuerySet":
        """Whose e-mail a person should look at: unclear, or given up."""
        return self.unclear(now=now) | self.filter(email_state=Notification.Email.FAILED)


class Digest(models.Model):
    """One e-mail a day to one user, with what could wait. Made when it is claimed, so that it goes out once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField(help_text="The day in the user's zone.")
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"Digest of {self.day} to {self.user_id}"


class Notification(models.Model):
    """One message to one user. Its key makes it once, its e-mail state makes it sent once."""

    class Email(models.TextChoices):
        NONE = "none", "None"
        DIGEST = "digest", "Waits for the digest"
        PENDING = "pending", "To be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=200, unique=True, help_text="Names the cause, so that it is told once.")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    severity = models.PositiveSmallIntegerField(default=3, help_text="1 critical, 2 high, 3 normal.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    email_state = models.CharField(max_length=8, choices=Email, default=Email.NONE)
    email_due_at = models.DateTimeField(null=True, blank=True)
    email_claimed_at = models.DateTimeField(null=True, blank=True)
    email_sent_at = models.DateTimeField(null=True, blank=True)
    email_error = models.CharField(max_length=300, blank=True)
    email_attempts = models.PositiveSmallIntegerField(default=0)
    digest = models.ForeignKey(
        Digest, on_delete=models.SET_NULL, null=True, blank=True, related_name="notifications", editable=False
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_user"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(fields=["email_due_at"], name="notification_to_send", condition=Q(email_state="pending")),
            models.Index(fields=["user"], name="notification_for_digest", condition=Q(email_state="digest")),
            models.Index(fields=["email_claimed_at"], name="notification_sending", condition=Q(email_state="sending")),
        ]

    def __str__(self) -> str:
        return self.title
