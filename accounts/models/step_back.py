"""What records said before they were changed, so that the change can be taken back."""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models.user import User


class StepBack(models.Model):
    """What one version of a record put in the place of. Taken once, and only while that version is the latest."""

    record_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    version = models.PositiveIntegerField(help_text="The one that the change made.")
    before = models.JSONField(help_text="By field what was there; of people, their keys.")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "version"], name="step_back_once_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.record_type_id}:{self.record_id} before {self.version}"
