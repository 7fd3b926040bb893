"""The follow-up of a review: what was agreed, what is still to be done, and the word that all of it is."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.share_links import live_link_to
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.domain.following import steps_of
from qbr.forms.actions import NewActionForm
from qbr.forms.notes import NoteForm
from qbr.models import ReviewShare
from qbr.queries.actions import actions_of, people_of
from qbr.queries.following import progress_of
from qbr.queries.notes import said_in
from qbr.queries.recap import customers_of
from qbr.queries.reviews import get_review_for
from qbr.services.following import finish_follow_up, take_up_again
from qbr.services.notes import CLOSED

EVENTS = ("reviewChanged", "timelineChanged", "countsChanged")


@require_safe
def follow_up(request: UserRequest, pk: int) -> HttpResponse:
    """What was agreed and who does what; recap, goals, ideas and the question how it was arrive as panels."""
    review = get_review_for(request.user, pk)
    context = {
        "review": review,
        "account": review.account,
        "steps": steps_of(progress_of(review)),
        "said": said_in(review),
        "form": NoteForm(),
        "came": customers_of(review),
        "actions": actions_of(review),
        "action_form": NewActionForm(review=review, people=people_of(review, request.user)),
        "link": live_link_to(ReviewShare, review),
        "can_write": review.status not in CLOSED,
    }
    return render_page(request, "qbr/follow_up.html", context, partial="head", target="follow-up-head")


@require_POST
@changes
def finish(request: UserRequest, pk: int) -> HttpResponse:
    """Nothing is left to be done."""
    review = get_review_for(request.user, pk)
    version = whole_number(request.POST, "version") or None
    try:
        done = finish_follow_up(by=request.user, review=review, version=version)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        undo = f"{reverse('qbr:finish-back', args=[pk])}?version={done.version}"
        toast(request, f"Followed up · {done.account.name}", undo=undo)
    return answer(request, *EVENTS, "reviewNotesChanged", "reviewActionsChanged", to=_home(pk))


@require_POST
@changes
def finish_back(request: UserRequest, pk: int) -> HttpResponse:
    """Something is left after all."""
    review = get_review_for(request.user, pk)
    try:
        take_up_again(by=request.user, review=review, version=whole_number(request.GET, "version") or None)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"To be followed up · {review.account.name}")
    return answer(request, *EVENTS, "reviewNotesChanged", "reviewActionsChanged", to=_home(pk))


def _home(pk: int) -> str:
    return reverse("qbr:follow-up", args=[pk])
