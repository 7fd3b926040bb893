"""The parts of a save plan: its steps, its checkpoints, and what was promised."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from health.forms.interventions import CheckpointForm, HoldForm, PromiseForm, StepForm
from health.models import InterventionPromise
from health.queries.interventions import get_checkpoint_for, get_plan_for, get_promise_for
from health.services import intervention_parts as service
from health.views.intervention_acts import changed

KEPT, BROKEN = InterventionPromise.State.KEPT.value, InterventionPromise.State.BROKEN.value


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def step_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for a step: what, who, by when."""
    plan = get_plan_for(request.user, pk)
    form, dialog = StepForm(sent(request), plan=plan), Dialog("Add a step", plan.account, "Add step")
    if request.method != "POST":
        return show(request, dialog, form)
    task, status = attempt(
        request, form, lambda: service.add_step(by=request.user, intervention=plan, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if task:
        toast(request, f"Step added · {task.title}", undo=reverse("accounts:task-cancel", args=[task.pk]))
    return changed(request, plan.account, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def checkpoint_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks for another day on which the plan is looked at."""
    plan = get_plan_for(request.user, pk)
    form, dialog = CheckpointForm(sent(request)), Dialog("Add a checkpoint", plan.account, "Add checkpoint")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.add_checkpoint(by=request.user, intervention=plan, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        undo = reverse("health:checkpoint-remove", args=[made.pk])
        toast(request, f"{plan.account.name}: checkpoint {made.number} added", undo=undo)
    return changed(request, plan.account, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def hold(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was seen at a checkpoint."""
    found = get_checkpoint_for(request.user, pk)
    account = found.intervention.account
    form, dialog = HoldForm(sent(request)), Dialog(f"Checkpoint {found.number}", account, "Save checkpoint")
    if request.method != "POST":
        return show(request, dialog, form)
    held, status = attempt(
        request,
        form,
        lambda: service.hold_checkpoint(
            by=request.user, checkpoint=found, seen=form.cleaned_data["seen"], note=form.cleaned_data["note"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if held:
        undo = reverse("health:checkpoint-reopen", args=[held.pk])
        toast(request, f"{account.name}: checkpoint {held.number}, {held.get_seen_display().lower()}", undo=undo)
    return changed(request, account, close=True)


@require_POST
@changes
def reopen_checkpoint(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was said at a checkpoint."""
    found = get_checkpoint_for(request.user, pk)
    return _act(request, found, partial(service.reopen_checkpoint, checkpoint=found), "checkpoint open again")


@require_POST
@changes
def remove_checkpoint(request: UserRequest, pk: int) -> HttpResponse:
    """Takes out a checkpoint that was added by hand, as long as nothing is written at it."""
    found = get_checkpoint_for(request.user, pk)
    do = partial(service.remove_checkpoint, checkpoint=found)
    return _act(request, found, do, f"checkpoint {found.number} taken out")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def promise_new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was promised, by whom and by when."""
    plan = get_plan_for(request.user, pk)
    form, dialog = PromiseForm(sent(request), plan=plan), Dialog("Write down a promise", plan.account, "Add promise")
    if request.method != "POST":
        return show(request, dialog, form)
    made, status = attempt(
        request, form, lambda: service.add_promise(by=request.user, intervention=plan, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    if made:
        toast(request, f"Promise added · {made}", undo=reverse("health:promise-remove", args=[made.pk]))
    return changed(request, plan.account, close=True)


@require_POST
@changes
def keep(request: UserRequest, pk: int) -> HttpResponse:
    """A promise was kept."""
    return _settle(request, pk, KEPT)


@require_POST
@changes
def break_(request: UserRequest, pk: int) -> HttpResponse:
    """A promise was broken."""
    return _settle(request, pk, BROKEN)


@require_POST
@changes
def reopen_promise(request: UserRequest, pk: int) -> HttpResponse:
    """Takes back what was said of a promise."""
    found = get_promise_for(request.user, pk)
    return _act(request, found, partial(service.reopen_promise, promise=found), "promise open again")


@require_POST
@changes
def remove_promise(request: UserRequest, pk: int) -> HttpResponse:
    """Takes out a promise that was written down by mistake."""
    found = get_promise_for(request.user, pk)
    return _act(request, found, partial(service.remove_promise, promise=found), "promise taken out")


def _settle(request: UserRequest, pk: int, state: str) -> HttpResponse:
    found = get_promise_for(request.user, pk)
    do = partial(service.settle_promise, promise=found, state=state)
    return _act(request, found, do, f"promise {state}", undo=reverse("health:promise-reopen", args=[found.pk]))


def _act(request: UserRequest, part: Any, do: Callable[..., Any], words: str, *, undo: str = "") -> HttpResponse:
    account = part.intervention.account
    try:
        do(by=request.user)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{account.name}: {words}", undo=undo)
    return changed(request, account)
