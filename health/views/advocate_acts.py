"""What people do about advocates: name, change and end them, ask them, and say what they answered and did."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from health.forms.advocacy import AdvocacyAskForm, AdvocateForm, DeclineForm, FinishForm, NewAdvocateForm
from health.queries.advocacy import get_advocacy_ask_for, get_advocate_for
from health.services import advocacy as service

EVENTS = ("advocatesChanged", "timelineChanged", "tasksChanged", "countsChanged")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who speaks for us in which way; lists of candidates bring both along in the address."""
    account = get_account_for(request.user, pk)
    suggested = {name: request.GET.get(name, "") for name in ("contact", "kind")}
    form, dialog = NewAdvocateForm(sent(request), account=account, **suggested), Dialog("Name an advocate", account)
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.name_advocate(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        undo = reverse("health:advocate-end", args=[made.pk])
        toast(request, f"{made.contact} is an advocate: {made.get_kind_display().lower()}", undo=undo)
    return changed(request, account, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what they can speak of."""
    advocate = get_advocate_for(request.user, pk)
    form, dialog = AdvocateForm(sent(request), record=advocate), Dialog("Edit the advocate", advocate.account)
    if request.method != "POST":
        return show(request, dialog, form)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_advocate(
            by=request.user,
            advocate=advocate,
            note=form.cleaned_data["note"],
            version=form.cleaned_data["version"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if saved:
        undo = f"{reverse('health:advocate-back', args=[pk])}?version={saved.version}"
        toast(request, f"{advocate.contact}: saved", undo=undo)
    return changed(request, advocate.account, close=True)


@require_POST
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change of `version` back, unless somebody changed it once more."""
    advocate, status = get_advocate_for(request.user, pk), 200
    try:
        service.take_back_edit(by=request.user, advocate=advocate, version=whole_number(request.GET, "version"))
    except (StaleError, RefusedError) as refused:
        refuse(request, f"{refused} It stays as it is now; open it to change it.")
        status = 409
    else:
        toast(request, f"{advocate.contact}: as before")
    response = changed(request, advocate.account)
    if request.htmx:
        response.status_code = status
    return response


@require_POST
@changes
def end(request: UserRequest, pk: int) -> HttpResponse:
    """Speaks for us no longer."""
    advocate = get_advocate_for(request.user, pk)
    do = partial(service.end_advocate, advocate=advocate)
    return _act(request, advocate.account, do, f"{advocate.contact} is no longer an advocate", _undo("resume", pk))


@require_POST
@changes
def resume(request: UserRequest, pk: int) -> HttpResponse:
    """Speaks for us again."""
    advocate = get_advocate_for(request.user, pk)
    do = partial(service.resume_advocate, advocate=advocate)
    return _act(request, advocate.account, do, f"{advocate.contact} is an advocate again", _undo("end", pk))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what for, and notes that they were asked."""
    advocate = get_advocate_for(request.user, pk)
    form = AdvocacyAskForm(sent(request), advocate=advocate)
    title = f"Ask {advocate.contact}: {advocate.get_kind_display().lower()}"
    dialog = Dialog(title, advocate.account, "Note the ask")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.ask_advocate(by=request.user, advocate=advocate, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"{advocate.contact} was asked", undo=reverse("health:advocacy-ask-withdraw", args=[made.pk]))
    return changed(request, advocate.account, close=True)


@require_POST
@changes
def agree(request: UserRequest, pk: int) -> HttpResponse:
    """They agreed."""
    return _step(request, pk, service.agree, "agreed", has_undo=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def decline(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why they declined."""
    found = get_advocacy_ask_for(request.user, pk)
    form, dialog = DeclineForm(sent(request)), Dialog("They declined", found.advocate.account, "Note it")
    if request.method != "POST":
        return show(request, dialog, form)
    done, status = attempt(
        request,
        form,
        lambda: service.decline(by=request.user, ask=found, outcome=form.cleaned_data["outcome"]),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if done:
        toast(request, f"{found.advocate.contact} declined", undo=reverse("health:advocacy-ask-back", args=[pk]))
    return changed(request, found.advocate.account, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def finish(request: UserRequest, pk: int) -> HttpResponse:
    """Asks when they did it and what came of it."""
    found = get_advocacy_ask_for(request.user, pk)
    form, dialog = FinishForm(sent(request), ask=found), Dialog("They did it", found.advocate.account, "Done")
    if request.method != "POST":
        return show(request, dialog, form)
    done, status = attempt(request, form, lambda: service.finish(by=request.user, ask=found, came=form.came()))
    if status != 200:
        return show(request, dialog, form, status)
    if done:
        toast(request, f"{found.advocate.contact}: done", undo=reverse("health:advocacy-ask-back", args=[pk]))
    return changed(request, found.advocate.account, close=True)


@require_POST
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """It was not asked after all."""
    return _step(request, pk, service.withdraw, "the ask is withdrawn", has_undo=True)


@require_POST
@changes
def take_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the last step of an ask back."""
    return _step(request, pk, service.take_back, "the ask is as before")


def changed(request: UserRequest, account: Account, *, close: bool = False) -> HttpResponse:
    """What pages read anew after a change; a plain form goes back to where it came from."""
    return answer(request, *EVENTS, to=reverse("health:account-advocates", args=[account.pk]), close=close)


def _step(request: UserRequest, pk: int, do: Callable[..., Any], words: str, *, has_undo: bool = False) -> HttpResponse:
    found = get_advocacy_ask_for(request.user, pk)
    undo = reverse("health:advocacy-ask-back", args=[pk]) if has_undo else ""
    return _act(request, found.advocate.account, partial(do, ask=found), f"{found.advocate.contact}: {words}", undo)


def _act(request: UserRequest, account: Account, do: Callable[..., Any], words: str, undo: str) -> HttpResponse:
    try:
        do(by=request.user)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, words, undo=undo)
    return changed(request, account)


def _undo(verb: str, pk: int) -> str:
    return reverse(f"health:advocate-{verb}", args=[pk])
