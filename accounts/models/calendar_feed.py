"""The address by which a calendar reads the tasks of a person."""

from django.db import models

from accounts.models.user import User


class CalendarFeed(models.Model):
    """Who knows the token reads the open tasks of the user. Only its SHA-256 is kept, so nobody reads it off here."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
