"""Lives through the past year once it is written: the real engine scores its days and raises alerts, CSMs answer.

Nothing is made up here: a night of the past is a recompute with the workspace's clock set to that night.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import pgtrigger
from django.db import connection

from accounts.models import Account, Notification, Task, User
from accounts.services.tasks import complete_task
from cs_workspace.common import clock
from cs_workspace.web.demo.advocating import name_advocates
from cs_workspace.web.demo.boarding import board_customers
from cs_workspace.web.demo.closing import close_renewals
from cs_workspace.web.demo.corresponding import correspond
from cs_workspace.web.demo.departing import FOLLOWED, YESTERDAY, let_people_leave
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.emailing import email_book
from cs_workspace.web.demo.explaining import explain_losses
from cs_workspace.web.demo.growing import grow_book
from cs_workspace.web.demo.judging import judge_book
from cs_workspace.web.demo.offering import offer_renewals
from cs_workspace.web.demo.planning import plan_book
from cs_workspace.web.demo.playing import PLAYED, date_runs_back, play_afternoon, play_night, switch_playbooks
from cs_workspace.web.demo.renewing import renew_book
from cs_workspace.web.demo.reviewing import review_book
from cs_workspace.web.demo.saving import save_accounts
from cs_workspace.web.demo.signs import answer_signals, date_signals_back
from cs_workspace.web.demo.stepping_down import step_down
from cs_workspace.web.demo.surveying import survey_book
from cs_workspace.web.demo.unsubscribing import unsubscribe_some
from cs_workspace.web.demo.winning_back import win_customers_back
from cs_workspace.web.demo.wishing import wish_and_repeat
from health.models import Alert, Run
from health.services.alert_handling import acknowledge, close_pointless, resolve
from health.services.learning import train_churn_model
from health.services.recompute import recompute_accounts
from health.services.runs import start_run, work_off

BATCH = 1_000
NIGHT, AFTERNOON = dt.time(2), dt.time(15)
WEEK, FORTNIGHT = 7, 14
# A small company is lived through whole, the nearer the closer; of a large one the days that trends, sparklines and
# alerts need. Charts join, and learning and backtests find, scores that lie a fortnight apart.
LIVED_WHOLE = 2_000
DAILY = 7
TREND = 35
SPARKLINE = 91
YEAR = 364
# What CSMs do with an alert that has been there so many days: the chance of each, once a day.
ACKNOWLEDGED, RESOLVED, DONE = 0.55, 0.05, 0.7
OUTCOMES = (
    "Spoke to the sponsor; plan agreed",
    "Reached the champion, follow-up on Friday",
    "Cause found, fix promised",
)

# The triggers of the history remember who acted last until the end of the transaction, and all the year is one.
NOBODY_ACTS = "SET LOCAL pghistory.context_id = ''"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Lived:
    """What came of it: snapshots written, and alerts that were raised on the way."""

    snapshots: int
    alerts: int


def days_to_live(as_of: dt.date, accounts: int) -> tuple[list[dt.date], list[dt.date]]:
    """Past days to be scored only, and past nights to be lived through with alerts, each oldest first."""
    if accounts <= LIVED_WHOLE:
        ago = [
            *range(YEAR, SPARKLINE, -FORTNIGHT),
            *range(SPARKLINE, TREND, -WEEK),
            *range(TREND, DAILY, -3),
            *range(DAILY, 0, -1),
        ]
        return [], [as_of - dt.timedelta(days=days) for days in ago]
    quiet = [as_of - dt.timedelta(days=days) for days in range(SPARKLINE, WEEK, -WEEK)]
    return quiet, [as_of - dt.timedelta(days=1)]


def live_through(as_of: dt.date, seed: int, *, report: Progress) -> Lived:
    """Scores the past and today. Today's alerts are fresh; those before were answered as CSMs answer them."""
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    quiet, lived = days_to_live(as_of, len(accounts))
    total, lived_whole = len(quiet) + len(lived) + 1, len(accounts) <= LIVED_WHOLE
    switch_playbooks(on=False)
    let_people_leave(as_of, FOLLOWED, at_moment=_at_moment)
    for number, day in enumerate(quiet):
        report("Scoring the past", number, total)
        for start in range(0, len(accounts), BATCH):
            recompute_accounts(accounts[start : start + BATCH], day=day, alerts=False)
    for number, day in enumerate(lived, start=len(quiet)):
        report("Living through the year", number, total)
        ago = (as_of - day).days
        plays = ago <= PLAYED and lived_whole
        _night(day, learns=day.replace(day=1) == as_of.replace(day=1), plays=plays)
        _afternoon(day, seed, plays=plays)
    _live_lately(as_of, seed, lived_whole=lived_whole)
    report("Scoring today", total - 1, total)
    _night(as_of, learns=True, plays=True)
    _live_today(as_of, seed, lived_whole=lived_whole)
    report("Scoring today", total, total)
    _date_back(as_of)
    date_signals_back(as_of)
    date_runs_back(as_of)
    return Lived(_count("health_snapshot"), _count("health_alert"))


