"""Templates of e-mails, sequences of them, and who is in one."""

import datetime as dt

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.domain.merging import problem_with
from accounts.models.account import Account, of_visible_accounts
from accounts.models.contact import Contact
from accounts.models.user import User
from cs_workspace.common.models import Timed, Versioned


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    """Conditions over templates."""

    def kept(self) -> "MailTemplateQuerySet":
        return self.filter(archived_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class MailTemplate(Timed, Versioned):
    """An e-mail with merge fields; those that the product brings have a key of its own."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=160)
    body = models.TextField(help_text="Markdown with merge fields such as {account.name}.")
    shipped = models.BooleanField(default=False, editable=False, help_text="Came with the product.")
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "e-mail template"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        # Which fields there are is known above: causes bring their own. Here it is looked how they are written.
        problems = {name: problem_with(getattr(self, name), fields=None) for name in ("subject", "body")}
        if found := {name: words for name, words in problems.items() if words}:
            raise ValidationError(found)


class SequenceQuerySet(models.QuerySet["Sequence"]):
    """Conditions over sequences."""

    def active(self) -> "SequenceQuerySet":
        """Switched on."""
        return self.exclude(active_since=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class Sequence(Timed, Versioned):
    """E-mails by days from a moment, to one person at a customer each, until something stops them."""

    class StopsOn(models.TextChoices):
        REPLY = "reply", "A reply"
        MEETING = "meeting", "A meeting"
        GOAL = "goal", "What it is for is reached"

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300, blank=True)
    source = models.SlugField(
        "starts by", max_length=40, blank=True, help_text="Who is put into it, and when; empty for by hand only."
    )
    to_role = models.CharField(
        "goes to", max_length=15, choices=Contact.Role, default=Contact.Role.CHAMPION, help_text="Role of the contact."
    )
    by_itself = models.BooleanField(
        "sent by itself", default=False, help_text="Without it each e-mail is a draft that somebody approves."
    )
    stops_on: ArrayField = ArrayField(
        models.CharField(max_length=8, choices=StopsOn),
        default=list,
        blank=True,
        help_text="A bounce and an unsubscription stop every sequence.",
    )
    active_since = models.DateTimeField(null=True, blank=True, help_text="Nobody is put into it by what was before.")
    shipped = models.BooleanField(default=False, editable=False, help_text="Came with the product.")

    objects = SequenceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether contacts are put into it."""
        return self.active_since is not None


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SequenceStep(models.Model):
    """An e-mail of a sequence, or a task for the CSM, so many days from the day that it counts from."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        TASK = "task", "Task for the CSM"

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="steps", db_index=False)
    key = models.SlugField(max_length=60)
    offset_days = models.SmallIntegerField(help_text="From the day of the sequence; negative for days before it.")
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.EMAIL)
    template = models.ForeignKey(
        MailTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="steps", help_text="Of an e-mail."
    )
    title = models.CharField(max_length=160, blank=True, help_text="Of a task, with merge fields.")
    variant = models.SlugField(
        max_length=30, blank=True, help_text="Only for those who are in the sequence for this; empty for everybody."
    )
    only_with = models.CharField(
        max_length=60, blank=True, help_text="A merge field that has to be known; without it the step is passed over."
    )

    class Meta:
        ordering = ["sequence", "offset_days", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sequence", "key"], name="sequence_step_key_once"),
            models.UniqueConstraint(fields=["sequence", "offset_days", "variant"], name="sequence_step_day_once"),
            models.CheckConstraint(
                condition=Q(kind="email", template__isnull=False, title="")
                | (Q(kind="task", template=None) & ~Q(title="")),
                name="sequence_step_has_what_it_does",
            ),
        ]

    def __str__(self) -> str:
        return f"Day {self.offset_days} of {self.sequence_id}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Conditions over enrolments."""

    def visible_to(self, user: User) -> "EnrolmentQuerySet":
        return self.filter(of_visible_accounts(user))

    def running(self) -> "EnrolmentQuerySet":
        return self.filter(state=Enrolment.State.RUNNING)

    def due(self, *, today: dt.date) -> "EnrolmentQuerySet":
        """With a step whose day has come, and not resting."""
        return self.running().filter(next_on__lte=today, paused_at=None)


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["state", "stopped_because", "next_on"],
    model_name="EnrolmentChange",
)
class Enrolment(Timed, Versioned):
    """A contact in a sequence. One running per sequence and contact, and one ever per cause."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped"

    class Because(models.TextChoices):
        REPLY = "reply", "Replied"
        BOUNCE = "bounce", "An e-mail bounced"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        MEETING = "meeting", "A meeting took place"
        GOAL = "goal", "It reached what it is for"
        LEFT = "left", "The contact is not there any more"
        LOST = "lost", "The customer is lost"
        TOO_LATE = "too_late", "Too much time has passed"
        BY_HAND = "by_hand", "Stopped by hand"

    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="enrolments")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="enrolments", db_index=False)
    cause_key = models.CharField(max_length=120, help_text="Names what put them in, so that it does so once.")
    anchor_on = models.DateField(help_text="The day that its steps count from.")
    variant = models.SlugField(max_length=30, blank=True, db_index=False)
    texts = models.JSONField(default=dict, blank=True, help_text="Merge fields that only this enrolment knows.")
    by_itself = models.BooleanField(help_text="Whether its e-mails go out unread: as the sequence said, or its source.")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    next_on = models.DateField(null=True, blank=True, help_text="When its next step is due; none after the last.")
    paused_at = models.DateTimeField(null=True, blank=True, help_text="Since when it rests, while it runs.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    stopped_because = models.CharField(max_length=12, choices=Because, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["next_on"], name="enrolment_due", condition=Q(state="running")),
            models.Index(fields=["sequence", "state", "-started_at"], name="enrolment_sequence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "sequence"], condition=Q(state="running"), name="enrolment_one_running"
            ),
            models.UniqueConstraint(fields=["sequence", "contact", "cause_key"], name="enrolment_once_a_cause"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None)
                | (~Q(state="running") & Q(ended_at__gte=F("started_at"), next_on=None)),
                name="enrolment_end_has_a_moment",
            ),
            models.CheckConstraint(
                condition=(Q(state="stopped") & ~Q(stopped_because="")) | (~Q(state="stopped") & Q(stopped_because="")),
                name="enrolment_stopped_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.sequence_id}"


class EnrolmentStep(models.Model):
    """What became of a step for an enrolment; it is done once."""

    class Outcome(models.TextChoices):
        WRITTEN = "written", "E-mail written"
        TASK = "task", "Task made"
        PASSED = "passed", "Passed over"

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="done", db_index=False)
    step = models.ForeignKey(SequenceStep, on_delete=models.CASCADE, related_name="done")
    outcome = models.CharField(max_length=7, choices=Outcome)
    because = models.CharField(max_length=300, blank=True, help_text="Why it was passed over.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "step"], name="enrolment_step_once")]

    def __str__(self) -> str:
        return f"{self.step_id} for {self.enrolment_id}: {self.outcome}"
