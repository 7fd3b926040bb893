"""A lost customer signs again: the page on which that is entered, and the way back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.models import Account, Product
from accounts.queries.accounts import get_account_for
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, RepeatedError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.win_back import GUARANTEE_DAYS
from renewals.forms.returning import ReturnDraft
from renewals.models import CampaignTarget
from renewals.queries.proposals import rates_on
from renewals.services.closing import TermsError
from renewals.services.returning import undo_win_back, win_back

CHANGED = ("accountChanged", "timelineChanged", "tasksChanged", "countsChanged")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was signed, and brings the customer back. By POST a `do` only changes the lines of the form."""
    account = get_account_for(request.user, pk)
    if account.status != Account.Status.CHURNED:
        refuse(request, f"{account} is a customer already.")
        return redirect("accounts:account", pk=pk)
    today = clock.today()
    choices: dict[str, Any] = {
        "products": list(Product.objects.order_by("name", "pk").values_list("pk", "name")),
        "currencies": [*rates_on(today), account.currency],
    }
    if request.method != "POST":
        return _show(request, account, ReturnDraft.blank(account, today=today, **choices))
    do = request.POST.get("do", "")
    draft = ReturnDraft.sent(request.POST, do=do, **choices)
    if do:
        return _show(request, account, draft)
    status = _attempt(request, account, draft)
    return _show(request, account, draft, status) if status else redirect("accounts:account", pk=pk)


@require_POST
@changes
def undo(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the return back; refused (409) once a day has passed or something was built upon it."""
    account, status = get_account_for(request.user, pk), 200
    try:
        undo_win_back(by=request.user, account=account)
    except RefusedError as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"Taken back · {account} is lost, as before")
    response = answer(request, *CHANGED, to=reverse("accounts:account", args=[pk]))
    if request.htmx:
        response.status_code = status
    return response


def _attempt(request: UserRequest, account: Account, draft: ReturnDraft) -> int:
    """Brings the customer back by a form; gives the status of its answer, 0 where that is the page of the account."""
    if not draft.is_valid():
        return 422
    try:
        win_back(by=request.user, account=account, terms=draft.signed, key=draft.head.cleaned_data["key"])
    except RepeatedError:
        return 0
    except TermsError as refused:
        draft.show(refused.problems)
        return 422
    except RefusedError as refused:
        draft.head.add_error(None, str(refused))
        return 422
    toast(request, f"Welcome back, {account}", undo=reverse("renewals:undo-return", args=[account.pk]))
    return 0


def _show(request: UserRequest, account: Account, draft: ReturnDraft, status: int = 200) -> HttpResponse:
    context = {
        "account": account,
        "draft": draft,
        "form": draft.head,
        "guarantee_days": GUARANTEE_DAYS,
        "target": CampaignTarget.objects.live().filter(account=account).select_related("campaign").first(),
    }
    return render_page(request, "renewals/return.html", context, partial="form", target="closing", status=status)
