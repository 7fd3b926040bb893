"""The link to a success plan: made and revoked by us, read by the customer without a login."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.plan import ShareForm
from accounts.http import UserRequest
from accounts.models import PlanShare, SuccessPlan
from accounts.queries.plan_pdf import pdf_of
from accounts.queries.plan_share import is_live, share_of, url_of
from accounts.queries.success_plans import PlanPage, current_plan_of, get_plan_for, live_share_of, page_of
from accounts.services import plan_share as service
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.toasts import toast
from cs_workspace.common.typesetting import send_pdf

# For the eyes of whoever holds the link: no search engine keeps it, no cache, and no other site learns of its address.
# Ours must: a form that is sent without any origin is refused.
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "same-origin",
}


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    plan = get_plan_for(request.user, pk)
    form = ShareForm(sent(request))
    if request.method != "POST":
        return _dialog(request, plan, form)
    made, status = attempt(
        request, form, lambda: service.share_plan(by=request.user, plan=plan, days=form.cleaned_data["days"])
    )
    if made:
        toast(request, "The link is made. Copy it and send it to the customer.")
    response = _dialog(request, plan, form, status=status)
    response["HX-Trigger"] = "planChanged"
    return response


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    shares = PlanShare.objects.visible_to(request.user).select_related("plan__account")
    found = get_object_or_404(shares, pk=pk)
    service.revoke_share(by=request.user, share=found)
    toast(request, "The link opens nothing any more")
    to = reverse("accounts:account-plan", args=[found.plan.account_id])
    return answer(request, "planChanged", to=to, close=True)


@require_safe
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """The plan for the customer: what stands in it, and nothing else of the account."""
    found = _opened(token)
    if found is None:
        return _bare(render(request, "accounts/plan/over.html", status=410))
    link, page = found
    if request.method == "GET" and not request.user.is_authenticated:
        service.count_view(share=link)
    return _bare(render(request, "accounts/plan/shared.html", {"page": page, "link": link, "token": token}))


@require_safe
@login_not_required
def shared_pdf(request: HtmxRequest, token: str) -> HttpResponse:
    """The same as a file."""
    found = _opened(token)
    if found is None:
        return _bare(render(request, "accounts/plan/over.html", status=410))
    return _bare(send_pdf("success-plan", pdf_of(found[1])))


def _opened(token: str) -> tuple[PlanShare, PlanPage] | None:
    """The link and what it shows; None for one that is over, 404 for an address that we did not make."""
    link = share_of(token)
    if link is None:
        raise Http404("There is no such link.")
    if not is_live(link):
        return None
    plan = current_plan_of(link.plan.account)
    return (link, page_of(plan).for_customer()) if plan else None


def _bare(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _dialog(request: UserRequest, plan: SuccessPlan, form: Any, *, status: int = 200) -> HttpResponse:
    link = live_share_of(plan)
    address = request.build_absolute_uri(url_of(link)) if link else ""
    dialog = Dialog("Share the plan", plan.account, "Make a link", template="accounts/plan/share.html")
    return show(request, dialog, form, status, link=link, address=address)
