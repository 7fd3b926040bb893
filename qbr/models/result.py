"""What became of the score of accounts after a review was held with them."""

from django.db import models

from accounts.models import User
from accounts.models.score_result import KNOWN, PEERS_HAVE_A_MEAN, ScoreResult
from qbr.models.review import Review


class ReviewResultQuerySet(models.QuerySet["ReviewResult"]):
    """Conditions over results of reviews."""

    def visible_to(self, user: User) -> "ReviewResultQuerySet":
        return self.filter(review__in=Review.objects.visible_to(user).values("pk"))

    def known(self) -> "ReviewResultQuerySet":
        """With a change of the score, and somebody to compare it with."""
        return self.filter(KNOWN)


class ReviewResult(ScoreResult):
    """How the score of a review's account changed in the 30 days after it was held, beside that of comparable accounts
    without one.

    Taken once, when those days are over (`qbr.domain.measures`).
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, primary_key=True, related_name="result")
    day = models.DateField(help_text="The workspace's day on which it was held.")

    objects = ReviewResultQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-review"]
        indexes = [models.Index(fields=["day"], name="review_result_day")]
        constraints = [models.CheckConstraint(condition=PEERS_HAVE_A_MEAN, name="review_result_peers_have_a_mean")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.change}"
