"""What was written down in a review, what its customer wants to reach, and who is to take part."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from accounts.models import Objective, User
from accounts.queries.success_plans import Goal, goals_of
from cs_workspace.common import clock
from qbr.models import Attendee, Review, ReviewNote


@dataclass(frozen=True)
class Said:
    """The notes of a review, the latest first; `decisions` are among them."""

    notes: Sequence[ReviewNote]

    @property
    def decisions(self) -> Sequence[ReviewNote]:
        """Those that were decided."""
        return [note for note in self.notes if note.kind == ReviewNote.Kind.DECISION]


def said_in(review: Review) -> Said:
    """What was written down in a review. One query."""
    return Said(list(ReviewNote.objects.kept().filter(review=review).select_related("by").order_by("-at", "-pk")))


def get_note_for(user: User, pk: int) -> ReviewNote:
    """A note of a review that the user sees, also one that was taken out; anything else is a 404."""
    return get_object_or_404(ReviewNote.objects.visible_to(user).select_related("review__account"), pk=pk)


def scored_goals(review: Review) -> list[Goal]:
    """The objectives of the account's plan, to be scored on the spot. At most two queries."""
    kept = Objective.objects.kept().filter(plan__account=review.account_id, plan__archived_at=None)
    return goals_of(kept.order_by("due_on", "pk"), today=clock.today())


def get_objective_for(review: Review, pk: int) -> Objective:
    """An objective of the account's plan; anything else is a 404."""
    kept = Objective.objects.kept().filter(plan__account=review.account_id, plan__archived_at=None)
    return get_object_or_404(kept.select_related("plan__account"), pk=pk)


def attendees_of(review: Review) -> list[Attendee]:
    """Who is to take part or took part, the customer's people first. One query."""
    everybody = list(Attendee.objects.filter(review=review).select_related("contact", "user").order_by("pk"))
    return sorted(everybody, key=lambda one: one.user_id is not None)
