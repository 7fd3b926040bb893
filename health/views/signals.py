"""Churn signals of an account: shown, logged by hand, confirmed, dismissed, resolved, taken back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from health.forms.signals import CloseSignalForm, NewSignalForm
from health.models import ChurnSignal
from health.queries.signals import get_signal_for, signals_panel
from health.services import signal_handling as service


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The signals of an account, live ones and those that are over."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "signals": signals_panel(account)}
    return render_page(request, "health/account_signals.html", context, partial="panel", target="signals")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was seen, and writes it down."""
    account = get_account_for(request.user, pk)
    form, dialog = NewSignalForm(sent(request)), Dialog("Log a churn signal", account, "Log signal")
    if request.method != "POST":
        return show(request, dialog, form)
    signal, status = attempt(
        request, form, lambda: service.log_signal(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if signal:
        toast(request, f"Logged · {signal.label}", undo=reverse("health:signal-retract", args=[signal.pk]))
    return _changed(request, account.pk, close=True)


@require_POST
@changes
def confirm(request: UserRequest, pk: int) -> HttpResponse:
    """Somebody looked, and it is so."""
    return _handle(request, pk, service.confirm, "Confirmed")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def dismiss(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why it means nothing, and closes it."""
    return _close(request, pk, service.dismiss, "Dismiss")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def resolve(request: UserRequest, pk: int) -> HttpResponse:
    """Asks how it was settled, and closes it."""
    return _close(request, pk, service.resolve, "Resolve")


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was done."""
    return _handle(request, pk, service.reopen, "Open again")


@require_POST
@changes
def retract(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was logged just now: dismissed, and kept."""
    return _handle(request, pk, service.retract, "Taken back")


def _close(request: UserRequest, pk: int, do: Callable[..., ChurnSignal], verb: str) -> HttpResponse:
    signal = get_signal_for(request.user, pk)
    form, dialog = CloseSignalForm(sent(request)), Dialog(f"{verb} “{signal.label}”", signal.account, verb)
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(request, form, lambda: do(by=request.user, signal=signal, reason=form.cleaned_data["reason"]))
    if status != 200:
        return show(request, dialog, form, status)
    _say(request, signal, "Dismissed" if verb == "Dismiss" else "Resolved")
    return _changed(request, signal.account_id, close=True)


def _handle(request: UserRequest, pk: int, do: Callable[..., ChurnSignal], words: str) -> HttpResponse:
    signal = get_signal_for(request.user, pk)
    try:
        do(by=request.user, signal=signal)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        _say(request, signal, words, undo=do is service.confirm)
    return _changed(request, signal.account_id)


def _say(request: UserRequest, signal: ChurnSignal, words: str, *, undo: bool = True) -> None:
    back = reverse("health:signal-reopen", args=[signal.pk]) if undo else ""
    toast(request, f"{words} · {signal.label}", undo=back)


def _changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    events = ("signalsChanged", "timelineChanged", "notesChanged", "tasksChanged", "countsChanged")
    return answer(request, *events, to=reverse("accounts:account", args=[account_id]), close=close)
