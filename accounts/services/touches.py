"""Every write to a touch; each keeps the account's last touch current and lets its score be computed anew."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from accounts.models import Account, Contact, Mail, Touch, User
from accounts.services.latest import refresh_latest
from accounts.services.once import claim
from accounts.services.tasks import create_task
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

# A clock that runs a little ahead is no reason to refuse a touch that has just been held.
AHEAD = dt.timedelta(minutes=5)


class TouchFields(TypedDict, total=False):
    """What may be said about a touch; what is not named stays, or is empty on a new one.

    `attended` is for scheduled kinds only, `answered_at` for messages from us.
    """

    kind: str
    direction: str
    at: dt.datetime
    attendees: Sequence[Contact]
    attended: bool | None
    answered_at: dt.datetime | None
    sentiment: str
    summary: str
    next_step: str


@dataclass(frozen=True)
class FollowUp:
    """A task that the next step becomes."""

    title: str
    due_at: dt.datetime | None


@transaction.atomic
def log_touch(
    *, by: User, account: Account, fields: TouchFields, follow_up: FollowUp | None = None, key: UUID | None = None
) -> Touch:
    """Writes down that we met, called or wrote, and makes the follow-up task if there is one.

    `key` is that of the form. Raises `RefusedError` for a moment to come, for attendance of what is not scheduled, for
    contacts of others; `RepeatedError` for a form that was sent already.
    """
    claim(key, by=by)
    attendees = list(fields.get("attendees", ()))
    plain: dict[str, Any] = {name: value for name, value in fields.items() if name != "attendees"}
    touch = Touch(account=account, by=by, **plain)
    _check(touch, attendees)
    touch.save()
    touch.attendees.set(attendees)
    if follow_up is not None:
        create_task(
            by=by, title=follow_up.title, account=account, assignees=[by], due_at=follow_up.due_at, linked=touch
        )
    _observed([account.pk])
    return touch


@transaction.atomic
def log_answer(*, mail: Mail, contact: Contact | None, at: dt.datetime, text: str) -> Touch:
    """Writes down that somebody answered an e-mail of ours, in the name of who wrote to them."""
    summary = f"Re: {mail.subject}\n\n{text}".strip()
    touch = Touch.objects.create(
        account_id=mail.account_id,
        kind=Touch.Kind.EMAIL,
        direction=Touch.Direction.INBOUND,
        at=at,
        by_id=mail.sender_id,
        summary=summary,
    )
    touch.attendees.set([contact] if contact else [])
    _observed([mail.account_id])
    return touch


@transaction.atomic
def edit_touch(*, by: User, touch: Touch, fields: TouchFields, version: int | None = None) -> Touch:
    """Changes what is named in `fields`. Raises `RefusedError` as `log_touch` does, and `StaleError`."""
    held = locked(touch, version=version)
    before = as_it_stands(held, fields)
    for name, value in fields.items():
        if name != "attendees":
            setattr(held, name, value)
    attendees = list(fields["attendees"]) if "attendees" in fields else None
    _check(held, attendees or [])
    save_next(held, by=by)
    if attendees is not None:
        held.attendees.set(attendees)
    keep_way_back(held, before, by=by)
    _observed([held.account_id])
    return held


@transaction.atomic
def archive_touch(*, by: User, touch: Touch) -> Touch:
    """Takes a touch out of the timeline and of every figure; the change can be undone."""
    held = locked(touch)
    before = as_it_stands(held, ["archived_at"])
    held.archived_at = clock.now()
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _observed([held.account_id])
    return held


@transaction.atomic
def undo_touch(*, by: User, touch: Touch, version: int) -> Touch:
    """Takes the change back that made `version`, in the timeline and in every figure; raises as `put_back` does."""
    held = put_back(touch, by=by, version=version)
    _observed([held.account_id])
    return held


def _observed(account_ids: Sequence[int]) -> None:
    refresh_latest(account_ids)
    account_observed.send(sender=Touch, account_ids=account_ids)


def _check(touch: Touch, attendees: Sequence[Contact]) -> None:
    if touch.at > clock.now() + AHEAD:
        raise RefusedError("A touch is something that has happened. Make a task for what is still to come.")
    if touch.attended is not None and touch.kind not in Touch.SCHEDULED:
        raise RefusedError("Only calls, meetings, visits and reviews can be attended or missed.")
    if any(contact.account_id != touch.account_id for contact in attendees):
        raise RefusedError("Somebody on the list belongs to another account.")
