"""Saved views of lists, and which of them a page opens with."""

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
        return self.kept().filter(Q(owner=user) | Q(sharing=SavedView.Sharing.EVERYONE) | shared_with_team)

    def kept(self) -> "SavedViewQuerySet":
        """Not deleted."""
        return self.filter(archived_at=None)


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
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], condition=Q(archived_at=None), name="saved_view_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a page opens for a user; without one it opens with the view that ships."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="default_views")
    page = models.CharField(max_length=10, choices=SavedView.Page)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="default_view_once_per_page")]

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"
