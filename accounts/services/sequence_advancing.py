"""Writing what is due in sequences of e-mails: `accounts.domain.sequences` decides, here it is done for many at once.

A step is done once, which the database holds; what is written goes into the outbox in the transaction that says so.
Beat passes over enrolments that somebody else holds.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence as Many
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.domain.playbook_runs import Situation
from accounts.domain.playbooks import Role
from accounts.domain.sequences import MADE_UP_FOR, Due, Step, due_by, steps_for
from accounts.domain.workdays import Unit
from accounts.models import Enrolment, EnrolmentStep, Mail, SequenceStep, Task, User
from accounts.queries.letters import fields_of, letter_texts
from accounts.queries.playbook_facts import situations_of
from accounts.registries import SEQUENCE_SOURCES
from accounts.services.notifying import NORMAL, Message, notify
from accounts.services.outbox import Letter, put_letters
from cs_workspace.common import clock

BATCH = 300
WRITTEN = ["next_on", "version", "updated_at"]


@dataclass(frozen=True)
class Move:
    """An enrolment with what is due in it, and what is known of its account."""

    enrolment: Enrolment
    due: Due
    texts: dict[str, str]
    situation: Situation


def advance_enrolments() -> int:
    """Writes what is due in all sequences; gives how many enrolments were looked at. Safe to run twice and at once."""
    looked_at = 0
    while True:
        with transaction.atomic():
            due = Enrolment.objects.due(today=clock.today()).order_by("next_on", "pk")
            held = list(_held(due, skip_locked=True)[:BATCH])
            _advance(held)
        looked_at += len(held)
        if len(held) < BATCH:
            return looked_at


def finish_enrolments() -> int:
    """Ends those after whose last step nothing waits to be sent any more; gives how many. One statement.

    Until then they run, so that a reply, a meeting or whatever else stops them also stops the last e-mail.
    """
    open_states = (Mail.State.DRAFT, Mail.State.QUEUED, Mail.State.SENDING)
    waits = Mail.objects.filter(enrolment=OuterRef("pk"), state__in=open_states)
    return (
        Enrolment.objects.running()
        .filter(~Exists(waits), next_on=None)
        .update(
            state=Enrolment.State.FINISHED,
            ended_at=clock.now(),
            paused_at=None,
            version=F("version") + 1,
            updated_at=timezone.now(),
        )
    )


@transaction.atomic
def advance_these(ids: Collection[int]) -> None:
    """Does what is due by today in some enrolments; waits for whoever holds them."""
    due = Enrolment.objects.due(today=clock.today()).filter(pk__in=ids)
    _advance(list(_held(due.order_by("pk"))))


def steps_of(sequence_ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of sequences as the domain reads them. One query."""
    found: dict[int, list[Step]] = defaultdict(list)
    for step in SequenceStep.objects.filter(sequence__in=sequence_ids).select_related("template"):
        template = step.template
        found[step.sequence_id].append(
            Step(
                key=step.pk,
                offset=step.offset_days,
                title=template.subject if template else step.title,
                body=template.body if template else "",
                is_email=template is not None,
                variant=step.variant,
                only_with=step.only_with,
            )
        )
    return found


def _held(enrolments: QuerySet[Enrolment], *, skip_locked: bool = False) -> QuerySet[Enrolment]:
    with_all = enrolments.select_related("sequence", "account", "contact")
    return with_all.select_for_update(of=("self",), skip_locked=skip_locked)


def _advance(held: Many[Enrolment]) -> None:
    """Decides and writes; the enrolments are locked. A number of statements that does not hang on how many they are."""
    if not held:
        return
    now, today = clock.now(), clock.today()
    steps = steps_of({one.sequence_id for one in held})
    done: dict[int, set[int]] = defaultdict(set)
    for enrolment_id, step_id in EnrolmentStep.objects.filter(enrolment__in=held).values_list("enrolment", "step"):
        done[enrolment_id].add(step_id)
    situations = situations_of({one.account_id for one in held}, now=now)
    labels = {one.sequence.source: fields_of(one.sequence.source) for one in held}
    moves = []
    for one in held:
        situation = situations[one.account_id]
        texts = letter_texts(situation, one.contact, one.texts)
        due = due_by(
            today,
            anchor_on=one.anchor_on,
            steps=steps_for(one.variant, steps[one.sequence_id]),
            done=done[one.pk],
            texts=texts,
            labels=labels[one.sequence.source],
            made_up_for=_made_up_for(one.sequence.source),
        )
        moves.append(Move(one, due, texts, situation))
    _carry_out(moves, now=now)


