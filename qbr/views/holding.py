"""Saying that a review was held, with who took part; and the way back."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.holding import HoldForm
from qbr.models import Review
from qbr.queries.notes import attendees_of
from qbr.queries.reviews import get_review_for
from qbr.services.holding import hold_review, holding_refused, undo_holding

EVENTS = ("reviewChanged", "touchesChanged", "timelineChanged", "tasksChanged", "countsChanged")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def hold(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who took part, and holds the review; what follows is its follow-up."""
    review = get_review_for(request.user, pk)
    form = HoldForm(sent(request), review=review, attendees=attendees_of(review))
    if request.method != "POST":
        return _show(request, review, form)
    status = _attempt(request, review, form)
    if status:
        return _show(request, review, form, status)
    return redirect("qbr:follow-up", pk=pk)


@require_POST
@changes
def undo(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back that it was held; refused (409) once a day has passed or something was built upon it."""
    review, status = get_review_for(request.user, pk), 200
    try:
        undo_holding(by=request.user, review=review, version=whole_number(request.GET, "version"))
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"Not held after all · {review.account.name}")
    response = answer(request, *EVENTS, to=reverse("qbr:review", args=[pk]))
    if request.htmx:
        response.status_code = status
    return response


def _attempt(request: UserRequest, review: Review, form: HoldForm) -> int:
    """Holds the review by a form; gives the status of its answer, 0 where it is done."""
    if not form.is_valid():
        return 422
    clean = form.cleaned_data
    try:
        held = hold_review(by=request.user, review=review, attended=clean["attended"], version=clean["version"])
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return 422
    except StaleError as stale:
        form.add_error(None, f"{stale} Nothing is saved yet. Look at it again, and hold it if this still holds.")
        form.data = request.POST.copy()
        form.data["version"] = str(review.version)
        return 409
    undo_url = f"{reverse('qbr:undo-holding', args=[held.pk])}?version={held.version}"
    toast(request, f"Held · {held.account.name}", undo=undo_url)
    return 0


def _show(request: UserRequest, review: Review, form: HoldForm, status: int = 200) -> HttpResponse:
    dialog = Dialog("The review was held", review.account, "It was held", body="qbr/_hold_fields.html")
    return show(request, dialog, form, status, review=review, refusal=holding_refused(review))
