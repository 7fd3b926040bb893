"""What goes on after a review: goals to the success plan, ideas to opportunities, and the next review."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.following import IdeaForm, NextReviewForm
from qbr.models import Review
from qbr.queries.following import carried_of, get_idea_for
from qbr.queries.reviews import get_review_for
from qbr.services.carrying_over import carry_goals, carry_idea, take_back_goals
from qbr.services.notes import CLOSED
from qbr.services.scheduling import request_review

CHANGED = ("reviewCarriedChanged", "reviewChanged", "countsChanged")
# So many goals a toast can take back; more never came of a review.
MOST_GOALS = 100


@require_safe
def carried(request: UserRequest, pk: int) -> HttpResponse:
    """Goals, ideas and the next review, with what became of them."""
    review = get_review_for(request.user, pk)
    context = {"review": review, "account": review.account, "carried": carried_of(review)}
    context |= {"part": "qbr/_carried.html", "title": "What goes on", "can_write": review.status not in CLOSED}
    return render_page(request, "qbr/part.html", context, partial="panel", target="review-carried")


@require_POST
@changes
def goals(request: UserRequest, pk: int) -> HttpResponse:
    """Writes the goals to the success plan."""
    review = get_review_for(request.user, pk)
    try:
        made = carry_goals(by=request.user, review=review)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        keys = "&".join(f"goal={goal.pk}" for goal in made)
        undo = f"{reverse('qbr:goals-back', args=[pk])}?{keys}" if made else ""
        count = f"{len(made)} goal{'' if len(made) == 1 else 's'}"
        toast(request, f"{count} in the success plan" if made else "All goals are in the plan already", undo=undo)
    return _changed(request, review)


@require_POST
@changes
def goals_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes `?goal`s out of the success plan again."""
    review = get_review_for(request.user, pk)
    named = request.GET.getlist("goal")[:MOST_GOALS]
    keys = [int(key) for key in named if key.isascii() and key.isdecimal() and len(key) < 19]
    try:
        take_back_goals(by=request.user, review=review, goals=keys)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, "Out of the success plan again")
    return _changed(request, review)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def idea(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what an idea is worth, and makes it an opportunity."""
    found = get_idea_for(request.user, pk)
    form, account = IdeaForm(sent(request), idea=found), found.review.account
    dialog = Dialog("Make it an opportunity", account, "Begin", body="qbr/_idea_fields.html")
    if request.method != "POST":
        return show(request, dialog, form, idea=found)
    begun, status = attempt(
        request,
        form,
        lambda: carry_idea(by=request.user, idea=found, fields=form.opportunity_fields(), key=form.sent_key),
    )
    if status != 200:
        return show(request, dialog, form, status, idea=found)
    if begun:
        toast(request, f"Begun · {begun.name}")
    return _changed(request, found.review, "expansionChanged", close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def next_review(request: UserRequest, pk: int) -> HttpResponse:
    """Asks when the next review is due, and adds it."""
    review = get_review_for(request.user, pk)
    form = NextReviewForm(sent(request), review=review)
    dialog = Dialog("Plan the next review", review.account, "Plan it")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request,
        form,
        lambda: request_review(
            by=request.user,
            account=review.account,
            reason=f"After the {review.get_kind_display().lower()} before it",
            **form.cleaned_data,
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"Planned · {made}")
    return _changed(request, review, close=True)


def _changed(request: UserRequest, review: Review, *events: str, close: bool = False) -> HttpResponse:
    return answer(request, *CHANGED, *events, to=reverse("qbr:follow-up", args=[review.pk]), close=close)
