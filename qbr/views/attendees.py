"""Who takes part in a review, and how they are invited."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import Contact, User
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.domain.invitation import ics_of
from qbr.forms.review import AttendeeForm
from qbr.models import Attendee
from qbr.queries.invitation import invitation_of
from qbr.queries.reviews import get_review_for
from qbr.services.attendees import Guest, add_attendee, remove_attendee
from qbr.services.invitations import mark_invited, undo_invited
from qbr.views.review import changed


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def add(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who takes part, and lets them; an offer or a toast sends the person along."""
    one = get_review_for(request.user, pk)
    form = AttendeeForm(sent(request), review=one)
    dialog = Dialog("Who takes part", one.account, "Add")
    if request.method != "POST":
        return show(request, dialog, form)
    added, status = attempt(request, form, lambda: add_attendee(review=one, who=form.who))
    if status != 200 or added is None:
        return show(request, dialog, form, status)
    toast(request, f"{added} takes part", undo=reverse("qbr:attendee-remove", args=[added.pk]))
    return changed(request, one, close=True)


@require_POST
@changes
def remove(request: UserRequest, pk: int) -> HttpResponse:
    """Takes somebody off the list."""
    found = Attendee.objects.visible_to(request.user)
    attendee = get_object_or_404(found.select_related("review__account", "contact", "user"), pk=pk)
    try:
        who = remove_attendee(attendee=attendee)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        back = f"{reverse('qbr:attendee-back', args=[attendee.review_id])}?{urlencode(_named(who))}"
        toast(request, f"{attendee} does not take part", undo=back)
    return changed(request, attendee.review)


@require_POST
@changes
def put_back(request: UserRequest, pk: int) -> HttpResponse:
    """Lets somebody take part again who was taken off the list: the address says who."""
    one = get_review_for(request.user, pk)
    form = AttendeeForm(request.GET, review=one)
    try:
        if not form.is_valid():
            raise RefusedError("That person cannot be put back. Choose them from the list.")
        added = add_attendee(review=one, who=form.who)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"{added} takes part again")
    return changed(request, one)


@require_safe
def invitation(request: UserRequest, pk: int) -> HttpResponse:
    """The invitation as a file for calendars; without a moment there is none, and the page says so."""
    one = get_review_for(request.user, pk)
    told = invitation_of(one, by=request.user)
    if told is None:
        refuse(request, "Say when it takes place first; then there is something to invite to.")
        return redirect("qbr:review", pk=pk)
    method = "CANCEL" if told.is_cancelled else "REQUEST"
    return HttpResponse(
        ics_of(told),
        content_type=f"text/calendar; charset=utf-8; method={method}",
        headers={"Content-Disposition": f'attachment; filename="review-{pk}.ics"', "Cache-Control": "no-store"},
    )


@require_POST
@changes
def invited(request: UserRequest, pk: int) -> HttpResponse:
    """Writes down that invitation and agenda were sent; with `?undo` the version whose sending is taken back."""
    one = get_review_for(request.user, pk)
    version = whole_number(request.GET, "undo")
    try:
        if version:
            undo_invited(by=request.user, review=one, version=version)
            toast(request, "Taken back: not sent yet")
        else:
            saved = mark_invited(by=request.user, review=one)
            undo = f"{reverse('qbr:invited', args=[pk])}?undo={saved.version}"
            toast(request, "Invitation and agenda are marked as sent", undo=undo)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    return changed(request, one)


def _named(who: Contact | User | Guest) -> dict[str, str | int]:
    """A person as the form of attendees names them."""
    if isinstance(who, Guest):
        return {"guest": who.name, "guest_email": who.email}
    return {"contact" if isinstance(who, Contact) else "user": who.pk}
