"""What is written down while a review goes on: notes and decisions, as fast as one types."""

from typing import TypedDict
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.domain.reviews import Status
from qbr.models import Review, ReviewNote

CLOSED = {
    Status.CANCELLED.value: "This review was cancelled. Bring it back first.",
    Status.FOLLOWED_UP.value: "This review was followed up. Take that back to write more.",
}


class NoteFields(TypedDict, total=False):
    """What may be said of a note; what is not named stays."""

    kind: str
    part: str
    text: str


@transaction.atomic
def add_note(*, by: User, review: Review, fields: NoteFields, key: UUID | None = None) -> ReviewNote:
    """Writes down what was said or decided, now.

    `key` is that of the form. Raises `RefusedError` for a review that was cancelled or followed up, `RepeatedError`.
    """
    claim(key, by=by)
    held = open_for_words(review)
    return save_first(ReviewNote(review=held, at=clock.now(), by=by, **fields), by=by)


@transaction.atomic
def edit_note(*, by: User, note: ReviewNote, fields: NoteFields, version: int | None = None) -> ReviewNote:
    """Changes what is named in `fields`. Raises `RefusedError` as `add_note` does, and `StaleError`."""
    open_for_words(note.review)
    held = locked(note, version=version)
    before = as_it_stands(held, fields)
    for name, value in fields.items():
        setattr(held, name, value)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_note(*, by: User, note: ReviewNote, version: int) -> ReviewNote:
    """Puts back the words before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    open_for_words(note.review)
    return put_back(note, by=by, version=version)


@transaction.atomic
def archive_note(*, by: User, note: ReviewNote) -> ReviewNote:
    """Takes a note out of the review; it can be restored. Raises `RefusedError` as `add_note` does."""
    open_for_words(note.review)
    held = locked(note)
    held.archived_at = clock.now()
    return save_next(held, by=by)


@transaction.atomic
def restore_note(*, by: User, note: ReviewNote) -> ReviewNote:
    """Brings a note back. Raises `RefusedError` as `add_note` does."""
    open_for_words(note.review)
    held = locked(note)
    held.archived_at = None
    return save_next(held, by=by)


def open_for_words(review: Review) -> Review:
    """The review, locked, where something may still be written in it; raises `RefusedError` where not."""
    held = locked(review)
    if held.status in CLOSED:
        raise RefusedError(CLOSED[held.status])
    return held
