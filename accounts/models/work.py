"""Daily work: tasks, notes and touches."""

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Q

from accounts.models.account import Account
from accounts.models.contact import Contact
from accounts.models.user import User
from cs_workspace.common.expressions import AnyOf
from cs_workspace.common.models import Sourced, Timed, Versioned, unique_from_outside

if TYPE_CHECKING:
    from accounts.models.recurrence import Recurrence


class TaskQuerySet(models.QuerySet["Task"]):
    """Conditions over tasks."""

    def visible_to(self, user: User) -> "TaskQuerySet":
        """Tasks on accounts that the user sees, and those without an account that the user has or made."""
        if user.is_active and user.sees_everything:
            # Asked of each task's own account: beside an "or", PostgreSQL would first list all accounts there are.
            seen = Q(account__isnull=False, account__archived_at=None)
        else:
            seen = Q(account__in=Account.objects.visible_to(user).values("pk"))
        own = Q(account=None) & (Q(pk__in=Task.assignees.through.objects.filter(user=user).values("task")) | Q(by=user))
        return self.filter(seen | own)

    def assigned_to(self, user_ids: list[int]) -> "TaskQuerySet":
        theirs = Task.assignees.through.objects.filter(user__in=user_ids).values("task")
        return self.filter(AnyOf(F("pk"), ArraySubquery(theirs)))

    def open(self, *, now: dt.datetime) -> "TaskQuerySet":
        """Not done, not cancelled and not asleep."""
        return self.unfinished().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))

    def unfinished(self) -> "TaskQuerySet":
        return self.filter(status=Task.Status.OPEN)

    def due_before(self, moment: dt.datetime) -> "TaskQuerySet":
        return self.filter(due_at__lt=moment)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"])
class Task(Timed, Versioned):
    """Something that somebody should do, by a moment, for an account."""

    class Priority(models.IntegerChoices):
        URGENT = 1, "Urgent"
        HIGH = 2, "High"
        NORMAL = 3, "Normal"
        LOW = 4, "Low"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    class Origin(models.TextChoices):
        HAND = "hand", "By hand"
        ALERT = "alert", "Alert"
        PLAYBOOK = "playbook", "Playbook"
        RENEWAL = "renewal", "Renewal"
        REVIEW = "review", "Review"
        COMMAND = "command", "Command"

    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    linked_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True, editable=False)
    linked_id = models.BigIntegerField(null=True, blank=True, editable=False)
    linked = GenericForeignKey("linked_type", "linked_id")
    assignees: models.ManyToManyField = models.ManyToManyField(User, related_name="tasks", blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.HAND, editable=False)
    origin_key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)
    outcome = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks_made")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks_done")
    snoozed_until = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_at").asc(nulls_last=True), "priority", "pk"]
        indexes = [
            models.Index(fields=["account", "status", "due_at"], name="task_account"),
            models.Index(fields=["due_at", "id"], name="task_open_by_due", condition=Q(status="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at=None)),
                name="task_done_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(linked_type=None, linked_id=None) | Q(linked_type__isnull=False, linked_id__isnull=False),
                name="task_link_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def repeats(self) -> "Recurrence | None":
        """The rule by which another one comes after this one."""
        found: Recurrence | None = getattr(self, "recurrence", None)
        return found if found and found.stopped_at is None else None


class NoteQuerySet(models.QuerySet["Note"]):
    """Conditions over notes."""

    def visible_to(self, user: User) -> "NoteQuerySet":
        return self.of_accounts_of(user).filter(archived_at=None)

    def of_accounts_of(self, user: User) -> "NoteQuerySet":
        """Notes on accounts that the user sees, the archived ones as well: for bringing them back."""
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"])
class Note(Timed, Versioned):
    """Something written down about an account, in Markdown."""

    class Template(models.TextChoices):
        PLAIN = "", "Plain"
        CHURN_RISK = "churn_risk", "Churn-risk assessment"
        HANDOVER = "handover", "Hand-over"
        MEETING = "meeting", "Meeting notes"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notes")
    body = models.TextField()
    template = models.CharField(max_length=12, choices=Template, default=Template.PLAIN, blank=True)
    pinned = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="notes")
    at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["account", "-at", "-id"], name="note_account")]

    def __str__(self) -> str:
        return self.body[:60]


class TouchQuerySet(models.QuerySet["Touch"]):
    """Conditions over touches."""

    def visible_to(self, user: User) -> "TouchQuerySet":
        return self.of_accounts_of(user).filter(archived_at=None)

    def of_accounts_of(self, user: User) -> "TouchQuerySet":
        """Touches on accounts that the user sees, the archived ones as well: for bringing them back."""
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def kept(self) -> "TouchQuerySet":
        return self.filter(archived_at=None)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version", "two_way"])
class Touch(Timed, Sourced, Versioned):
    """One contact between us and the customer: held, missed, written or answered."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        MEETING = "meeting", "Meeting"
        EMAIL = "email", "E-mail"
        CHAT = "chat", "Chat"
        VISIT = "visit", "Visit"
        QBR = "qbr", "Business review"

    class Direction(models.TextChoices):
        OUTBOUND = "out", "From us"
        INBOUND = "in", "From the customer"

    # Those that are scheduled, so that they can be attended or missed
    SCHEDULED = [Kind.CALL, Kind.MEETING, Kind.VISIT, Kind.QBR]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touches")
    kind = models.CharField(max_length=7, choices=Kind)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.OUTBOUND)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="touches")
    attendees: models.ManyToManyField = models.ManyToManyField(Contact, related_name="touches", blank=True)
    attended = models.BooleanField(
        null=True, blank=True, help_text="For scheduled touches: the customer came. Empty if not scheduled."
    )
    answered_at = models.DateTimeField(null=True, blank=True, help_text="For messages from us: when they answered.")
    sentiment = models.CharField(max_length=8, choices=Contact.Sentiment, blank=True)
    summary = models.TextField(blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    two_way = models.GeneratedField(
        expression=models.Case(
            models.When(Q(direction="in") | Q(attended=True) | Q(answered_at__isnull=False), then=True),
            default=False,
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        help_text="The customer took part: came, wrote or answered.",
    )

    objects = TouchQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "touches"
        indexes = [models.Index(fields=["account", "-at", "-id"], name="touch_account")]
        constraints = [
            unique_from_outside("touch"),
            models.CheckConstraint(
                condition=Q(attended=None) | Q(kind__in=["call", "meeting", "visit", "qbr"]),
                name="touch_attended_if_scheduled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.at:%d %b %Y}"
