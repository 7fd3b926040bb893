"""The question how a review was: asked by us, answered once by those who took part, without a login."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest
from accounts.views.share_links import bare
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import HtmxRequest, whole_number
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast
from qbr.forms.satisfaction import SatisfactionForm
from qbr.models import SatisfactionAsk
from qbr.queries.reviews import get_review_for
from qbr.queries.satisfaction import ask_of, asked_of, is_open_ask, wording_of
from qbr.services.satisfaction import answer_ask, ask_satisfaction


@require_safe
def asks(request: UserRequest, pk: int) -> HttpResponse:
    """Who was asked, and what they answered."""
    review = get_review_for(request.user, pk)
    context = {"review": review, "account": review.account, "asked": asked_of(review)}
    context |= {"part": "qbr/_asks.html", "title": "How was it?"}
    return render_page(request, "qbr/part.html", context, partial="panel", target="review-asks")


@require_POST
@changes
def ask(request: UserRequest, pk: int) -> HttpResponse:
    """Makes the links for those who took part and have none."""
    review = get_review_for(request.user, pk)
    try:
        made = ask_satisfaction(by=request.user, review=review)
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        words = f"{len(made)} link{'' if len(made) == 1 else 's'} made. Send each to whom it is for."
        toast(request, words if made else "Everybody has a link already.")
    return answer(request, "reviewAsksChanged", "reviewChanged", to=reverse("qbr:follow-up", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def satisfaction(request: HtmxRequest, token: str) -> HttpResponse:
    """The question for one person; an address with a `?score` has it chosen already, so that a click in the mail and
    one here are enough."""
    found = ask_of(token)
    if found is None:
        raise Http404("There is no such question.")
    if request.method == "POST":
        return _take(request, found, token)
    chosen = {"score": whole_number(request.GET, "score") or None}
    form = SatisfactionForm(initial=chosen, wording=wording_of(found))
    return _show(request, found, form)


def _take(request: HtmxRequest, found: SatisfactionAsk, token: str) -> HttpResponse:
    form = SatisfactionForm(request.POST, wording=wording_of(found))
    if not is_open_ask(found):
        return _show(request, found, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        answer_ask(ask=found, **form.cleaned_data)
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _show(request, found, form, status=422)
    return bare(redirect("qbr:satisfaction", token=token))


def _show(request: HtmxRequest, found: SatisfactionAsk, form: SatisfactionForm, status: int = 200) -> HttpResponse:
    """The question, thanks where it was answered, and a word (410) where it is over."""
    is_open = is_open_ask(found)
    if not is_open and found.answered_at is None:
        status = 410
    context = {"ask": found, "review": found.review, "form": form, "is_open": is_open}
    return bare(render(request, "qbr/satisfaction.html", context, status=status))
