"""Takes down what the score did after reviews, once the 30 days after them are over."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from cs_workspace.common import clock
from qbr.domain.measures import WITHIN_DAYS
from qbr.models import Review, ReviewResult
from qbr.queries.score_changes import After, Held, scores_after

AT_ONCE = 1000


def keep_scores_after(*, today: dt.date) -> int:
    """Takes the scores that can be known by the day before `today`; gives of how many reviews. Twice takes nothing
    twice.

    Each is taken once: what is found out later about those days, or judged anew, does not change it.
    """
    taken = 0
    while number := _keep_some(today):
        taken += number
    return taken


@transaction.atomic
def _keep_some(today: dt.date) -> int:
    """The oldest of those that wait. Four statements."""
    over = clock.start_of(today - dt.timedelta(days=WITHIN_DAYS))
    waiting = Review.objects.done().filter(result=None, held_at__lt=over).order_by("held_at", "pk")
    found = waiting.values_list("pk", "account", "account__segment", "held_at", "score_before")[:AT_ONCE]
    held = [Held(pk, account, segment, clock.day_of(at), score) for pk, account, segment, at, score in found if at]
    if held:
        _write(held, scores_after(held))
    return len(held)


def _write(held: list[Held], after: Mapping[int, After]) -> None:
    ReviewResult.objects.bulk_create(
        [
            ReviewResult(
                review_id=one.review,
                day=one.day,
                segment_id=one.segment,
                rank=(found := after[one.review].measured).rank,
                change=found.change,
                peers=found.peers,
                peers_change=found.peers_change,
                peers_squares=found.peers_squares,
            )
            for one in held
        ],
        ignore_conflicts=True,
    )
    known = [Review(pk=one.review, score_after=score) for one in held if (score := after[one.review].score) is not None]
    Review.objects.bulk_update(known, ["score_after"])
