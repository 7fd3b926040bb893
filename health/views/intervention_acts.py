"""What people do with a save plan: begin it, change it, agree it, escalate the account, close and reopen it."""

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
from health.domain.interventions import reason_for
from health.forms.interventions import ClosePlanForm, EditPlanForm, EscalateForm, StartPlanForm
from health.models import Intervention
from health.queries.interventions import get_plan_for
from health.queries.signals import signals_panel
from health.services import interventions as service
from health.services.escalating import escalate as escalate_account
from health.services.escalating import people_above

EVENTS = ("interventionsChanged", "timelineChanged", "tasksChanged", "playbooksChanged", "countsChanged")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why the account might leave and who keeps it, and begins the plan with its play."""
    account = get_account_for(request.user, pk)
    signals = signals_panel(account).live
    form = StartPlanForm(sent(request), account=account, suggested=reason_for([signal.kind for signal in signals]))
    dialog = Dialog("Start a save plan", account, "Start", body="health/_intervention_fields.html")
    if request.method != "POST":
        return show(request, dialog, form, signals=signals)
    fields, key = form.plan_fields, lambda: form.cleaned_data["key"]
    started, status = attempt(
        request,
        form,
        lambda: service.start_intervention(by=request.user, account=account, fields=fields(), key=key()),
    )
    if status != 200:
        return show(request, dialog, form, status, signals=signals)
    if started:
        undo = reverse("health:intervention-withdraw", args=[started.plan.pk])
        toast(request, f"{account.name}: save plan begun", undo=undo)
        if started.problem:
            refuse(request, f"Its save play was not started: {started.problem}")
    return changed(request, account, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what is to be said otherwise."""
    plan = get_plan_for(request.user, pk)
    form, dialog = EditPlanForm(sent(request), record=plan), Dialog("Edit the save plan", plan.account)
    if request.method != "POST":
        return show(request, dialog, form)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_intervention(
            by=request.user, intervention=plan, fields=form.plan_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    undo = f"{reverse('health:intervention-back', args=[plan.pk])}?version={saved.version}" if saved else ""
    toast(request, f"{plan.account.name}: save plan saved", undo=undo)
    return changed(request, plan.account, close=True)


@require_POST
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the edit back that made `?version`, unless somebody changed the plan again (409)."""
    plan, status = get_plan_for(request.user, pk), 200
    version = whole_number(request.GET, "version")
    try:
        service.take_back_edit(by=request.user, intervention=plan, version=version)
    except (StaleError, RefusedError) as refused:
        refuse(request, f"{refused} It stays as it is now; open it to change it.")
        status = 409
    else:
        toast(request, f"{plan.account.name}: save plan as before")
    response = changed(request, plan.account)
    if request.htmx:
        response.status_code = status
    return response


@require_POST
@changes
def agree(request: UserRequest, pk: int) -> HttpResponse:
    """The customer agreed to the plan."""
    return _act(request, pk, service.agree, "agreed with the customer", undo="intervention-disagree")


@require_POST
@changes
def disagree(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back that it was agreed."""
    return _act(request, pk, service.disagree, "not agreed yet")


@require_POST
@changes
def play(request: UserRequest, pk: int) -> HttpResponse:
    """Starts the save play of the plan where none is at work."""
    return _act(request, pk, service.start_play, "save play started")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def close(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what came of the plan, and closes it."""
    plan = get_plan_for(request.user, pk)
    form = ClosePlanForm(sent(request), plan=plan)
    dialog = Dialog("Close the save plan", plan.account, "Close plan", body="health/_intervention_close.html")
    if request.method != "POST":
        return show(request, dialog, form, plan=plan)
    closed, status = attempt(
        request,
        form,
        lambda: service.close_intervention(
            by=request.user,
            intervention=plan,
            outcome=form.cleaned_data["outcome"],
            root_cause=form.cleaned_data["root_cause"],
            note=form.cleaned_data["note"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status, plan=plan)
    if closed:
        undo = reverse("health:intervention-reopen", args=[plan.pk])
        toast(request, f"{plan.account.name}: {closed.get_outcome_display().lower()}", undo=undo)
    return changed(request, plan.account, close=True)


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back that it was closed."""
    return _act(request, pk, service.reopen_intervention, "save plan open again")


@require_POST
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back that it was begun: withdrawn, and kept."""
    do = partial(service.close_intervention, outcome="withdrawn", note="Begun by mistake.")
    return _act(request, pk, do, "save plan withdrawn", undo="intervention-reopen")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def escalate(request: UserRequest, pk: int) -> HttpResponse:
    """Asks whom to call for an account, and for what."""
    account = get_account_for(request.user, pk)
    plan = Intervention.objects.live().filter(account=account).select_related("owner", "sponsor").first()
    above = people_above(account, plan)
    form = EscalateForm(sent(request), above=above, user=request.user)
    dialog = Dialog("Escalate", account, "Escalate", body="health/_escalate_fields.html")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: escalate_account(by=request.user, account=account, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"{account.name}: {made.to} has a task and was told")
    return changed(request, account, close=True)


def changed(request: UserRequest, account: Account, *, close: bool = False) -> HttpResponse:
    """What pages read anew after a change of a save plan; a plain form goes back to where it came from."""
    return answer(request, *EVENTS, to=reverse("accounts:account", args=[account.pk]), close=close)


def _act(request: UserRequest, pk: int, do: Callable[..., Any], words: str, *, undo: str = "") -> HttpResponse:
    plan = get_plan_for(request.user, pk)
    try:
        do(by=request.user, intervention=plan)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        way_back = reverse(f"health:{undo}", args=[plan.pk]) if undo else ""
        toast(request, f"{plan.account.name}: {words}", undo=way_back)
    return changed(request, plan.account)
