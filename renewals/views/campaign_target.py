"""A lost customer in a campaign: who is written to, at first and in their place, and taking it out."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.forms.win_back import HandOnForm, OutForm, TargetForm
from renewals.models import CampaignTarget
from renewals.queries.win_back import get_target_for
from renewals.services.campaign_contacts import hand_on, take_hand_on_back
from renewals.services.campaign_moves import take_out
from renewals.services.campaigns import edit_target
from renewals.views.campaign import CHANGED


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Says who is written to and what the first e-mail speaks of, before the customer is started."""
    target = get_target_for(request.user, pk)
    form, dialog = TargetForm(sent(request), record=target), Dialog("Who is written to", target.account)
    if request.method != "POST":
        return show(request, dialog, form)
    edited, status = attempt(
        request,
        form,
        lambda: edit_target(
            by=request.user,
            target=target,
            contact=form.cleaned_data["contact"],
            variant=form.cleaned_data["variant"],
            version=form.cleaned_data["version"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if edited:
        toast(request, f"Saved · {target.account}")
    return _changed(request, target, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def contact(request: UserRequest, pk: int) -> HttpResponse:
    """Asks who gets the e-mails instead of somebody who is not reached, and lets them go on to that one."""
    target = get_target_for(request.user, pk)
    form, dialog = HandOnForm(sent(request), record=target), Dialog("Write to somebody else", target.account)
    if request.method != "POST":
        return show(request, dialog, form)
    handed, status = attempt(
        request,
        form,
        lambda: hand_on(
            by=request.user,
            target=target,
            contact=form.cleaned_data["contact"],
            version=form.cleaned_data["version"],
        ),
    )
    if status != 200:
        return show(request, dialog, form, status)
    if handed:
        undo = f"{reverse('renewals:target-contact-back', args=[pk])}?version={handed.version}"
        toast(request, f"E-mails go to {handed.contact} · {target.account}", undo=undo)
    return _changed(request, target, close=True)


@require_POST
@changes
def contact_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change of the contact back that made `?version`."""
    target = get_target_for(request.user, pk)
    try:
        back = take_hand_on_back(by=request.user, target=target, version=whole_number(request.GET, "version"))
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
        return _changed(request, target, status=409)
    toast(request, f"Taken back: it stays with {back.contact or 'nobody'} · {target.account}")
    return _changed(request, target)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def out(request: UserRequest, pk: int) -> HttpResponse:
    """Asks why a customer is taken out of its campaign, and takes it out."""
    target = get_target_for(request.user, pk)
    form, dialog = OutForm(sent(request)), Dialog("Take out of the campaign", target.account, "Take out")
    if request.method != "POST":
        return show(request, dialog, form)
    taken, status = attempt(
        request, form, lambda: take_out(by=request.user, target=target, reason=form.cleaned_data["reason"])
    )
    if status != 200:
        return show(request, dialog, form, status)
    if taken:
        toast(request, f"Taken out · {target.account}")
    return _changed(request, target, close=True)


def _changed(request: UserRequest, target: CampaignTarget, *, close: bool = False, status: int = 200) -> HttpResponse:
    response = answer(request, *CHANGED, to=reverse("renewals:campaign", args=[target.campaign_id]), close=close)
    if request.htmx:
        response.status_code = status
    return response
