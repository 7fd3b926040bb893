"""A review was held: who took part, what was shown, how the account stood; and the way back within a day."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services.touches import archive_touch, log_touch
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import Snapshot
from qbr.domain.facts_json import facts_to_json
from qbr.domain.following import gist_of
from qbr.domain.reviews import Refusal, Status, step_refused
from qbr.models import Attendee, Review
from qbr.queries.compiling import compile_facts
from qbr.queries.following import what_was_built_on

TAKEN_BACK_WITHIN = dt.timedelta(days=1)
WRITTEN = ("status", "status_since", "held_at", "facts", "facts_at", "score_before", "touch_id")


@transaction.atomic
def hold_review(*, by: User, review: Review, attended: Collection[int], version: int | None = None) -> Review:
    """Writes down that a review was held: who of its attendees came, by their keys, what its pages showed, the score
    of that day, and a touch, which moves on when the account is due again.

    It was held when it was to take place, and now where no moment had been set. Raises `RefusedError` where it has not
    begun, was held or cancelled, and where nobody of the customer came; `StaleError`.
    """
    held = locked(review, version=version)
    now = clock.now()
    refusal = holding_refused(held)
    if refusal is not None:
        raise RefusedError(refusal.reason)
    people = list(held.attendees.select_related("contact"))
    came = [one for one in people if one.pk in attended]
    if all(one.user_id for one in came):
        raise RefusedError("Say who of the customer took part. Where nobody came, give it another day.")
    before = as_it_stands(held, WRITTEN)
    held.status, held.status_since = Status.HELD.value, now
    held.held_at = held.starts_at or now
    day = clock.day_of(held.held_at)
    held.facts, held.facts_at = facts_to_json(compile_facts(held, today=day)), now
    held.score_before = _score_on(held.account_id, day)
    _tell_who_came(people, came)
    held.touch = log_touch(
        by=by,
        account=held.account,
        fields={
            "kind": "qbr",
            "at": held.held_at,
            "attended": True,
            "attendees": [one.contact for one in came if one.contact is not None],
            "summary": gist_of(held.get_kind_display(), held.notes.filter(archived_at=None)),
        },
    )
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


def holding_refused(review: Review) -> Refusal | None:
    """Why a review cannot be held now; None where it can."""
    return step_refused(Status(review.status), Status.HELD, starts_at=review.starts_at, moment=clock.now())


@transaction.atomic
def undo_holding(*, by: User, review: Review, version: int) -> Review:
    """Takes back that a review was held, by the `version` that this made: it stands where it stood, and its touch is
    out of every figure. What was noted in it stays.

    Raises `RefusedError` once a day has passed and where something was built upon it, `StaleError` where the review
    was changed since.
    """
    held = locked(review)
    if held.status != Status.HELD.value:
        raise RefusedError("It is not held, or was followed up already.")
    if clock.now() - held.status_since > TAKEN_BACK_WITHIN:
        raise RefusedError("It was held more than a day ago, and stays so.")
    built = what_was_built_on(held)
    if built:
        raise RefusedError(f"{built} Take that back first.")
    touch = held.touch
    back = put_back(held, by=by, version=version)
    Attendee.objects.filter(review=back).update(attended=None)
    if touch is not None:
        archive_touch(by=by, touch=touch)
    return back


def _tell_who_came(people: list[Attendee], came: list[Attendee]) -> None:
    for one in people:
        one.attended = one in came
    Attendee.objects.bulk_update(people, ["attended"])


def _score_on(account_id: int, day: dt.date) -> Decimal | None:
    """The account's score on a day, by the latest night until then; None where there was none."""
    known = Snapshot.objects.filter(account=account_id, day__lte=day).order_by("-day")
    return known.values_list("score", flat=True).first()