def _live_lately(as_of: dt.date, seed: int, *, lived_whole: bool) -> None:
    """What people did with their customers before the last night."""
    if lived_whole:
        step_down(as_of, at_moment=_at_moment)
    let_people_leave(as_of, YESTERDAY, at_moment=_at_moment)
    judge_book(as_of, seed, at_moment=_at_moment)
    plan_book(as_of, seed, at_moment=_at_moment)
    wish_and_repeat(as_of, seed, at_moment=_at_moment)
    board_customers(as_of, seed, at_moment=_at_moment, lived_whole=lived_whole)
    grow_book(as_of, at_moment=_at_moment)
    correspond(as_of, seed, at_moment=_at_moment)
    review_book(as_of, seed, at_moment=_at_moment, lived_whole=lived_whole)
    if lived_whole:
        survey_book(as_of, seed, at_moment=_at_moment)


def _live_today(as_of: dt.date, seed: int, *, lived_whole: bool) -> None:
    """What is done on the last day, once everything is scored."""
    renew_book(as_of, seed, at_moment=_at_moment, lived_whole=lived_whole)
    close_renewals(as_of, at_moment=_at_moment)
    explain_losses(as_of, at_moment=_at_moment)
    win_customers_back(as_of, at_moment=_at_moment)
    offer_renewals(as_of, at_moment=_at_moment)
    if lived_whole:
        save_accounts(as_of, at_moment=_at_moment)
        name_advocates(as_of, at_moment=_at_moment)
    email_book(as_of, at_moment=_at_moment)
    unsubscribe_some(as_of, at_moment=_at_moment)


def _night(day: dt.date, *, learns: bool, plays: bool) -> None:
    """The nightly recompute of that day, in this process; where it is still earlier than that, now.

    Where it `learns`, the first night of the month trains the churn model, so that what it says counts from then on.
    Where it `plays`, what it noticed sets playbooks off.
    """
    now, night, began = clock.now(), _at(day, NIGHT), time.monotonic()
    with _at_moment(min(now, night) if clock.day_of(now) == day else night):
        if plays:
            switch_playbooks(on=True)
        if learns:
            train_churn_model(rescore=False)
        run = start_run(as_of=day, dispatch=False)
        while work_off(run):
            pass
        # The clock of the night stands still, so the run takes its time from the one on the wall.
        Run.objects.filter(pk=run.pk).update(seconds=time.monotonic() - began)
        close_pointless()
        if plays:
            play_night()


def _afternoon(day: dt.date, seed: int, *, plays: bool) -> None:
    """CSMs look at what came up: most of it they take on, some they close, and save calls are held."""
    rng = dice(seed, f"afternoon {day}")
    with _at_moment(_at(day, AFTERNOON)):
        for user, alerts in _alerts_by_owner():
            taken, closed = [], []
            for alert in alerts:
                throw = rng.random()
                if alert.state == Alert.State.OPEN and throw < ACKNOWLEDGED:
                    taken.append(alert)
                elif throw > 1 - RESOLVED:
                    closed.append(alert)
            if taken:
                acknowledge(by=user, alerts=taken)
            if closed:
                resolve(by=user, alerts=closed)
        _hold_save_calls(rng)
        answer_signals(rng)
        if plays:
            play_afternoon(rng)


