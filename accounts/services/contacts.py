"""Every write to a contact; each lets the account's score be computed anew, for it may rest on who is there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from accounts.models import Account, Contact, User
from accounts.services.once import claim
from accounts.services.versions import locked, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


class ContactFields(TypedDict, total=False):
    """What may be said about a contact; what is not named stays, or is empty on a new one."""

    name: str
    email: str
    phone: str
    title: str
    function: str
    seniority: str
    time_zone: str
    roles: Sequence[str]
    influence: int | None
    sentiment: str
    engagement: str
    consent: bool


@transaction.atomic
def add_contact(*, by: User, account: Account, fields: ContactFields, key: UUID | None = None) -> Contact:
    """Adds a person at the customer.

    `key` is that of the form; raises `RepeatedError` for one that was sent already.
    """
    claim(key, by=by)
    contact = Contact.objects.create(account=account, **fields)
    _observed(contact)
    return contact


@transaction.atomic
def edit_contact(*, by: User, contact: Contact, fields: ContactFields, version: int | None = None) -> Contact:
    """Changes what is named in `fields`. Raises `StaleError` for a second writer."""
    held = locked(contact, version=version)
    values: dict[str, Any] = dict(fields)
    for name, value in values.items():
        setattr(held, name, value)
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def mark_left(*, by: User, contact: Contact, on: dt.date, version: int | None = None) -> Contact:
    """The person left the customer, or the job, on a day. Raises `RefusedError` for a day to come, `StaleError`."""
    if on > clock.today():
        raise RefusedError("Name the day on which they left; it cannot be in the future.")
    held = locked(contact, version=version)
    held.status, held.left_on = Contact.Status.LEFT, on
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def mark_back(*, by: User, contact: Contact) -> Contact:
    """They are there after all, or again."""
    held = locked(contact)
    held.status, held.left_on = Contact.Status.ACTIVE, None
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def archive_contact(*, by: User, contact: Contact) -> Contact:
    """Takes a contact who was never one out of sight and of every figure; it can be restored."""
    return _archive(contact, clock.now(), by=by)


@transaction.atomic
def restore_contact(*, by: User, contact: Contact) -> Contact:
    """Brings an archived contact back."""
    return _archive(contact, None, by=by)


def _archive(contact: Contact, at: dt.datetime | None, *, by: User) -> Contact:
    held = locked(contact)
    held.archived_at = at
    save_next(held, by=by)
    _observed(held)
    return held


def _observed(contact: Contact) -> None:
    account_observed.send(sender=Contact, account_ids=[contact.account_id])
