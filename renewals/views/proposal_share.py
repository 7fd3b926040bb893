"""The link to a proposal: made and revoked by us; with it the customer reads the proposal and answers, without a login.

The page shows what the file shows, and nothing else of the account.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.share_links import url_of
from accounts.services.share_links import count_view
from accounts.views import share_links
from accounts.views.dialogs import sent
from cs_workspace.common.access import changes
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.typesetting import send_pdf
from renewals.domain.proposals import State
from renewals.forms.proposal import AnswerForm, ShareForm
from renewals.models import ProposalShare
from renewals.queries.proposal_pdf import pdf_of
from renewals.queries.proposals import ProposalPage, get_proposal_for, page_of, whole
from renewals.services.answering import accept_option, decline_proposal, share_proposal

PROPOSAL = share_links.Subject(
    kind=ProposalShare,
    noun="proposal",
    does="reads the proposal and can answer it",
    sees="what stands in the file: the options with their lines and prices, what they are worth, and your words. They "
    "can accept an option or decline. Limits, approvals and reasons stay with you.",
    home="renewals:proposal",
    revoke="renewals:proposal-share-revoke",
    event="proposalsChanged",
    home_key="pk",
)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    found, form = get_proposal_for(request.user, pk), ShareForm(sent(request))
    return share_links.share_dialog(
        request, PROPOSAL, found, form, lambda: share_proposal(by=request.user, proposal=found, **form.cleaned_data)
    )


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    return share_links.revoke(request, PROPOSAL, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """The proposal for the customer; by POST they accept an option or decline, with their name."""
    found = _opened(token)
    if found is None:
        return share_links.over(request, PROPOSAL)
    link, page = found
    form = AnswerForm(request.POST if request.method == "POST" else None, options=[row.option for row in page.options])
    status = 200
    if request.method == "POST":
        if _answer(page, form):
            return share_links.bare(redirect(f"{url_of(link)}#answer"))
        status = 422
    elif request.method == "GET" and not request.user.is_authenticated:
        count_view(link=link)
    is_open = page.proposal.state == State.SENT and page.proposal.renewal.is_open
    context = {"page": page, "link": link, "token": token, "form": form, "is_open": is_open}
    return share_links.bare(render(request, "renewals/proposals/shared.html", context, status=status))


@require_safe
@login_not_required
def shared_pdf(request: HtmxRequest, token: str) -> HttpResponse:
    """The same as a file."""
    found = _opened(token)
    if found is None:
        return share_links.over(request, PROPOSAL)
    return share_links.bare(send_pdf("proposal", pdf_of(found[1])))


def _opened(token: str) -> tuple[ProposalShare, ProposalPage] | None:
    """The link and what it shows; None for one that is over, 404 for an address that we did not make."""
    link = share_links.opened(ProposalShare, token)
    return (link, page_of(whole().get(pk=link.proposal_id))) if link else None


def _answer(page: ProposalPage, form: AnswerForm) -> bool:
    """Keeps the answer; False where the form says what is wrong with it."""
    if not form.is_valid():
        return False
    name, note = form.cleaned_data["name"], form.cleaned_data["note"]
    try:
        if form.chosen is None:
            decline_proposal(by=None, proposal=page.proposal, name=name, note=note)
        else:
            accept_option(by=None, proposal=page.proposal, option=form.chosen, name=name, note=note)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return False
    return True
