"""How renewals were closed, and what stood there before."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Contract, User
from renewals.models.renewal import Renewal


class ClosingQuerySet(models.QuerySet["Closing"]):
    """Conditions over closings."""

    def standing(self) -> "ClosingQuerySet":
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class Closing(models.Model):
    """One closing of a renewal, with all that it made and put in the place of: by it, it is taken back as a whole."""

    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="closings", db_index=False)
    version = models.PositiveIntegerField(help_text="Of the renewal, which the closing made.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    stage_before = models.CharField(max_length=12, choices=Renewal.Stage)
    competitor_before = models.CharField(max_length=120, blank=True)
    end_before = models.DateField(
        null=True, help_text="Of the contract that was up for renewal; empty where it was open-ended."
    )
    end_after = models.DateField(help_text="The same after it: one that is lost may end on another day.")
    new_contract = models.OneToOneField(Contract, on_delete=models.SET_NULL, null=True, related_name="closing")
    line_count = models.PositiveSmallIntegerField(default=0, help_text="Of the new contract.")
    dropped_tasks: ArrayField = ArrayField(
        models.BigIntegerField(), default=list, help_text="Keys of the tasks that it dropped."
    )
    made_tasks: ArrayField = ArrayField(
        models.BigIntegerField(), default=list, help_text="Keys of the tasks that it made."
    )
    onboardings: ArrayField = ArrayField(
        models.BigIntegerField(), default=list, help_text="Keys of the onboardings that it began."
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ClosingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["renewal", "-at"], name="closing_of")]
        constraints = [
            models.UniqueConstraint(fields=["renewal"], condition=Q(taken_back_at=None), name="closing_one_standing"),
        ]

    def __str__(self) -> str:
        return f"Closing of renewal {self.renewal_id}"
