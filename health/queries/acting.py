"""What counts as an action for an account: a touch, or a task that was finished."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Task, Touch


def acted(*, account: str, since: str, until: str = "") -> Q:
    """Whether somebody acted from `since` on (up to `until`); all three name fields of the query that it stands in."""
    touched = Q(account=OuterRef(account), at__gte=OuterRef(since))
    done = Q(account=OuterRef(account), done_at__gte=OuterRef(since))
    if until:
        touched &= Q(at__lte=OuterRef(until))
        done &= Q(done_at__lte=OuterRef(until))
    return Exists(Touch.objects.kept().filter(touched)) | Exists(Task.objects.filter(done))
