"""Timelines of renewals: what ships and admins edit, which segment has which, and the steps of each renewal."""

from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from accounts.domain.merging import problem_with
from accounts.models import Account, Playbook, Segment, Task, User
from cs_workspace.common.models import Timed
from renewals.domain import timelines as domain
from renewals.models.renewal import Renewal

DAYS_HELP = f"Counted back, 0 to {domain.MOST_DAYS}."


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class Timeline(Timed):
    """What happens on the way to a renewal. Those that are open keep the steps with which they were opened."""

    key = models.SlugField(max_length=40, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(max_length=80, unique=True)
    scales = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="scaled_by",
        help_text="Takes the steps of that timeline, stretched to the start that a segment asks for. "
        "Empty for its own.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(scales=F("pk")), name="timeline_scales_another")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.scales is not None and (self.scales.scales_id or self.scaled_by.exists()):
            raise ValidationError({"scales": "Take one that has steps of its own."})


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TimelineStep(models.Model):
    """One step of a timeline; its texts count from the next task on, its days for renewals that open from now on."""

    class Kind(models.TextChoices):
        TASK = domain.StepKind.TASK.value, domain.KIND_LABELS[domain.StepKind.TASK]
        EMAIL = domain.StepKind.EMAIL.value, domain.KIND_LABELS[domain.StepKind.EMAIL]
        PLAYBOOK = domain.StepKind.PLAYBOOK.value, domain.KIND_LABELS[domain.StepKind.PLAYBOOK]

    class Applies(models.TextChoices):
        ALWAYS = domain.Applies.ALWAYS.value, domain.APPLIES_LABELS[domain.Applies.ALWAYS]
        AUTO_RENEWING = domain.Applies.AUTO_RENEWING.value, domain.APPLIES_LABELS[domain.Applies.AUTO_RENEWING]
        AT_RISK = domain.Applies.AT_RISK.value, domain.APPLIES_LABELS[domain.Applies.AT_RISK]
        GOOD = domain.Applies.GOOD.value, domain.APPLIES_LABELS[domain.Applies.GOOD]

    timeline = models.ForeignKey(Timeline, on_delete=models.CASCADE, related_name="steps", db_index=False)
    key = models.SlugField(max_length=40, db_index=False, help_text="Renewals know the step by it.")
    offset_days = models.PositiveSmallIntegerField("days before", help_text=DAYS_HELP)
    applies = models.CharField("for", max_length=13, choices=Applies, default=Applies.ALWAYS)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TASK)
    title = models.CharField(max_length=160, help_text="May hold fields such as {account.name}.")
    body = models.TextField(blank=True)
    mail_title = models.CharField("subject of the e-mail", max_length=160, blank=True)
    mail_body = models.TextField(
        "text of the e-mail",
        blank=True,
        help_text="What the customer reads; without it the step is left out where a segment is served by e-mail only.",
    )
    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Task.Priority, default=Task.Priority.NORMAL)
    escalates = models.BooleanField(
        default=False, help_text="Tells the manager of the owner when its day has come and the renewal is still open."
    )

    class Meta:
        ordering = ["timeline", "-offset_days", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["timeline", "key"], name="timeline_step_once"),
            models.CheckConstraint(condition=Q(offset_days__lte=domain.MOST_DAYS), name="timeline_step_days"),
            models.CheckConstraint(
                condition=~Q(kind="email") | (~Q(mail_title="") & ~Q(mail_body="")), name="timeline_step_email_has_text"
            ),
            models.CheckConstraint(
                condition=Q(kind="playbook", playbook__isnull=False) | (~Q(kind="playbook") & Q(playbook=None)),
                name="timeline_step_playbook_is_named",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        texts = ("title", "body", "mail_title", "mail_body")
        problems: dict[str, Any] = {name: problem for name in texts if (problem := problem_with(getattr(self, name)))}
        if (self.offset_days or 0) > domain.MOST_DAYS:
            problems["offset_days"] = f"Give 0 to {domain.MOST_DAYS} days."
        if self.kind == self.Kind.EMAIL:
            problems |= {name: "Write the e-mail." for name in ("mail_title", "mail_body") if not getattr(self, name)}
        if (self.kind == self.Kind.PLAYBOOK) != (self.playbook_id is not None):
            problems["playbook"] = "A step that starts a playbook names it, and no other does."
        if problems:
            raise ValidationError(problems)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SegmentTimeline(models.Model):
    """Which timeline the renewals of a segment open with; a segment without one has Standard 90."""

    segment = models.OneToOneField(Segment, on_delete=models.CASCADE, related_name="timeline")
    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, related_name="segments")
    start_days = models.PositiveSmallIntegerField(
        "begins days before",
        null=True,
        blank=True,
        help_text="Of a timeline that scales another; empty for the days of the one that it scales.",
    )
    by_email = models.BooleanField(
        "by e-mail only",
        default=False,
        help_text="Each step is the draft of an e-mail; those without one are left out.",
    )
    has_checkpoints = models.BooleanField(
        "checkpoints", default=False, help_text="The risk is assessed 180 and 90 days before the renewal."
    )

    class Meta:
        ordering = ["-segment__lower_arr"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_days=None) | Q(start_days__range=(1, domain.MOST_DAYS)),
                name="segment_timeline_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.segment}: {self.timeline}"

    def clean(self) -> None:
        if self.start_days is not None and self.timeline_id and self.timeline.scales_id is None:
            raise ValidationError({"start_days": "Only a timeline that scales another has a start of its own."})


class RenewalStepQuerySet(models.QuerySet["RenewalStep"]):
    """Conditions over steps of renewals."""

    def visible_to(self, user: User) -> "RenewalStepQuerySet":
        return self.filter(renewal__account__in=Account.objects.visible_to(user).values("pk"))

    def waiting(self) -> "RenewalStepQuerySet":
        return self.filter(state=RenewalStep.State.WAITING)

    def made(self) -> "RenewalStepQuerySet":
        return self.filter(state=RenewalStep.State.MADE)


class RenewalStep(models.Model):
    """One step on the way to one renewal, with the day on which it comes and the task that it made."""

    class State(models.TextChoices):
        WAITING = domain.StepState.WAITING.value, domain.STATE_LABELS[domain.StepState.WAITING]
        MADE = domain.StepState.MADE.value, domain.STATE_LABELS[domain.StepState.MADE]
        PASSED = domain.StepState.PASSED.value, domain.STATE_LABELS[domain.StepState.PASSED]
        DROPPED = domain.StepState.DROPPED.value, domain.STATE_LABELS[domain.StepState.DROPPED]

    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="steps", db_index=False)
    # Gone where an admin took it out of the timeline: then nothing is made of it any more.
    step = models.ForeignKey(TimelineStep, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.SlugField(max_length=40, db_index=False)
    title = models.CharField(max_length=200, help_text="As the timeline has it until it is made, then as it was made.")
    applies = models.CharField(max_length=13, choices=TimelineStep.Applies)
    offset_days = models.PositiveSmallIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    task = models.OneToOneField(Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="renewal_step")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the manager was told that it has come.")

    objects = RenewalStepQuerySet.as_manager()

    class Meta:
        ordering = ["renewal", "day", "-offset_days", "pk"]
        indexes = [
            models.Index(fields=["day", "renewal"], name="renewal_step_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "key"], name="renewal_step_once"),
        ]

    def __str__(self) -> str:
        return self.title
