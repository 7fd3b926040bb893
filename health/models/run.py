"""Runs of the recompute, in chunks that workers claim one by one."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Account, User


class RunQuerySet(models.QuerySet["Run"]):
    """Conditions over runs."""

    def unfinished(self) -> "RunQuerySet":
        return self.filter(state=Run.State.RUNNING)

    def visible_to(self, user: User) -> "RunQuerySet":
        """Those that the user asked for, and those of accounts that the user sees; who sees everything sees all."""
        if user.sees_everything:
            return self
        scopes = Account.objects.visible_to(user).values_list(
            Concat(Value("account:"), Cast("pk", models.CharField())), flat=True
        )
        return self.filter(Q(by=user) | Q(scope__in=scopes))


class Run(models.Model):
    """One recompute: of whom, as of which day, and what came of it."""

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", "Nightly"
        DEMAND = "demand", "On demand"
        BACKFILL = "backfill", "Backfill"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=10, choices=Kind)
    # Nightly runs are named by their day, so that a doubled beat finds the first one; others by what they cover and a
    # running number, so that the same request made twice at once finds the first one too.
    key = models.CharField(max_length=80, unique=True)
    scope = models.CharField(max_length=40, default="all", help_text="all, account:ID or book:ID of the user.")
    as_of = models.DateField()
    since = models.DateField(null=True, blank=True, help_text="First day of a backfill; empty for one day alone.")
    alerts = models.BooleanField(default=True, help_text="Whether alerts are raised; never for a past day.")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it brought ARR and segments of all accounts up to date."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.key

    @property
    def account_id(self) -> int | None:
        """The one account that it covers; None where it covers more."""
        kind, _, pk = self.scope.partition(":")
        return int(pk) if kind == "account" else None


class ChunkQuerySet(models.QuerySet["Chunk"]):
    """Conditions over chunks."""

    def waiting(self, *, stale_before: dt.datetime) -> "ChunkQuerySet":
        """Not done, and either never claimed or claimed by a worker that has not been heard of since."""
        return self.filter(done_at=None).filter(Q(claimed_at=None) | Q(claimed_at__lt=stale_before))


class Chunk(models.Model):
    """A share of a run's accounts on one day: the unit of work, written in one transaction."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    day = models.DateField(help_text="As of which its accounts are computed.")
    account_ids = ArrayField(models.BigIntegerField())
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    scored = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=dict, help_text="Reason to count.")
    tiers = models.JSONField(default=dict, help_text="Tier to count.")
    tier_moves = models.PositiveIntegerField(default=0)
    alerts_raised = models.PositiveIntegerField(default=0)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="chunk_once")]

    def __str__(self) -> str:
        return f"{self.run} #{self.number}"


class DirtyMark(models.Model):
    """An account with observations newer than its score; lives here and not in the broker, so that none is lost."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    marked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text="A worker computes it since then; a newer observation empties it."
    )

    class Meta:
        indexes = [models.Index(fields=["marked_at"], name="dirty_mark_age")]

    def __str__(self) -> str:
        return f"{self.account_id} since {self.marked_at}"


class SegmentFigures(models.Model):
    """What the whole book looked like on a day: against these, accounts are compared with their segment.

    Taken once from all accounts, so that one account alone and a chunk of the nightly run score the same. `means` maps
    metric to segment to mean, `quartiles` metric to segment to five points; the segment "" is the whole book. `gaps`
    are those that `health.domain.general_gaps` finds.
    """

    day = models.DateField(primary_key=True)
    run = models.ForeignKey(
        Run,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The run that took them last.",
    )
    means = models.JSONField(default=dict)
    quartiles = models.JSONField(default=dict)
    gaps = models.JSONField(
        default=dict, db_default={}, help_text="Source to the newest day on which it was silent for everybody."
    )

    class Meta:
        verbose_name_plural = "segment figures"

    def __str__(self) -> str:
        return f"Segments on {self.day}"

    @property
    def newest_gaps(self) -> dict[str, dt.date]:
        """`gaps` with days as dates."""
        return {source: dt.date.fromisoformat(day) for source, day in self.gaps.items()}
