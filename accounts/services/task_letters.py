"""Drafts of e-mails that belong to a task: of playbooks and of timelines of renewals.

The task is what somebody sees in their day, the draft what the customer will read. Approving the draft does the task
(`accounts.services.mail_tasks`); a task that is closed otherwise takes its draft along, and brings it back.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from accounts.domain.letters import OF_TASK, Wording, unsigned
from accounts.models import Contact, Mail, Task
from accounts.services.outbox import Letter, put_letters
from cs_workspace.common import clock

CAUSES = (Mail.Cause.PLAYBOOK, Mail.Cause.RENEWAL)
CLOSED = "Its task was closed without it."


@dataclass(frozen=True)
class TaskLetter:
    """An e-mail to a contact that a task is about, signed by `sender`; it goes out no sooner than `due_at`, if that is
    given."""

    task: Task
    cause: Mail.Cause
    contact_id: int
    wording: Wording
    sender_id: int | None = None
    sender: str = ""
    due_at: dt.datetime | None = None


def put_task_letters(letters: Sequence[TaskLetter]) -> None:
    """Puts drafts into the outbox, once for each task. Call it in the transaction that makes the tasks."""
    if not letters:
        return
    contacts, now = Contact.objects.in_bulk({one.contact_id for one in letters}), clock.now()
    put_letters(
        [
            Letter(
                key=origin_of(one.task.pk),
                contact=contacts[one.contact_id],
                cause=one.cause,
                subject=one.wording.subject,
                text=unsigned(one.wording.text, one.sender),
                by_itself=False,
                due_at=one.due_at or now,
                sender_id=one.sender_id,
                origin=origin_of(one.task.pk),
            )
            for one in letters
        ]
    )


def cancel_letters_of(task_ids: Collection[int]) -> None:
    """Cancels the drafts of tasks that are closed. One statement, or none."""
    if not task_ids:
        return
    Mail.objects.drafts().filter(cause__in=CAUSES, origin__in=[origin_of(pk) for pk in task_ids]).update(
        state=Mail.State.CANCELLED, because=CLOSED, version=F("version") + 1, updated_at=timezone.now()
    )


def bring_back_letters_of(task_ids: Collection[int]) -> None:
    """Makes drafts again of those that went with their tasks, which are open again. One statement, or none."""
    if not task_ids:
        return
    gone = Mail.objects.filter(key__in=[origin_of(pk) for pk in task_ids], state=Mail.State.CANCELLED, because=CLOSED)
    gone.update(state=Mail.State.DRAFT, because="", version=F("version") + 1, updated_at=timezone.now())


def origin_of(task_id: int) -> str:
    """By which an e-mail names the task that it belongs to; the key of its draft is the same."""
    return f"{OF_TASK}{task_id}"
