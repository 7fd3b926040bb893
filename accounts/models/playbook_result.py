"""What became of the score of accounts after a playbook began on them."""

from django.db import models
from django.db.models import Q

from accounts.models.account import Account, Segment
from accounts.models.playbook import PlaybookRun
from accounts.models.user import User


class PlaybookResultQuerySet(models.QuerySet["PlaybookResult"]):
    """Conditions over results of runs."""

    def visible_to(self, user: User) -> "PlaybookResultQuerySet":
        return self.filter(run__account__in=Account.objects.visible_to(user).values("pk"))

    def known(self) -> "PlaybookResultQuerySet":
        """With a change of the score, and somebody to compare it with."""
        return self.filter(change__isnull=False, peers__gt=0)


class PlaybookResult(models.Model):
    """How the score of a run's account changed in the days after its start, beside that of comparable accounts.

    Taken once, when those days are over (`accounts.domain.playbook_results`). Results of the same playbook, day,
    segment and rank were compared with the same accounts.
    """

    run = models.OneToOneField(PlaybookRun, on_delete=models.CASCADE, primary_key=True, related_name="result")
    day = models.DateField(help_text="The workspace's day on which the run began.")
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField(null=True, help_text="Of the tier on that day; 1 is the best.")
    change = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, help_text="Points; null without a score at both ends."
    )
    peers = models.PositiveIntegerField(default=0, help_text="How many accounts it is compared with.")
    peers_change = models.FloatField(null=True, help_text="The mean of their changes, in points.")
    peers_squares = models.FloatField(default=0, help_text="The sum of squared deviations from that mean.")

    objects = PlaybookResultQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-run"]
        constraints = [
            models.CheckConstraint(
                condition=Q(peers=0, peers_change=None)
                | Q(peers__gt=0, peers_change__isnull=False, rank__isnull=False),
                name="playbook_result_peers_have_a_mean",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.change}"

    @property
    def beside(self) -> float | None:
        """The change less the mean of the comparable accounts, in points; None where one of the two is unknown."""
        if self.change is None or self.peers_change is None:
            return None
        return float(self.change) - self.peers_change
