"""Every write to a contact; each lets the account's score be computed anew, for it may rest on who is there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from accounts.domain.stakeholders import PARTS
from accounts.models import Account, Contact, User
from accounts.services.latest import refresh_by_kind
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
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
    before = as_it_stands(held, fields)
    values: dict[str, Any] = dict(fields)
    for name, value in values.items():
        setattr(held, name, value)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _observed(held)
    return held


@transaction.atomic
def mark_left(
    *,
    by: User,
    contact: Contact,
    on: dt.date,
    to: str = "",
    successor: Contact | None = None,
    new_name: str = "",
    version: int | None = None,
) -> Contact:
    """The person left the customer, or the job, on a day, and went to `to` where that is known.

    Who follows, a contact who is there or somebody new by name, takes over the parts that were played. The same once
    more changes nothing. Raises `RefusedError` for a day to come, for a successor who is not there, and for somebody
    who left already on another day; `StaleError`.
    """
    if on > clock.today():
        raise RefusedError("Name the day on which they left; it cannot be in the future.")
    held = locked(contact, version=version)
    if held.status == Contact.Status.LEFT:
        if held.left_on == on:
            return held
        raise RefusedError(f"{held} is marked as left already. Say that they are back, to change the day.")
    held.status, held.left_on, held.left_to = Contact.Status.LEFT, on, to.strip()
    _hand_over(held, successor, new_name.strip(), by=by)
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def mark_back(*, by: User, contact: Contact) -> Contact:
    """They are there after all, or again; who followed gives back the parts that were taken over and stays."""
    held = locked(contact)
    if held.successor_id and held.handed_over:
        successor = locked(Contact(pk=held.successor_id))
        successor.roles = [role for role in successor.roles if role not in held.handed_over]
        save_next(successor, by=by)
    held.status, held.left_on, held.left_to = Contact.Status.ACTIVE, None, ""
    held.successor, held.handed_over = None, None
    save_next(held, by=by)
    _observed(held)
    return held


def _hand_over(held: Contact, successor: Contact | None, new_name: str, *, by: User) -> None:
    """Gives the parts of somebody who leaves to who follows, and keeps on both what was given."""
    parts = [role for role in held.roles if role in PARTS]
    if successor is not None:
        follower = locked(successor)
        if follower.pk == held.pk or follower.account_id != held.account_id or follower.status != Contact.Status.ACTIVE:
            raise RefusedError("Name somebody as the successor who is there.")
        given = [role for role in parts if role not in follower.roles]
        follower.roles = [*follower.roles, *given]
        save_next(follower, by=by)
    elif new_name:
        follower = Contact.objects.create(
            account_id=held.account_id, name=new_name, function=held.function, seniority=held.seniority, roles=parts
        )
        given = parts
    else:
        return
    held.successor, held.handed_over = follower, given


@transaction.atomic
def archive_contact(*, by: User, contact: Contact) -> Contact:
    """Takes a contact who was never one out of sight and of every figure; the change can be undone."""
    held = locked(contact)
    before = as_it_stands(held, ["archived_at"])
    held.archived_at = clock.now()
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _observed(held)
    return held


@transaction.atomic
def undo_contact(*, by: User, contact: Contact, version: int) -> Contact:
    """Takes the change back that made `version`; raises as `put_back` does."""
    held = put_back(contact, by=by, version=version)
    _observed(held)
    return held


def _observed(contact: Contact) -> None:
    """Who is an executive decides which touches were executive ones."""
    refresh_by_kind([contact.account_id])
    account_observed.send(sender=Contact, account_ids=[contact.account_id])
