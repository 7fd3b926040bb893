"""Decks that were made, and what they look like."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from accounts.models import User
from qbr.models.parts import PartQuerySet
from qbr.models.review import Review

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Give a colour as # and six digits or letters from a to f.")


class Deck(models.Model):
    """The file of a review in one format: the last one that was asked for. It is kept here and not in a folder, for the
    worker that makes it and the web process that sends it may stand on different machines."""

    class Format(models.TextChoices):
        PPTX = "pptx", "PowerPoint"
        PDF = "pdf", "PDF"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decks", db_index=False)
    format = models.CharField(max_length=4, choices=Format)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    progress = models.PositiveSmallIntegerField(default=0, help_text="In per cent.")
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "format"], name="deck_one_a_format"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(made_at__isnull=False, content__isnull=False),
                name="deck_ready_is_whole",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="deck_progress_up_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.get_format_display()} of {self.review}"


class Branding(models.Model):
    """How decks look: one for the workspace. The logo is a PNG or JPEG, which every format can hold."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    company = models.CharField(max_length=120, blank=True, help_text="Who invites; empty for the workspace's name.")
    logo = models.BinaryField(null=True, editable=False)
    colour = models.CharField("main colour", max_length=7, default="#1f3a5f", validators=[COLOUR])
    accent = models.CharField("second colour", max_length=7, default="#2f7d6b", validators=[COLOUR])
    footer = models.CharField(max_length=120, blank=True, help_text="At the foot of every slide.")

    class Meta:
        verbose_name_plural = "branding"
        constraints = [models.CheckConstraint(condition=Q(only=True), name="branding_is_one")]

    def __str__(self) -> str:
        return "Branding of decks"
