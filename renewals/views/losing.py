"""Losing a customer from its page: what is given up and why, what it comes to as one types, and the way back."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, RepeatedError
from cs_workspace.common.toasts import refuse, toast
from renewals.forms.churn import LoseForm, NoteLossForm
from renewals.models import ChurnRecord, Renewal
from renewals.queries.ledger_losses import untold_of
from renewals.queries.losing import Losable, losable, outlook_of_loss
from renewals.services.churn_records import note_loss
from renewals.services.closing import TermsError
from renewals.services.losing import lose_contracts, undo_loss

SUM = "sum"


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def lose(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which contracts are given up and why, and writes the loss. By POST a `do` of `sum` only says what it would
    come to."""
    account = get_account_for(request.user, pk)
    found = losable(account, today=clock.today())
    form = LoseForm(sent(request), found=found)
    if request.method != "POST":
        return _show(request, account, form)
    if request.POST.get("do") == SUM:
        form.is_valid()
        return _show(request, account, form, is_sum=True)
    try:
        renewals = _lose(request, account, form, found)
    except RepeatedError:
        return redirect("accounts:account", pk=pk)
    if renewals is None:
        return _show(request, account, form, 422)
    record = ChurnRecord.objects.standing().filter(renewal__in=renewals).order_by("-arr_lost", "pk").first()
    assert record is not None  # what is lost has one
    keys = ",".join(str(one.pk) for one in renewals)
    toast(request, f"Written down · {account.name}", undo=f"{reverse('renewals:lose-back', args=[pk])}?renewals={keys}")
    return redirect("renewals:churn-record", pk=record.pk)


@require_POST
@changes
def lose_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the loss of the contracts of `?renewals` back, all or none of them; refused (409) once a day has passed or
    something was built upon it."""
    account = get_account_for(request.user, pk)
    keys = [int(key) for key in request.GET.get("renewals", "").split(",") if key.isdecimal() and len(key) <= 18]
    status = 200
    try:
        undo_loss(by=request.user, renewals=list(Renewal.objects.filter(account=account, pk__in=keys)))
    except RefusedError as refused:
        refuse(request, str(refused))
        status = 409
    else:
        toast(request, f"Taken back · {account.name} has its contracts again")
    response = answer(request, "renewalChanged", "churnChanged", to=reverse("accounts:account", args=[pk]))
    if request.htmx:
        response.status_code = status
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def note(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why the ledger tells a loss, of `?day` to begin with, and writes it down."""
    account = get_account_for(request.user, pk)
    losses = untold_of(account, until=clock.today() + dt.timedelta(days=1))
    if not losses:
        refuse(request, "Every loss of this account is written down.")
        return answer(request, to=reverse("accounts:account", args=[pk]), close=True)
    form = NoteLossForm(sent(request), losses=losses, chosen=request.GET.get("day", ""))
    dialog = Dialog("Why was it lost?", account, "Write down")
    if request.method != "POST":
        return show(request, dialog, form)
    record, status = attempt(
        request,
        form,
        lambda: note_loss(
            by=request.user,
            account=account,
            day=form.cleaned_data["day"],
            why=form.why,
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if record:
        toast(request, f"Written down · {account.name}", undo=reverse("renewals:churn-withdraw", args=[record.pk]))
    return answer(request, "churnChanged", to=reverse("accounts:account", args=[pk]), close=True)


def _lose(request: UserRequest, account: Account, form: LoseForm, found: list[Losable]) -> list[Renewal] | None:
    """Writes the loss by a form; None where that says what is wrong."""
    if not form.is_valid():
        return None
    contracts = [one.contract for one in found if one.contract.pk in form.chosen]
    try:
        return lose_contracts(
            by=request.user, account=account, contracts=contracts, lost=form.lost, key=form.cleaned_data["key"]
        )
    except TermsError as refused:
        form.show(refused.problems)
    except RefusedError as refused:
        form.add_error(None, str(refused))
    return None


def _show(
    request: UserRequest, account: Account, form: LoseForm, status: int = 200, *, is_sum: bool = False
) -> HttpResponse:
    """The form beside what it would come to, or only that."""
    context: dict[str, Any] = {
        "account": account,
        "form": form,
        "has_contracts": bool(form.found),
        "outlook": outlook_of_loss(list(form.found.values()), form.chosen, form.until),
    }
    target = "loss-sum" if is_sum else "loss"
    partial = "sum" if is_sum else "form"
    return render_page(request, "renewals/losing.html", context, partial=partial, target=target, status=status)
