"""Files of a deck: asked for, how far they are, and sent."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from cs_workspace.common.access import changes
from cs_workspace.common.fragments import render_page
from cs_workspace.common.toasts import refuse
from qbr.models import Deck, Review
from qbr.queries.deck_pptx import PPTX_TYPE
from qbr.queries.decks import file_of, files_of, name_of
from qbr.queries.reviews import get_review_for
from qbr.services.decks import ask_deck

PANEL = "review-decks"
TYPES = {Deck.Format.PPTX: PPTX_TYPE, Deck.Format.PDF: "application/pdf"}


@require_safe
def decks(request: UserRequest, pk: int) -> HttpResponse:
    """The files of a review's deck; the panel asks again until none is being made."""
    return _panel(request, get_review_for(request.user, pk))


@require_POST
@changes
def ask(request: UserRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002  the name in the address
    """Asks for one of the files; it is made while the page may be left."""
    review = get_review_for(request.user, pk)
    ask_deck(by=request.user, review=review, format=_format(format))
    return _panel(request, review) if request.htmx else redirect("qbr:decks", pk=pk)


@require_safe
def deck(request: UserRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002  the name in the address
    """Sends a file that was made; without one, leads to where it is asked for."""
    review = get_review_for(request.user, pk)
    content = file_of(review, _format(format))
    if content is None:
        refuse(request, "This file was not made yet. Ask for it here.")
        return redirect("qbr:decks", pk=pk)
    name = f"{name_of(review)}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=TYPES[Deck.Format(format)], headers=headers)


def _panel(request: UserRequest, review: Review) -> HttpResponse:
    files = files_of(review)
    context: dict[str, Any] = {
        "review": review,
        "account": review.account,
        "files": files,
        "is_waiting": any(one.is_under_way for one in files),
    }
    response = render_page(request, "qbr/decks.html", context, partial="decks", target=PANEL)
    patch_cache_control(response, no_store=True)
    return response


def _format(text: str) -> Deck.Format:
    if text not in Deck.Format.values:
        raise Http404
    return Deck.Format(text)
