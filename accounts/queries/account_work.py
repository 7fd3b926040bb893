"""What the account page shows of daily work: its open tasks, its notes, its people.

Each panel has a short form for the account page and, for its own address, a long one that is paged.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window, prefetch_related_objects

from accounts.domain.stakeholders import StakeholderMap, map_of
from accounts.models import Account, Contact, Note, Task, User
from accounts.models.work import TaskQuerySet
from accounts.queries.stakeholders import contacts_of, person_of, weight
from accounts.queries.stand_ins import Viewer, keys_of
from accounts.queries.task_letters import letter_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today

SHORT_TASKS, SHORT_NOTES, SHORT_PEOPLE = 8, 4, 4
PAGE = 25


@dataclass(frozen=True)
class TasksPanel:
    """Open tasks, the most urgent first. `page` is there in the long form only."""

    rows: Sequence[Task]
    total: int
    page: Page | None = None


@dataclass(frozen=True)
class NotesPanel:
    """Notes, the pinned ones first, then the latest. `page` is there in the long form only."""

    rows: Sequence[Note]
    total: int
    page: Page | None = None


@dataclass(frozen=True)
class PeoplePanel:
    """Who carries the relationship: the parts with their gaps, and everybody who is there, those with a part first.

    `gone` are those who left, the last one first. `page` is there in the long form only.
    """

    map: StakeholderMap
    rows: Sequence[Contact]
    total: int
    gone: Sequence[Contact] = field(default_factory=list)
    page: Page | None = None


def tasks_panel(account: Account, user: User, *, page: str | None = None) -> dict[str, Any]:
    """The open tasks of the account, for templates; `page` asks for a page of the long form."""
    if page is None:
        rows = _open_tasks(Viewer.of(user)).rows([*keys_of(user), account.pk])
        prefetch_related_objects(rows, "assignees")
        return {"tasks": TasksPanel(rows, rows[0].total if rows else 0)}
    tasks = _tasks_of(account.pk, user).prefetch_related("assignees")
    return {"tasks": TasksPanel(*_rows(tasks, SHORT_TASKS, page))}


@kept_for_today
def _open_tasks(viewer: Viewer) -> TaskQuerySet:
    """The short form, of the account of the last key."""
    (account,) = viewer.further_keys(1)
    return _tasks_of(account, viewer.user).annotate(total=Window(Count("pk")))[:SHORT_TASKS]


def _tasks_of(account: int, user: User) -> TaskQuerySet:
    tasks = Task.objects.visible_to(user).filter(account=account).open(now=clock.now()).select_related("recurrence")
    return tasks.annotate(letter_id=letter_of())


def notes_panel(account: Account, user: User, *, page: str | None = None) -> dict[str, Any]:
    """The notes of the account, for templates; `page` asks for a page of the long form."""
    notes = Note.objects.visible_to(user).filter(account=account).select_related("by")
    return {"notes": NotesPanel(*_rows(notes.order_by("-pinned", "-at", "-pk"), SHORT_NOTES, page))}


def people_panel(account: Account, user: User, *, page: str | None = None) -> dict[str, Any]:
    """The stakeholders of the account, for templates; `page` asks for a page of the long form. One query."""
    people = contacts_of(account, user)
    here = sorted((one for one in people if one.left_on is None), key=weight)
    gone = sorted((one for one in people if one.left_on), key=lambda one: one.left_on or dt.date.min, reverse=True)
    current = None if page is None else Paginator(here, PAGE).get_page(page)
    panel = PeoplePanel(
        map=map_of([person_of(one) for one in people], today=clock.today()),
        rows=here[:SHORT_PEOPLE] if current is None else list(current),
        total=len(here),
        gone=gone,
        page=current,
    )
    return {"people": panel}


def _rows(records: QuerySet[Any], short: int, page: str | None) -> tuple[Sequence[Any], int, Page | None]:
    """Rows, how many there are in all, and the page where the long form is asked for."""
    if page is not None:
        current = Paginator(records, PAGE).get_page(page)
        return list(current), current.paginator.count, current
    rows = list(records.annotate(total=Window(Count("pk")))[:short])
    return rows, rows[0].total if rows else 0, None
