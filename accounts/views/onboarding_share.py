"""The customer's link to an onboarding: made and revoked by us; with it the customer ticks their steps without a login.

The page shows the customer's own steps and their dates, and nothing else of the account.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.onboarding import ShareForm
from accounts.http import UserRequest
from accounts.models import OnboardingShare, OnboardingStep
from accounts.queries.onboarding import get_onboarding_for
from accounts.queries.onboarding_share import shared_page
from accounts.services.onboarding_steps import reopen_step_for_customer, tick_step_for_customer
from accounts.services.share_links import share_onboarding
from accounts.views import share_links
from accounts.views.dialogs import sent
from cs_workspace.common.access import changes
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse

VERBS = {"done": tick_step_for_customer, "open": reopen_step_for_customer}
CHECKLIST = share_links.Subject(
    kind=OnboardingShare,
    noun="checklist",
    does="sees and ticks the customer’s steps",
    sees="their own steps with their dates, and can tick them. Your steps, risks and notes stay with you.",
    home="accounts:account-onboarding",
    revoke="accounts:onboarding-share-revoke",
    event="onboardingChanged",
)


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    one, form = get_onboarding_for(request.user, pk), ShareForm(sent(request))
    return share_links.share_dialog(
        request, CHECKLIST, one, form, lambda: share_onboarding(by=request.user, onboarding=one, **form.cleaned_data)
    )


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    return share_links.revoke(request, CHECKLIST, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """The customer's checklist; by POST they say that a step of theirs is done, or that it is not after all."""
    return share_links.followed(request, CHECKLIST, token, _follow, lambda link: _checklist(request, link))


def _checklist(request: HtmxRequest, link: OnboardingShare) -> HttpResponse:
    return render(request, "accounts/onboarding_shared.html", {"page": shared_page(link.onboarding), "link": link})


def _follow(request: HtmxRequest, link: OnboardingShare) -> None:
    """Does what the customer asks for; a step of another onboarding is as if there were none."""
    verb, key = VERBS.get(request.POST.get("verb", "")), share_links.key_of(request, "step")
    known = OnboardingStep.objects.filter(onboarding=link.onboarding_id)
    step = known.filter(pk=key).first()
    if verb is None or step is None:
        raise Http404("There is no such step.")
    try:
        verb(share=link, step=step)
    except RefusedError as refused:
        refuse(request, str(refused))
