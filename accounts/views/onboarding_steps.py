"""What people do with an onboarding: its steps ticked, skipped and opened again; led on, completed, cancelled."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.onboarding import STAGE_LABELS, Stage
from accounts.forms.onboarding import FinishForm, MoveForm, ReasonForm
from accounts.http import UserRequest
from accounts.models import Onboarding, OnboardingStep
from accounts.queries.onboarding import get_onboarding_for, get_step_for
from accounts.services import onboarding_steps as service
from accounts.services.onboarding_steps import Moved
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast


@require_POST
@changes
def tick(request: UserRequest, pk: int) -> HttpResponse:
    """Done."""
    step = get_step_for(request.user, pk)
    return _do(request, step, service.tick_step, "Done", undo=reverse("accounts:onboarding-reopen", args=[pk]))


@require_POST
@changes
def reopen(request: UserRequest, pk: int) -> HttpResponse:
    """Open again, whether it was done or skipped."""
    return _do(request, get_step_for(request.user, pk), service.reopen_step, "Open again")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def skip(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why, and skips the step."""
    step = get_step_for(request.user, pk)
    account = step.onboarding.account
    form, dialog = ReasonForm(sent(request)), Dialog(f"Skip “{step.title}”", account, "Skip")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(request, form, lambda: service.skip_step(by=request.user, step=step, **form.cleaned_data))
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"Skipped · {step.title}", undo=reverse("accounts:onboarding-reopen", args=[pk]))
    return changed(request, account.pk, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def move(request: UserRequest, pk: int) -> HttpResponse:
    """Leads it to another stage; what is still open before it is asked about first."""
    one = get_onboarding_for(request.user, pk)
    steps = list(one.steps.open())
    form = MoveForm(sent(request), onboarding=one, stages=_stages(one, steps))
    if request.method != "POST":
        return _ask(request, one, form, steps)
    if not form.is_valid():
        return _ask(request, one, form, steps, 422)
    if "rest" not in request.POST and _left_behind(steps, form.cleaned_data["stage"]):
        form = MoveForm(None, onboarding=one, stages=_stages(one, steps), stage=form.cleaned_data["stage"])
        return _ask(request, one, form, steps)
    return _move(request, one, form, steps)


@require_POST
@changes
def move_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a move or a completion back, with what was skipped by it."""
    one = get_onboarding_for(request.user, pk)
    stage = request.GET.get("stage", "")
    ids = [int(step) for step in request.GET.getlist("step") if step.isdecimal() and len(step) < 19]
    try:
        if stage not in {one.value for one in Stage}:
            raise RefusedError("There is nothing to take back.")
        service.take_back_move(by=request.user, onboarding=one, stage=Stage(stage), step_ids=ids)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Taken back · {one.account.name}")
    return changed(request, one.account_id)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def complete(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why what is open is not done, and ends it as completed."""
    one = get_onboarding_for(request.user, pk)
    form = FinishForm(sent(request), open_steps=one.steps.open().count())
    dialog = Dialog("Complete the onboarding", one.account, "Complete", body="accounts/_onboarding_finish_fields.html")
    if request.method != "POST":
        return show(request, dialog, form)
    moved, status = attempt(
        request, form, lambda: service.complete_onboarding(by=request.user, onboarding=one, **form.cleaned_data)
    )
    if status != 200 or moved is None:
        return show(request, dialog, form, status)
    _say_moved(request, moved, f"Completed · {one.account.name}")
    return changed(request, one.account_id, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def cancel(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why, and gives it up."""
    one = get_onboarding_for(request.user, pk)
    form, dialog = ReasonForm(sent(request)), Dialog("Give up the onboarding", one.account, "Give up")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request, form, lambda: service.cancel_onboarding(by=request.user, onboarding=one, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"Given up · {one.account.name}", undo=reverse("accounts:onboarding-resume", args=[pk]))
    return changed(request, one.account_id, close=True)


@require_POST
@changes
def resume(request: UserRequest, pk: int) -> HttpResponse:
    """Goes on with one that was given up."""
    one = get_onboarding_for(request.user, pk)
    try:
        service.resume_onboarding(by=request.user, onboarding=one)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Goes on · {one.account.name}")
    return changed(request, one.account_id)


def changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    """Lets what shows onboardings be read anew."""
    events = ("onboardingChanged", "timelineChanged", "tasksChanged", "countsChanged")
    return answer(request, *events, to=reverse("accounts:account-onboarding", args=[account_id]), close=close)


def _do(
    request: UserRequest, step: OnboardingStep, do: Callable[..., OnboardingStep], words: str, *, undo: str = ""
) -> HttpResponse:
    try:
        do(by=request.user, step=step)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{words} · {step.title}", undo=undo)
    return changed(request, step.onboarding.account_id)


def _stages(one: Onboarding, steps: Sequence[OnboardingStep]) -> list[Stage]:
    """Where it can be led: wherever something is open."""
    return sorted({Stage(step.stage) for step in steps} - {Stage(one.stage)}, key=lambda stage: stage.place)


def _left_behind(steps: Sequence[OnboardingStep], stage: Stage) -> list[OnboardingStep]:
    return [step for step in steps if Stage(step.stage).place < stage.place]


def _ask(
    request: UserRequest, one: Onboarding, form: MoveForm, steps: Sequence[OnboardingStep], status: int = 200
) -> HttpResponse:
    dialog = Dialog("Move the onboarding", one.account, "Move", body="accounts/_onboarding_move_fields.html")
    left = _left_behind(steps, form.chosen_stage) if form.chosen_stage else []
    return show(request, dialog, form, status, onboarding=one, left=left)


def _move(request: UserRequest, one: Onboarding, form: MoveForm, steps: Sequence[OnboardingStep]) -> HttpResponse:
    clean = form.cleaned_data
    try:
        moved = service.move_stage(
            by=request.user,
            onboarding=one,
            stage=clean["stage"],
            version=clean.get("version"),
            skip_reason=form.skip_reason,
        )
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _ask(request, one, form, steps, 422)
    except StaleError:
        form.add_error(None, "Somebody changed this onboarding meanwhile. Look at it again before you move it.")
        return _ask(request, one, form, steps, 409)
    _say_moved(request, moved, f"Moved to {STAGE_LABELS[Stage(moved.onboarding.stage)]} · {one.account.name}")
    return changed(request, one.account_id, close=True)


def _say_moved(request: UserRequest, moved: Moved, words: str) -> None:
    query = urlencode([("stage", moved.was.value), *(("step", pk) for pk in moved.skipped)])
    skipped = len(moved.skipped)
    more = f", {skipped} step{'' if skipped == 1 else 's'} skipped" if skipped else ""
    back = reverse("accounts:onboarding-move-back", args=[moved.onboarding.pk])
    toast(request, f"{words}{more}", undo=f"{back}?{query}")
