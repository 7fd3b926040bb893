"""What people do with sequences: switch one on or off, put a contact into it, let an enrolment rest or end it."""

import datetime as dt
from uuid import UUID, uuid4

import pghistory
from django.db import transaction

from accounts.domain.playbook_runs import NO_CUSTOMER
from accounts.models import Account, Contact, Enrolment, Sequence, User
from accounts.queries.letters import is_for_lost
from accounts.registries import Start
from accounts.services.once import claim
from accounts.services.sequencing import pause_enrolments, refusal_of, resume_enrolments, start, stop_enrolments
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def switch_sequence(*, by: User, sequence: Sequence, on: bool) -> Sequence:
    """Lets contacts be put into it, or none any more; those who are in it go on. Raises `RefusedError` where it has no
    steps to switch on."""
    held = locked(sequence)
    if held.is_active == on:
        return held
    if on and not held.steps.exists():
        raise RefusedError(f"“{held}” has no steps yet.")
    held.active_since = clock.now() if on else None
    return save_next(held, by=by)


@transaction.atomic
def enrol(
    *, by: User, sequence: Sequence, contact: Contact, anchor_on: dt.date | None = None, key: UUID | None = None
) -> Enrolment:
    """Puts one contact into a sequence by hand; `key` is that of the form.

    Its steps count from `anchor_on`. Without it that is today or, for a sequence that begins before its day, the
    renewal. Raises `RefusedError` with the reason where that is not possible, and `RepeatedError` for a form that came
    twice.
    """
    claim(key, by=by)
    account = contact.account
    is_customer = account.status == Account.Status.ACTIVE and account.archived_at is None
    if not is_customer and not is_for_lost(sequence):
        raise RefusedError(NO_CUSTOMER)
    if because := refusal_of(contact):
        raise RefusedError(because)
    anchor_on = anchor_on or _day_of(sequence, account)
    one = Start(contact.account_id, contact.pk, f"hand:{key or uuid4()}", anchor_on)
    begun = start([one], sequence=sequence, by=by)
    if not begun:
        raise RefusedError(f"{contact} is in “{sequence}” already.")
    return begun[0]


@transaction.atomic
def stop_by_hand(*, by: User, enrolment: Enrolment) -> Enrolment:
    """Ends one enrolment. Raises `RefusedError` where it is over."""
    with pghistory.context(user=by.pk):
        return _one(stop_enrolments([enrolment], because=Enrolment.Because.BY_HAND, by=by), enrolment)


@transaction.atomic
def pause_by_hand(*, by: User, enrolment: Enrolment) -> Enrolment:
    """Lets one enrolment rest. Raises `RefusedError` where it is over or rests."""
    with pghistory.context(user=by.pk):
        return _one(pause_enrolments([enrolment], by=by), enrolment)


@transaction.atomic
def resume_by_hand(*, by: User, enrolment: Enrolment) -> Enrolment:
    """Lets one enrolment go on. Raises `RefusedError` where it is over or does not rest."""
    with pghistory.context(user=by.pk):
        return _one(resume_enrolments([enrolment], by=by), enrolment)


def _day_of(sequence: Sequence, account: Account) -> dt.date:
    """The day that a sequence counts from where nobody names one."""
    if not sequence.steps.filter(offset_days__lt=0).exists():
        return clock.today()
    if account.renewal_date is None:
        raise RefusedError("It begins before its day, and no renewal is known: say from which day it counts.")
    return account.renewal_date


def _one(changed: list[Enrolment], enrolment: Enrolment) -> Enrolment:
    if changed:
        return changed[0]
    now = Enrolment.objects.get(pk=enrolment.pk)
    if now.ended_at is not None:
        raise RefusedError("This contact is not in the sequence any more.")
    raise RefusedError("The sequence rests already." if now.paused_at else "The sequence is not paused.")
