"""A review is followed up: everything that was agreed in it is on its way."""

from django.db import transaction

from accounts.models import SuccessPlan, User
from accounts.services.success_plans import record_review
from accounts.services.touches import edit_touch
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.domain.following import gist_of
from qbr.domain.reviews import Status, step_refused
from qbr.models import Review
from qbr.queries.recap import next_review


@transaction.atomic
def finish_follow_up(*, by: User, review: Review, version: int | None = None) -> Review:
    """Nothing of a review is left to be done: its touch says what came of it, and a success plan was reviewed by it.

    What is still open on its page is no reason to refuse: not every review leads to goals or ideas. Raises
    `RefusedError` where it was not held or is followed up already; `StaleError`.
    """
    held = locked(review, version=version)
    now = clock.now()
    refusal = step_refused(Status(held.status), Status.FOLLOWED_UP, starts_at=held.starts_at, moment=now)
    if refusal is not None:
        raise RefusedError(refusal.reason)
    gist = gist_of(held.get_kind_display(), held.notes.filter(archived_at=None))
    if held.touch is not None and held.touch.archived_at is None and held.touch.summary != gist:
        edit_touch(by=by, touch=held.touch, fields={"summary": gist})
    if held.followed_up_at is None:
        _record_in_plan(held, gist, by=by)
    held.status, held.status_since = Status.FOLLOWED_UP.value, now
    # Taken up again and finished once more, it was followed up when it was so first.
    held.followed_up_at = held.followed_up_at or now
    return save_next(held, by=by)


@transaction.atomic
def take_up_again(*, by: User, review: Review, version: int | None = None) -> Review:
    """Something is left to be done after all. Raises `RefusedError` where it is not followed up; `StaleError`."""
    held = locked(review, version=version)
    if held.status != Status.FOLLOWED_UP.value:
        raise RefusedError("It is not followed up.")
    held.status, held.status_since = Status.HELD.value, clock.now()
    return save_next(held, by=by)


def _record_in_plan(held: Review, gist: str, *, by: User) -> None:
    """The review in the history of the plan, which is looked at next when the customer is met next."""
    plan = SuccessPlan.objects.kept().filter(account=held.account_id).first()
    if plan is None or held.held_at is None:
        return
    on, following = clock.day_of(held.held_at), next_review(held)
    if on < plan.began_on:
        return
    next_on = following.due_on if following is not None and following.due_on > on else None
    record_review(by=by, plan=plan, on=on, summary=gist, next_on=next_on)
