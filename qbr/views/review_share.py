"""The customer's link to what was agreed in a review: with it they read it and tick what is theirs, without a login.

The page shows decisions, goals and action items, and nothing else of the account.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.plan import ShareForm
from accounts.http import UserRequest
from accounts.views import share_links
from accounts.views.dialogs import sent
from cs_workspace.common.access import changes
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse
from qbr.models import ActionItem, ReviewShare
from qbr.queries.reviews import get_review_for
from qbr.queries.shared import shared_page
from qbr.services.actions import share_actions, tick_for_customer, untick_for_customer

VERBS = {"done": tick_for_customer, "open": untick_for_customer}
AGREED = share_links.Subject(
    kind=ReviewShare,
    noun="review",
    does="reads what was agreed and ticks the customer’s actions",
    sees="what was decided, the goals, and the action items of both sides; they can tick their own. Notes, figures and "
    "your plans stay with you.",
    home="qbr:follow-up",
    revoke="qbr:review-share-revoke",
    event="reviewActionsChanged",
    home_key="pk",
)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    review, form = get_review_for(request.user, pk), ShareForm(sent(request))
    return share_links.share_dialog(
        request, AGREED, review, form, lambda: share_actions(by=request.user, review=review, **form.cleaned_data)
    )


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    return share_links.revoke(request, AGREED, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """What was agreed; by POST the customer says that something of theirs is done, or that it is not after all."""
    return share_links.followed(request, AGREED, token, _follow, lambda link: _agreed(request, link))


def _agreed(request: HtmxRequest, link: ReviewShare) -> HttpResponse:
    return render(request, "qbr/shared.html", {"page": shared_page(link.review), "link": link})


def _follow(request: HtmxRequest, link: ReviewShare) -> None:
    """Does what the customer asks for; an action of another review is as if there were none."""
    verb, key = VERBS.get(request.POST.get("verb", "")), share_links.key_of(request, "action")
    kept = ActionItem.objects.kept().filter(review=link.review_id, side=ActionItem.Side.CUSTOMER)
    action = kept.filter(pk=key).first()
    if verb is None or action is None:
        raise Http404("There is no such action.")
    try:
        verb(share=link, action=action)
    except RefusedError as refused:
        refuse(request, str(refused))
