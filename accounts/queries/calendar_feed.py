"""What a calendar reads: whose it is, and the tasks of that person."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.domain.calendar_feed import Entry, hash_of
from accounts.models import Task, User
from cs_workspace.common import clock

# What is overdue for longer is no longer a matter of the calendar; what lies further ahead, not yet.
BACK, AHEAD = dt.timedelta(days=90), dt.timedelta(days=400)
AT_MOST = 2000


def reader_by(token: str) -> User | None:
    """The active user whose calendar the token opens. One query."""
    return User.objects.filter(calendar_feed__token_hash=hash_of(token), is_active=True).first()


def entries_of(user: User) -> list[Entry]:
    """The open tasks that the user has and sees, with a day, the soonest first. One query; two for managers."""
    now, site = clock.now(), settings.SITE_URL.rstrip("/")
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    tasks = (
        Task.objects.visible_to(user)
        .assigned_to([user.pk])
        .unfinished()
        .filter(due_at__gte=now - BACK, due_at__lt=now + AHEAD)
        .select_related("account", "recurrence")
        .order_by("due_at", "pk")
    )
    return [
        Entry(
            uid=f"task-{task.pk}@{host}",
            title=f"{task.title} · {task.account.name}" if task.account else task.title,
            details="\n\n".join(part for part in (task.body, str(task.repeats or "")) if part),
            url=f"{site}{reverse('accounts:task-edit', args=[task.pk])}",
            due_at=task.due_at,
            changed_at=task.updated_at,
            version=task.version,
            priority=task.priority,
        )
        for task in tasks[:AT_MOST]
        if task.due_at
    ]
