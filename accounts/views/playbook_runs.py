"""Playbooks at work on an account: shown, started by hand, paused, resumed, a step skipped, cancelled."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.playbook_run import CancelRunForm, SkipStepForm, StartPlaybookForm
from accounts.http import UserRequest
from accounts.models import Account, PlaybookRun
from accounts.queries.accounts import get_account_for
from accounts.queries.playbook_runs import get_run_for, runs_panel
from accounts.services import playbook_handling as handling
from accounts.services.playbook_starting import start_run
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

FORM_OR_PAGE = ["GET", "HEAD", "POST"]


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The runs of an account, live ones and those that are over."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "runs": runs_panel(account)}
    return render_page(request, "accounts/account_playbooks.html", context, partial="panel", target="playbooks")


@require_http_methods(FORM_OR_PAGE)
@changes
def start(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which playbook, and starts it on the account."""
    account = get_account_for(request.user, pk)
    form, dialog = StartPlaybookForm(sent(request)), Dialog("Start a playbook", account, "Start")
    if request.method != "POST":
        return show(request, dialog, form)
    run, status = attempt(request, form, lambda: _start(request, account, form))
    if status != 200:
        return show(request, dialog, form, status)
    if run:
        toast(request, f"Started · {run.playbook}", undo=reverse("accounts:run-cancel", args=[run.pk]))
    return _changed(request, account.pk, close=True)


@require_POST
@changes
def pause(request: UserRequest, pk: int) -> HttpResponse:
    """Nothing more is begun for now."""
    return _handle(request, pk, handling.pause_run, "Paused", back="accounts:run-resume")


@require_POST
@changes
def resume(request: UserRequest, pk: int) -> HttpResponse:
    """It goes on."""
    return _handle(request, pk, handling.resume_run, "Goes on", back="accounts:run-pause")


@require_http_methods(FORM_OR_PAGE)
@changes
def skip(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why, and leaves out the step that is under way."""
    run = get_run_for(request.user, pk)
    steps = run.steps_of_plan
    form = SkipStepForm(sent(request), initial={"place": run.position})
    dialog = Dialog(f"Skip step {min(run.position + 1, len(steps))} of “{run.playbook}”", run.account, "Skip")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request,
        form,
        lambda: handling.skip_step(
            by=request.user, run=run, place=form.cleaned_data["place"], reason=form.cleaned_data["reason"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"Skipped · step {form.cleaned_data['place'] + 1} of {run.playbook}")
    return _changed(request, run.account_id, close=True)


@require_http_methods(FORM_OR_PAGE)
@changes
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why, and ends the run for good."""
    run = get_run_for(request.user, pk)
    form, dialog = CancelRunForm(sent(request)), Dialog(f"Cancel “{run.playbook}”", run.account, "Cancel the run")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request, form, lambda: handling.cancel_run(by=request.user, run=run, reason=form.cleaned_data["reason"])
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"Cancelled · {run.playbook}")
    return _changed(request, run.account_id, close=True)


def _start(request: UserRequest, account: Account, form: StartPlaybookForm) -> PlaybookRun:
    key = f"hand:{request.user.pk}:{form.cleaned_data['key'] or uuid4()}"
    return start_run(by=request.user, playbook=form.cleaned_data["playbook"], account=account, key=key)


def _handle(request: UserRequest, pk: int, do: Callable[..., PlaybookRun], words: str, *, back: str) -> HttpResponse:
    run = get_run_for(request.user, pk)
    try:
        do(by=request.user, run=run)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {run.playbook}", undo=reverse(back, args=[run.pk]))
    return _changed(request, run.account_id)


def _changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    events = ("playbooksChanged", "tasksChanged", "timelineChanged", "countsChanged")
    return answer(request, *events, to=reverse("accounts:account", args=[account_id]), close=close)
