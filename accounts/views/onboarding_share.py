"""The customer's link to an onboarding: made and revoked by us; with it the customer ticks their steps without a login.

The page shows the customer's own steps and their dates, and nothing else of the account.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.onboarding import ShareForm
from accounts.http import UserRequest
from accounts.models import Onboarding, OnboardingShare, OnboardingStep
from accounts.queries.onboarding import get_onboarding_for
from accounts.queries.onboarding_share import get_share_for, is_live, live_share_of, share_of, shared_page, url_of
from accounts.services import onboarding_share as service
from accounts.services.onboarding_steps import reopen_step_for_customer, tick_step_for_customer
from accounts.views.dialogs import Dialog, attempt, sent, show
from accounts.views.plan_share import HEADERS
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

VERBS = {"done": tick_step_for_customer, "open": reopen_step_for_customer}


@require_http_methods(["GET", "HEAD", "POST"])
@changes
def share(request: UserRequest, pk: int) -> HttpResponse:
    """The link with its views, or how long a new one shall last."""
    one = get_onboarding_for(request.user, pk)
    form = ShareForm(sent(request))
    if request.method != "POST":
        return _dialog(request, one, form)
    made, status = attempt(
        request, form, lambda: service.share_onboarding(by=request.user, onboarding=one, **form.cleaned_data)
    )
    if made:
        toast(request, "The link is made. Copy it and send it to the customer.")
    response = _dialog(request, one, form, status=status)
    response["HX-Trigger"] = "onboardingChanged"
    return response


@require_POST
@changes
def revoke(request: UserRequest, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    found = get_share_for(request.user, pk)
    service.revoke_share(by=request.user, share=found)
    toast(request, "The link opens nothing any more")
    to = reverse("accounts:account-onboarding", args=[found.onboarding.account_id])
    return answer(request, "onboardingChanged", to=to, close=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shared(request: HtmxRequest, token: str) -> HttpResponse:
    """The customer's checklist; by POST they say that a step of theirs is done, or that it is not after all."""
    link = share_of(token)
    if link is None:
        raise Http404("There is no such link.")
    if not is_live(link):
        return _bare(render(request, "accounts/onboarding_over.html", status=410))
    if request.method == "POST":
        _follow(request, link)
        return _bare(redirect(url_of(link)))
    if request.method == "GET" and not request.user.is_authenticated:
        service.count_view(share=link)
    return _bare(
        render(request, "accounts/onboarding_shared.html", {"page": shared_page(link.onboarding), "link": link})
    )


def _follow(request: HtmxRequest, link: OnboardingShare) -> None:
    """Does what the customer asks for; a step of another onboarding is as if there were none."""
    verb, step_pk = VERBS.get(request.POST.get("verb", "")), request.POST.get("step", "")
    known = OnboardingStep.objects.filter(onboarding=link.onboarding_id)
    step = known.filter(pk=int(step_pk)).first() if step_pk.isdecimal() and len(step_pk) < 19 else None
    if verb is None or step is None:
        raise Http404("There is no such step.")
    try:
        verb(share=link, step=step)
    except RefusedError as refused:
        refuse(request, str(refused))


def _bare(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _dialog(request: UserRequest, one: Onboarding, form: Any, *, status: int = 200) -> HttpResponse:
    link = live_share_of(one)
    address = request.build_absolute_uri(url_of(link)) if link else ""
    dialog = Dialog("Share the checklist", one.account, "Make a link", template="accounts/onboarding_share.html")
    return show(request, dialog, form, status, link=link, address=address)
