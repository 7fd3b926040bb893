"""Touches: logged, changed and taken out of sight."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.cadence import usual_touch
from accounts.forms.touch import NewTouchForm, TouchForm
from accounts.http import UserRequest
from accounts.models import Touch
from accounts.queries.accounts import get_account_for
from accounts.services import touches as service
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.undoing import way_back_from
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks what was, and logs it; the next step becomes a task if it gets a day.

    `?cadence=` names the kind that is due, for the form to begin with.
    """
    account = get_account_for(request.user, pk)
    form = NewTouchForm(sent(request), account=account, kind=usual_touch(request.GET.get("cadence", "")))
    dialog = Dialog("Log a touch", account, "Log touch")
    if request.method != "POST":
        return show(request, dialog, form)
    touch, status = attempt(
        request,
        form,
        lambda: service.log_touch(
            by=request.user,
            account=account,
            fields=form.touch_fields(),
            follow_up=form.follow_up(),
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if touch:
        task = ", and its next step became a task" if form.follow_up() else ""
        toast(
            request,
            f"{touch.get_kind_display()} with {account} logged{task}",
            undo=reverse("accounts:touch-archive", args=[touch.pk]),
        )
    return _changed(request, account.pk, "tasksChanged", close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Shows a touch as a whole, and changes it."""
    touch = _touch(request, pk)
    form = TouchForm(sent(request), record=touch)
    dialog = Dialog(str(touch), touch.account, archive=reverse("accounts:touch-archive", args=[pk]))
    if request.method != "POST":
        return show(request, dialog, form)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_touch(
            by=request.user, touch=touch, fields=form.touch_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, "Touch saved", undo=way_back_from(saved))
    return _changed(request, touch.account_id, close=True)


@require_POST
@changes
def archive(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a touch out of the timeline and of every figure."""
    touch = service.archive_touch(by=request.user, touch=_touch(request, pk))
    toast(request, "Touch archived", undo=way_back_from(touch))
    return _changed(request, touch.account_id, close=True)


def _touch(request: UserRequest, pk: int) -> Touch:
    touches = Touch.objects.visible_to(request.user).select_related("account").prefetch_related("attendees")
    return get_object_or_404(touches, pk=pk)


def _changed(request: UserRequest, account_id: int, *more: str, close: bool = False) -> HttpResponse:
    events = ("touchesChanged", "timelineChanged", "countsChanged", *more)
    return answer(request, *events, to=reverse("accounts:account", args=[account_id]), close=close)
