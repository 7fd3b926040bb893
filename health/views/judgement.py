"""What people say beside the score of one account: its pulse, and a tier in place of the computed one."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import Account
from accounts.queries.accounts import get_account_for
from accounts.views.dialogs import Dialog, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from health.domain.judgement import PULSE_LABELS, may_judge
from health.forms.judgement import OverrideForm, PulseForm
from health.models import Pulse, TierOverride
from health.queries.judgement import (
    history_of,
    judges,
    live_override,
    pulse_of,
    standing_of,
    tiers_of,
    unscored_because,
)
from health.queries.overrides import get_override_for
from health.services import judging, overriding
from health.services.overriding import OverriddenError

PULSE_EVENTS = ("pulseChanged", "timelineChanged", "countsChanged")
TIER_EVENTS = ("scoreChanged", "overridesChanged", "healthChanged", "timelineChanged", "alertsChanged", "countsChanged")


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The pulse with the five choices, the override in force, and what was said before."""
    return _panel(request, get_account_for(request.user, pk))


@require_safe
def mark(request: UserRequest, pk: int) -> HttpResponse:
    """The pulse as the header of the account shows it."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "shown": pulse_of(account)}
    return render_page(request, "health/account_judgement.html", context, partial="mark", target="pulse-mark")


@require_POST
@changes
def judge(request: UserRequest, pk: int) -> HttpResponse:
    """The CSM judges the account."""
    account = _judged(request, get_account_for(request.user, pk))
    form = PulseForm(request.POST)
    if not form.is_valid():
        return _panel(request, account, form=form, status=422)
    value = form.cleaned_data["value"]
    pulse = judging.judge(by=request.user, account=account, value=value, comment=form.cleaned_data["comment"])
    undo = reverse("health:withdraw-pulse", args=[pulse.pk])
    toast(request, f"{account.name}: pulse {PULSE_LABELS[value].lower()}", undo=undo)
    return answer(request, *PULSE_EVENTS, to=_home(account))


@require_POST
@changes
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a judgement back."""
    pulse = get_object_or_404(Pulse.objects.visible_to(request.user).select_related("account"), pk=pk)
    try:
        judging.withdraw(by=request.user, pulse=pulse)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{pulse.account.name}: pulse as before")
    return answer(request, *PULSE_EVENTS, to=_home(pulse.account))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def override(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which tier, until when and why, and sets it."""
    account = _judged(request, get_account_for(request.user, pk))
    kept = account.health_override
    form = OverrideForm(sent(request), tiers=tiers_of(account), current=kept["rank"] if kept else account.health_rank)
    status = 200
    if request.method == "POST":
        done, status = _set(request, account, form)
        if done is not None:
            undo = reverse("health:end-override", args=[done.pk])
            toast(request, f"{account.name}: {done.label} until {done.until:%d %b}", undo=undo)
            return answer(request, *TIER_EVENTS, to=_home(account), close=True)
    dialog = Dialog("Override the tier", account, button="Override", body="health/_override_fields.html")
    return show(request, dialog, form, status, skipped=unscored_because(account), current=live_override(account))


@require_POST
@changes
def end(request: UserRequest, pk: int) -> HttpResponse:
    """Ends an override early."""
    found = get_override_for(request.user, pk)
    return _turn(request, found, overriding.end_override, "the computed tier counts again", undo="restore-override")


@require_POST
@changes
def restore(request: UserRequest, pk: int) -> HttpResponse:
    """Brings back an override that was ended early."""
    found = get_override_for(request.user, pk)
    return _turn(request, found, overriding.restore_override, f"{found.label} again", undo="")


def _set(request: UserRequest, account: Account, form: OverrideForm) -> tuple[TierOverride | None, int]:
    """What came of the form and the status of the answer: 409 where somebody was faster."""
    if not form.is_valid():
        return None, 422
    try:
        return overriding.override_tier(by=request.user, account=account, **form.cleaned_data), 200
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None, 409 if isinstance(refused, OverriddenError) else 422


def _turn(
    request: UserRequest, found: TierOverride, do: Callable[..., TierOverride], words: str, *, undo: str
) -> HttpResponse:
    _judged(request, found.account)
    try:
        do(by=request.user, override=found)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        back = reverse(f"health:{undo}", args=[found.pk]) if undo else ""
        toast(request, f"{found.account.name}: {words}", undo=back)
    return answer(request, *TIER_EVENTS, to=_home(found.account))


def _judged(request: UserRequest, account: Account) -> Account:
    """The account, for those who may judge it; 403 with the reason for the others."""
    refusal = may_judge(standing_of(request.user, account))
    if refusal is not None:
        raise PermissionDenied(refusal.reason)
    return account


def _panel(request: UserRequest, account: Account, *, form: PulseForm | None = None, status: int = 200) -> HttpResponse:
    shown = pulse_of(account)
    context = {
        "account": account,
        "shown": shown,
        "form": form or PulseForm(initial={"value": shown.pulse.value} if shown.pulse else None),
        "labels": [(int(value), label) for value, label in PULSE_LABELS.items()],
        "history": history_of(account),
        "override": live_override(account),
        "may_judge": judges(request.user, account),
        "has_score": unscored_because(account) is None,
    }
    return render_page(
        request, "health/account_judgement.html", context, partial="panel", target="judgement", status=status
    )


def _home(account: Account) -> str:
    return reverse("accounts:account", args=[account.pk])
