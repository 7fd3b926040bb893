"""Win-back campaigns: the list, one of them, and what those who lead them do with it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.models import Account
from accounts.views.dialogs import attempt, sent
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.win_back import PAST, Move, lacks
from renewals.forms.win_back import CampaignForm, NewCampaignForm
from renewals.models import Campaign, CampaignTarget
from renewals.queries import win_back as queries
from renewals.queries.win_back_candidates import candidates_of, with_records
from renewals.queries.win_back_preview import previews
from renewals.queries.win_back_sequence import told_of
from renewals.services import campaigns as service
from renewals.services.campaign_moves import move_campaign, start_chosen
from renewals.views.win_back import tell_chosen

PAGE = 50
CHANGED = ("campaignChanged", "timelineChanged", "countsChanged")


@require_safe
def campaigns(request: UserRequest) -> HttpResponse:
    """All campaigns that the user sees, the latest first, with what they brought."""
    found = Campaign.objects.visible_to(request.user).select_related("owner")
    page = CountedPaginator(found, PAGE, count=found.count()).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    counted = queries.tallies(request.user, shown)
    context = {"page": page, "rows": [(one, counted[one.pk]) for one in shown]}
    return render_page(request, "renewals/campaigns.html", context, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def new(request: UserRequest) -> HttpResponse:
    """Asks what a campaign has to tell, and makes it with the customers that the address or the form names."""
    data = request.POST if request.method == "POST" else request.GET
    ids = [int(key) for key in data.getlist("account") if key.isascii() and key.isdecimal() and len(key) < 19]
    form = NewCampaignForm(sent(request), user=request.user)
    if request.method != "POST":
        return _show_new(request, form, ids)
    made, status = attempt(
        request,
        form,
        lambda: service.create_campaign(
            by=request.user, fields=form.campaign_fields(), account_ids=ids, key=form.cleaned_data["key"]
        ),
    )
    if status != 200:
        return _show_new(request, form, ids, status)
    if made is None:
        return redirect("renewals:campaigns")
    campaign, chosen = made
    tell_chosen(request, chosen)
    return redirect("renewals:campaign", pk=campaign.pk)


@require_safe
def campaign(request: UserRequest, pk: int) -> HttpResponse:
    """One campaign: its customers, each with the state of its e-mails, and what it brought."""
    one, today = queries.get_campaign_for(request.user, pk), clock.today()
    tally = queries.tallies(request.user, [one])[one.pk]
    state = request.GET.get("state", "")
    state = state if state in CampaignTarget.State.values else ""
    found = queries.targets_of(request.user, one, state=state)
    count = getattr(tally, state) if state else tally.count
    page = CountedPaginator(found, PAGE, count=count).get_page(request.GET.get("page"))
    shown, days = list(page.object_list), queries.sequence_days()
    context: dict[str, Any] = {
        "one": one,
        "tally": tally,
        "steers": queries.steers(request.user, one),
        "lacks": lacks(told_of(one), [target.variant for target in shown if target.state == "chosen"]),
        "days": days,
        "state": state,
        "states": [("", "All", tally.count), *((key, label, getattr(tally, key)) for key, label in _states())],
        "page": page,
        "lines": queries.lines_of(shown, days, today=today),
    }
    return render_page(request, "renewals/campaign.html", context, partial="state")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def edit(request: UserRequest, pk: int) -> HttpResponse:
    """Changes what a campaign is and tells."""
    one = _steered(request, pk)
    form = CampaignForm(sent(request), record=one, user=request.user)
    context = {"form": form, "one": one, "title": f"Edit “{one}”", "back": reverse("renewals:campaign", args=[pk])}
    if request.method != "POST":
        return render_page(request, "renewals/campaign_form.html", context)
    edited, status = attempt(
        request,
        form,
        lambda: service.edit_campaign(
            by=request.user, campaign=one, fields=form.campaign_fields(), version=form.cleaned_data["version"]
        ),
    )
    if status != 200:
        return render_page(request, "renewals/campaign_form.html", context, status=status)
    if edited:
        undo = f"{reverse('renewals:campaign-put-back', args=[pk])}?version={edited.version}"
        toast(request, f"Saved · {edited}", undo=undo)
    return redirect("renewals:campaign", pk=pk)


@require_POST
@changes
def put_back(request: UserRequest, pk: int) -> HttpResponse:
    """Takes the change back that made `?version`."""
    one = _steered(request, pk)
    try:
        service.take_back_edit(by=request.user, campaign=one, version=whole_number(request.GET, "version"))
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, f"Taken back · {one}")
    return _changed(request, pk)


@require_POST
@changes
def move(request: UserRequest, pk: int, verb: str) -> HttpResponse:
    """Starts, pauses, resumes or closes a campaign; refused (409) with the reason where it cannot be."""
    if verb not in list(Move):
        raise Http404("That cannot be done with a campaign.")
    one = _steered(request, pk)
    try:
        if verb == Move.START and one.state == Campaign.State.RUNNING:
            count = start_chosen(by=request.user, campaign=one)
            toast(request, f"{count} customer{'' if count == 1 else 's'} started")
        else:
            move_campaign(by=request.user, campaign=one, move=Move(verb))
            undo = {Move.PAUSE: Move.RESUME, Move.RESUME: Move.PAUSE}.get(Move(verb))
            back = reverse("renewals:campaign-move", args=[pk, undo.value]) if undo else ""
            toast(request, f"{one} · {PAST[Move(verb)]}", undo=back)
    except RefusedError as refused:
        refuse(request, str(refused))
        return _changed(request, pk, status=409)
    return _changed(request, pk)


@require_safe
def preview(request: UserRequest, pk: int) -> HttpResponse:
    """The e-mails as a customer of the campaign would read them; `pk` names the customer in it."""
    target = queries.get_target_for(request.user, pk)
    found = previews(target.campaign, target, target.contact, now=clock.now()) if target.contact else []
    context = {"target": target, "one": target.campaign, "account": target.account, "previews": found}
    return render_page(request, "renewals/campaign_preview.html", context, partial="dialog", target="dialog")


def _steered(request: UserRequest, pk: int) -> Campaign:
    one = queries.get_campaign_for(request.user, pk)
    if not queries.steers(request.user, one):
        raise PermissionDenied(f"{one.owner} leads this campaign. Ask them, or whoever they report to.")
    return one


def _states() -> list[tuple[str, str]]:
    return [(str(key), str(label)) for key, label in CampaignTarget.State.choices]


def _show_new(request: UserRequest, form: NewCampaignForm, ids: list[int], status: int = 200) -> HttpResponse:
    seen = Account.objects.visible_to(request.user).filter(pk__in=ids, status=Account.Status.CHURNED)
    accounts = list(with_records(seen).order_by("-arr", "pk"))
    context = {
        "form": form,
        "title": "New campaign",
        "back": reverse("renewals:win-back"),
        "candidates": candidates_of(accounts, today=clock.today()),
    }
    return render_page(request, "renewals/campaign_form.html", context, status=status)


def _changed(request: UserRequest, pk: int, *, status: int = 200) -> HttpResponse:
    response = answer(request, *CHANGED, to=reverse("renewals:campaign", args=[pk]))
    if request.htmx:
        response.status_code = status
    return response
