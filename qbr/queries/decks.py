"""The files of a review's deck: which there are, how far they are, and one of them."""

import datetime as dt
from dataclasses import dataclass

from django.utils.text import slugify

from qbr.models import Deck, Review


@dataclass(frozen=True)
class DeckFile:
    """A file in one format; `state` is empty where nobody asked for it yet."""

    format: str
    label: str
    state: str
    progress: int
    error: str
    made_at: dt.datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether there is more to wait for."""
        return self.state in (Deck.State.WAITING, Deck.State.RUNNING)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self.progress / 100


def files_of(review: Review) -> list[DeckFile]:
    """A file for each format, without what is in it. One query."""
    found = {deck.format: deck for deck in review.decks.defer("content")}
    return [_file(one, found.get(one)) for one in Deck.Format]


def file_of(review: Review, format: Deck.Format) -> bytes | None:  # noqa: A002  the word that people use
    """What is in a file that was made; None where it was not."""
    deck = review.decks.filter(format=format, state=Deck.State.READY).first()
    return bytes(deck.content) if deck else None


def name_of(review: Review) -> str:
    """What the files of a review are called, without an ending: Latin letters, digits and hyphens."""
    return f"{slugify(review.account.name)[:60] or f'account-{review.account_id}'}-{review.kind}-{review.until}"


def _file(kind: Deck.Format, deck: Deck | None) -> DeckFile:
    if deck is None:
        return DeckFile(kind.value, str(kind.label), "", 0, "", None)
    return DeckFile(kind.value, str(kind.label), deck.state, deck.progress, deck.error, deck.made_at)
