"""Win-back: the lost customers among whom campaigns find theirs, and what campaigns brought."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.access import changes
from cs_workspace.common.answers import way_back
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.sending import send_csv, send_xlsx
from cs_workspace.common.toasts import refuse, toast
from renewals.domain.win_back import AGES, LAST_DAY
from renewals.forms.win_back import NEW, CandidateFilterForm, ChooseForm, ResultFilterForm, campaign_choices
from renewals.queries import win_back_results as results
from renewals.queries.win_back import get_campaign_for, steers
from renewals.queries.win_back_candidates import (
    CandidateFilter,
    band_choices,
    candidates_of,
    figures_of,
    matching,
    with_records,
)
from renewals.services.campaigns import Chosen, choose_accounts

PAGE = 50
MONEY_HEADINGS = {"ARR lost", "ARR won back"}


@require_safe
def lost(request: UserRequest) -> HttpResponse:
    """Lost customers by ARR, reason and age, to be ticked for a campaign."""
    form = CandidateFilterForm(request.GET)
    form.is_valid()
    wanted, today = form.wanted(), clock.today()
    figures = figures_of(request.user, wanted, today=today)
    found = with_records(matching(request.user, wanted, today=today)).select_related("owner", "segment")
    page = CountedPaginator(found, PAGE, count=figures.count).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "figures": figures,
        "bands": band_choices(figures),
        "page": page,
        "candidates": candidates_of(list(page.object_list), today=today),
        "campaigns": [] if request.user.read_only else campaign_choices(request.user),
        "last_day": LAST_DAY,
        "is_filtered": wanted != CandidateFilter(sort=wanted.sort),
    }
    return render_page(request, "renewals/win_back.html", context, partial="rows")


@require_POST
@changes
def choose(request: UserRequest) -> HttpResponse:
    """Takes the customers that were ticked into a campaign, or asks what the new one for them is to be."""
    form = ChooseForm(request.POST, user=request.user)
    if not form.is_valid():
        refuse(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(way_back(request, "renewals:win-back"))
    ticked, to = form.cleaned_data["account"], form.cleaned_data["to"]
    if to == NEW:
        return redirect(f"{reverse('renewals:campaign-new')}?{urlencode({'account': ticked}, doseq=True)}")
    campaign = get_campaign_for(request.user, int(to))
    if not steers(request.user, campaign):
        raise PermissionDenied("This campaign is led by somebody else.")
    try:
        chosen = choose_accounts(by=request.user, campaign=campaign, account_ids=ticked)
    except RefusedError as refused:
        refuse(request, str(refused))
        return redirect(way_back(request, "renewals:win-back"))
    tell_chosen(request, chosen)
    return redirect("renewals:campaign", pk=campaign.pk)


@require_safe
def report(request: UserRequest) -> HttpResponse:
    """How many came back, by how long they were gone, beside what is expected; and who is behind it."""
    form = ResultFilterForm(request.GET, user=request.user)
    form.is_valid()
    wanted, today = form.wanted(), clock.today()
    found = results.behind(request.user, wanted, today=today)
    page = CountedPaginator(found, PAGE, count=found.count()).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "wanted": wanted,
        "report": results.report_of(request.user, wanted, today=today),
        "band_label": AGES[wanted.band].label if wanted.band else "",
        "page": page,
        "rows": list(page.object_list),
    }
    return render_page(request, "renewals/win_back_report.html", context, partial="report")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """The customers behind the report, all pages of them, as a file."""
    form = ResultFilterForm(request.GET, user=request.user)
    form.is_valid()
    header = [f"{name} ({settings.WORKSPACE_CURRENCY})" if name in MONEY_HEADINGS else name for name in results.HEADER]
    send, today = send_xlsx if request.GET.get("format") == "xlsx" else send_csv, clock.today()
    return send(f"win-back-{today:%Y-%m-%d}", header, results.export_rows(request.user, form.wanted(), today=today))


def tell_chosen(request: UserRequest, chosen: Chosen) -> None:
    """Says how many customers came into a campaign, and of the others why not; of many only the first."""
    if chosen.count:
        toast(request, f"{chosen.count} customer{'' if chosen.count == 1 else 's'} chosen")
    left_out = [f"{name}: {because.lower()}" for name, because in chosen.refused.items()]
    if left_out:
        more = f", and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        refuse(request, f"Left out · {'; '.join(left_out[:3])}{more}")