def _made_up_for(source: str) -> dt.timedelta:
    found = SEQUENCE_SOURCES.get(source)
    return found.made_up_for if found else MADE_UP_FOR


def _carry_out(moves: Many[Move], *, now: dt.datetime) -> None:
    written = [move for move in moves if move.due.email]
    _overtake([move.enrolment.pk for move in written])
    put_letters([_letter(move, now=now) for move in written])
    _make_tasks(moves, now=now)
    outcomes = EnrolmentStep.Outcome
    EnrolmentStep.objects.bulk_create(
        EnrolmentStep(enrolment=move.enrolment, step_id=step.key, outcome=outcome, because=because[:300], at=now)
        for move in moves
        for step, outcome, because in (
            *((move.due.email[0], outcomes.WRITTEN, "") for _ in range(1) if move.due.email),
            *((step, outcomes.TASK, "") for step, _ in move.due.tasks),
            *((one.step, outcomes.PASSED, one.because) for one in move.due.passed),
        )
    )
    for move in moves:
        move.enrolment.next_on = move.due.next_on
        move.enrolment.version += 1
        move.enrolment.updated_at = now
    # An upsert that never inserts: of many rows it takes a tenth of the time of a bulk_update.
    Enrolment.objects.bulk_create(
        [move.enrolment for move in moves], update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN
    )
    _tell_problems(moves)


def _overtake(ids: Collection[int]) -> None:
    """Cancels drafts of earlier steps that nobody approved before the next one came: two at once would be read as a
    mistake."""
    Mail.objects.drafts().filter(enrolment__in=ids).update(
        state=Mail.State.CANCELLED,
        because="The next e-mail of the sequence took its place.",
        version=F("version") + 1,
        updated_at=timezone.now(),
    )


def _letter(move: Move, *, now: dt.datetime) -> Letter:
    assert move.due.email is not None  # the caller leaves out the others
    one, (step, wording) = move.enrolment, move.due.email
    owner = move.situation.people.get(Role.OWNER)
    return Letter(
        key=f"sequence:{one.pk}:{step.key}",
        contact=one.contact,
        cause=Mail.Cause.SEQUENCE,
        subject=wording.subject,
        text=wording.text,
        by_itself=one.by_itself,
        due_at=now,
        sender_id=owner.key if owner else one.started_by_id,
        origin=f"sequence:{one.sequence_id}",
        enrolment_id=one.pk,
        step_id=step.key,
    )


def _make_tasks(moves: Many[Move], *, now: dt.datetime) -> None:
    """The tasks of steps, for whoever looks after the account. Two statements, or none."""
    wanted = [(move, step, title) for move in moves for step, title in move.due.tasks]
    if not wanted:
        return
    tasks = Task.objects.bulk_create(
        Task(
            title=title[:200],
            body=f"From the e-mail sequence “{move.enrolment.sequence.name}”, to {move.enrolment.contact.name}.",
            account_id=move.enrolment.account_id,
            due_at=move.situation.calendar_of(Role.OWNER).due_at(now, 1, Unit.WORKING),
            origin_key=f"sequence:{move.enrolment.pk}:{step.key}",
        )
        for move, step, title in wanted
    )
    given = Task.assignees.through
    given.objects.bulk_create(
        given(task_id=task.pk, user_id=owner.key)
        for task, (move, *_) in zip(tasks, wanted, strict=True)
        if (owner := move.situation.person_for(Role.OWNER))
    )


def _tell_problems(moves: Many[Move]) -> None:
    """Whoever looks after the account is told of an e-mail that could not be written for want of something."""
    wanted = [
        (owner.key, move, passed)
        for move in moves
        for passed in move.due.passed
        if passed.is_problem and (owner := move.situation.person_for(Role.OWNER))
    ]
    people = User.objects.in_bulk({key for key, *_ in wanted}) if wanted else {}
    notify(
        [
            Message(
                user=people[key],
                key=f"sequence:{move.enrolment.pk}:{passed.step.key}:passed:{key}",
                title=f"An e-mail to {move.enrolment.contact.name} was not written",
                body=f"“{move.enrolment.sequence.name}”, day {passed.step.offset}. {passed.because}",
                url=reverse("accounts:account", args=[move.enrolment.account_id]),
                severity=NORMAL,
                account_id=move.enrolment.account_id,
            )
            for key, move, passed in wanted
        ]
    )
