"""Tasks as the page lists them: which match, how many stand in each group, and one of them."""

import datetime as dt
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.domain.tasks import DueGroup, due_range
from accounts.models import Account, RunStep, Task, User
from accounts.models.work import TaskQuerySet
from accounts.queries.task_letters import letter_of
from cs_workspace.common import clock

# For so many days what was done or given up stays on the page, to be looked up and reopened.
DONE_DAYS = 14
OPEN, SNOOZED, DONE = "open", "snoozed", "done"
DUE: Mapping[str, DueGroup] = MappingProxyType(
    {
        "overdue": DueGroup.OVERDUE,
        "today": DueGroup.TODAY,
        "week": DueGroup.THIS_WEEK,
        "later": DueGroup.LATER,
        "undated": DueGroup.NO_DATE,
    }
)
GROUPS: Mapping[str, str] = MappingProxyType(
    {OPEN: "Open", **{key: group.value for key, group in DUE.items()}, SNOOZED: "Snoozed", DONE: "Done lately"}
)
NOBODY = "none"
BY_DUE, BY_ACCOUNT, BY_ORIGIN = "due", "account", "origin"
BY: Mapping[str, str] = MappingProxyType(
    {BY_DUE: "By due day", BY_ACCOUNT: "By account", BY_ORIGIN: "By origin and playbook"}
)
# Under which headings the tasks stand, beside those of when they are due.
HEADED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {BY_DUE: (), BY_ACCOUNT: ("account__name", "account_id"), BY_ORIGIN: ("origin", "playbook")}
)
SORTS: Mapping[str, str] = MappingProxyType({"account": "account__name", "due": "due_at", "priority": "priority"})

SectionHead = tuple[Hashable, str]
"""By what the tasks under it are alike, and how it reads."""


@dataclass(frozen=True)
class TaskFilter:
    """What of the tasks is shown. `assignee` is a user's key or `none`, and takes the place of the scope."""

    group: str = OPEN
    mine: bool = True
    text: str = ""
    account: Account | None = None
    assignee: str = ""
    priority: int | None = None
    origin: str = ""
    by: str = BY_DUE
    sort: str = "due"
    descending: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything but scope and group narrows the list."""
        return bool(self.text or self.account or self.assignee or self.priority or self.origin)


def get_task_for(user: User, pk: int) -> Task:
    """The task if the user sees it; otherwise 404, as if there were none."""
    tasks = Task.objects.visible_to(user).select_related("account", "by", "done_by", "recurrence")
    tasks = tasks.annotate(letter_id=letter_of())
    return get_object_or_404(tasks.prefetch_related("assignees"), pk=pk)


def next_of(task: Task) -> Task | None:
    """The open task that was made when this one, which repeats, was closed."""
    return Task.objects.unfinished().filter(recurrence__previous=task).first()


def task_list(user: User, wanted: TaskFilter) -> TaskQuerySet:
    """The tasks to show, in their order, each with the e-mail that it is about; what was done comes newest first."""
    tasks = _matching(user, wanted).filter(_conditions()[wanted.group])
    tasks = tasks.select_related("account", "done_by", "recurrence").prefetch_related("assignees")
    tasks = tasks.annotate(letter_id=letter_of())
    headings = [F(name).asc(nulls_last=True) for name in HEADED_BY[wanted.by]]
    if wanted.group == DONE and wanted.sort == "due":
        return tasks.order_by(*headings, F("done_at").desc(nulls_last=True), "-updated_at", "-pk")
    column = F(SORTS[wanted.sort])
    first = column.desc(nulls_last=True) if wanted.descending else column.asc(nulls_last=True)
    return tasks.order_by(*headings, first, F("due_at").asc(nulls_last=True), "priority", "pk")


def section_of(task: Task, wanted: TaskFilter) -> SectionHead:
    """Under what a task of `task_list` stands."""
    if wanted.by == BY_ACCOUNT:
        return task.account_id, task.account.name if task.account else "No account"
    playbook: str = task.playbook  # type: ignore[attr-defined]  # annotated by `_matching`
    origin = task.get_origin_display()
    return (task.origin, playbook), f"{origin} · {playbook}" if playbook else origin


def heading_counts(user: User, wanted: TaskFilter, headings: Collection[Hashable]) -> dict[Hashable, int]:
    """How many tasks stand under each of the headings of a page, on all pages. One query."""
    tasks = _matching(user, wanted).filter(_conditions()[wanted.group]).order_by()
    if wanted.by == BY_ACCOUNT:
        condition = Q(account__in=[key for key in headings if key is not None])
        tasks = tasks.filter(condition | Q(account=None) if None in headings else condition)
        return dict(tasks.values_list("account").annotate(number=Count("pk")))
    named: Any = tasks  # `_matching` has annotated the playbook
    counted = named.values_list("origin", "playbook").annotate(number=Count("pk"))
    return {(origin, playbook): number for origin, playbook, number in counted}


def task_counts(user: User, wanted: TaskFilter) -> dict[str, int]:
    """How many tasks stand in each group under the other filters. One query."""
    conditions = _conditions()
    counted = {key: Count("pk", filter=condition) for key, condition in conditions.items()}
    return _matching(user, wanted).filter(Q(status=Task.Status.OPEN) | conditions[DONE]).aggregate(**counted)


def _matching(user: User, wanted: TaskFilter) -> TaskQuerySet:
    """The tasks under every filter but the group."""
    tasks = Task.objects.visible_to(user)
    if wanted.assignee == NOBODY:
        tasks = tasks.filter(assignees=None)
    elif wanted.assignee:
        tasks = tasks.assigned_to([int(wanted.assignee)])
    elif wanted.mine:
        tasks = tasks.assigned_to([user.pk])
    if wanted.account is not None:
        tasks = tasks.filter(account=wanted.account)
    if wanted.priority is not None:
        tasks = tasks.filter(priority=wanted.priority)
    if wanted.origin:
        tasks = tasks.filter(origin=wanted.origin)
    if wanted.by == BY_ORIGIN:
        name = RunStep.objects.filter(task=OuterRef("pk")).values("run__playbook__name")[:1]
        tasks = tasks.annotate(playbook=Coalesce(Subquery(name), Value("")))
    if wanted.text:
        tasks = tasks.filter(Q(title__icontains=wanted.text) | Q(account__name__icontains=wanted.text))
    return tasks


def _conditions() -> dict[str, Q]:
    """Which tasks stand in which group; days are those of the person who looks."""
    now = timezone.localtime(clock.now())
    unfinished, asleep = Q(status=Task.Status.OPEN), Q(snoozed_until__gt=now)
    awake = unfinished & ~Q(snoozed_until__isnull=False, snoozed_until__gt=now)
    lately = now - dt.timedelta(days=DONE_DAYS)
    given_up = Q(status=Task.Status.CANCELLED, updated_at__gte=lately)
    due = {key: awake & _within(group, now) for key, group in DUE.items()}
    return {
        OPEN: awake,
        **due,
        SNOOZED: unfinished & asleep,
        DONE: Q(status=Task.Status.DONE, done_at__gte=lately) | given_up,
    }


def _within(group: DueGroup, now: dt.datetime) -> Q:
    if group is DueGroup.NO_DATE:
        return Q(due_at=None)
    start, end = due_range(group, now=now)
    return Q(**({"due_at__gte": start} if start else {}), **({"due_at__lt": end} if end else {}))
