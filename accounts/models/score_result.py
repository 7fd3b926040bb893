"""How the score of an account changed after something was done for it, beside that of comparable accounts."""

from typing import Final

from django.db import models
from django.db.models import Q

from accounts.models.account import Segment

PEERS_HAVE_A_MEAN: Final = Q(peers=0, peers_change=None) | Q(
    peers__gt=0, peers_change__isnull=False, rank__isnull=False
)
# With a change of the score, and somebody to compare it with.
KNOWN: Final = Q(change__isnull=False, peers__gt=0)


class ScoreResult(models.Model):
    """What is taken down once, when the days after it are over, and stays.

    Each model adds what was done, and the `day` of it. Results of the same thing, day, segment and rank were compared
    with the same accounts.
    """

    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField(null=True, help_text="Of the tier on that day; 1 is the best.")
    change = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, help_text="Points; null without a score at both ends."
    )
    peers = models.PositiveIntegerField(default=0, help_text="How many accounts it is compared with.")
    peers_change = models.FloatField(null=True, help_text="The mean of their changes, in points.")
    peers_squares = models.FloatField(default=0, help_text="The sum of squared deviations from that mean.")

    class Meta:
        abstract = True

    @property
    def beside(self) -> float | None:
        """The change less the mean of the comparable accounts, in points; None where one of the two is unknown."""
        if self.change is None or self.peers_change is None:
            return None
        return float(self.change) - self.peers_change
