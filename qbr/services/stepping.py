"""How far a review has come: being prepared, ready, and back again. Each step can be taken back."""

from django.db import transaction

from accounts.models import User
from accounts.services.undoing import as_it_stands, keep_way_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.domain.reviews import AHEAD, Status, step_refused
from qbr.models import Review

STEPPED = ("status", "status_since", "preparing_since", "ready_at")


def begin_preparing(*, by: User, review: Review, version: int | None = None) -> Review:
    """Says that somebody is preparing a review; raises as `step_review` does."""
    return step_review(by=by, review=review, to=Status.PREPARING, version=version)


def mark_ready(*, by: User, review: Review, version: int | None = None) -> Review:
    """Says that a review can be presented as it is; raises as `step_review` does."""
    return step_review(by=by, review=review, to=Status.READY, version=version)


@transaction.atomic
def step_review(*, by: User, review: Review, to: Status, version: int | None = None) -> Review:
    """Moves a review ahead or back among the steps before its meeting.

    When preparing began stays known while it is prepared or ready, so that the days of preparation are known after it.
    Raises `RefusedError` where the rules forbid the step (`qbr.domain.reviews.step_refused`) and for a step that is
    made elsewhere: holding, following up, cancelling; `StaleError` for a second writer.
    """
    held = locked(review, version=version)
    now = clock.now()
    refusal = step_refused(Status(held.status), to, starts_at=held.starts_at, moment=now)
    if refusal is not None:
        raise RefusedError(refusal.reason)
    if to not in AHEAD or not held.is_ahead:
        raise RefusedError("That is no step of preparing a review.")
    if to is Status.DUE and held.starts_at is not None:
        raise RefusedError("It has a moment already. Cancel it, or give it another one.")
    before = as_it_stands(held, STEPPED)
    held.status, held.status_since = to.value, now
    held.ready_at = now if to is Status.READY else None
    held.preparing_since = (held.preparing_since or now) if to in (Status.PREPARING, Status.READY) else None
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held
