"""Puts the demo company into an empty workspace, and takes it out again."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef
from pghistory.models import Context, Event

from accounts.models import (
    Account,
    BulkChange,
    ExchangeRate,
    FeatureRequest,
    MailEvent,
    MailTemplate,
    OnboardingTemplate,
    Playbook,
    Product,
    Sequence,
    SequenceStep,
    Suppression,
    TemplateStep,
    User,
)
from cs_workspace.common import clock
from cs_workspace.web.demo import MAIL_DOMAIN
from cs_workspace.web.demo.company import Company
from cs_workspace.web.demo.emailing import switch_nudge
from cs_workspace.web.demo.living import Progress, live_through
from cs_workspace.web.demo.places import RATES
from cs_workspace.web.demo.staffing import PRODUCT_PREFIX, write_staff
from cs_workspace.web.demo.surveying import switch_surveys
from cs_workspace.web.demo.writing import SOURCE, Writer
from cs_workspace.web.models import Workspace
from health.models import (
    AlertRule,
    ChurnModel,
    Dimension,
    Indicator,
    Run,
    ScorecardVersion,
    SegmentFigures,
    SignalRule,
    Survey,
    SurveyQuestion,
    Tier,
)
from qbr.models import SegmentReviews
from renewals.models import (
    AwaitedMark,
    Campaign,
    DiscountAuthority,
    ForecastSnapshot,
    SegmentTimeline,
    Timeline,
    TimelineStep,
)
from renewals.services.ledger import write_ledger

# So many that the year of those who left is enough to learn from.
ACCOUNTS = 400
MOST_ACCOUNTS = 50_000
# What was said about these stays when the demo is taken out: they are not the demo's.
KEPT_HISTORY = (
    User,
    Playbook,
    AlertRule,
    SignalRule,
    ScorecardVersion,
    Dimension,
    Indicator,
    Tier,
    OnboardingTemplate,
    TemplateStep,
    Timeline,
    TimelineStep,
    SegmentTimeline,
    DiscountAuthority,
    SegmentReviews,
    Survey,
    SurveyQuestion,
    MailTemplate,
    Sequence,
    SequenceStep,
)
FIRST_AS_OF = dt.date(2015, 1, 1)


class DemoError(Exception):
    """The demo company cannot be loaded or taken out here; the message says why and what to do."""


@dataclass(frozen=True)
class Loaded:
    """What was written: rows by table, and the seconds that it took."""

    accounts: int
    seed: int
    as_of: dt.date
    rows: Counter[str]
    writing_seconds: float
    scoring_seconds: float


def is_loaded() -> bool:
    """Whether this workspace holds the demo company, so that its logins may be shown."""
    return Workspace.current().is_demo


@transaction.atomic
def load_demo(
    *, accounts: int = ACCOUNTS, seed: int = 7, as_of: dt.date | None = None, report: Progress = lambda *_: None
) -> Loaded:
    """Writes the demo company as of a day (today), in one transaction: all of it, or nothing.

    The same `accounts`, `seed` and `as_of` give the same company. `report` is told what is being done, and how much of
    how much. Raises `DemoError` for a workspace that holds accounts or users already, and for sizes and days that
    cannot be.
    """
    day = as_of or clock.today()
    _check(accounts, seed, day)
    began = time.monotonic()
    with connection.cursor() as cursor:
        # Checked row by row at the end of each statement: a queue of all rows until the commit would fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    company = Company(accounts, seed, day)
    writer = Writer(company, write_staff(company))
    for chunk in company.chunks():
        report("Writing customers", chunk.first, accounts)
        writer.write(chunk)
    _analyze()
    report("Booking the ledger", accounts, accounts)
    write_ledger(today=day)
    written = time.monotonic()
    lived = live_through(day, seed, report=report)
    workspace = Workspace.current()
    workspace.note_demo(at=clock.now(), seed=seed, accounts=accounts, as_of=day)
    workspace.save()
    rows = writer.rows + Counter({"snapshots": lived.snapshots, "alerts": lived.alerts})
    return Loaded(accounts, seed, day, rows, written - began, time.monotonic() - written)


@transaction.atomic
def empty_workspace(*, by: User | None) -> None:
    """Takes the demo company out, for good: its customers with everything on them, its products, rates and people.

    Segments, scorecards, alert rules and people who are not of the demo stay, and so does `by` (None for the command
    line), an admin, whose password is then to be changed. Raises `DemoError` where the workspace is not the demo, where
    it holds customers that did not come with it, and for anybody but an admin.
    """
    workspace = Workspace.objects.select_for_update().filter(pk=1).first()
    if workspace is None or not workspace.is_demo:
        raise DemoError("This workspace does not hold the demo company; nothing was removed.")
    if by is not None and (not by.is_admin or by.read_only):
        raise DemoError("Only an admin can empty the demo workspace.")
    own = Account.objects.exclude(source=SOURCE).count()
    if own:
        raise DemoError(
            f"The workspace holds {own} accounts that did not come with the demo; nothing was removed. "
            "Start a workspace of its own for them: set CS_VAR_DIR (or DATABASE_URL) to a new place."
        )
    _remove_customers()
    Product.objects.filter(key__startswith=PRODUCT_PREFIX, scorecards=None).delete()
    ExchangeRate.objects.filter(currency__in=RATES).delete()
    # The demo switched them on; customers of one's own are asked and written to when somebody wants it.
    switch_surveys(None)
    switch_nudge(None)
    people = User.objects.filter(email__iendswith=f"@{MAIL_DOMAIN}")
    User.objects.filter(manager__in=people).update(manager=None)
    people.exclude(pk__in=[by.pk] if by else []).delete()
    workspace.forget_demo()
    workspace.save()


def _remove_customers() -> None:
    """Empties the table of accounts and all that refer to it, their history, and the runs over them."""
    contexts = _contexts_of_customers()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        emptied: list[type[Model]] = [
            *(Account, ChurnModel, Run, SegmentFigures, BulkChange, FeatureRequest, ForecastSnapshot, AwaitedMark),
            *(Campaign, MailEvent, Suppression),  # which customers do not take along
            *_history_of_customers(),
        ]
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in emptied)} CASCADE")
    _remove_contexts(contexts)


def _contexts_of_customers() -> set[object]:
    """Who did it, as the history of the customers names it."""
    histories: list[Any] = _history_of_customers()
    named = [model._default_manager.exclude(pgh_context=None) for model in histories]
    return {pk for events in named for pk in events.values_list("pgh_context", flat=True).distinct()}


def _remove_contexts(contexts: set[object]) -> None:
    """Those of the contexts that no history names any more."""
    gone = Context.objects.filter(pk__in=contexts)
    histories: list[Any] = _histories()
    for model in histories:
        gone = gone.exclude(Exists(model._default_manager.filter(pgh_context=OuterRef("pk"))))
    gone.delete()


def _histories() -> list[type[Event]]:
    return [model for model in apps.get_models() if issubclass(model, Event) and not model._meta.proxy]


def _history_of_customers() -> list[type[Event]]:
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Event) and getattr(model, "pgh_tracked_model", None) not in KEPT_HISTORY
    ]


def _analyze() -> None:
    """Lets the planner know what has come in; until then it takes every table for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _check(accounts: int, seed: int, day: dt.date) -> None:
    if not 1 <= accounts <= MOST_ACCOUNTS:
        raise DemoError(f"A demo company has from 1 to {MOST_ACCOUNTS:,} accounts, not {accounts:,}.")
    if seed < 0:
        raise DemoError(f"A seed is a number from 0 on, not {seed}.")
    if not FIRST_AS_OF <= day <= clock.today():
        raise DemoError(f"The day of the demo must lie between {FIRST_AS_OF} and today, not on {day}.")
    if Account.objects.exists():
        what = "the demo company: add --replace to make it anew" if is_loaded() else "accounts of your own"
        raise DemoError(f"This workspace already holds {what}. The demo is only written into an empty one.")
