"""One e-mail to a customer: read as it will look, written, changed; and those with an account."""

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain.approving_mail import verbs_for
from accounts.forms.outbox import MailForm, NewMailForm
from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from accounts.queries.outbox import ahead_of, course_of, get_mail_for, html_of, looked_at, mails_panel
from accounts.services.composing import message_of
from accounts.services.writing_mail import edit_mail, write_mail
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.outbox import EVENTS, undo_url
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.toasts import toast

FRAME, BODY = "accounts/mail_dialog.html", "accounts/_mail_fields.html"
DRAFT, BEGIN = "draft", "begin"
# The HTML of an e-mail stands in a frame of our own page, as it would in a mail program, and may do nothing there.
LETTER_POLICY = {"frame-ancestors": [SELF], "script-src": [NONE], "form-action": [NONE]}


@require_safe
def mail(request: UserRequest, pk: int) -> HttpResponse:
    """An e-mail as its receiver will read it, what became of it, and what can be done. `as=text` shows it plain."""
    found = get_mail_for(request.user, pk)
    context = {
        "mail": found,
        "verbs": verbs_for(found.standing),
        "message": message_of(looked_at(found)),
        "plain": request.GET.get("as") == "text",
        "ahead": ahead_of(found),
        "course": course_of(found),
    }
    return render_page(request, "accounts/mail.html", context, partial="all", target="mail")


@require_safe
@xframe_options_sameorigin
@csp_replace(LETTER_POLICY)  # type: ignore[arg-type]  # who asks is logged in
def letter(request: UserRequest, pk: int) -> HttpResponse:
    """The HTML of an e-mail, for the frame in which it is shown."""
    return HttpResponse(html_of(message_of(looked_at(get_mail_for(request.user, pk)))))


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks whom to write what, and sends it, or keeps it as a draft. `?contact=` names who is chosen at first.

    Beginning with a template fills the form in and saves nothing.
    """
    account = get_account_for(request.user, pk)
    form = NewMailForm(sent(request), account=account, contact=request.GET.get("contact", ""))
    dialog = Dialog("Write an e-mail", account, "Send", body=BODY, template=FRAME)
    if request.method != "POST":
        return show(request, dialog, form)
    if request.POST.get("save") == BEGIN:
        return show(request, dialog, form.begun())
    is_draft = request.POST.get("save") == DRAFT
    written, status = attempt(
        request,
        form,
        lambda: write_mail(
            by=request.user,
            contact=form.cleaned_data["contact"],
            words=form.words(),
            send=not is_draft,
            key=form.cleaned_data["key"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if written and is_draft:
        toast(request, f"Draft to {written.receiver} saved")
    elif written:
        toast(request, f"E-mail to {written.receiver} goes out in a minute", undo=undo_url([written]))
    return _changed(request, account.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes what an e-mail says that has not gone out."""
    found = get_mail_for(request.user, pk)
    form = MailForm(sent(request), record=found)
    dialog = Dialog(f"E-mail to {found.receiver}", found.account, body=BODY, template=FRAME)
    if request.method != "POST":
        return show(request, dialog, form)
    saved, status = attempt(
        request,
        form,
        lambda: edit_mail(by=request.user, mail=found, words=form.words(), version=form.cleaned_data["version"]),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if saved:
        toast(request, "E-mail saved", undo=undo_url([saved]))
    return _changed(request, found.account_id, to=reverse("accounts:mail", args=[pk]))


@require_safe
def panel(request: UserRequest, pk: int) -> HttpResponse:
    """The e-mails with one account."""
    account = get_account_for(request.user, pk)
    is_fragment = request.htmx and not request.htmx.boosted
    asked = request.GET.get("page") if is_fragment else request.GET.get("page", "1")
    context = {
        "account": account,
        "title": "E-mail",
        "panel": "accounts/_account_mails.html",
        "mails": mails_panel(account, request.user, page=asked),
    }
    return render_page(request, "accounts/account_work.html", context, partial="panel", target="account-mails")


def _changed(request: UserRequest, account_id: int, *, to: str = "") -> HttpResponse:
    return answer(request, *EVENTS, to=to or reverse("accounts:account", args=[account_id]), close=True)
