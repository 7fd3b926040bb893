"""Saved views of lists."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.user import User
from cs_workspace.common.models import Timed


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Conditions over saved views."""

    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """Own views, those that the manager or people with the same manager share with the team, and everyone's."""
        team = Q(owner__manager=user.pk)
        if user.manager_id:
            team |= Q(owner__manager=user.manager_id) | Q(owner=user.manager_id)
        shared_with_team = Q(sharing=SavedView.Sharing.TEAM) & team
        return self.filter(Q(owner=user) | Q(sharing=SavedView.Sharing.EVERYONE) | shared_with_team)


class SavedView(Timed):
    """A named set of filters, columns and order of a page."""

    class Page(models.TextChoices):
        BOOK = "book", "Book"
        TASKS = "tasks", "Tasks"
        AT_RISK = "at_risk", "At-risk queue"

    class Sharing(models.TextChoices):
        PRIVATE = "private", "Only me"
        TEAM = "team", "My team"
        EVERYONE = "everyone", "Everyone"

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=10, choices=Page, default=Page.BOOK)
    name = models.CharField(max_length=60)
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    query = models.CharField(max_length=2000, blank=True, help_text="Filters and order, as in the page's address.")
    columns = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name
