"""Putting contacts into sequences of e-mails, letting them rest, and taking them out.

That a contact is in a sequence once and that a cause puts them in once is decided by the database.
"""

from collections.abc import Collection, Iterable

import pghistory
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.domain.sequences import first_day
from accounts.models import Contact, Enrolment, EnrolmentStep, Mail, Sequence, User
from accounts.queries.receivers import refusal_to, with_suppression
from accounts.registries import Start
from accounts.services.sequence_advancing import advance_these, steps_of
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

PAUSED = "The sequence was paused while it waited to be sent."


@transaction.atomic
def start(starts: Iterable[Start], *, sequence: Sequence, by: User | None = None) -> list[Enrolment]:
    """Puts contacts into a sequence, does what is due at once, and gives the new enrolments.

    Left out are those who are in it already, whom the same cause put in before, and to whom nothing is sent. Raises
    `RefusedError` where the sequence is switched off.
    """
    held = _switched_on(sequence)
    made = _begin(list(starts), held, by=by)
    advance_these(made)
    return list(Enrolment.objects.filter(pk__in=made).order_by("pk"))


@transaction.atomic
def go_on_with(begin: Start, *, sequence: Sequence, after: Enrolment | None, by: User) -> Enrolment:
    """Puts a contact in the place of another one, whose enrolment is over: what reached that one is not written again.

    Raises `RefusedError` where the sequence is switched off, the contact is in it or was by the same cause, and where
    nothing is sent to them.
    """
    held = _switched_on(sequence)
    made = _begin([begin], held, by=by)
    if not made:
        contact = Contact.objects.get(pk=begin.contact_id)
        raise RefusedError(refusal_of(contact) or f"{contact} was in “{held}” for this already.")
    if after is not None:
        _take_over(made[0], after)
    advance_these(made)
    return Enrolment.objects.get(pk=made[0])


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: User) -> None:
    """Takes an enrolment back as if it had never been; what was written in it is cancelled and stays in the outbox.

    Raises `RefusedError` once an e-mail of it has gone out, or is on its way.
    """
    held = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    written = list(Mail.objects.filter(enrolment=held).select_for_update(of=("self",)).order_by("pk"))
    if any(mail.state in (Mail.State.SENT, Mail.State.SENDING) for mail in written):
        raise RefusedError(f"An e-mail has gone to {held.contact} already.")
    with pghistory.context(user=by.pk):
        stop_enrolments([held], because=Enrolment.Because.BY_HAND, by=by)
        held.delete()


def refusal_of(contact: Contact) -> str:
    """Why nothing is written to a contact, in a sentence; empty where nothing stands against it. One query."""
    return refusal_to(with_suppression().get(pk=contact.pk))


@transaction.atomic
def stop_enrolments(enrolments: Iterable[Enrolment], *, because: str, by: User | None = None) -> list[Enrolment]:
    """Takes contacts out of their sequences, for a reason of `Enrolment.Because`, and cancels what was not sent yet.

    Gives those that were stopped; one that is over already stays as it is.
    """
    held = _lock(enrolments)
    ids, reason = [one.pk for one in held], Enrolment.Because(because)
    _write(
        ids,
        state=Enrolment.State.STOPPED,
        stopped_because=reason,
        ended_at=clock.now(),
        ended_by=by,
        next_on=None,
        paused_at=None,
    )
    _write_mails(
        Mail.objects.unsent().filter(enrolment__in=ids),
        state=Mail.State.CANCELLED,
        because=f"The sequence was stopped: {reason.label.lower()}.",
    )
    return list(Enrolment.objects.filter(pk__in=ids).order_by("pk"))


@transaction.atomic
def pause_enrolments(enrolments: Iterable[Enrolment], *, by: User | None = None) -> list[Enrolment]:
    """Lets enrolments rest: no step comes, and what waited to be sent waits as a draft. Gives those that rest now."""
    ids = [one.pk for one in _lock(enrolments) if one.paused_at is None]
    _write(ids, paused_at=clock.now())
    queued = Mail.objects.filter(enrolment__in=ids, state=Mail.State.QUEUED)
    _write_mails(queued, state=Mail.State.DRAFT, because=PAUSED)
    return list(Enrolment.objects.filter(pk__in=ids).order_by("pk"))


