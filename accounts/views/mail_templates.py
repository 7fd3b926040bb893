"""Templates of e-mails: the list, one with how it reads on an account, and what admins do with them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.mail import OnAccountForm, TemplateForm
from accounts.http import UserRequest
from accounts.models import MailTemplate
from accounts.queries.letter_preview import preview_of
from accounts.queries.letters import all_fields
from accounts.queries.sequences import template_rows
from accounts.services import mail_templates as service
from cs_workspace.common.access import admins_only, changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import searched
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast

STATES = (("", "In use"), ("archived", "Archived"))
CHANGED = "mailTemplatesChanged"


@require_safe
def templates(request: UserRequest) -> HttpResponse:
    """The templates, with the sequences that write with them and what came back."""
    state, text = request.GET.get("state", ""), searched(request.GET, "q")
    state = state if state in dict(STATES) else ""
    rows = template_rows(request.user, archived=state == "archived", text=text)
    context = {"rows": rows, "states": STATES, "state": state, "text": text, "may_edit": _may_edit(request)}
    return render_page(request, "accounts/mail_templates.html", context, partial="rows")


@require_safe
def template(request: UserRequest, pk: int) -> HttpResponse:
    """One template as it reads on `?account`; admins change it there."""
    found = get_object_or_404(MailTemplate, pk=pk)
    on = OnAccountForm(request.GET if "account" in request.GET else None, user=request.user)
    return _page(request, TemplateForm(template=found), on, found)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
@admins_only
def new(request: UserRequest) -> HttpResponse:
    """Writes a template."""
    form = TemplateForm(request.POST if request.method == "POST" else None)
    on = OnAccountForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, on, None, status=422 if form.is_bound else 200)
    made = service.create_template(by=request.user, text=form.text)
    toast(request, f"Written · {made}")
    return redirect("accounts:mail-template", pk=made.pk)


@require_POST
@changes
@admins_only
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes a template, for e-mails that are written from then on. 409 where somebody else did meanwhile."""
    found = get_object_or_404(MailTemplate, pk=pk)
    form, on = TemplateForm(request.POST), OnAccountForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form, on, found, status=422)
    try:
        service.edit_template(
            by=request.user, template=found, text=form.text, version=form.cleaned_data["version"] or found.version
        )
    except StaleError as stale:
        current: Any = stale.current
        data: Any = request.POST.copy()
        data["version"] = str(current.version)
        form = TemplateForm(data)
        form.is_valid()
        form.add_error(None, f"{stale} Save again to put yours in place of theirs.")
        return _page(request, form, on, found, status=409)
    toast(request, f"Saved · {form.text.name}")
    return redirect("accounts:mail-template", pk=pk)


@require_POST
def preview(request: UserRequest) -> HttpResponse:
    """How what is being typed reads on the account that was chosen. Changes nothing, so everybody may."""
    form, on = TemplateForm(request.POST), OnAccountForm(request.POST, user=request.user)
    shown = preview_of(form.typed("subject"), form.typed("body"), account=on.account)
    return render(request, "accounts/_letter_preview.html", {"shown": shown, "on": on, "account": on.account})


@require_POST
@changes
def test(request: UserRequest) -> HttpResponse:
    """Sends what is typed to the user, as a customer would read it."""
    form, on = TemplateForm(request.POST), OnAccountForm(request.POST, user=request.user)
    try:
        service.send_test(by=request.user, subject=form.typed("subject"), body=form.typed("body"), account=on.account)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Sent to {request.user.email}")
    return answer(request, to="accounts:mail-templates")


@require_POST
@changes
@admins_only
def archive(request: UserRequest, pk: int) -> HttpResponse:
    """Out of the lists."""
    found = get_object_or_404(MailTemplate, pk=pk)
    try:
        service.archive_template(by=request.user, template=found)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Archived · {found}", undo=reverse("accounts:mail-template-restore", args=[pk]))
    return answer(request, CHANGED, to="accounts:mail-templates")


@require_POST
@changes
@admins_only
def restore(request: UserRequest, pk: int) -> HttpResponse:
    """Back into the lists."""
    found = service.restore_template(by=request.user, template=get_object_or_404(MailTemplate, pk=pk))
    toast(request, f"Back · {found}", undo=reverse("accounts:mail-template-archive", args=[pk]))
    return answer(request, CHANGED, to="accounts:mail-templates")


def _may_edit(request: UserRequest) -> bool:
    return request.user.is_admin and not request.user.read_only


def _page(
    request: UserRequest, form: TemplateForm, on: OnAccountForm, found: MailTemplate | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "on": on,
        "template": found,
        "account": on.account,
        "shown": preview_of(form.typed("subject"), form.typed("body"), account=on.account),
        "fields": all_fields().items(),
        "may_edit": _may_edit(request),
    }
    return render(request, "accounts/mail_template.html", context, status=status)
