"""Contacts: added, changed, marked as left or back, and taken out of sight."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.contact import ContactForm, LeftForm, MailForm, NewContactForm
from accounts.http import UserRequest
from accounts.models import Contact
from accounts.queries.accounts import get_account_for
from accounts.queries.unsubscribing import mail_standing_of
from accounts.services import contacts as service
from accounts.services import suppressing
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.undoing import way_back_from
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.toasts import toast


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who it is, and adds them."""
    account = get_account_for(request.user, pk)
    form, dialog = NewContactForm(sent(request)), Dialog("Add a contact", account, "Add contact")
    if request.method != "POST":
        return show(request, dialog, form)
    contact, status = attempt(
        request,
        form,
        lambda: service.add_contact(
            by=request.user, account=account, fields=form.contact_fields(), key=form.cleaned_data["key"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if contact:
        toast(request, f"{contact} added", undo=reverse("accounts:contact-archive", args=[contact.pk]))
    return _changed(request, account.pk, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Shows a contact as a whole, and changes it."""
    contact = _contact(request, pk)
    form = ContactForm(sent(request), record=contact)
    archive = reverse("accounts:contact-archive", args=[pk])
    dialog = Dialog(contact.name, contact.account, archive=archive, body="accounts/_contact_fields.html")
    standing = mail_standing_of(contact)
    if request.method != "POST":
        return show(request, dialog, form, standing=standing)
    saved, status = attempt(
        request,
        form,
        lambda: service.edit_contact(
            by=request.user, contact=contact, fields=form.contact_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return show(request, dialog, form, status, standing=standing)
    toast(request, f"{form.cleaned_data['name']} saved", undo=way_back_from(saved))
    return _changed(request, contact.account_id, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def left(request: UserRequest, pk: int) -> HttpResponse:
    """Asks on which day somebody left and where to, and of somebody who played a part who follows."""
    contact = _contact(request, pk)
    form = LeftForm(sent(request), contact=contact)
    dialog = Dialog(f"{contact} left", contact.account, "Mark as left")
    if request.method != "POST":
        return show(request, dialog, form)
    gone, status = attempt(
        request,
        form,
        lambda: service.mark_left(by=request.user, contact=contact, on=form.cleaned_data["on"], **form.succession()),
    )
    if status != 200:
        return show(request, dialog, form, status)
    follows = f"; {gone.successor} follows" if gone and gone.successor else ""
    toast(request, f"{contact} marked as left{follows}", undo=reverse("accounts:contact-back", args=[pk]))
    return _changed(request, contact.account_id, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def unsubscribe(request: UserRequest, pk: int) -> HttpResponse:
    """Asks how somebody said that they want no more e-mail, and marks them."""
    contact = _contact(request, pk)
    form, dialog = MailForm(sent(request)), Dialog(f"No more e-mail to {contact}", contact.account, "Unsubscribe")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request, form, lambda: suppressing.unsubscribe_contact(contact=contact, by=request.user, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"{contact} gets no more e-mail", undo=reverse("accounts:contact-resubscribe", args=[pk]))
    return _changed(request, contact.account_id, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def resubscribe(request: UserRequest, pk: int) -> HttpResponse:
    """Asks how somebody who had unsubscribed asked for e-mail again, and lets them have it."""
    contact = _contact(request, pk)
    form, dialog = MailForm(sent(request)), Dialog(f"E-mail to {contact} again", contact.account, "Let them have it")
    if request.method != "POST":
        return show(request, dialog, form)
    _, status = attempt(
        request, form, lambda: suppressing.resubscribe_contact(contact=contact, by=request.user, **form.cleaned_data)
    )
    if status != 200:
        return show(request, dialog, form, status)
    toast(request, f"{contact} gets e-mail again")
    return _changed(request, contact.account_id, close=True)


@require_POST
@changes
def back(request: UserRequest, pk: int) -> HttpResponse:
    """Somebody is there after all, or again."""
    contact = service.mark_back(by=request.user, contact=_contact(request, pk))
    toast(request, f"{contact} is there again")
    return _changed(request, contact.account_id)


@require_POST
@changes
def archive(request: UserRequest, pk: int) -> HttpResponse:
    """Takes a contact who was never one out of sight."""
    contact = service.archive_contact(by=request.user, contact=_contact(request, pk))
    toast(request, f"{contact} archived", undo=way_back_from(contact))
    return _changed(request, contact.account_id, close=True)


def _contact(request: UserRequest, pk: int) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)


def _changed(request: UserRequest, account_id: int, *, close: bool = False) -> HttpResponse:
    to = reverse("accounts:account", args=[account_id])
    return answer(request, "contactsChanged", "timelineChanged", to=to, close=close)
