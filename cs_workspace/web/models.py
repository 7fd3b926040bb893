"""What is true of this installation as a whole."""

import datetime as dt

from django.db import models
from django.db.models import Q


class Workspace(models.Model):
    """The one row that says what the workspace holds: the demo company, or the owner's own data."""

    demo_loaded_at = models.DateTimeField(null=True, blank=True, editable=False)
    demo_seed = models.BigIntegerField(null=True, blank=True, editable=False)
    demo_accounts = models.PositiveIntegerField(null=True, blank=True, editable=False)
    demo_as_of = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "workspace"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="workspace_is_one"),
            models.CheckConstraint(
                condition=Q(demo_loaded_at=None, demo_seed=None, demo_accounts=None, demo_as_of=None)
                | Q(
                    demo_loaded_at__isnull=False,
                    demo_seed__isnull=False,
                    demo_accounts__isnull=False,
                    demo_as_of__isnull=False,
                ),
                name="workspace_demo_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return "Demo workspace" if self.is_demo else "Workspace"

    @classmethod
    def current(cls) -> "Workspace":
        """The row, or an unsaved one of a workspace that nobody has said anything about."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def is_demo(self) -> bool:
        """Holds the demo company; only then are its logins shown, and only then may it be emptied."""
        return self.demo_loaded_at is not None

    def note_demo(self, *, at: dt.datetime, seed: int, accounts: int, as_of: dt.date) -> None:
        """Remembers that the demo company was loaded (unsaved)."""
        self.demo_loaded_at, self.demo_seed, self.demo_accounts, self.demo_as_of = at, seed, accounts, as_of

    def forget_demo(self) -> None:
        """Remembers that it is gone (unsaved)."""
        self.demo_loaded_at = self.demo_seed = self.demo_accounts = self.demo_as_of = None
