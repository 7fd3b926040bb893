"""The map of stakeholders: people are moved on it, and what is said of them is changed in place."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.contact import MoveForm, PlaceForm
from accounts.http import UserRequest
from accounts.models import Contact
from accounts.queries.accounts import get_account_for
from accounts.queries.stakeholders import MOST, stakeholders_page
from accounts.services import contacts as service
from accounts.views.dialogs import Dialog, attempt, sent
from accounts.views.undoing import way_back_from
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import StaleError
from cs_workspace.common.toasts import refuse, toast


@require_safe
def stakeholders(request: UserRequest, pk: int) -> HttpResponse:
    """The people of an account by function and seniority, with the gaps called out."""
    account = get_account_for(request.user, pk)
    context = {"account": account, "people": stakeholders_page(account, request.user), "most": MOST}
    return render_page(request, "accounts/stakeholders.html", context, partial="map")


@require_POST
@changes
def move(request: UserRequest, pk: int) -> HttpResponse:
    """Puts a contact into another cell."""
    contact = _contact(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        refuse(request, f"{contact} stays: there is no such place on the map.")
        return _changed(request, contact.account_id, status=422)
    try:
        moved = service.edit_contact(
            by=request.user, contact=contact, fields=form.contact_fields(), version=form.cleaned_data["version"]
        )
    except StaleError as stale:
        refuse(request, f"{stale.by or 'Somebody'} changed {contact} meanwhile. Look again, and move them then.")
        return _changed(request, contact.account_id, status=409)
    words = " · ".join(filter(None, [moved.get_seniority_display() or "Rank unknown", moved.function]))
    toast(request, f"{moved} moved to {words}", undo=way_back_from(moved))
    return _changed(request, contact.account_id)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def place(request: UserRequest, pk: int) -> HttpResponse:
    """What the map says of a contact, changed in its place."""
    contact = _contact(request, pk)
    form = PlaceForm(sent(request), record=contact)
    status = 200
    if request.method == "POST":
        saved, status = attempt(
            request,
            form,
            lambda: service.edit_contact(
                by=request.user, contact=contact, fields=form.contact_fields(), version=form.cleaned_data["version"]
            ),
        )
        if status == 200:
            toast(request, f"{contact} saved", undo=way_back_from(saved))
            return _changed(request, contact.account_id)
    context = {"account": contact.account, "contact": contact, "form": form, "dialog": Dialog("", contact.account)}
    return render_page(
        request, "accounts/contact_place.html", context, partial="form", target=f"person-{pk}", status=status
    )


def _contact(request: UserRequest, pk: int) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)


def _changed(request: UserRequest, account_id: int, *, status: int = 200) -> HttpResponse:
    to = reverse("accounts:stakeholders", args=[account_id])
    response = answer(request, "contactsChanged", "timelineChanged", to=to)
    if request.htmx:
        response.status_code = status
    return response
