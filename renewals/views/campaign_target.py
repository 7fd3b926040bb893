"""A lost customer in a campaign: who is written to, and taking it out."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.toasts import toast
from renewals.forms.win_back import OutForm, TargetForm
from renewals.models import CampaignTarget
from renewals.queries.win_back import get_target_for
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
    return _changed(request, target)


def _changed(request: UserRequest, target: CampaignTarget) -> HttpResponse:
    return answer(request, *CHANGED, to=reverse("renewals:campaign", args=[target.campaign_id]), close=True)
