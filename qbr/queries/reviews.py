"""The one door to a review."""

from collections.abc import Callable
from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.http import Http404

from accounts.models import User
from accounts.queries.stand_ins import some_user
from cs_workspace.common.compiled import Compiled, compile_once, some_keys
from qbr.models import Review
from qbr.models.review import ReviewQuerySet

# Read with a review, for what its pages say around it.
AROUND = ("account__segment", "account__owner", "owner")


def get_review_for(user: User, pk: int, *, among: Callable[[], ReviewQuerySet] = Review.objects.all) -> Review:
    """A review of an account that the user sees, with account, segment and owners at hand; anything else is a 404.

    `among` gives reviews with more beside each; it is asked once, as the statement is kept.
    """
    team = [] if user.sees_everything else user.team_ids
    try:
        statement = _statement(among, user.role, user.is_active, len(team))
    except EmptyResultSet:
        raise Http404("You see no reviews.") from None
    found: list[Review] = statement.rows([user.pk, *team, pk])
    if not found:
        raise Http404("There is no such review.")
    return found[0]


@lru_cache(maxsize=512)
def _statement(among: Callable[[], ReviewQuerySet], role: str, is_active: bool, team_size: int) -> Compiled:
    """Reviews of the last of the keys, for a user whose keys are the others."""
    user = some_user(role, is_active=is_active, team_size=team_size)
    *_, pk = some_keys(2 + team_size)
    return compile_once(among().visible_to(user).select_related(*AROUND).filter(pk=pk))
