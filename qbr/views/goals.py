"""Goals until the next review: drafted, put into better words, taken out and brought back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.prepare import EditGoalForm, NewGoalForm
from qbr.models import ReviewGoal
from qbr.queries.reviews import get_review_for
from qbr.queries.written import get_goal_for, written_in
from qbr.services import review_goals as service

PANEL = "review-goals"
CHANGED = ("reviewGoalsChanged", "reviewChecklistChanged")


@require_safe
def goals(request: UserRequest, pk: int) -> HttpResponse:
    """What the customer wants to achieve until the next review."""
    review = get_review_for(request.user, pk)
    context = {"review": review, "account": review.account, "written": written_in(review, today=clock.today())}
    return render_page(request, "qbr/goals.html", context, partial="panel", target=PANEL)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def goal_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what is to be achieved, and drafts the goal."""
    review = get_review_for(request.user, pk)
    form, dialog = NewGoalForm(sent(request), review=review), Dialog("Draft a goal", review.account, "Add goal")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request,
        form,
        lambda: service.draft_goal(
            by=request.user, review=review, fields=form.goal_fields(), key=form.cleaned_data["key"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"Goal drafted · {made}", undo=reverse("qbr:goal-drop", args=[made.pk]))
    return answer(request, *CHANGED, to=reverse("qbr:goals", args=[pk]), close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def goal_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Puts a goal into better words."""
    goal = get_goal_for(request.user, pk)
    form, dialog = EditGoalForm(sent(request), record=goal), Dialog("Edit the goal", goal.review.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_goal(
            by=request.user, goal=goal, fields=form.goal_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        toast(request, f"Saved · {edited}", undo=f"{reverse('qbr:goal-back', args=[pk])}?version={edited.version}")
    return answer(request, *CHANGED, to=reverse("qbr:goals", args=[goal.review_id]), close=True)


@require_POST
@changes
def goal_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version` of a goal."""
    do = partial(service.take_back_goal, version=whole_number(request.GET, "version"))
    return _handle(request, pk, do, "As before")


@require_POST
@changes
def goal_drop(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a goal out of the review."""
    return _handle(request, pk, service.drop_goal, "Taken out", undo="qbr:goal-restore")


@require_POST
@changes
def goal_restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings a goal back."""
    return _handle(request, pk, service.restore_goal, "Back again")


def _handle(
    request: UserRequest, pk: int, do: Callable[..., ReviewGoal], words: str, *, undo: str = ""
) -> HttpResponse:
    goal: Any = get_goal_for(request.user, pk)
    try:
        do(by=request.user, goal=goal)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {goal}", undo=reverse(undo, args=[pk]) if undo else "")
    return answer(request, *CHANGED, to=reverse("qbr:goals", args=[goal.review_id]))
