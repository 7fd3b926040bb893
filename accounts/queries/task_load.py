"""Who of a team has how much to do."""

import datetime as dt
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from django.db.models import Aggregate, Count, Min, Q
from django.utils import timezone

from accounts.domain.tasks import DueGroup, due_range
from accounts.models import Task, User
from cs_workspace.common import clock

# For so many days back it is told what was done.
DONE_DAYS = 14


@dataclass(frozen=True)
class Load:
    """The open tasks of one person that the viewer sees, sleeping ones left out. A task of two people counts for both.

    `person` is None for tasks that nobody has. `late_by` is how many days the oldest of the overdue ones is late,
    `share` the open tasks as a share of the most that anybody has.
    """

    person: User | None
    open: int
    overdue: int
    today: int
    week: int
    urgent: int
    done: int
    late_by: int | None
    share: float = 0.0


def team_loads(user: User) -> list[Load]:
    """The load of everybody below `user`, or of everybody who has tasks for those who see everything.

    The most overdue first, tasks that nobody has among them. Two queries.
    """
    now = timezone.localtime(clock.now())
    lately = Q(status=Task.Status.DONE, done_at__gte=now - dt.timedelta(days=DONE_DAYS))
    tasks = Task.objects.visible_to(user).filter(Q(status=Task.Status.OPEN) | lately).order_by()
    counted = tasks.values("assignees").annotate(**_figures(now))
    rows = {row.pop("assignees"): row for row in counted}
    people = User.objects.filter(is_active=True)
    people = people.filter(pk__in=rows) if user.sees_everything else people.filter(pk__in=user.team_ids)
    loads = [_load(person, rows.get(person.pk), now) for person in people if person.pk in rows or not person.read_only]
    if rows.get(None, {}).get("open"):
        loads.append(_load(None, rows[None], now))
    most = max((load.open for load in loads), default=0)
    shares = [replace(load, share=load.open / most if most else 0.0) for load in loads]
    return sorted(shares, key=attrgetter("overdue", "open"), reverse=True)


def _figures(now: dt.datetime) -> dict[str, Aggregate]:
    """What is counted of the tasks of each person, open or done lately; days are those of the one who looks."""
    awake = Q(status=Task.Status.OPEN) & (Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    _, tomorrow = due_range(DueGroup.TODAY, now=now)
    _, monday = due_range(DueGroup.THIS_WEEK, now=now)
    overdue = awake & Q(due_at__lt=now)
    return {
        "open": Count("pk", filter=awake),
        "overdue": Count("pk", filter=overdue),
        "today": Count("pk", filter=awake & Q(due_at__gte=now, due_at__lt=tomorrow)),
        "week": Count("pk", filter=awake & Q(due_at__gte=tomorrow, due_at__lt=monday)),
        "urgent": Count("pk", filter=awake & Q(priority=Task.Priority.URGENT)),
        "done": Count("pk", filter=Q(status=Task.Status.DONE)),
        "oldest": Min("due_at", filter=overdue),
    }


def _load(person: User | None, figures: dict[str, Any] | None, now: dt.datetime) -> Load:
    figures = dict(figures or dict.fromkeys(("open", "overdue", "today", "week", "urgent", "done"), 0))
    oldest = figures.pop("oldest", None)
    return Load(person=person, late_by=(now - oldest).days if oldest else None, **figures)
