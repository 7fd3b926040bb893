"""The e-mail that a task is about, read with the task."""

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from accounts.domain.letters import OF_TASK
from accounts.models import Mail


def letter_of(task: str = "pk") -> Subquery:
    """The key of the e-mail in the outbox that a task is about; None without one, and once it was cancelled.

    `task` names the field of the outer row that holds the key of the task.
    """
    key = Concat(Value(OF_TASK), Cast(OuterRef(task), CharField()))
    return Subquery(Mail.objects.filter(key=key).exclude(state=Mail.State.CANCELLED).order_by().values("pk")[:1])
