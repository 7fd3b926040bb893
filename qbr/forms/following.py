"""What an idea becomes, and when the next review is."""

from typing import Any, ClassVar

from django import forms

from accounts.domain.success_plans import next_review
from accounts.forms.fields import DayField, NewForm
from accounts.forms.plan import plain
from cs_workspace.common import clock
from qbr.domain.reviews import Kind
from qbr.models import Review, ReviewIdea
from renewals.forms.expansion import NewOpportunityForm


class IdeaForm(NewOpportunityForm):
    """The opportunity that an idea becomes, begun with the idea's words and value."""

    def __init__(self, *args: Any, idea: ReviewIdea, **kwargs: Any) -> None:
        super().__init__(*args, account=idea.review.account, signal=idea.signal, **kwargs)
        self.initial["name"] = idea.title[:120]
        if idea.value is not None:
            self.initial["value"] = plain(idea.value)


class NextReviewForm(NewForm):
    """The next review with the customer."""

    kind = forms.TypedChoiceField(coerce=Kind, choices=Review.Kind.choices)
    due_on = DayField(label="Due on")

    layout: ClassVar[list[list[str]]] = [["kind", "due_on"]]

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        held_on = clock.day_of(review.held_at or clock.now())
        # A checkpoint is one of an onboarding; what follows it is a review of the quarter.
        kind = Kind.QBR if review.kind == Kind.CHECKPOINT else review.kind
        initial = {"kind": kind, "due_on": max(next_review(held_on), clock.today())}
        super().__init__(*args, initial=initial, **kwargs)
