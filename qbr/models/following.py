"""What follows a review: the recap, the customer's link to what was agreed, and the question how it was."""

import datetime as dt
from uuid import uuid4

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Contact, User
from accounts.models.share_link import ShareLink, ShareLinkQuerySet
from cs_workspace.common.models import Timed, Versioned
from health.models import SurveyAnswer
from qbr.models.parts import PartQuerySet
from qbr.models.review import DONE, Review


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["updated_at", "version"])
class Recap(Timed, Versioned):
    """The draft of what is written to the customer on the day of the review. `sent_at` is when its author said that it
    went out."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="recap")
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=10000)
    sent_at = models.DateTimeField(null=True, editable=False)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    objects = PartQuerySet.as_manager()

    def __str__(self) -> str:
        return self.subject


class ReviewShareQuerySet(ShareLinkQuerySet["ReviewShare"]):
    """Conditions over links to what was agreed in reviews."""

    def live(self, *, now: dt.datetime) -> "ReviewShareQuerySet":
        """Those of a review that was held, and not taken back."""
        return super().live(now=now).filter(review__status__in=DONE)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["views", "last_viewed_at"])
class ReviewShare(ShareLink):
    """A link by which the customer sees what was agreed and ticks what is theirs."""

    OF, SALT, PAGE = "review", "qbr.review_share", "qbr:shared-actions"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="shares")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="reviews_shared")

    objects = ReviewShareQuerySet.as_manager()

    class Meta(ShareLink.Meta):
        constraints = [
            models.UniqueConstraint(fields=["review"], condition=Q(revoked_at=None), name="review_share_one_unrevoked"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="review_share_lasts"),
        ]


class SatisfactionAsk(models.Model):
    """Somebody who took part is asked how it was, once; the page that the signed `key` opens takes one answer."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="asks", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="review_asks")
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    asked_at = models.DateTimeField()
    answer = models.OneToOneField(SurveyAnswer, on_delete=models.SET_NULL, null=True, related_name="review_ask")
    answered_at = models.DateTimeField(null=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "contact"], name="satisfaction_ask_once")]

    def __str__(self) -> str:
        return f"{self.contact} about {self.review}"
