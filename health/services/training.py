"""Training and events as people note them: courses given and finished, events that customers came to.

They are the same observations that an import brings, so they feed the same metrics. What a source has brought may be
finished here too; the source has the last word when it tells of the course again.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account, Contact, User
from accounts.services.once import claim
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import Event, TrainingRecord
from health.services.observing import mark_dirty


@transaction.atomic
def assign_course(
    *,
    by: User,
    account: Account,
    course: str,
    contacts: Collection[Contact],
    assigned_on: dt.date,
    key: UUID | None = None,
) -> list[TrainingRecord]:
    """Gives people of an account a course; whoever has it unfinished already is passed over. Gives the new records.

    `key` is that of the form. Raises `RefusedError` for a day to come and for people of others, `RepeatedError` for a
    form that was sent already.
    """
    claim(key, by=by)
    _check(account, contacts, assigned_on)
    open_ones = TrainingRecord.objects.filter(account=account, course__iexact=course, completed_on=None)
    busy = set(open_ones.values_list("contact", flat=True))
    made = TrainingRecord.objects.bulk_create(
        TrainingRecord(account=account, contact=contact, course=course, assigned_on=assigned_on)
        for contact in contacts
        if contact.pk not in busy
    )
    mark_dirty([account.pk] if made else [])
    return made


@transaction.atomic
def complete_courses(*, by: User, account: Account, records: Collection[int], on: dt.date) -> list[int]:
    """Those of the account's records that are open are finished, on a day; gives their keys.

    Raises `RefusedError` for a day to come, or before one of them was given.
    """
    if on > clock.today():
        raise RefusedError("Give a day that is not still to come.")
    held = list(_held(account, records).filter(completed_on=None))
    early = next((one for one in held if one.assigned_on > on), None)
    if early is not None:
        raise RefusedError(f"“{early.course}” was given on {early.assigned_on:%d %b %Y}, after that day.")
    return _finish(account, held, on)


@transaction.atomic
def reopen_courses(*, by: User, account: Account, records: Collection[int]) -> list[int]:
    """Those of the account's records that are finished are open again; gives their keys."""
    return _finish(account, list(_held(account, records).exclude(completed_on=None)), None)


@transaction.atomic
def withdraw_courses(*, by: User, account: Account, records: Collection[int]) -> int:
    """Takes back what was given by mistake: open records that no source brought. Gives how many those were."""
    number, _ = _held(account, records).filter(completed_on=None, external_id="").delete()
    mark_dirty([account.pk] if number else [])
    return number


@transaction.atomic
def note_event(
    *,
    by: User,
    account: Account,
    name: str,
    kind: str,
    on: dt.date,
    contacts: Collection[Contact] = (),
    key: UUID | None = None,
) -> list[Event]:
    """Notes who was invited to an event or came to it; without names it is the account as such. Gives the rows.

    `key` is that of the form. Raises `RefusedError` for a day to come and for people of others, `RepeatedError` for a
    form that was sent already.
    """
    claim(key, by=by)
    _check(account, contacts, on)
    people: Sequence[Contact | None] = list(contacts) or [None]
    at = clock.start_of(on)
    made = Event.objects.bulk_create(
        Event(account=account, contact=person, kind=kind, name=name, at=at) for person in people
    )
    mark_dirty([account.pk])
    return made


@transaction.atomic
def remove_events(*, by: User, account: Account, events: Collection[int]) -> int:
    """Takes events back that were noted by mistake, unless a source brought them. Gives how many those were."""
    number, _ = Event.objects.filter(account=account, pk__in=events, external_id="").delete()
    mark_dirty([account.pk] if number else [])
    return number


def _check(account: Account, contacts: Collection[Contact], on: dt.date) -> None:
    stranger = next((one for one in contacts if one.account_id != account.pk), None)
    if stranger is not None:
        raise RefusedError(f"{stranger.name} is not with {account}.")
    if on > clock.today():
        raise RefusedError("Give a day that is not still to come.")


def _held(account: Account, records: Collection[int]) -> QuerySet[Any]:
    """The records, locked in the order of their keys."""
    return TrainingRecord.objects.filter(account=account, pk__in=records).order_by("pk").select_for_update(of=("self",))


def _finish(account: Account, held: Sequence[TrainingRecord], on: dt.date | None) -> list[int]:
    keys = [one.pk for one in held]
    TrainingRecord.objects.filter(pk__in=keys).update(completed_on=on)
    mark_dirty([account.pk] if keys else [])
    return keys
