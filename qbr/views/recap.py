"""The recap of a review: its draft, saved as one types, copied or opened as a mail, and marked as sent."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest
from accounts.queries.share_links import live_link_to, url_of
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.http import whole_number
from cs_workspace.common.refusals import RefusedError, StaleError
from cs_workspace.common.toasts import refuse, toast
from qbr.domain.following import mailto
from qbr.forms.recap import RecapForm
from qbr.models import Recap, Review, ReviewShare
from qbr.queries.recap import recap_of
from qbr.queries.reviews import get_review_for
from qbr.services import recapping as service

EVENTS = ("reviewRecapChanged", "reviewChanged")
PANEL, STATE = "review-recap", "recap-state"


@require_http_methods(["GET", "HEAD"])
def recap(request: UserRequest, pk: int) -> HttpResponse:
    """The recap as it is kept, else its draft."""
    return _panel(request, get_review_for(request.user, pk))


@require_POST
@changes
def recap_save(request: UserRequest, pk: int) -> HttpResponse:
    """Keeps what was typed; while one types only a word says so. 409 where somebody else wrote meanwhile."""
    review, form = get_review_for(request.user, pk), RecapForm(request.POST)
    kept, status = _attempt(request, review, form)
    if request.htmx and request.htmx.target == STATE:
        context = {"kept": kept, "form": form, "version": form.data.get("version", "")}
        return render(request, "qbr/_recap_state.html", context, status=status)
    if kept is None:
        return _panel(request, review, form=form, status=status)
    toast(request, "The recap is kept")
    return answer(request, *EVENTS, to=reverse("qbr:recap", args=[pk]))


@require_POST
@changes
def recap_anew(request: UserRequest, pk: int) -> HttpResponse:
    """Puts a draft of what is known now in the place of the words."""
    review = get_review_for(request.user, pk)
    undo = ""
    try:
        drafted = service.draft_anew(by=request.user, review=review, link=_link(review))
    except RefusedError as refused:
        refuse(request, str(refused))
    else:
        undo = f"{reverse('qbr:recap-back', args=[pk])}?version={drafted.version}" if drafted.version > 1 else ""
        toast(request, "Drafted anew", undo=undo)
    return answer(request, *EVENTS, to=reverse("qbr:recap", args=[pk]))


@require_POST
@changes
def recap_back(request: UserRequest, pk: int) -> HttpResponse:
    """Puts back the words that the draft of `?version` replaced."""
    do = partial(service.take_back_draft, by=request.user, version=whole_number(request.GET, "version"))
    return _handle(request, pk, do, "As before")


@require_POST
@changes
def recap_sent(request: UserRequest, pk: int) -> HttpResponse:
    """It went out, with the words of the form."""
    review, form = get_review_for(request.user, pk), RecapForm(request.POST)
    sent, _ = _attempt(request, review, form, service.mark_sent)
    if sent is None:
        refuse(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        toast(request, "Marked as sent", undo=reverse("qbr:recap-unsent", args=[pk]))
    return answer(request, *EVENTS, to=reverse("qbr:recap", args=[pk]))


@require_POST
@changes
def recap_send(request: UserRequest, pk: int) -> HttpResponse:
    """Puts it into the outbox, with the words of the form, from where it goes out in a minute."""
    review, form = get_review_for(request.user, pk), RecapForm(request.POST)
    sent, _ = _attempt(request, review, form, service.send_recap)
    if sent is None:
        refuse(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        toast(request, "Goes out in a minute", undo=reverse("qbr:recap-unsent", args=[pk]))
    return answer(request, *EVENTS, "mailsChanged", to=reverse("qbr:recap", args=[pk]))


@require_POST
@changes
def recap_unsent(request: UserRequest, pk: int) -> HttpResponse:
    """It did not go out after all."""
    return _handle(request, pk, partial(service.take_back_sent, by=request.user), "Not sent")


def _attempt(
    request: UserRequest, review: Review, form: RecapForm, do: Callable[..., Recap] = service.write_recap
) -> tuple[Recap | None, int]:
    """Keeps what a valid form says; gives what is kept and the status, else the form says what is wrong."""
    if not form.is_valid():
        return None, 422
    try:
        return do(by=request.user, review=review, **form.cleaned_data), 200
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None, 422
    except StaleError as stale:
        form.add_error(None, f"{stale} Copy what you typed, and open the page again to see theirs.")
        return None, 409


def _handle(request: UserRequest, pk: int, do: Callable[..., Recap], words: str, *, undo: str = "") -> HttpResponse:
    review = get_review_for(request.user, pk)
    kept = Recap.objects.filter(review=review).first()
    if kept is None:
        raise Http404("No recap is kept yet.")
    try:
        do(recap=kept)
    except (RefusedError, StaleError) as refused:
        refuse(request, str(refused))
    else:
        toast(request, words, undo=reverse(undo, args=[pk]) if undo else "")
    return answer(request, *EVENTS, to=reverse("qbr:recap", args=[pk]))


def _panel(request: UserRequest, review: Review, *, form: RecapForm | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"review": review, "account": review.account, "part": "qbr/_recap.html", "title": "Recap"}
    if review.is_held:
        text = recap_of(review, link=_link(review), sender=request.user.name)
        shown = form or RecapForm(initial={"subject": text.subject, "body": text.body, "version": text.version})
        mail = mailto(text.addresses, text.subject, text.body) if text.addresses else ""
        context |= {"text": text, "form": shown, "mail": mail}
    return render_page(request, "qbr/part.html", context, partial="panel", target=PANEL, status=status)


def _link(review: Review) -> str:
    """The whole address of the customer's page; empty where there is no link."""
    link = live_link_to(ReviewShare, review)
    return f"{settings.SITE_URL.rstrip('/')}{url_of(link)}" if link else ""
