"""Tasks that come again by a rule."""

import zoneinfo

from django.db import models
from django.db.models import Q

from accounts.domain.recurring import Rule, Unit
from accounts.models.user import User
from accounts.models.work import Task
from cs_workspace.common import clock
from cs_workspace.common.models import Timed


class RecurrenceQuerySet(models.QuerySet["Recurrence"]):
    """Conditions over recurrences."""

    def running(self) -> "RecurrenceQuerySet":
        return self.filter(stopped_at=None)


class Recurrence(Timed):
    """A rule by which a task comes again. It names the one task in which it stands now, so there is never a second.

    The next one is made when this one is done or given up.
    """

    class Units(models.TextChoices):
        DAY = Unit.DAY.value, "days"
        WEEK = Unit.WEEK.value, "weeks"
        MONTH = Unit.MONTH.value, "months"
        QUARTER = Unit.QUARTER.value, "quarters"

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="recurrence")
    previous = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, related_name="+")
    unit = models.CharField(max_length=7, choices=Units)
    every = models.PositiveSmallIntegerField(default=1)
    weekday = models.PositiveSmallIntegerField(null=True, help_text="0 is Monday; of weeks only.")
    day = models.PositiveSmallIntegerField(null=True, help_text="Of the month; 31 is the last one.")
    first_on = models.DateField(help_text="The day from which it counts.")
    latest_on = models.DateField(help_text="The day up to which the tasks that it asks for were made.")
    at = models.TimeField(help_text="The hour at which each of them is due, in the zone.")
    time_zone = models.CharField(max_length=60)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RecurrenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=99), name="recurrence_every_in_range"),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(unit="week", weekday__lte=6), name="recurrence_weekday_in_weeks"
            ),
            models.CheckConstraint(
                condition=Q(day=None) | Q(unit__in=["month", "quarter"], day__gte=1, day__lte=31),
                name="recurrence_day_in_months",
            ),
            models.CheckConstraint(condition=Q(latest_on__gte=models.F("first_on")), name="recurrence_counts_on"),
        ]

    def __str__(self) -> str:
        return self.rule.in_words()

    @property
    def rule(self) -> Rule:
        return Rule(Unit(self.unit), self.every, self.weekday, self.day)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone of its hour; the workspace's where that of its maker is not known here."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return clock.workspace_zone()
