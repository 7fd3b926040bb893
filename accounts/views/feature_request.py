"""What is done with a feature request: made, changed, moved on, merged; and with what accounts asked."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.feature_request import (
    EditRequestForm,
    MergeForm,
    NewRequestForm,
    StatusForm,
)
from accounts.http import UserRequest
from accounts.models import FeatureRequest, FeatureRequestStep
from accounts.queries.feature_requests import get_request
from accounts.services import feature_requests as service
from accounts.views.dialogs import attempt, sent
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

FORM_OR_PAGE = ["GET", "HEAD", "POST"]
LIST = "accounts:feature-requests"


@require_http_methods(FORM_OR_PAGE)
@changes
def new(request: UserRequest) -> HttpResponse:
    """Asks what is asked for, and writes it down."""
    form = NewRequestForm(sent(request))
    if request.method != "POST":
        return ask(request, "New feature request", form, button="Add request")
    made, status = attempt(
        request,
        form,
        lambda: service.add_request(by=request.user, key=form.cleaned_data["key"], **form.request_fields()),
    )
    if status != 200:
        return ask(request, "New feature request", form, button="Add request", status=status)
    if made:
        toast(request, f"Request added · {made.title}")
    return answer(request, "featuresChanged", to=_page(made) if made else LIST, close=True)


@require_http_methods(FORM_OR_PAGE)
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Title, product and description of a request."""
    feature = get_request(pk)
    form = EditRequestForm(sent(request), record=feature)
    if request.method != "POST":
        return ask(request, "Feature request", form, feature=feature)
    _, status = attempt(
        request,
        form,
        lambda: service.edit_request(
            by=request.user, request=feature, fields=form.request_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return ask(request, "Feature request", form, feature=feature, status=status)
    toast(request, f"Saved · {form.cleaned_data['title']}")
    return answer(request, "featuresChanged", to=_page(feature), close=True)


@require_http_methods(FORM_OR_PAGE)
@changes
def status(request: UserRequest, pk: int) -> HttpResponse:
    """Asks how the request stands now, and why."""
    feature = get_request(pk)
    form = StatusForm(sent(request), feature=feature)
    step = code = None
    if request.method == "POST":
        step, code = attempt(
            request, form, lambda: service.move_on(by=request.user, request=feature, **form.cleaned_data)
        )
    if step is None:
        return ask(request, "Change the status", form, feature=feature, status=code or 200)
    undo = reverse("accounts:feature-step-undo", args=[step.pk])
    toast(request, f"{step.get_new_display()} · {feature.title}", undo=undo)
    return answer(request, "featuresChanged", "tasksChanged", "countsChanged", to=_page(feature), close=True)


@require_POST
@changes
def undo_step(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the latest change of a status back."""
    step = get_object_or_404(FeatureRequestStep, pk=pk)
    try:
        feature = service.take_step_back(by=request.user, step=step)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{feature.get_status_display()} again · {feature.title}")
    to = reverse("accounts:feature-request", args=[step.request_id])
    return answer(request, "featuresChanged", "tasksChanged", "countsChanged", to=to)


@require_http_methods(FORM_OR_PAGE)
@changes
def merge(request: UserRequest, pk: int) -> HttpResponse:
    """Asks which other request means the same, and lets this one go into it."""
    feature = get_request(pk)
    form = MergeForm(sent(request))
    done = code = None
    if request.method == "POST":
        done, code = attempt(
            request,
            form,
            lambda: service.merge(by=request.user, request=feature, into=form.cleaned_data["into"]),
        )
    if done is None:
        return ask(request, "Merge", form, feature=feature, button="Merge", status=code or 200)
    into = form.cleaned_data["into"]
    toast(request, f"Merged into “{into.title}”", undo=reverse("accounts:feature-request-unmerge", args=[pk]))
    return answer(request, "featuresChanged", to=_page(into), close=True)


@require_POST
@changes
def unmerge(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a merged request stand for itself again."""
    feature = get_request(pk)
    try:
        service.unmerge(by=request.user, request=feature)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Stands for itself again · {feature.title}")
    return answer(request, "featuresChanged", to=_page(feature))


def ask(
    request: UserRequest,
    title: str,
    form: Any,
    *,
    feature: FeatureRequest | None = None,
    button: str = "Save",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A form about a request, in the dialog or as a page; `back` is where it leads without one."""
    back = _page(feature) if feature else reverse(LIST)
    context = {"title": title, "form": form, "feature": feature, "button": button, "back": back, **more}
    template = "accounts/feature_request_form.html"
    return render_page(request, template, context, partial="form", target="dialog", status=status)


def _page(feature: FeatureRequest) -> str:
    return reverse("accounts:feature-request", args=[feature.pk])
