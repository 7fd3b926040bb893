"""What becomes of tasks that are about an e-mail when that is approved, and when it does not go out after all."""

from collections.abc import Iterable

from accounts.domain.letters import OF_TASK
from accounts.models import Mail, Task, User
from accounts.services.task_letters import CAUSES
from accounts.services.tasks import complete_tasks, reopen_tasks

# What somebody has to look at again before it reaches the customer, or never will.
NOT_ON_ITS_WAY = (Mail.State.DRAFT, Mail.State.CANCELLED, Mail.State.WITHHELD, Mail.State.FAILED)


def follow_mails(mails: Iterable[Mail], *, by: User | None) -> None:
    """Tasks whose e-mails were approved are done; those whose e-mails are drafts again, cancelled, kept back or failed
    are open again.

    Call it in the transaction that changed them. `by` is None where nobody did, as when an address is suppressed. None
    of them costs no query.
    """
    ours = [mail for mail in mails if mail.cause in CAUSES and mail.origin.startswith(OF_TASK)]
    if by and (approved := _tasks(mail for mail in ours if mail.state == Mail.State.QUEUED)):
        complete_tasks(by=by, tasks=approved)
    if unsent := _tasks(mail for mail in ours if mail.state in NOT_ON_ITS_WAY):
        reopen_tasks(by=by, tasks=[task for task in unsent if task.status == Task.Status.DONE])


def _tasks(mails: Iterable[Mail]) -> list[Task]:
    ids = [int(mail.origin.removeprefix(OF_TASK)) for mail in mails]
    return list(Task.objects.filter(pk__in=ids)) if ids else []
