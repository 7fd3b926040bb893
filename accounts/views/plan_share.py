"""The link to a success plan: made and revoked by us, read by the customer without a login."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.plan import ShareForm
from accounts.http import UserRequest
from accounts.models import PlanShare
from accounts.queries.plan_pdf import pdf_of
from accounts.queries.success_plans import PlanPage, current_plan_of, get_plan_for, page_of
from accounts.services.share_links import count_view, share_plan
from accounts.views import share_links
from accounts.views.dialogs import sent
from cs_workspace.common.access import changes
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.typesetting import send_pdf

PLAN = share_links.Subject(
    kind=PlanShare,
    noun="plan",
    does="reads the plan",
    sees="objectives, use cases, milestones, what it was worth, and the risks that you marked for it. Health, ARR, "
    "reviews and notes stay with you.",
    home="accounts:account-plan",
    revoke="accounts:plan-share-revoke",
    event="planChanged",
)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    plan, form = get_plan_for(request.user, pk), ShareForm(sent(request))
    return share_links.share_dialog(
        request, PLAN, plan, form, lambda: share_plan(by=request.user, plan=plan, days=form.cleaned_data["days"])
    )


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    return share_links.revoke(request, PLAN, pk)


@require_safe
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """The plan for the customer: what stands in it, and nothing else of the account."""
    found = _opened(token)
    if found is None:
        return share_links.over(request, PLAN)
    link, page = found
    if request.method == "GET" and not request.user.is_authenticated:
        count_view(link=link)
    context = {"page": page, "link": link, "token": token}
    return share_links.bare(render(request, "accounts/plan/shared.html", context))


@require_safe
@login_not_required
def shared_pdf(request: HtmxRequest, token: str) -> HttpResponse:
    """The same as a file."""
    found = _opened(token)
    if found is None:
        return share_links.over(request, PLAN)
    return share_links.bare(send_pdf("success-plan", pdf_of(found[1])))


def _opened(token: str) -> tuple[PlanShare, PlanPage] | None:
    """The link and what it shows; None for one that is over, 404 for an address that we did not make."""
    link = share_links.opened(PlanShare, token)
    plan = current_plan_of(link.plan.account) if link else None
    return (link, page_of(plan).for_customer()) if link and plan else None
