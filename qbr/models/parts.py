"""What belongs to a review: who takes part, what is to be done before it, and the words that people wrote in it."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Contact, Objective, Task, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from qbr.domain import checklist as checklists
from qbr.domain.reviews import PART_LABELS, Part
from qbr.models.review import Review
from renewals.models import ExpansionSignal, Opportunity


class PartQuerySet(models.QuerySet[Any]):
    """Conditions over what belongs to reviews."""

    def visible_to(self, user: User) -> "PartQuerySet":
        return self.filter(of_visible_accounts(user, "review__account"))

    def kept(self) -> "PartQuerySet":
        return self.filter(archived_at=None)


class Attendee(models.Model):
    """Somebody who is to take part: one of the customer's people, one of ours, or a guest of theirs by name.

    `attended` is unknown until the review is held.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="attendees", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="reviews_attended")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="reviews_attended")
    guest = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    invited_at = models.DateTimeField(null=True)
    attended = models.BooleanField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        # The constraints are of some of a review's attendees each, and find none of them all.
        indexes = [models.Index(fields=["review"], name="attendee_review")]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "contact"], condition=Q(contact__isnull=False), name="attendee_contact_once"
            ),
            models.UniqueConstraint(
                fields=["review", "user"], condition=Q(user__isnull=False), name="attendee_user_once"
            ),
            models.UniqueConstraint(fields=["review", "guest"], condition=~Q(guest=""), name="attendee_guest_once"),
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None, guest="")
                | Q(contact=None, user__isnull=False, guest="")
                | (Q(contact=None, user=None) & ~Q(guest="")),
                name="attendee_is_one_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact or self.user or self.guest)


class ChecklistItem(models.Model):
    """Something to be done before a review. Without `done_by` it was the system that saw it done."""

    class Key(models.TextChoices):
        USAGE = checklists.Item.USAGE.value, checklists.ITEM_LABELS[checklists.Item.USAGE]
        VALUE = checklists.Item.VALUE.value, checklists.ITEM_LABELS[checklists.Item.VALUE]
        HEALTH = checklists.Item.HEALTH.value, checklists.ITEM_LABELS[checklists.Item.HEALTH]
        TICKETS = checklists.Item.TICKETS.value, checklists.ITEM_LABELS[checklists.Item.TICKETS]
        GOALS = checklists.Item.GOALS.value, checklists.ITEM_LABELS[checklists.Item.GOALS]
        OBJECTIVES = checklists.Item.OBJECTIVES.value, checklists.ITEM_LABELS[checklists.Item.OBJECTIVES]
        EXPANSION = checklists.Item.EXPANSION.value, checklists.ITEM_LABELS[checklists.Item.EXPANSION]
        ATTENDEES = checklists.Item.ATTENDEES.value, checklists.ITEM_LABELS[checklists.Item.ATTENDEES]
        AGENDA = checklists.Item.AGENDA.value, checklists.ITEM_LABELS[checklists.Item.AGENDA]
        COMPETITION = checklists.Item.COMPETITION.value, checklists.ITEM_LABELS[checklists.Item.COMPETITION]

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="checklist", db_index=False)
    key = models.CharField(max_length=11, choices=Key)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField("due")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="checklist_item_once")]

    def __str__(self) -> str:
        return self.get_key_display()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class SectionText(Timed, Versioned):
    """What people wrote for one part of a deck, in Markdown: beside its figures, and for the speaker alone.

    A part that nobody touched has none, and is shown with the words that its figures give.
    """

    class Key(models.TextChoices):
        SUMMARY = Part.SUMMARY.value, PART_LABELS[Part.SUMMARY]
        OUTCOMES = Part.OUTCOMES.value, PART_LABELS[Part.OUTCOMES]
        USAGE = Part.USAGE.value, PART_LABELS[Part.USAGE]
        SUPPORT = Part.SUPPORT.value, PART_LABELS[Part.SUPPORT]
        ROADMAP = Part.ROADMAP.value, PART_LABELS[Part.ROADMAP]
        GOALS = Part.GOALS.value, PART_LABELS[Part.GOALS]
        FEEDBACK = Part.FEEDBACK.value, PART_LABELS[Part.FEEDBACK]
        COMPETITION = "competition", "Competition notes"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="texts", db_index=False)
    key = models.CharField(max_length=11, choices=Key)
    text = models.TextField(max_length=4000, blank=True)
    speaker_notes = models.TextField(max_length=4000, blank=True)
    is_left_out = models.BooleanField("leave out of the deck", default=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="section_text_once")]

    def __str__(self) -> str:
        return self.get_key_display()


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class ReviewGoal(Timed, Versioned):
    """What the customer wants to achieve until the next review. `objective` is what it became in the success plan."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="goals")
    title = models.CharField(max_length=160)
    measure = models.CharField(max_length=160)
    unit = models.CharField(max_length=30, blank=True)
    baseline = models.DecimalField(max_digits=16, decimal_places=4)
    target = models.DecimalField(max_digits=16, decimal_places=4)
    due_on = models.DateField("due")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    objective = models.OneToOneField(Objective, on_delete=models.SET_NULL, null=True, related_name="review_goal")
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(baseline=models.F("target")), name="review_goal_has_a_direction")
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class ReviewIdea(Timed, Versioned):
    """How the customer may grow with us, chosen to be shown in a review; `opportunity` is what came of it.

    Its value is a year's, in workspace currency; empty where nobody knows it.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="ideas", db_index=False)
    title = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    signal = models.ForeignKey(ExpansionSignal, on_delete=models.SET_NULL, null=True, related_name="+")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.SET_NULL, null=True, related_name="review_ideas")
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["review"], name="review_idea_review")]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "signal"],
                condition=Q(signal__isnull=False, archived_at=None),
                name="review_idea_once_a_signal",
            )
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track(pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class ReviewNote(Timed, Versioned):
    """Something said or decided in a review, written down while it went on, by the part that was being shown."""

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        DECISION = "decision", "Decision"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="notes", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NOTE)
    part = models.CharField(max_length=11, choices=[(part.value, PART_LABELS[part]) for part in Part], blank=True)
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["review", "at"], name="review_note_of")]

    def __str__(self) -> str:
        return self.text[:60]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class ActionItem(Timed, Versioned):
    """What one of both sides promised to do by a day. Ours is a task as well, which says when it is done; theirs is
    ticked by them, through the link, or by us for them."""

    class Side(models.TextChoices):
        US = "us", "Ours"
        CUSTOMER = "customer", "The customer's"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="actions")
    title = models.CharField(max_length=160)
    side = models.CharField(max_length=8, choices=Side, default=Side.US)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField("due")
    task = models.OneToOneField(Task, on_delete=models.SET_NULL, null=True, related_name="action_item")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120, blank=True, help_text="Who said that it is done.")
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side="us", contact=None) | Q(side="customer", user=None, task=None),
                name="action_item_on_one_side",
            )
        ]

    def __str__(self) -> str:
        return self.title
