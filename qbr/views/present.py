"""Presenting a review in the browser: all its slides on one page, shown one by one where there is a script."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import UserRequest
from cs_workspace.common import clock
from cs_workspace.common.fragments import render_page
from qbr.queries.deck import deck_of
from qbr.queries.deck_page import mark_of, shown
from qbr.queries.reviews import get_review_for


@require_safe
def present(request: UserRequest, pk: int) -> HttpResponse:
    """The slides of a review; `?speaker` is the window of who speaks, with the notes open beside them."""
    review = get_review_for(request.user, pk)
    deck = deck_of(review, today=clock.today())
    context = {
        "review": review,
        "account": review.account,
        "deck": deck,
        "slides": shown(deck),
        "mark": mark_of(deck.look),
        "is_speaker": "speaker" in request.GET,
        "speaker_url": f"{reverse('qbr:present', args=[pk])}?speaker",
    }
    return render_page(request, "qbr/present.html", context)
