"""Forms that have been sent, so that one sent twice acts once."""

from django.db import models

from accounts.models.user import User


class SentForm(models.Model):
    """The key of a form that made something: a double click sends the same key twice, and is found out by it."""

    key = models.UUIDField()
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sent_forms")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="sent_form_once")]

    def __str__(self) -> str:
        return str(self.key)
