"""When a review takes place: asked for, given a moment, cancelled and brought back."""

import datetime as dt
from collections.abc import Callable
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Account, User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from qbr.domain.opening import agenda_of, period_of
from qbr.domain.reviews import KIND_LABELS, Kind, Status, step_refused, stood_at
from qbr.models import Review
from qbr.queries.segment_plans import usual_agenda_of
from qbr.services.checklist import keep_checklist

# Fields that a calendar has to learn of.
INVITED_BY = ("starts_at", "minutes", "time_zone", "place")
HELD = "This review was held. What was said in it stays."
CANCELLED = ("status", "status_since", "cancelled_reason")


class Meeting(TypedDict):
    """When and where a review takes place. `starts_at` is aware, `time_zone` that in which the customer is invited."""

    starts_at: dt.datetime
    minutes: int
    time_zone: str
    place: str
    agenda: str


@transaction.atomic
def request_review(
    *, by: User, account: Account, kind: Kind, due_on: dt.date, reason: str = "", key: UUID | None = None
) -> Review:
    """Adds a review that somebody asks for; `key` is that of the form.

    Raises `RefusedError` for a day that is over, with a customer who left, and where one of the kind is ahead already;
    `RepeatedError` for a form that was sent before.
    """
    claim(key, by=by)
    if account.status != Account.Status.ACTIVE:
        raise RefusedError(f"{account} is no customer any more.")
    if due_on < clock.today():
        raise RefusedError("That day is over. Give one from today on.")
    since, until = period_of(kind, due_on)
    review = Review(
        account=account,
        kind=kind.value,
        origin=Review.Origin.REQUEST,
        reason=reason,
        status_since=clock.now(),
        owner=account.owner,
        due_on=due_on,
        since=since,
        until=until,
        time_zone=account.time_zone,
        agenda=agenda_of(kind, usual_agenda_of(account.segment_id)),
    )
    return _only_one_ahead(review, lambda: save_first(review, by=by))


@transaction.atomic
def schedule_review(*, by: User, review: Review, meeting: Meeting, version: int | None = None) -> Review:
    """Says when and where a review takes place; the change can be taken back. What is prepared already stays so.

    A period that ends with the day of the review goes with it. Raises `RefusedError` for a moment that is over and
    where the review was held or cancelled, `StaleError` for a second writer.
    """
    held = locked(review, version=version)
    _check_ahead(held)
    if meeting["starts_at"] <= clock.now():
        raise RefusedError("That moment is over. Give one that is still to come.")
    names = [*meeting, "status", "status_since", "since", "until"]
    before, day_before = as_it_stands(held, names), day_of(held)
    is_news = any(getattr(held, name) != value for name, value in meeting.items() if name in INVITED_BY)
    for name, value in meeting.items():
        setattr(held, name, value)
    if held.until == day_before:
        held.since, held.until = period_of(Kind(held.kind), day_of(held))
    if held.status == Status.DUE:
        _step(held, Status.SCHEDULED)
    held.invitation += is_news
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    keep_checklist(held)
    return held


@transaction.atomic
def cancel_review(*, by: User, review: Review, reason: str, version: int | None = None) -> Review:
    """Says that a review does not take place, and why; it can be brought back. Its turn is not due again.

    Raises `RefusedError` without a reason and where it was held or cancelled, `StaleError` for a second writer.
    """
    held = locked(review, version=version)
    _check_ahead(held)
    if not reason.strip():
        raise RefusedError("Say why it does not take place.")
    before = as_it_stands(held, CANCELLED)
    _step(held, Status.CANCELLED)
    held.cancelled_reason = reason.strip()
    held.invitation += held.starts_at is not None
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def bring_back(*, by: User, review: Review, version: int | None = None) -> Review:
    """Puts a cancelled review back to where it stood. Raises `RefusedError` where it is not cancelled and where another
    of its kind is ahead meanwhile, `StaleError` for a second writer."""
    held = locked(review, version=version)
    if held.status != Status.CANCELLED:
        raise RefusedError("This review is not cancelled.")
    _step(held, stood_at(held.starts_at, preparing=held.preparing_since, ready=held.ready_at))
    held.cancelled_reason = ""
    held.invitation += held.starts_at is not None
    return _only_one_ahead(held, lambda: save_next(held, by=by))


@transaction.atomic
def take_back(*, by: User, review: Review, version: int) -> Review:
    """Takes the change of a review back that made `version`: of its moment, its status, or its cancelling.

    Calendars are told as of any other change. Raises as `put_back` does, and `RefusedError` where another of its kind
    is ahead meanwhile or it was held.
    """
    held = locked(review)
    if held.is_held:
        raise RefusedError(HELD)
    return _only_one_ahead(held, lambda: _put_back(held, by=by, version=version))


def day_of(review: Review) -> dt.date:
    """The day of a review in the workspace: that of its moment, else the one that it is due on."""
    return clock.day_of(review.starts_at) if review.starts_at else review.due_on


def _put_back(held: Review, *, by: User, version: int) -> Review:
    back = put_back(held, by=by, version=version)
    if back.version != held.version:  # once only, however often it is asked for
        back.invitation += 1
        back.save(update_fields=["invitation"])
    return back


def _only_one_ahead(review: Review, save: Callable[[], Review]) -> Review:
    """Saves a review with its checklist; two of a kind that are ahead at once are refused in words."""
    try:
        with transaction.atomic():
            saved = save()
    except IntegrityError as violated:
        if "review_one_ahead" not in str(violated):
            raise
        kind = KIND_LABELS[Kind(review.kind)].lower()
        raise RefusedError(f"Another {kind} with {review.account} is ahead already.") from None
    keep_checklist(saved)
    return saved


def _check_ahead(held: Review) -> None:
    if held.is_held:
        raise RefusedError(HELD)
    if not held.is_ahead:
        raise RefusedError("This review was cancelled. Bring it back first.")


def _step(held: Review, to: Status) -> None:
    refusal = step_refused(Status(held.status), to, starts_at=held.starts_at, moment=clock.now())
    if refusal is not None:
        raise RefusedError(refusal.reason)
    held.status, held.status_since = to.value, clock.now()
