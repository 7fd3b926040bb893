"""The one door to a review."""

from django.shortcuts import get_object_or_404

from accounts.models import User
from qbr.models import Review
from qbr.models.review import ReviewQuerySet

# Read with a review, for what its pages say around it.
AROUND = ("account__segment", "account__owner", "owner")


def get_review_for(user: User, pk: int, *, among: ReviewQuerySet | None = None) -> Review:
    """A review of an account that the user sees, with account, segment and owners at hand; anything else is a 404.

    `among` are reviews with more beside each, all of them where none are named.
    """
    reviews = among if among is not None else Review.objects.all()
    return get_object_or_404(reviews.visible_to(user).select_related(*AROUND), pk=pk)
