"""Business reviews: one for each meeting in which we go with a customer through what was achieved and what comes."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from qbr.domain import agendas
from qbr.domain import reviews as domain

# Plain text: migrations keep conditions as they were written, and must not hang on classes of the domain.
AHEAD = [status.value for status in domain.AHEAD]
DONE = [status.value for status in domain.DONE]
OPEN = [status.value for status in domain.OPEN]


class ReviewQuerySet(models.QuerySet["Review"]):
    """Conditions over reviews."""

    def visible_to(self, user: User) -> "ReviewQuerySet":
        return self.filter(of_visible_accounts(user))

    def open(self) -> "ReviewQuerySet":
        """Still asking for something: not followed up and not cancelled."""
        return self.filter(status__in=OPEN)

    def ahead(self) -> "ReviewQuerySet":
        """Not held yet."""
        return self.filter(status__in=AHEAD)

    def done(self) -> "ReviewQuerySet":
        return self.filter(status__in=DONE)

    def due_between(self, first: dt.date, after: dt.date) -> "ReviewQuerySet":
        """Whose due day falls in the half-open period [first, after)."""
        return self.filter(due_on__gte=first, due_on__lt=after)

    def overdue(self, *, today: dt.date) -> "ReviewQuerySet":
        """Ahead, though their day is over."""
        return self.ahead().filter(due_on__lt=today)

    def waiting(self, *, today: dt.date, now: dt.datetime) -> "tuple[ReviewQuerySet, ReviewQuerySet, ReviewQuerySet]":
        """Which ask for something at once: held and not followed up, or ahead though their moment is over; without
        one, their day. No review is in two of the three."""
        # By itself each finds the index of its own; as alternatives of one condition they do not, and the navigation
        # asks on every page.
        begun = self.filter(status__in=AHEAD, starts_at__lte=now)
        late = self.filter(status__in=AHEAD, starts_at=None, due_on__lt=today)
        return self.filter(status=domain.Status.HELD.value), begun, late


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["updated_at", "version", "facts", "facts_at"],
)
class Review(Timed, Versioned):
    """A review with a customer, from the day that it is due until everything that was agreed in it is on its way.

    It looks at the days [since, until), and is due on `due_on`, a day of the workspace. `facts` is what its pages
    showed when it was held (`qbr.domain.facts`); until then they are compiled anew whenever somebody looks.
    """

    class Kind(models.TextChoices):
        QBR = domain.Kind.QBR.value, domain.KIND_LABELS[domain.Kind.QBR]
        ANNUAL = domain.Kind.ANNUAL.value, domain.KIND_LABELS[domain.Kind.ANNUAL]
        EXECUTIVE = domain.Kind.EXECUTIVE.value, domain.KIND_LABELS[domain.Kind.EXECUTIVE]
        CHECKPOINT = domain.Kind.CHECKPOINT.value, domain.KIND_LABELS[domain.Kind.CHECKPOINT]

    class Origin(models.TextChoices):
        PACE = domain.Origin.PACE.value, domain.ORIGIN_LABELS[domain.Origin.PACE]
        DECLINE = domain.Origin.DECLINE.value, domain.ORIGIN_LABELS[domain.Origin.DECLINE]
        REQUEST = domain.Origin.REQUEST.value, domain.ORIGIN_LABELS[domain.Origin.REQUEST]
        ONBOARDING = domain.Origin.ONBOARDING.value, domain.ORIGIN_LABELS[domain.Origin.ONBOARDING]

    class Status(models.TextChoices):
        DUE = domain.Status.DUE.value, domain.STATUS_LABELS[domain.Status.DUE]
        SCHEDULED = domain.Status.SCHEDULED.value, domain.STATUS_LABELS[domain.Status.SCHEDULED]
        PREPARING = domain.Status.PREPARING.value, domain.STATUS_LABELS[domain.Status.PREPARING]
        READY = domain.Status.READY.value, domain.STATUS_LABELS[domain.Status.READY]
        HELD = domain.Status.HELD.value, domain.STATUS_LABELS[domain.Status.HELD]
        FOLLOWED_UP = domain.Status.FOLLOWED_UP.value, domain.STATUS_LABELS[domain.Status.FOLLOWED_UP]
        CANCELLED = domain.Status.CANCELLED.value, domain.STATUS_LABELS[domain.Status.CANCELLED]

    class Agenda(models.TextChoices):
        CONVERSATION = agendas.Preset.CONVERSATION.value, agendas.PRESET_LABELS[agendas.Preset.CONVERSATION]
        EXECUTIVE = agendas.Preset.EXECUTIVE.value, agendas.PRESET_LABELS[agendas.Preset.EXECUTIVE]
        CLASSIC = agendas.Preset.CLASSIC.value, agendas.PRESET_LABELS[agendas.Preset.CLASSIC]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.QBR)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.REQUEST)
    reason = models.CharField("why", max_length=300, blank=True, help_text="What somebody who asked for it said.")
    status = models.CharField(max_length=11, choices=Status, default=Status.DUE)
    status_since = models.DateTimeField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews")
    due_on = models.DateField("due")
    since = models.DateField("looks at the days from")
    until = models.DateField("until before", help_text="The first day that it no longer looks at.")

    starts_at = models.DateTimeField("takes place", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=agendas.MINUTES)
    time_zone = models.CharField(max_length=60, blank=True, help_text="In which the customer is invited.")
    place = models.CharField(max_length=300, blank=True, help_text="A room, or the address of a call.")
    agenda = models.CharField(max_length=12, choices=Agenda, default=Agenda.CONVERSATION)
    # Grows with each change of day, hour or place: by it, calendars know which invitation holds (RFC 5545, SEQUENCE).
    invitation = models.PositiveSmallIntegerField(default=0, editable=False)

    preparing_since = models.DateTimeField(null=True, blank=True, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True, editable=False)
    agenda_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    followed_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_reason = models.CharField(max_length=300, blank=True)

    facts = models.JSONField(null=True, editable=False)
    facts_at = models.DateTimeField(null=True, editable=False)
    score_before = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, editable=False, help_text="On the day that it was held."
    )
    score_after = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, editable=False, help_text="30 days after that."
    )
    touch = models.OneToOneField(
        "accounts.Touch", on_delete=models.SET_NULL, null=True, related_name="review", editable=False
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["account", "-due_on"], name="review_account"),
            models.Index(fields=["account", "status", "due_on"], name="review_counted"),
            models.Index(fields=["owner", "due_on"], name="review_open_of", condition=Q(status__in=OPEN)),
            models.Index(fields=["due_on", "id"], name="review_due"),
            models.Index(fields=["due_on", "id"], name="review_open_due", condition=Q(status__in=OPEN)),
            models.Index(fields=["starts_at"], name="review_starts", condition=Q(starts_at__isnull=False)),
            # Those of `waiting`, with the account by which it is told who sees them.
            models.Index(fields=["due_on"], include=["account"], name="review_held_of", condition=Q(status="held")),
            models.Index(
                fields=["starts_at"],
                include=["account"],
                name="review_begins_of",
                condition=Q(status__in=AHEAD, starts_at__isnull=False),
            ),
            models.Index(
                fields=["due_on"],
                include=["account"],
                name="review_without_moment",
                condition=Q(status__in=AHEAD, starts_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], condition=Q(status__in=AHEAD), name="review_one_ahead"),
            # What was cancelled is not due once more.
            models.UniqueConstraint(
                fields=["account", "kind", "due_on"], condition=~Q(origin="request"), name="review_due_once"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="review_looks_at_days"),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(starts_at__isnull=False), name="review_scheduled_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DONE) | Q(held_at__isnull=False, facts__isnull=False),
                name="review_held_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="followed_up") | Q(followed_up_at__isnull=False), name="review_followed_up_is_whole"
            ),
            models.CheckConstraint(condition=Q(minutes__range=(15, 480)), name="review_minutes_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} with {self.account}"

    @property
    def is_ahead(self) -> bool:
        return self.status in AHEAD

    @property
    def is_held(self) -> bool:
        return self.status in DONE
