"""The renewals of the demo: opened, followed and looked after by the real services through the last half year.

What a customer signed later was not signed yet on a day of the past, and who left since was still a customer: on each
of the days contracts and accounts stand as they stood then, so that a renewal opens before its contract is followed,
and closes when it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connection

from accounts.models import Task, User
from accounts.services.tasks import complete_tasks
from cs_workspace.common import clock
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.forecasting import say_what_comes
from renewals.domain.stages import OPEN_STAGES, Stage
from renewals.models import RenewalStep
from renewals.services.forecasting import keep_forecast
from renewals.services.looking_after import look_after_renewals
from renewals.services.stages import move_stage

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING, AFTERNOON = dt.time(3, 20), dt.time(16, 30)
# Days ago on which it is looked, the nearer the closer.
LOOKS = (*range(196, 98, -14), *range(98, 0, -7), 0)
# The chance that a task is done before the next look, and to which stage the renewal comes by some of them.
DONE = 0.8
REACHED = {"kick_off": Stage.KICK_OFF, "review": Stage.VALUE_REVIEW, "roi": Stage.VALUE_REVIEW}
# Contracts are signed so many days before they begin, by their numbers; the last of these a few days late.
SIGNED_BEFORE = (24, 11, 6, 17, 3, 9, 1, -6)
# By place, for a statement beside which triggers are ignored takes no names.
NOT_YET = (
    "UPDATE accounts_contract SET status = 'draft' WHERE status = 'active' AND start > %s::date AND start <= %s::date "
    "AND start - (%s::int[])[1 + abs(hashtext(number)) %% %s] > %s::date RETURNING id"
)
NOT_OVER = "UPDATE accounts_contract SET status = 'active' WHERE status = 'ended' AND \"end\" > %s RETURNING id"
STILL_THERE = "UPDATE accounts_account SET status = 'active' WHERE status = 'churned' AND churned_on > %s RETURNING id"
BACK = (
    "UPDATE accounts_contract SET status = 'active' WHERE id = ANY(%s)",
    "UPDATE accounts_contract SET status = 'ended' WHERE id = ANY(%s)",
    "UPDATE accounts_account SET status = 'churned' WHERE id = ANY(%s)",
)
UNTRACKED = ("accounts.Contract:update_update", "accounts.Account:update_update")


def renew_book(as_of: dt.date, seed: int, *, at_moment: AtMoment, lived_whole: bool) -> None:
    """Lets renewals open, close and ask for what they ask for, and owners do it, as of each of the days; of a company
    that is not lived through whole as of today."""
    for ago in LOOKS if lived_whole else LOOKS[-1:]:
        day = as_of - dt.timedelta(days=ago)
        morning = dt.datetime.combine(day, MORNING, clock.workspace_zone())
        with at_moment(min(clock.now(), morning) if not ago else morning), _as_it_stood(day, as_of), dated(ago):
            look_after_renewals(today=day)
            keep_forecast(today=day)
        if ago:
            with at_moment(dt.datetime.combine(day, AFTERNOON, clock.workspace_zone())):
                _do_what_is_due(day, seed)
                with dated(ago):
                    say_what_comes(day, seed)


@contextmanager
def _as_it_stood(day: dt.date, today: dt.date) -> Iterator[None]:
    """Inside, what was signed after a day is not signed yet, and who left after it is still a customer."""
    signing = [today - dt.timedelta(days=LOOKS[0]), today, list(SIGNED_BEFORE), len(SIGNED_BEFORE), day]
    changed = []
    with pgtrigger.ignore(*UNTRACKED), connection.cursor() as cursor:
        asked: tuple[tuple[str, list[Any]], ...] = ((NOT_YET, signing), (NOT_OVER, [day]), (STILL_THERE, [day]))
        for statement, params in asked:
            cursor.execute(statement, params)
            changed.append([pk for (pk,) in cursor.fetchall()])
    yield
    with pgtrigger.ignore(*UNTRACKED), connection.cursor() as cursor:
        for statement, keys in zip(BACK, changed, strict=True):
            cursor.execute(statement, [keys])


@dataclass(frozen=True)
class _Written:
    """A table, its key, and what is set on the rows that were written inside."""

    table: str
    key: str
    sets: str


WRITTEN = (
    _Written("accounts_task", "id", "created_at = given.at, updated_at = given.at"),
    _Written("renewals_renewal", "id", "created_at = given.at"),
    _Written("renewals_renewalevent", "pgh_id", "pgh_created_at = given.at"),
    _Written("renewals_renewalcheckpoint", "id", "created_at = given.at"),
    _Written("renewals_renewalcheckpointevent", "pgh_id", "pgh_created_at = given.at"),
    _Written("renewals_churnrecord", "id", "created_at = given.at"),
    _Written("renewals_churnrecordevent", "pgh_id", "pgh_created_at = given.at"),
    _Written(
        "accounts_notification",
        "id",
        "created_at = given.at, read_at = CASE WHEN given.past THEN given.at + interval '5 hours' END, "
        "email_state = 'none', email_due_at = NULL",
    ),
)
LAST = "SELECT " + ", ".join(f"(SELECT COALESCE(max({one.key}), 0) FROM {one.table})" for one in WRITTEN)  # noqa: S608


@contextmanager
def dated(ago: int) -> Iterator[None]:
    """What is written inside bears the moment of the demo's clock; what was told on days of the past is read, and
    nothing is mailed."""
    with connection.cursor() as cursor:
        cursor.execute(LAST)
        last = cursor.fetchone()
    yield
    with connection.cursor() as cursor, pgtrigger.ignore("renewals.Renewal:update_update"):
        for one, key in zip(WRITTEN, last, strict=True):
            given = "(SELECT %s::timestamptz AS at, %s::boolean AS past) given"
            statement = f"UPDATE {one.table} SET {one.sets} FROM {given} WHERE {one.key} > %s"  # noqa: S608  our names
            cursor.execute(statement, [clock.now(), ago > 0, key])


def _do_what_is_due(day: dt.date, seed: int) -> None:
    """Owners do most of what their renewals ask of them by the next look."""
    rng = dice(seed, f"renewals {day}")
    until = clock.start_of(day) + dt.timedelta(days=8)
    tasks = Task.objects.unfinished().filter(origin=Task.Origin.RENEWAL, due_at__lt=until, assignees__isnull=False)
    found: dict[int, list[Task]] = {}
    for task in tasks.order_by("account__external_id", "title", "pk").prefetch_related("assignees").distinct():
        if rng.random() < DONE:
            found.setdefault(task.assignees.all()[0].pk, []).append(task)
    for user in User.objects.filter(pk__in=list(found)).order_by("email"):
        complete_tasks(by=user, tasks=found[user.pk])
        for step in RenewalStep.objects.filter(task__in=found[user.pk], key__in=REACHED).select_related("renewal"):
            if OPEN_STAGES.index(Stage(step.renewal.stage)) < OPEN_STAGES.index(REACHED[step.key]):
                move_stage(by=user, renewal=step.renewal, to=REACHED[step.key])
