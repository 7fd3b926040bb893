"""Action items of a review: written down, changed, done, taken out, and the ways back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.queries.share_links import live_link_to
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.actions import ActionForm, NewActionForm
from qbr.models import ActionItem, Review, ReviewShare
from qbr.queries.actions import actions_of, get_action_for, people_of
from qbr.queries.reviews import get_review_for
from qbr.services import actions as service
from qbr.services.notes import CLOSED

EVENTS = ("reviewActionsChanged", "tasksChanged", "countsChanged")
PANEL, LIST = "review-actions", "actions-list"


@require_http_methods(["GET", "HEAD"])
def actions(request: UserRequest, pk: int) -> HttpResponse:
    """What both sides promised, and the form for more."""
    review = get_review_for(request.user, pk)
    return _panel(request, review, NewActionForm(review=review, people=people_of(review, request.user)))


@require_POST
@changes
def action_new(request: UserRequest, pk: int) -> HttpResponse:
    """Writes one promise down, and is ready for the next."""
    review = get_review_for(request.user, pk)
    people = people_of(review, request.user)
    form = NewActionForm(request.POST, review=review, people=people)
    made, status = attempt(
        request,
        form,
        lambda: service.add_action(
            by=request.user,
            review=review,
            side=form.side,
            fields=form.action_fields(),
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return _panel(request, review, form, status=status)
    if made:
        toast(request, f"Promised · {made}", undo=reverse("qbr:action-archive", args=[made.pk]))
    if not request.htmx:
        return answer(request, to=f"{reverse('qbr:actions', args=[pk])}#{PANEL}")
    return _panel(request, review, NewActionForm(review=review, people=people))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def action_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes what was promised, by whom and until when."""
    found = get_action_for(request.user, pk)
    people = people_of(found.review, request.user).with_whoever_has(found)
    form = ActionForm(sent(request), record=found, people=people)
    dialog = Dialog("Edit the action", found.review.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_action(
            by=request.user, action=found, fields=form.action_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        undo = f"{reverse('qbr:action-back', args=[pk])}?version={edited.version}"
        toast(request, f"Saved · {edited}", undo=undo)
    return answer(request, *EVENTS, to=_home(found), close=True)


@require_POST
@changes
def action_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version` of an action item."""
    do = partial(service.take_back_action, version=whole_number(request.GET, "version"))
    return _handle(request, pk, do, "As before")


@require_POST
@changes
def action_done(request: UserRequest, pk: int) -> HttpResponse:
    """Done: ours with its task, theirs by our word."""
    return _handle(request, pk, service.finish_action, "Done", undo="qbr:action-reopen")


@require_POST
@changes
def action_reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Not done after all."""
    return _handle(request, pk, service.reopen_action, "Open again")


@require_POST
@changes
def action_archive(request: UserRequest, pk: int) -> HttpResponse:
    """Takes an action item out, and cancels its task."""
    return _handle(request, pk, service.archive_action, "Taken out", undo="qbr:action-restore")


@require_POST
@changes
def action_restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings an action item back."""
    return _handle(request, pk, service.restore_action, "Back again")


def _handle(
    request: UserRequest, pk: int, do: Callable[..., ActionItem], words: str, *, undo: str = ""
) -> HttpResponse:
    found = get_action_for(request.user, pk)
    try:
        do(by=request.user, action=found)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {found}", undo=reverse(undo, args=[pk]) if undo else "")
    return answer(request, *EVENTS, to=_home(found))


def _home(found: ActionItem) -> str:
    return f"{reverse('qbr:actions', args=[found.review_id])}#{PANEL}"


def _panel(request: UserRequest, review: Review, form: NewActionForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "review": review,
        "account": review.account,
        "actions": actions_of(review),
        "link": live_link_to(ReviewShare, review),
        "can_write": review.status not in CLOSED,
        "action_form": form,
        "part": "qbr/_actions.html",
        "title": "Action items",
    }
    target = LIST if request.htmx and request.htmx.target == LIST else PANEL
    return render_page(request, "qbr/part.html", context, partial="panel", target=target, status=status)