@transaction.atomic
def resume_enrolments(enrolments: Iterable[Enrolment], *, by: User | None = None) -> list[Enrolment]:
    """Lets enrolments go on; what the pause kept back waits to be sent again. Gives those that go on.

    A step whose day has passed meanwhile is written if that is no more than a week ago.
    """
    ids = [one.pk for one in _lock(enrolments) if one.paused_at is not None]
    _write(ids, paused_at=None)
    kept = Mail.objects.drafts().filter(enrolment__in=ids, because=PAUSED)
    _write_mails(kept, state=Mail.State.QUEUED, because="", due_at=clock.now())
    return list(Enrolment.objects.filter(pk__in=ids).order_by("pk"))


def _switched_on(sequence: Sequence) -> Sequence:
    held = Sequence.objects.get(pk=sequence.pk)
    if held.active_since is None:
        raise RefusedError(f"“{held.name}” is switched off.")
    return held


def _begin(starts: list[Start], sequence: Sequence, *, by: User | None) -> list[int]:
    """Writes the enrolments of those who may be put in, and gives their keys; nothing is done in them yet."""
    wanted = _fresh(starts, sequence)
    if not wanted:
        return []
    now, steps = clock.now(), steps_of([sequence.pk])[sequence.pk]
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                sequence=sequence,
                account_id=one.account_id,
                contact_id=one.contact_id,
                cause_key=one.cause_key,
                anchor_on=one.anchor_on,
                variant=one.variant,
                texts=dict(one.texts),
                by_itself=sequence.by_itself if one.by_itself is None else one.by_itself,
                next_on=first_day(one.anchor_on, one.variant, steps),
                started_at=now,
                started_by=by,
            )
            for one in wanted
        ],
        ignore_conflicts=True,
    )
    causes = {(one.contact_id, one.cause_key) for one in wanted}
    there = sequence.enrolments.filter(contact__in=[contact for contact, _ in causes], started_at=now)
    return [pk for pk, *cause in there.values_list("pk", "contact_id", "cause_key") if tuple(cause) in causes]


def _take_over(enrolment_id: int, after: Enrolment) -> None:
    """Counts as done what was done in the enrolment before, but for e-mails that reached nobody."""
    lost = Mail.objects.not_arrived().filter(enrolment=OuterRef("enrolment"), step=OuterRef("step"))
    EnrolmentStep.objects.bulk_create(
        EnrolmentStep(
            enrolment_id=enrolment_id, step_id=one.step_id, outcome=one.outcome, because=one.because, at=one.at
        )
        for one in EnrolmentStep.objects.filter(~Exists(lost), enrolment=after)
    )


def _fresh(starts: list[Start], sequence: Sequence) -> list[Start]:
    """Those who may be put in: once each, by their contact. Two queries."""
    contacts = with_suppression().in_bulk({one.contact_id for one in starts})
    there = sequence.enrolments.filter(contact__in=contacts).values_list("contact_id", "cause_key", "state")
    bars: set[tuple[int, str]] = set()
    running: set[int] = set()
    for contact_id, cause_key, state in there:
        bars.add((contact_id, cause_key))
        if state == Enrolment.State.RUNNING:
            running.add(contact_id)
    fresh: dict[int, Start] = {}
    for one in starts:
        contact = contacts.get(one.contact_id)
        if contact is None or contact.account_id != one.account_id or refusal_to(contact):
            continue
        if one.contact_id not in running and (one.contact_id, one.cause_key) not in bars:
            fresh.setdefault(one.contact_id, one)
    return list(fresh.values())


def _lock(enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Those of them that run, locked in the order of their keys."""
    running = Enrolment.objects.running().filter(pk__in=[one.pk for one in enrolments])
    return list(running.order_by("pk").select_for_update(of=("self",)))


def _write(ids: Collection[int], **fields: object) -> None:
    Enrolment.objects.filter(pk__in=ids).update(**fields, version=F("version") + 1, updated_at=timezone.now())


def _write_mails(mails: QuerySet[Mail], **fields: object) -> None:
    mails.update(**fields, version=F("version") + 1, updated_at=timezone.now())
