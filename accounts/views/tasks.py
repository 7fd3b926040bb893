"""The list of tasks: one address for the page, its rows and every state of it; its file; and accounts to pick from."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.tasks import due_group
from accounts.forms.fields import label_of
from accounts.forms.snooze import SNOOZES
from accounts.forms.task import assignable
from accounts.forms.task_filter import TaskFilterForm
from accounts.http import UserRequest
from accounts.models import Account, Task
from accounts.queries.task_load import DONE_DAYS as LOAD_DAYS
from accounts.queries.task_load import team_loads
from accounts.queries.tasks import (
    BY_DUE,
    DONE,
    DUE,
    GROUPS,
    OPEN,
    SORTS,
    TaskFilter,
    heading_counts,
    section_of,
    task_counts,
    task_list,
)
from cs_workspace.common import clock
from cs_workspace.common.access import leads_only
from cs_workspace.common.fragments import render_page
from cs_workspace.common.headings import Heading, heading_of
from cs_workspace.common.http import searched
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.sending import Cell, send_csv

PAGE = 25
SUGGESTIONS = 8
HEADER = ("Task", "Account", "Due", "Priority", "For", "Status", "Origin", "Details", "Done", "Outcome")
KEYS = {group: key for key, group in DUE.items()}


@dataclass(frozen=True)
class Section:
    """Tasks under one heading; without a label they stand there as they are."""

    label: str
    count: int
    tasks: list[Task]


@require_safe
def tasks(request: UserRequest) -> HttpResponse:
    """The tasks of the user, or of their team, by when they are due."""
    form = TaskFilterForm(request.GET, user=request.user)
    form.is_valid()
    wanted = form.wanted()
    counts = task_counts(request.user, wanted)
    listed = task_list(request.user, wanted)
    page = CountedPaginator(listed, PAGE, count=counts[wanted.group]).get_page(request.GET.get("page"))
    found = list(page.object_list)
    context = {
        "form": form,
        "wanted": wanted,
        "page": page,
        "sections": _sections(request, found, wanted, counts),
        "snoozes": SNOOZES,
        "groups": [(key, label, counts[key]) for key, label in GROUPS.items()],
        "is_done": wanted.group == DONE,
        "account_label": label_of(wanted.account) if wanted.account else request.GET.get("account", ""),
        "sort": request.GET.get("sort", "") if "sort" not in form.errors else "",
        "headings": {key: _heading(key, wanted) for key in SORTS},
        "people": [] if request.user.read_only else assignable(request.user),
        "export": _without_page(request.GET),
    }
    return render_page(request, "accounts/tasks.html", context, partial="rows")


@require_safe
def export(request: UserRequest) -> HttpResponseBase:
    """What the page shows, all pages of it, as a file."""
    form = TaskFilterForm(request.GET, user=request.user)
    form.is_valid()
    found = task_list(request.user, form.wanted()).iterator(chunk_size=500)
    return send_csv(f"tasks-{clock.today():%Y-%m-%d}", HEADER, _lines(found))


@require_safe
@leads_only
def team(request: UserRequest) -> HttpResponse:
    """Who of the team has how much to do, and how much of it is late."""
    loads = team_loads(request.user)
    page = CountedPaginator(loads, PAGE, count=len(loads)).get_page(request.GET.get("page"))
    context = {"page": page, "done_days": LOAD_DAYS}
    return render_page(request, "accounts/task_load.html", context, partial="rows")


@require_safe
def account_options(request: UserRequest) -> HttpResponse:
    """Accounts that a form may mean, as suggestions of its field."""
    text = searched(request.GET, "account")
    found = Account.objects.visible_to(request.user).matching(text).active()[:SUGGESTIONS] if text else []
    options = [(label_of(account), account) for account in found]
    return render(request, "accounts/account_options.html", {"options": options})


def _sections(request: UserRequest, found: list[Task], wanted: TaskFilter, counts: dict[str, int]) -> list[Section]:
    """The tasks of a page under their headings; those of when they are due only where the list is in that order."""
    if not found:
        return []
    if wanted.by != BY_DUE:
        heads = [(head, list(tasks)) for head, tasks in groupby(found, key=lambda task: section_of(task, wanted))]
        numbers = heading_counts(request.user, wanted, {key for (key, _), _ in heads})
        return [Section(label, numbers.get(key, len(tasks)), tasks) for (key, label), tasks in heads]
    if wanted.group != OPEN or wanted.sort != "due" or wanted.descending:
        return [Section("", 0, found)]
    now = timezone.localtime(clock.now())
    return [
        Section(group.value, counts[KEYS[group]], list(tasks))
        for group, tasks in groupby(found, key=lambda task: due_group(task.due_at, now=now))
    ]


def _heading(key: str, wanted: TaskFilter) -> Heading:
    return heading_of(key, key.capitalize(), sort=wanted.sort, descending=wanted.descending)


def _without_page(data: QueryDict) -> str:
    data = data.copy()
    data.pop("page", None)
    return data.urlencode()


def _lines(found: Iterable[Task]) -> Iterator[tuple[Cell, ...]]:
    for task in found:
        yield (
            task.title,
            task.account.name if task.account else None,
            _moment(task.due_at),
            task.get_priority_display(),
            ", ".join(person.name for person in task.assignees.all()),
            task.get_status_display(),
            task.get_origin_display(),
            task.body,
            _moment(task.done_at),
            task.outcome,
        )


def _moment(moment: dt.datetime | None) -> Any:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else None
