"""Ideas how the customer may grow: chosen to be shown, put into better words, taken out and brought back."""

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
from qbr.forms.prepare import EditIdeaForm, NewIdeaForm
from qbr.models import ReviewIdea
from qbr.queries.preparing import suggestions_for
from qbr.queries.reviews import get_review_for
from qbr.queries.written import get_idea_for, written_in
from qbr.services import ideas as service

PANEL = "review-ideas"
CHANGED = ("reviewIdeasChanged", "reviewChecklistChanged")


@require_safe
def ideas(request: UserRequest, pk: int) -> HttpResponse:
    """What is shown of how the customer may grow, and what else might be."""
    review = get_review_for(request.user, pk)
    written = written_in(review, today=clock.today())
    suggestions = suggestions_for(review, written)
    context = {"review": review, "account": review.account, "written": written, "suggestions": suggestions}
    return render_page(request, "qbr/ideas.html", context, partial="panel", target=PANEL)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def idea_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for an idea, or takes one that was suggested, and lets it into the review."""
    review = get_review_for(request.user, pk)
    form, dialog = NewIdeaForm(sent(request)), Dialog("Show an idea", review.account, "Show it")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request,
        form,
        lambda: service.choose_idea(
            by=request.user,
            review=review,
            fields=form.idea_fields(),
            signal=form.cleaned_data["signal"],
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"Idea chosen · {made}", undo=reverse("qbr:idea-drop", args=[made.pk]))
    return answer(request, *CHANGED, to=reverse("qbr:ideas", args=[pk]), close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def idea_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Puts an idea into better words."""
    idea = get_idea_for(request.user, pk)
    form, dialog = EditIdeaForm(sent(request), record=idea), Dialog("Edit the idea", idea.review.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_idea(
            by=request.user, idea=idea, fields=form.idea_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        toast(request, f"Saved · {edited}", undo=f"{reverse('qbr:idea-back', args=[pk])}?version={edited.version}")
    return answer(request, *CHANGED, to=reverse("qbr:ideas", args=[idea.review_id]), close=True)


@require_POST
@changes
def idea_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version` of an idea."""
    do = partial(service.take_back_idea, version=whole_number(request.GET, "version"))
    return _handle(request, pk, do, "As before")


@require_POST
@changes
def idea_drop(request: UserRequest, pk: int) -> HttpResponse:
    """Takes an idea out of the review."""
    return _handle(request, pk, service.drop_idea, "Taken out", undo="qbr:idea-restore")


@require_POST
@changes
def idea_restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings an idea back."""
    return _handle(request, pk, service.restore_idea, "Back again")


def _handle(
    request: UserRequest, pk: int, do: Callable[..., ReviewIdea], words: str, *, undo: str = ""
) -> HttpResponse:
    idea: Any = get_idea_for(request.user, pk)
    try:
        do(by=request.user, idea=idea)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {idea}", undo=reverse(undo, args=[pk]) if undo else "")
    return answer(request, *CHANGED, to=reverse("qbr:ideas", args=[idea.review_id]))
