"""E-mail to customers: the outbox, what mail servers told of it later, and who is not written to any more."""

import datetime as dt
from uuid import uuid4
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Lower

from accounts.domain.approving_mail import Standing
from accounts.domain.quiet import QuietHours
from accounts.domain.sending_mail import Limit
from accounts.models.account import Account, of_visible_accounts
from accounts.models.contact import Contact
from accounts.models.notification import SENDING_TAKES
from accounts.models.sequence import Enrolment, SequenceStep
from accounts.models.user import User
from cs_workspace.common import clock
from cs_workspace.common.expressions import AnyOf
from cs_workspace.common.models import Timed, Versioned


class MailRules(models.Model):
    """How customers are written to, whoever writes: one row for the workspace, tuned by admins."""

    automatic_most = models.PositiveSmallIntegerField(
        "automated e-mails to one person", default=2, help_text="At most so many within the window."
    )
    automatic_days = models.PositiveSmallIntegerField("window in days", default=7)
    quiet_from = models.TimeField(
        default=dt.time(19), null=True, blank=True, help_text="In the contact's zone; empty for never."
    )
    quiet_to = models.TimeField("quiet until", default=dt.time(8), null=True, blank=True)
    quiet_weekends = models.BooleanField("quiet on Saturdays and Sundays", default=True)
    postal_address = models.CharField(
        max_length=300, blank=True, help_text="Stands below every automated e-mail; many countries ask for it."
    )

    class Meta:
        verbose_name = verbose_name_plural = "rules for e-mail to customers"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="mail_rules_one_row"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="mail_rules_quiet_has_both_ends",
            ),
            models.CheckConstraint(condition=Q(automatic_days__gte=1), name="mail_rules_window"),
        ]

    def __str__(self) -> str:
        return "Rules for e-mail to customers"

    @classmethod
    def current(cls) -> "MailRules":
        """The rules as they stand; the defaults where nobody has tuned them yet. One query."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def limit(self) -> Limit:
        """How much may go to one person by itself."""
        return Limit(self.automatic_most, dt.timedelta(days=self.automatic_days))

    def quiet_hours(self, zone: ZoneInfo) -> QuietHours:
        """When nothing goes to a person in that zone."""
        return QuietHours(zone, self.quiet_from, self.quiet_to, weekends=self.quiet_weekends)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Conditions over addresses that are not written to."""

    def covering(self, address: str | OuterRef) -> "SuppressionQuerySet":
        """The one of an address, or of that of an outer row, however it is written there."""
        return self.filter(address=address.lower() if isinstance(address, str) else Lower(address))


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    meta={"verbose_name": "change of the list", "verbose_name_plural": "changes of the list"},
)
class Suppression(models.Model):
    """An address that nothing is sent to, in lower case."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Bounced for good"
        COMPLAINED = "complained", "Marked as spam"
        BY_HAND = "by_hand", "By hand"

    address = models.EmailField(unique=True)
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = "address without e-mail", "addresses without e-mail"
        constraints = [models.CheckConstraint(condition=Q(address=Lower("address")), name="suppression_in_lower_case")]

    def __str__(self) -> str:
        return self.address


class MailQuerySet(models.QuerySet["Mail"]):
    """Conditions over e-mails to customers."""

    def visible_to(self, user: User) -> "MailQuerySet":
        return self.filter(of_visible_accounts(user))

    def drafts(self) -> "MailQuerySet":
        """What waits for a person to read and approve it."""
        return self.filter(state=Mail.State.DRAFT)

    def to_send(self, *, now: dt.datetime) -> "MailQuerySet":
        """What may go out as soon as somebody takes it."""
        return self.filter(state=Mail.State.QUEUED, due_at__lte=now)

    def signed_by(self, user: User) -> "MailQuerySet":
        """What a person signs; what nobody signs is up to the owner of the account."""
        # Both branches are found by an index: a book is small beside all that nobody signs.
        owned = ArraySubquery(Account.objects.filter(owner=user).order_by().values("pk"))
        return self.filter(Q(sender=user) | Q(AnyOf(F("account"), owned), sender=None))

    def waiting_for(self, user: User, *, now: dt.datetime) -> "MailQuerySet":
        """What a person is to read and approve, or to decide on."""
        return self.signed_by(user).filter(Q(state=Mail.State.DRAFT) | is_undecided(now))

    def unclear(self, *, now: dt.datetime) -> "MailQuerySet":
        """It may have gone out or not: the line broke, or the sender must have died. A person decides."""
        return self.filter(is_unclear(now))

    def to_address(self, address: str) -> "MailQuerySet":
        """To an e-mail address, however it is written."""
        return self.alias(lower_address=Lower("address")).filter(lower_address=address.lower())

    def unsent(self) -> "MailQuerySet":
        """What can still be cancelled."""
        return self.filter(state__in=(Mail.State.DRAFT, Mail.State.QUEUED))

    def not_arrived(self) -> "MailQuerySet":
        """What never went out, or came back; of what is on its way or unclear nobody can say so."""
        gone = Q(state__in=(Mail.State.SENDING, Mail.State.SENT))
        return self.filter(~gone | Q(bounced_at__isnull=False))

    def automatic_since(self, moment: dt.datetime) -> "MailQuerySet":
        """What went out, or is on its way, by itself since a moment: what counts for the limit of a contact."""
        gone = Q(state=Mail.State.SENT, sent_at__gte=moment) | Q(state=Mail.State.SENDING, claimed_at__gte=moment)
        return self.filter(gone, by_itself=True)


def is_undecided(now: dt.datetime) -> Q:
    """What a person should look at: unclear, or given up."""
    return Q(state=Mail.State.FAILED) | is_unclear(now)


def is_unclear(now: dt.datetime) -> Q:
    """Claimed, and the line broke, which is written down, or so long ago that its sender must have died."""
    # Reckoned by the database, so that the statement can be kept with a stand-in for the moment.
    long_ago = ExpressionWrapper(Value(now) - Value(SENDING_TAKES), output_field=models.DateTimeField())
    return Q(state=Mail.State.SENDING) & (~Q(error="") | Q(claimed_at__lt=long_ago))


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["subject", "text", "state", "due_at", "address"],
    model_name="MailChange",
)
class Mail(Timed, Versioned):
    """One e-mail to one person at a customer. Its key makes it once, its state makes it sent once.

    A draft becomes queued when it is approved; queued ones are claimed (sending) by one sender, which is committed
    before they are handed over. What a rule keeps back (an address that bounced, a sequence that stopped) is withheld.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        QUEUED = "queued", "Waits to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        WITHHELD = "withheld", "Not sent"

    class Cause(models.TextChoices):
        SEQUENCE = "sequence", "Sequence"
        PLAYBOOK = "playbook", "Playbook"
        RENEWAL = "renewal", "Renewal timeline"
        RECAP = "recap", "Review recap"
        SURVEY = "survey", "Survey"
        BY_HAND = "by_hand", "By hand"

    key = models.CharField(max_length=200, unique=True, help_text="Names the cause and the receiver.")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mails", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails")
    address = models.EmailField(help_text="To which it goes or went.")
    receiver = models.CharField(max_length=120, help_text="Name of the person.")
    sender = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who signs, and is answered.",
    )
    cause = models.CharField(max_length=8, choices=Cause)
    origin = models.CharField(max_length=60, blank=True, help_text="Names the record that it comes from.")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails")
    step = models.ForeignKey(SequenceStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails")
    subject = models.CharField(max_length=200)
    text = models.TextField(help_text="Markdown; the same is sent as plain text and as HTML.")
    html = models.TextField(blank=True, help_text="Only where it is not made of the text.")
    by_itself = models.BooleanField(help_text="Nobody reads it before: it counts for the limits.")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    because = models.CharField(max_length=300, blank=True, help_text="Why it was cancelled, withheld or put off.")
    due_at = models.DateTimeField(help_text="Not before then.")
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    token = models.UUIDField(unique=True, default=uuid4, editable=False, help_text="In its id and its links.")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-due_at", "-id"], name="mail_account"),
            # By it the outbox counts without touching the texts.
            models.Index(fields=["account", "sender", "state"], name="mail_counted"),
            models.Index(fields=["due_at", "id"], name="mail_to_send", condition=Q(state="queued")),
            models.Index(fields=["claimed_at"], name="mail_sending", condition=Q(state="sending")),
            models.Index(
                fields=["sender", "state"], name="mail_waits", condition=Q(state__in=("draft", "sending", "failed"))
            ),
            models.Index(fields=["state", "-due_at", "-id"], name="mail_state"),
            models.Index(Lower("address"), F("sent_at").desc(), name="mail_address"),
            models.Index(fields=["cause", "origin"], name="mail_origin", condition=~Q(origin="")),
            # Which surveys came to somebody.
            models.Index(
                fields=["id"], name="mail_survey_arrived", condition=Q(cause="survey", state="sent", bounced_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="mail_sent_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="mail_sending_is_claimed"
            ),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="mail_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed, approved or cancelled."""
        return self.state in (self.State.DRAFT, self.State.QUEUED)

    @property
    def standing(self) -> Standing:
        """How it stands at this moment: what nobody knows to have gone out is unclear. The same as in `unclear`."""
        if self.state == self.State.SENDING and self.claimed_at is not None:
            is_over = bool(self.error) or self.claimed_at < clock.now() - SENDING_TAKES
            return Standing.UNCLEAR if is_over else Standing.SENDING
        return Standing(self.state)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the receiver's hours: the contact's, else the account's. Reads both where they are not there."""
        return clock.zone_of(self.contact.time_zone if self.contact else "", self.account.time_zone)


class MailEvent(models.Model):
    """Something a mail server told: each once, however often it tells it."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "Delivered"
        OPENED = "opened", "Opened"
        CLICKED = "clicked", "Clicked"
        BOUNCED = "bounced", "Bounced"
        DEFERRED = "deferred", "Put off"
        COMPLAINED = "complained", "Marked as spam"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        REPLIED = "replied", "Replied"
        REJECTED = "rejected", "Rejected"

    provider = models.CharField(max_length=30)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    address = models.EmailField(blank=True)
    at = models.DateTimeField()
    detail = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = "event of an e-mail", "what mail servers told"
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="mail_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"
