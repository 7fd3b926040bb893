"""The recap of a review: its draft, what somebody makes of it, and that it went out."""

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.domain.recap import body_of, subject_of
from qbr.models import Recap, Review
from qbr.queries.recap import customers_of, recap_points

LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000
SENT = "It was sent. Take that back to change it."


@transaction.atomic
def write_recap(*, by: User, review: Review, subject: str, body: str, version: int | None = None) -> Recap:
    """Keeps what somebody made of the recap; `version` is that of the one that they had open, 0 where nothing was kept.

    Raises `RefusedError` before the review was held, after the recap was sent, and for an empty one; `StaleError`.
    """
    _must_be_held(review)
    if not subject.strip() or not body.strip():
        raise RefusedError("A recap has a subject and words.")
    known = Recap.objects.filter(review=review).first()
    if known is None:
        try:
            with transaction.atomic():
                return save_first(Recap(review=review, subject=subject[:LONGEST_SUBJECT], body=body), by=by)
        except IntegrityError:
            raise StaleError(Recap.objects.get(review=review)) from None
    held = locked(known, version=version)
    if held.sent_at is not None:
        raise RefusedError(SENT)
    if (held.subject, held.body) == (subject, body):
        return held
    held.subject, held.body = subject[:LONGEST_SUBJECT], body
    return save_next(held, by=by)


@transaction.atomic
def draft_anew(*, by: User, review: Review, link: str = "") -> Recap:
    """Puts a new draft in the place of what was written; that can be taken back. `link` is the customer's address.

    Raises `RefusedError` before the review was held and after the recap was sent.
    """
    points = recap_points(review, customers_of(review), link=link, sender=by.name)
    known = Recap.objects.filter(review=review).first()
    if known is None:
        return write_recap(by=by, review=review, subject=subject_of(points), body=body_of(points)[:LONGEST_BODY])
    held = locked(known)
    if held.sent_at is not None:
        raise RefusedError(SENT)
    before = as_it_stands(held, ["subject", "body"])
    held.subject, held.body = subject_of(points)[:LONGEST_SUBJECT], body_of(points)[:LONGEST_BODY]
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_draft(*, by: User, recap: Recap, version: int) -> Recap:
    """Puts back the words that the draft of `version` replaced. Raises `RefusedError`, `StaleError`."""
    return put_back(recap, by=by, version=version)


@transaction.atomic
def mark_sent(*, by: User, review: Review, subject: str, body: str, version: int | None = None) -> Recap:
    """It went out with these words, and from now on it stays as it is. Raises as `write_recap` does."""
    held = locked(write_recap(by=by, review=review, subject=subject, body=body, version=version))
    held.sent_at, held.sent_by = clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def take_back_sent(*, by: User, recap: Recap) -> Recap:
    """It did not go out after all. Raises `RefusedError` where it was not sent."""
    held = locked(recap)
    if held.sent_at is None:
        raise RefusedError("It was not sent.")
    held.sent_at = held.sent_by = None
    return save_next(held, by=by)


def _must_be_held(review: Review) -> None:
    if not review.is_held:
        raise RefusedError("Hold the review first: its recap tells what came of it.")
