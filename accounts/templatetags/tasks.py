"""What templates say about tasks."""

from django import template

from accounts.models import Task
from accounts.queries.task_causes import Cause, cause_of

register = template.Library()


@register.filter
def cause(task: Task) -> Cause | None:
    """What the task comes from, with its page; None where there is none."""
    return cause_of(task)
