"""Signals of expansion: the list of all, those of an account with its readiness, and what people do with them."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.expansion import STRENGTH_LABELS
from renewals.forms.expansion import BudgetForm, NewOpportunityForm, NewSignalForm, ReasonForm, SignalFilterForm
from renewals.queries.expansion import (
    expansion_of,
    get_budget_answer_for,
    get_signal_for,
    listed_signals,
    signal_counts,
    with_readiness,
)
from renewals.queries.pipeline import figures_of
from renewals.services import expansion_signals as service
from renewals.services.opportunities import take_up as take_up_signal

PAGE = 25
TAKE_UP = "renewals/_take_up_fields.html"


@require_safe
def expansion(request: UserRequest) -> HttpResponse:
    """Open signals, hot ones first, with how ready their accounts are; and the pipeline in figures."""
    form = SignalFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = signal_counts(request.user, wanted)
    found = listed_signals(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=counts[wanted.strength]).get_page(request.GET.get("page"))
    labels = {"": "All"} | {key.value: label for key, label in STRENGTH_LABELS.items()}
    context = {
        "form": form,
        "wanted": wanted,
        "chips": [(key, label, counts[key]) for key, label in labels.items()],
        "page": page,
        "lines": with_readiness(list(page.object_list)),
        "figures": figures_of(request.user),
        "is_filtered": bool(wanted.text or wanted.strength or wanted.kind or wanted.mine),
    }
    return render_page(request, "renewals/expansion.html", context, partial="rows")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """Signals, readiness and opportunities of an account."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "expansion": expansion_of(account)}
    return render_page(request, "renewals/account_expansion.html", context, partial="panel", target="expansion")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new_signal(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was seen, and writes it down."""
    account = get_account_for(request.user, pk)
    form, dialog = NewSignalForm(sent(request)), Dialog("Log an expansion signal", account, "Log signal")
    if request.method != "POST":
        return show(request, dialog, form)
    signal, status = attempt(
        request, form, lambda: service.log_signal(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if signal:
        undo = reverse("renewals:signal-retract", args=[signal.pk])
        toast(request, f"Logged · {signal.get_kind_display()}", undo=undo)
    return changed(request, account.pk, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def take_up(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what could come of a signal, and makes it an opportunity."""
    signal = get_signal_for(request.user, pk)
    form = NewOpportunityForm(sent(request), account=signal.account, signal=signal)
    dialog = Dialog(f"Take up “{signal.get_kind_display()}”", signal.account, "Take up", body=TAKE_UP)
    if request.method != "POST":
        return show(request, dialog, form, signal=signal)
    begun, status = attempt(
        request,
        form,
        lambda: take_up_signal(by=request.user, signal=signal, fields=form.opportunity_fields(), key=form.sent_key),
    )
    if status != 200:
        return show(request, dialog, form, status, signal=signal)
    if begun:
        toast(request, f"Taken up · {begun.name}")
    return changed(request, signal.account_id, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def dismiss(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why a signal means nothing, and puts it away."""
    signal = get_signal_for(request.user, pk)
    form = ReasonForm(sent(request), record=signal)
    dialog = Dialog(f"Dismiss “{signal.get_kind_display()}”", signal.account, "Dismiss")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request,
        form,
        lambda: service.dismiss_signal(by=request.user, signal=signal, reason=form.cleaned_data["reason"]),
    )
    if status != 200:
        return show(request, dialog, form, status)
    undo = reverse("renewals:signal-reopen", args=[pk])
    toast(request, f"Dismissed · {signal.get_kind_display()}", undo=undo)
    return changed(request, signal.account_id, close=True)


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a dismissal back."""
    signal = get_signal_for(request.user, pk)
    try:
        service.reopen_signal(by=request.user, signal=signal)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Open again · {signal.get_kind_display()}")
    return changed(request, signal.account_id)


@require_POST
@changes
def retract(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was logged just now: dismissed, and kept."""
    signal = get_signal_for(request.user, pk)
    try:
        service.retract_signal(by=request.user, signal=signal)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Taken back · {signal.get_kind_display()}")
    return changed(request, signal.account_id)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def budget(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what the customer said of the budget, and writes it down."""
    account = get_account_for(request.user, pk)
    form, dialog = BudgetForm(sent(request)), Dialog("Budget for more", account, "Note")
    if request.method != "POST":
        return show(request, dialog, form)
    said, status = attempt(request, form, lambda: service.note_budget(by=request.user, account=account, **form.said()))
    if status != 200:
        return show(request, dialog, form, status)
    if said:
        toast(request, f"Noted · {said}", undo=reverse("renewals:budget-back", args=[said.pk]))
    return changed(request, account.pk, close=True)


@require_POST
@changes
def budget_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was noted of the budget."""
    said = get_budget_answer_for(request.user, pk)
    account_id = said.account_id
    try:
        service.take_back_budget(by=request.user, answer=said)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, "Taken back")
    return changed(request, account_id)


def changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    """Lets what shows expansion be read anew."""
    events = ("expansionChanged", "timelineChanged", "tasksChanged", "playbooksChanged", "countsChanged")
    return answer(request, *events, to=reverse("renewals:account-expansion", args=[account_id]), close=close)
