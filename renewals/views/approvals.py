"""Approvals of discounts: what waits for whom, and the decision with its reason."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import UserRequest
from accounts.views.dialogs import Dialog, attempt, sent, show
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.toasts import toast
from renewals.forms.proposal import DecisionForm
from renewals.models import Proposal
from renewals.queries.approvals import get_approval_for, limits, queue_counts, queue_of, refusal_for, rows_of
from renewals.services.approving import approve, refuse

PAGE = 25
SHOWN = (("mine", "For you"), ("waiting", "Waiting"), ("decided", "Decided"))


@require_safe
def approvals(request: UserRequest) -> HttpResponse:
    """What waits for the user, for others, and what was decided, on accounts that the user sees."""
    wanted = request.GET.get("show", "mine")
    wanted = wanted if wanted in dict(SHOWN) else "mine"
    counts = queue_counts(request.user)
    found = queue_of(request.user, wanted)
    page = CountedPaginator(found, PAGE, count=counts[wanted]).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(list(page), limits()),
        "wanted": wanted,
        "shown": [(key, label, counts[key]) for key, label in SHOWN],
    }
    return render_page(request, "renewals/proposals/approvals.html", context, partial="rows")


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def approval(request: UserRequest, pk: int) -> HttpResponse:
    """What is asked for and how it stands; whoever may decide does so here."""
    found = get_approval_for(request.user, pk)
    form = DecisionForm(sent(request), initial={"verdict": request.GET.get("verdict", "")})
    dialog = Dialog("Decide on a discount", found.proposal.account, "Decide", template="renewals/proposals/decide.html")
    refused = refusal_for(request.user, found) if found.is_pending else None
    more: dict[str, Any] = {
        "approval": found,
        "row": rows_of([found], limits())[0],
        "refused": refused.reason if refused else "",
    }
    if request.method != "POST":
        return show(request, dialog, form, **more)

    def decide() -> Proposal:
        verb = approve if form.cleaned_data["verdict"] == DecisionForm.APPROVE else refuse
        return verb(by=request.user, approval=found, reason=form.cleaned_data["reason"])

    _, status = attempt(request, form, decide)
    if status != 200:
        return show(request, dialog, form, status, **more)
    verdict = "Approved" if form.cleaned_data["verdict"] == DecisionForm.APPROVE else "Refused"
    toast(request, f"{verdict} · {found.proposal}")
    to = reverse("renewals:approvals")
    return answer(request, "approvalsChanged", "proposalsChanged", "tasksChanged", "countsChanged", to=to, close=True)
