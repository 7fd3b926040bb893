"""Every write to a note."""

from uuid import UUID

from django.db import transaction

from accounts.models import Account, Note, User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock


@transaction.atomic
def add_note(
    *, by: User, account: Account, body: str, template: str = "", pinned: bool = False, key: UUID | None = None
) -> Note:
    """Writes something down about an account, in Markdown.

    `key` is that of the form; raises `RepeatedError` for one that was sent already.
    """
    claim(key, by=by)
    return Note.objects.create(account=account, body=body, template=template, pinned=pinned, by=by, at=clock.now())


@transaction.atomic
def edit_note(*, by: User, note: Note, body: str, pinned: bool, version: int | None = None) -> Note:
    """Changes text and pin; when it was written stays. Raises `StaleError` for a second writer."""
    held = locked(note, version=version)
    before = as_it_stands(held, ["body", "pinned"])
    held.body, held.pinned = body, pinned
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def pin_note(*, by: User, note: Note, pinned: bool) -> Note:
    """Keeps a note above the timeline, or lets it go back into it."""
    held = locked(note)
    held.pinned = pinned
    return save_next(held, by=by)


@transaction.atomic
def archive_note(*, by: User, note: Note) -> Note:
    """Takes a note out of sight; the change can be undone."""
    held = locked(note)
    before = as_it_stands(held, ["archived_at"])
    held.archived_at = clock.now()
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


def undo_note(*, by: User, note: Note, version: int) -> Note:
    """Takes the change back that made `version`; raises as `put_back` does."""
    return put_back(note, by=by, version=version)