def _hold_save_calls(rng: Random) -> None:
    for user, tasks in _tasks_by_owner():
        for task in tasks:
            if rng.random() < DONE:
                complete_task(by=user, task=task, outcome=rng.choice(OUTCOMES))


@contextmanager
def _at_moment(moment: dt.datetime) -> Iterator[None]:
    """Inside, it is that moment. What the history of alerts and signals keeps of it is dated so, and names only who
    really acted; after it, nobody acts."""
    with connection.cursor() as cursor:
        cursor.execute(NOBODY_ACTS)
        cursor.execute(
            "SELECT (SELECT COALESCE(max(pgh_id), 0) FROM health_alertevent), "
            "(SELECT COALESCE(max(pgh_id), 0) FROM health_churnsignalevent)"
        )
        alerts, signals = cursor.fetchone()
    with clock.set_to(moment):
        yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE health_alertevent SET pgh_created_at = %s WHERE pgh_id > %s", [moment, alerts])
        cursor.execute("UPDATE health_churnsignalevent SET pgh_created_at = %s WHERE pgh_id > %s", [moment, signals])
        cursor.execute(NOBODY_ACTS)


def _alerts_by_owner() -> Iterator[tuple[User, list[Alert]]]:
    """Alerts that are not resolved, by the owner of the account; in an order that hangs on no key."""
    alerts = Alert.objects.unresolved().select_related("account", "rule").order_by("account__external_id", "rule__key")
    found: dict[int, list[Alert]] = {}
    for alert in alerts:
        if alert.account.owner_id is not None:
            found.setdefault(alert.account.owner_id, []).append(alert)
    for user in User.objects.filter(pk__in=list(found)).order_by("email"):
        yield user, found[user.pk]


def _tasks_by_owner() -> Iterator[tuple[User, list[Task]]]:
    """Save calls that are to be held, by the one who is to hold them."""
    tasks = (
        Task.objects.unfinished()
        .filter(origin=Task.Origin.ALERT)
        .order_by("account__external_id", "pk")
        .prefetch_related("assignees")
    )
    found: dict[int, list[Task]] = {}
    for task in tasks:
        for user in task.assignees.all():
            found.setdefault(user.pk, []).append(task)
    for user in User.objects.filter(pk__in=list(found)).order_by("email"):
        yield user, found[user.pk]


def _date_back(as_of: dt.date) -> None:
    """Rows that were stamped with the moment of loading get that of the night to which they belong; what was told in
    past nights is read, and no mail goes out for any of it."""
    Notification.objects.exclude(email_state=Notification.Email.NONE).update(
        email_state=Notification.Email.NONE, email_due_at=None
    )
    with connection.cursor() as cursor, pgtrigger.ignore("health.Alert:update_update"):
        cursor.execute("UPDATE health_alert SET created_at = opened_at")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_task t SET created_at = a.opened_at, updated_at = COALESCE(t.done_at, a.opened_at) "
            "FROM health_alert a WHERE a.task_id = t.id"
        )
        cursor.execute(
            "UPDATE accounts_notification n SET created_at = told.at, "
            "read_at = CASE WHEN told.at < %(today)s THEN told.at + interval '5 hours' END "
            "FROM (SELECT n.id, max(a.opened_at) AS at FROM accounts_notification n "
            "JOIN health_alert a ON a.id::text = split_part(n.key, ':', 2) "
            "WHERE n.key LIKE 'alert:%%' GROUP BY n.id) told WHERE told.id = n.id",
            {"today": clock.start_of(as_of)},
        )


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  a name of our own
        return cursor.fetchone()[0]


def _at(day: dt.date, hour: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, hour, clock.workspace_zone())
