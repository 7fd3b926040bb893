"""Contracts whose renewal is not opened yet, kept for the forecast as they were seen last."""

from django.db import models

from accounts.models import Account, Contract, Segment, User


class AwaitedRenewal(models.Model):
    """A contract that is asked about one day: signed, with an end, followed by no other, its renewal not opened yet.

    A copy of what the contract, its lines and its account say (`renewals.queries.awaited`), as most of a year's
    renewals are of this kind. It holds for accounts that are not marked (`AwaitedMark`). `arr` is in workspace
    currency, `probability` a share, null where the account has no expected churn.
    """

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, primary_key=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField()
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    arr = models.DecimalField(max_digits=20, decimal_places=2)
    probability = models.DecimalField(max_digits=5, decimal_places=4, null=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"{self.arr} awaited on {self.due_on}"


class AwaitedMark(models.Model):
    """Something changed that the awaited renewals of an account are made of, since they were kept.

    The database writes it with the change (migration 0009), and as often as there are changes: whoever changes an
    account at the same time does not wait. Who keeps the awaited renewals takes the marks away.
    """

    # Not a key for the database: an account that is erased leaves a mark of no account.
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")

    def __str__(self) -> str:
        return f"mark on account {self.account_id}"
