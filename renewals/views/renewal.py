"""The page of one renewal, what is edited on it, and its history."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.forms.renewal import ProbabilityForm, RenewalForm
from renewals.models import Renewal
from renewals.queries.renewal_page import head_of, history_of, lines_of, signs_of, steps_of
from renewals.queries.renewals import get_renewal_for
from renewals.services.editing import edit_renewal, undo_renewal
from renewals.views.board import changed

STATE = "renewal-state"


@require_safe
def renewal(request: UserRequest, pk: int) -> HttpResponse:
    """Where a renewal stands and what is to be done; after a change only the parts that say so."""
    one = get_renewal_for(request.user, pk)
    is_part = bool(request.htmx) and request.htmx.target == STATE
    context: dict[str, Any] = {
        "renewal": one,
        "account": one.account,
        "head": head_of(one),
        "steps": steps_of(one),
        "oob": is_part,
    }
    if not is_part:
        context |= {"signs": signs_of(one.account_id), "lines": lines_of(one)}
    return render_page(request, "renewals/renewal.html", context, partial="state", target=STATE)


@require_safe
def history(request: UserRequest, pk: int) -> HttpResponse:
    """What was done with a renewal, the latest first."""
    one = get_renewal_for(request.user, pk)
    context = {"renewal": one, "account": one.account, "entries": history_of(one)}
    return render_page(request, "renewals/history.html", context, partial="history", target="renewal-history")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what the owner says of a renewal, and keeps it."""
    one = get_renewal_for(request.user, pk)
    return _edit(request, one, RenewalForm(sent(request), record=one), "Edit the renewal", "Renewal saved")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def probability(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for another probability than the computed one, with the reason."""
    one = get_renewal_for(request.user, pk)
    return _edit(request, one, ProbabilityForm(sent(request), record=one), "Set the probability", "Probability saved")


@require_POST
@changes
def put_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the edit back that made `?version`, unless somebody changed the renewal again (409)."""
    one, status = get_renewal_for(request.user, pk), 200
    try:
        undo_renewal(by=request.user, renewal=one, version=whole_number(request.GET, "version"))
    except StaleError as stale:
        refuse(request, f"{stale} It stays as it is now; open it to change it.")
        status = 409
    except RefusedError as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"As before · {one.account.name}")
    response = changed(request, one)
    if request.htmx:
        response.status_code = status
    return response


def _edit(request: UserRequest, one: Renewal, form: Any, title: str, done: str) -> HttpResponse:
    dialog = Dialog(title, one.account, body="renewals/_edit_fields.html")
    if request.method != "POST":
        return show(request, dialog, form, renewal=one)
    saved, status = attempt(
        request,
        form,
        lambda: edit_renewal(
            by=request.user, renewal=one, fields=form.renewal_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status, renewal=one)
    undo = f"{reverse('renewals:put-back', args=[one.pk])}?version={saved.version}" if saved else ""
    toast(request, f"{done} · {one.account.name}", undo=undo)
    return changed(request, one, close=True)
