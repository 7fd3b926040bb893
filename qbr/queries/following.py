"""What has become of a review since it was held, and what is still to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.models import User
from qbr.domain.following import Progress
from qbr.models import Attendee, Recap, Review, ReviewGoal, ReviewIdea, SatisfactionAsk
from qbr.queries.recap import next_review


@dataclass(frozen=True)
class Carried:
    """What goes on after a review: goals and ideas with what became of them, and the next review, None for none."""

    goals: Sequence[ReviewGoal]
    ideas: Sequence[ReviewIdea]
    following: Review | None

    @property
    def waiting(self) -> int:
        """Goals that are not in the success plan yet."""
        return sum(goal.objective_id is None for goal in self.goals)


def progress_of(review: Review) -> Progress:
    """How far the follow-up of a review is. One query."""
    kept = {"review": OuterRef("pk"), "archived_at": None}
    goals, ideas = ReviewGoal.objects.filter(**kept), ReviewIdea.objects.filter(**kept)
    asks = SatisfactionAsk.objects.filter(review=OuterRef("pk"))
    came = Attendee.objects.filter(review=OuterRef("pk"), attended=True, contact__isnull=False)
    ahead = Review.objects.ahead().filter(account=OuterRef("account"))
    found: Any = Review.objects.annotate(
        is_recap_sent=Exists(Recap.objects.filter(review=OuterRef("pk"), sent_at__isnull=False)),
        goals_all=_count(goals),
        goals_carried=_count(goals.filter(objective__isnull=False)),
        ideas_all=_count(ideas),
        ideas_begun=_count(ideas.filter(opportunity__isnull=False)),
        people_came=_count(came),
        people_asked=_count(asks),
        people_answered=_count(asks.filter(answered_at__isnull=False)),
        has_next=Exists(ahead),
    ).get(pk=review.pk)
    return Progress(
        is_recap_sent=found.is_recap_sent,
        goals=found.goals_all,
        carried=found.goals_carried,
        ideas=found.ideas_all,
        begun=found.ideas_begun,
        came=found.people_came,
        asked=found.people_asked,
        answered=found.people_answered,
        has_next=found.has_next,
    )


def what_was_built_on(review: Review) -> str:
    """What hangs on a review having been held, as a sentence; empty where nothing does. One query."""
    now = progress_of(review)
    if now.asked:
        return "The attendees were asked how it was."
    if now.is_recap_sent:
        return "The recap was sent."
    if now.carried:
        return "Its goals stand in the success plan."
    return "An idea of it became an opportunity." if now.begun else ""


def carried_of(review: Review) -> Carried:
    """Goals and ideas of a review with what became of them, and what comes next. Three queries."""
    return Carried(
        list(ReviewGoal.objects.kept().filter(review=review).select_related("owner", "contact", "objective")),
        list(ReviewIdea.objects.kept().filter(review=review).select_related("opportunity", "signal")),
        next_review(review),
    )


def get_idea_for(user: User, pk: int) -> ReviewIdea:
    """An idea of a review that the user sees; anything else is a 404."""
    kept = ReviewIdea.objects.visible_to(user).filter(archived_at=None)
    return get_object_or_404(kept.select_related("review__account__owner", "signal"), pk=pk)


def _count(rows: QuerySet) -> Coalesce:
    """How many rows of the outer review there are."""
    counted = rows.order_by().values("review").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
