"""What a task comes from, as a link; read off the task itself, without a query."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType

from accounts.models import Task
from accounts.registries import TASK_CAUSES


@dataclass(frozen=True)
class Cause:
    """What it is, in a word, and its page."""

    label: str
    url: str


def cause_of(task: Task) -> Cause | None:
    """The cause by the key that the task was made under or by what it is linked to; None where there is no page of it.

    The page of every cause hangs on the account, so a task without one has none.
    """
    kind, _, rest = (task.origin_key or "").partition(":")
    key = rest.split(":")[0]
    if kind not in TASK_CAUSES and task.linked_type_id is not None:
        model = ContentType.objects.get_for_id(task.linked_type_id)
        kind, key = f"{model.app_label}.{model.model}", str(task.linked_id)
    found = TASK_CAUSES.get(kind)
    return Cause(found.label, found.url(task, key)) if found and key and task.account_id else None
