"""The checklist of a review: beside its preparation and on its own page, and what people say of its points."""

from collections.abc import Callable

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
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.prepare import OwnerForm
from qbr.models import ChecklistItem
from qbr.queries.checklist import get_item_for
from qbr.queries.reviews import get_review_for
from qbr.queries.written import written_in
from qbr.services.checklist import hand_over, leave_to_itself, say_done

PANEL, CHANGED = "review-checklist", "reviewChecklistChanged"


@require_safe
def checklist(request: UserRequest, pk: int) -> HttpResponse:
    """What is to be done before a review, and what is done."""
    review = get_review_for(request.user, pk)
    written = written_in(review, today=clock.today())
    can_write = review.is_ahead and not request.user.read_only
    context = {"review": review, "account": review.account, "written": written, "can_write": can_write}
    return render_page(request, "qbr/checklist.html", context, partial="panel", target=PANEL)


@require_POST
@changes
def say(request: UserRequest, pk: int) -> HttpResponse:
    """Says that a point is done (`?done=1`) or is not."""
    item, done = get_item_for(request.user, pk), whole_number(request.GET, "done") == 1
    before = item.done_at is not None and item.done_by_id is not None
    here = reverse("qbr:checklist-say", args=[pk])
    undo = f"{here}?done=1" if before else reverse("qbr:checklist-back", args=[pk])
    words = f"{'Done' if done else 'Not done'} · {item}"
    return _handle(request, item, lambda: say_done(by=request.user, item=item, done=done), words, undo)


@require_POST
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Leaves a point to what the system sees."""
    item = get_item_for(request.user, pk)
    return _handle(request, item, lambda: leave_to_itself(item=item), f"As before · {item}")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def owner(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who sees to a point, and gives it to them; the way back names them in `?owner`."""
    item, data = get_item_for(request.user, pk), sent(request)
    if data is not None and "owner" not in data:
        data = request.GET
    form, dialog = OwnerForm(data, item=item), Dialog(f"Who sees to it: {item}", item.review.account)
    if request.method != "POST":
        return show(request, dialog, form)
    before = item.owner_id or ""
    done, status = attempt(request, form, lambda: hand_over(item=item, owner=form.cleaned_data["owner"]))
    if done is None:
        return show(request, dialog, form, status)
    toast(request, f"{item} · {done.owner or 'as the review'}", undo=f"{request.path}?owner={before}")
    return answer(request, CHANGED, to=reverse("qbr:checklist", args=[item.review_id]), close=True)


def _handle(
    request: UserRequest, item: ChecklistItem, do: Callable[[], ChecklistItem], words: str, undo: str = ""
) -> HttpResponse:
    try:
        do()
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, words, undo=undo)
    return answer(request, CHANGED, to=reverse("qbr:checklist", args=[item.review_id]))
