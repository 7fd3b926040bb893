"""What became of the score of accounts after a playbook began on them."""

from django.db import models

from accounts.models.account import Account
from accounts.models.playbook import PlaybookRun
from accounts.models.score_result import KNOWN, PEERS_HAVE_A_MEAN, ScoreResult
from accounts.models.user import User


class PlaybookResultQuerySet(models.QuerySet["PlaybookResult"]):
    """Conditions over results of runs."""

    def visible_to(self, user: User) -> "PlaybookResultQuerySet":
        return self.filter(run__account__in=Account.objects.visible_to(user).values("pk"))

    def known(self) -> "PlaybookResultQuerySet":
        """With a change of the score, and somebody to compare it with."""
        return self.filter(KNOWN)


class PlaybookResult(ScoreResult):
    """How the score of a run's account changed in the days after its start, beside that of comparable accounts.

    Taken once, when those days are over (`accounts.domain.playbook_results`), and compared playbook by playbook.
    """

    run = models.OneToOneField(PlaybookRun, on_delete=models.CASCADE, primary_key=True, related_name="result")
    day = models.DateField(help_text="The workspace's day on which the run began.")

    objects = PlaybookResultQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-run"]
        constraints = [models.CheckConstraint(condition=PEERS_HAVE_A_MEAN, name="playbook_result_peers_have_a_mean")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.change}"
