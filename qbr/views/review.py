"""The page of one review, how far it has come, and when it takes place."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.domain.reviews import Status
from qbr.forms.review import CancelForm, RequestForm, ScheduleForm
from qbr.models import Review
from qbr.queries.attendance import attendance_of
from qbr.queries.review_page import head_of, history_of
from qbr.queries.reviews import get_review_for
from qbr.services.scheduling import bring_back, cancel_review, request_review, schedule_review, take_back
from qbr.services.stepping import step_review

STATE = "review-state"


@require_safe
def review(request: UserRequest, pk: int) -> HttpResponse:
    """Where a review stands, when it takes place and who comes; after a change only the parts that say so."""
    one = get_review_for(request.user, pk)
    context = {
        "review": one,
        "account": one.account,
        "head": head_of(one),
        "attendance": attendance_of(one),
        "oob": bool(request.htmx) and request.htmx.target == STATE,
    }
    return render_page(request, "qbr/review.html", context, partial="state", target=STATE)


@require_safe
def history(request: UserRequest, pk: int) -> HttpResponse:
    """What was done with a review, the latest first."""
    one = get_review_for(request.user, pk)
    context = {"review": one, "account": one.account, "entries": history_of(one)}
    return render_page(request, "qbr/history.html", context, partial="history", target="review-history")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which review an account is to have, and adds it."""
    account = get_account_for(request.user, pk)
    form, dialog = RequestForm(sent(request)), Dialog("Ask for a review", account, "Add review")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(request, form, lambda: request_review(by=request.user, account=account, **form.cleaned_data))
    if status != 200:
        return show(request, dialog, form, status)
    if made is None:
        return answer(request, to=reverse("accounts:account", args=[pk]), close=True)
    toast(request, f"{made.get_kind_display()} added · {account.name}")
    return changed(request, made, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def schedule(request: UserRequest, pk: int) -> HttpResponse:
    """Asks when and where a review takes place, and keeps it."""
    one = get_review_for(request.user, pk)
    form = ScheduleForm(sent(request), record=one)

    def save() -> Review:
        return schedule_review(by=request.user, review=one, meeting=form.meeting, version=form.cleaned_data["version"])

    return _edit(request, one, form, Dialog("When and where", one.account), save, "Planned")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why a review does not take place, and cancels it."""
    one = get_review_for(request.user, pk)
    form = CancelForm(sent(request), record=one)

    def save() -> Review:
        clean = form.cleaned_data
        return cancel_review(by=request.user, review=one, reason=clean["reason"], version=clean["version"])

    return _edit(request, one, form, Dialog("Cancel the review", one.account, "Cancel the review"), save, "Cancelled")


@require_POST
@changes
def step(request: UserRequest, pk: int) -> HttpResponse:
    """Moves a review to the status `to`, as it stood at `version`."""
    one = get_review_for(request.user, pk)
    to, version = request.POST.get("to", ""), whole_number(request.POST, "version") or None
    if to not in set(Status):
        refuse(request, "That is no step of a review.")
        return _refused(request, one, 422)
    return _do(
        request,
        one,
        lambda: step_review(by=request.user, review=one, to=Status(to), version=version),
        lambda moved: f"{moved.get_status_display()} · {one.account.name}",
    )


@require_POST
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Brings a cancelled review back."""
    one = get_review_for(request.user, pk)
    return _do(request, one, lambda: bring_back(by=request.user, review=one), lambda _: "Brought back", undoable=False)


@require_POST
@changes
def undo(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version`, unless somebody changed the review again (409)."""
    one = get_review_for(request.user, pk)
    version = whole_number(request.GET, "version")
    return _do(
        request,
        one,
        lambda: take_back(by=request.user, review=one, version=version),
        lambda _: f"As before · {one.account.name}",
        undoable=False,
    )


def changed(request: UserRequest, one: Review, *, close: bool = False) -> HttpResponse:
    """Lets what shows reviews be read anew."""
    to = reverse("qbr:review", args=[one.pk])
    return answer(request, "reviewChanged", "timelineChanged", "countsChanged", to=to, close=close)


def undo_of(saved: Review) -> str:
    """The address that takes the last change of a review back."""
    return f"{reverse('qbr:undo', args=[saved.pk])}?version={saved.version}"


def _edit(
    request: UserRequest, one: Review, form: Any, dialog: Dialog, save: Callable[[], Review], done: str
) -> HttpResponse:
    if request.method != "POST":
        return show(request, dialog, form, review=one)
    saved, status = attempt(request, form, save)
    if status != 200:
        return show(request, dialog, form, status, review=one)
    toast(request, f"{done} · {one.account.name}", undo=undo_of(saved) if saved else "")
    return changed(request, one, close=True)


def _do(
    request: UserRequest,
    one: Review,
    act: Callable[[], Review],
    words: Callable[[Review], str],
    *,
    undoable: bool = True,
) -> HttpResponse:
    """Does what needs no form: 409 where somebody changed the review meanwhile, 422 where a rule forbids it."""
    try:
        done = act()
    except StaleError as stale:
        refuse(request, f"{stale} It stays as it is now.")
        return _refused(request, one, 409)
    except RefusedError as refused:
        refuse(request, str(refused))
        return _refused(request, one, 422)
    toast(request, words(done), undo=undo_of(done) if undoable else "")
    return changed(request, one)


def _refused(request: UserRequest, one: Review, status: int) -> HttpResponse:
    response = changed(request, one)
    if request.htmx:
        response.status_code = status
    return response
