"""Closing a renewal: the page on which it is done, what it would come to as one types, and the way back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.models import Product
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.closing import Signed
from renewals.forms.closing import ClosingDraft
from renewals.models import Renewal
from renewals.queries.closing import Outlook, current_of, offered, outlook_of_lost, outlook_of_signed
from renewals.queries.proposals import rates_on
from renewals.queries.renewals import get_renewal_for
from renewals.services.closing import TermsError, close_renewal, undo_closing
from renewals.views.board import changed

SUM = "sum"


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def close(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was signed or why it was lost, and closes the renewal.

    By POST a `do` of `sum` only says what it would come to, `add` and `remove:…` change the lines of the form.
    """
    one = get_renewal_for(request.user, pk)
    if not one.is_open or one.contract.end is None:
        refuse(request, "This renewal is closed." if not one.is_open else "Its contract has no end to be renewed at.")
        return redirect("renewals:renewal", pk=pk)
    choices: dict[str, Any] = {
        "products": list(Product.objects.order_by("name", "pk").values_list("pk", "name")),
        "currencies": [*rates_on(clock.today()), one.contract.currency],
    }
    if request.method != "POST":
        offer = offered(one, today=clock.today())
        draft = ClosingDraft.begun(one, offer.terms, **choices)
        return _show(request, one, draft, option=offer.option, terms=offer.terms)
    do = request.POST.get("do", "")
    draft = ClosingDraft.sent(request.POST, do="" if do == SUM else do, **choices)
    if do:
        return _show(request, one, draft, is_sum=do == SUM)
    status = _attempt(request, one, draft)
    return _show(request, one, draft, status) if status else redirect("renewals:renewal", pk=pk)


@require_POST
@changes
def undo(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the closing back; refused (409) once a day has passed or something was built upon it."""
    one, status = get_renewal_for(request.user, pk), 200
    try:
        one = undo_closing(by=request.user, renewal=one)
    except RefusedError as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"Open again · {one.account.name} stands at “{one.get_stage_display()}”")
    response = changed(request, one)
    if request.htmx:
        response.status_code = status
    return response


def _attempt(request: UserRequest, one: Renewal, draft: ClosingDraft) -> int:
    """Closes the renewal by a form; gives the status of its answer, 0 where that is the page of the renewal."""
    if not draft.is_valid():
        return 422
    head = draft.head.cleaned_data
    try:
        closed = close_renewal(
            by=request.user, renewal=one, terms=draft.terms, version=head["version"], key=head["key"]
        )
    except RepeatedError:
        return 0
    except TermsError as refused:
        draft.show(refused.problems)
        return 422
    except RefusedError as refused:
        draft.head.add_error(None, str(refused))
        return 422
    except StaleError as stale:
        return _tell_stale(request, stale, draft)
    words = f"{closed.get_outcome_display()} · {one.account.name}"
    toast(request, words, undo=reverse("renewals:undo-closing", args=[one.pk]))
    return 0


def _tell_stale(request: UserRequest, stale: StaleError, draft: ClosingDraft) -> int:
    """Somebody was faster: whoever closed it is named on its page, any other change can be closed over."""
    current = stale.current
    assert isinstance(current, Renewal)
    if not current.is_open:
        who = stale.by or "Somebody"
        refuse(request, f"{who} closed this renewal meanwhile: {current.get_outcome_display()}. Yours was not saved.")
        return 0
    draft.over(current.version)
    words = f"{stale} Nothing of yours is saved yet. Look at the renewal, and close it again if this still holds."
    draft.head.add_error(None, words)
    return 409


def _show(
    request: UserRequest,
    one: Renewal,
    draft: ClosingDraft,
    status: int = 200,
    *,
    terms: Signed | None = None,
    option: str = "",
    is_sum: bool = False,
) -> HttpResponse:
    """The form beside what it would come to, or only that; `terms` are those of a form that nobody has touched."""
    context: dict[str, Any] = {
        "renewal": one,
        "account": one.account,
        "draft": draft,
        "form": draft.head,
        "option": option,
        "outlook": _outlook(one, draft, terms),
    }
    target = "closing-sum" if is_sum else "closing"
    partial = "sum" if is_sum else "form"
    return render_page(request, "renewals/closing.html", context, partial=partial, target=target, status=status)


def _outlook(one: Renewal, draft: ClosingDraft, terms: Signed | None) -> Outlook:
    current, rates = current_of(one.contract), rates_on(clock.today())
    if terms is not None:
        return outlook_of_signed(current, terms.lines, terms.currency, terms.start, rates=rates)
    read = draft.as_read()
    clean = read.head.cleaned_data
    if read.head.is_lost:
        return outlook_of_lost(one.contract, current, clean.get("last_day"), rates=rates)
    currency = clean.get("currency") or current.currency
    return outlook_of_signed(current, read.readable_lines, currency, clean.get("start"), rates=rates)
