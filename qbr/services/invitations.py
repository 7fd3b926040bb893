"""That an invitation was sent: it goes out by the mail or calendar of whoever invites, who then says so."""

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.models import Review
from qbr.services.checklist import tick_what_is_done

NO_ADDRESS = Q(contact__email="") | Q(user__email="") | Q(guest_email="", contact=None, user=None)


@transaction.atomic
def mark_invited(*, by: User, review: Review, version: int | None = None) -> Review:
    """Writes down that invitation and agenda went to all who can be reached and were not invited yet.

    Raises `RefusedError` where the review has no moment or is not ahead, and where nobody can be reached; `StaleError`.
    """
    held = locked(review, version=version)
    if not held.is_ahead or held.starts_at is None:
        raise RefusedError("Say when it takes place first.")
    people = held.attendees.exclude(NO_ADDRESS)
    if not people.exists():
        raise RefusedError("Nobody on the list has an e-mail address.")
    before = as_it_stands(held, ["agenda_sent_at"])
    held.agenda_sent_at = clock.now()
    people.filter(invited_at=None).update(invited_at=held.agenda_sent_at)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    tick_what_is_done([held.pk])
    return held


@transaction.atomic
def undo_invited(*, by: User, review: Review, version: int) -> Review:
    """Takes back that the invitation was sent, by the `version` that this made; raises as `put_back` does."""
    held = locked(review)
    sent_at = held.agenda_sent_at
    back = put_back(held, by=by, version=version)
    if back.version != held.version:
        back.attendees.filter(invited_at=sent_at).update(invited_at=None)
        tick_what_is_done([back.pk])
    return back
