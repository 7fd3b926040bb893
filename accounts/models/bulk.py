"""What was done to many accounts at once, so that it can be taken back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.user import User


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    """Conditions over bulk changes."""

    def visible_to(self, user: User) -> "BulkChangeQuerySet":
        """Each user's own: whoever did it can take it back."""
        return self.filter(by=user)


class BulkChange(models.Model):
    """One action on many accounts or tasks. Its key, made with the form, lets a form that is sent twice act once."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", "Assign an owner"
        TAG = "tag", "Add a tag"
        UNTAG = "untag", "Remove a tag"
        TASK = "task", "Create a task"
        PLAYBOOK = "play", "Start a playbook"
        HAND_OVER = "hand", "Hand tasks over"
        MOVE = "move", "Give tasks a new due day"
        SNOOZE = "snooze", "Snooze tasks"

    OF_TASKS = (Kind.HAND_OVER, Kind.MOVE, Kind.SNOOZE)

    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=200, help_text="What was set: the key of a person, a tag, a title, a moment.")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_changes")
    at = models.DateTimeField(auto_now_add=True)
    account_ids = ArrayField(models.BigIntegerField(), help_text="Those that it changed; empty where it changed tasks.")
    before = models.JSONField(default=list, help_text="What the way back needs beside them.")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.size} {self.noun}s"

    @property
    def noun(self) -> str:
        """What it changed: accounts, or tasks."""
        return "task" if self.kind in self.OF_TASKS else "account"

    @property
    def size(self) -> int:
        """How many it changed."""
        return len(self.before if self.noun == "task" else self.account_ids)
