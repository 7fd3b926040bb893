"""Files of decks: asked for, made by a worker, and made again where a worker was lost.

What there is to do stands in the database, and a task only says that there is something: so asking never waits for the
file, a page that was left finds it, and a broker that cannot be reached delays it until the sweep.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.models import User
from cs_workspace.common import clock
from qbr.domain.deck import DeckContent
from qbr.models import Deck, Review
from qbr.queries.deck import deck_of
from qbr.queries.deck_pdf import pdf_of
from qbr.queries.deck_pptx import pptx_of
from qbr.queries.reviews import AROUND

logger = logging.getLogger(__name__)

MAKERS: dict[str, Callable[[DeckContent], bytes]] = {Deck.Format.PPTX: pptx_of, Deck.Format.PDF: pdf_of}
UNDER_WAY = (Deck.State.WAITING, Deck.State.RUNNING)
# A file takes seconds: who is not done by now is gone, and what never succeeds is given up.
STALE_AFTER = dt.timedelta(minutes=2)
GIVEN_UP_AFTER = dt.timedelta(minutes=20)
FOUND = 60  # per cent that is done once all is read
FAILED = "The file could not be made. Ask for it again; if that fails as well, tell your admin."


@transaction.atomic
def ask_deck(*, by: User, review: Review, format: Deck.Format) -> Deck:  # noqa: A002  the word that people use
    """Asks for the file of a review's deck as it is now. While one is being made, that one is meant."""
    made, is_new = Deck.objects.get_or_create(review=review, format=format, defaults={"asked_at": clock.now()})
    deck = Deck.objects.select_for_update(of=("self",)).defer("content").get(pk=made.pk)
    if not is_new and deck.state in UNDER_WAY:
        return deck
    deck.state, deck.progress, deck.error = Deck.State.WAITING, 0, ""
    deck.asked_at, deck.asked_by = clock.now(), by
    deck.save(update_fields=["state", "progress", "error", "asked_at", "asked_by"])
    transaction.on_commit(partial(_send, deck.pk))
    return deck


def make_deck(deck_id: int) -> None:
    """Makes a file that was asked for, unless somebody else does or did; what came of it stands in its row."""
    if not Deck.objects.filter(pk=deck_id, state=Deck.State.WAITING).update(state=Deck.State.RUNNING, progress=10):
        return
    deck = Deck.objects.defer("content").get(pk=deck_id)
    mine = Deck.objects.filter(pk=deck_id, state=Deck.State.RUNNING, asked_at=deck.asked_at)
    try:
        review = Review.objects.select_related(*AROUND).get(pk=deck.review_id)
        content = deck_of(review, today=clock.today())
        mine.update(progress=FOUND)
        file = MAKERS[deck.format](content)
    except Exception:
        # Whoever asked sees that it failed; the worker goes on with what others asked for.
        logger.exception("The %s of review %s could not be made.", deck.format, deck.review_id)
        mine.update(state=Deck.State.FAILED, error=FAILED)
        return
    mine.update(state=Deck.State.READY, progress=100, made_at=clock.now(), content=file)


def resume_decks() -> None:
    """Sends again what waits or was begun and not ended; gives up what never succeeds."""
    now = clock.now()
    under_way = Deck.objects.filter(state__in=UNDER_WAY)
    under_way.filter(asked_at__lt=now - GIVEN_UP_AFTER).update(state=Deck.State.FAILED, error=FAILED)
    lost = under_way.filter(asked_at__lt=now - STALE_AFTER)
    lost.filter(state=Deck.State.RUNNING).update(state=Deck.State.WAITING, progress=0)
    for deck_id in lost.values_list("pk", flat=True):
        _send(deck_id)


def _send(deck_id: int) -> None:
    from qbr.tasks import make_deck as task  # tasks call services; this is the way back

    try:
        task.apply_async(kwargs={"deck_id": deck_id}, retry=False)
    except OperationalError as error:
        logger.warning("The broker cannot be reached (%s): deck %s waits for the sweep.", error, deck_id)
