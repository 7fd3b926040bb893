"""Success plans of the demo's customers, made by their CSMs over the past months: reached, on their way, behind,
overdue for a review, just begun; many customers have none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from random import Random

import pghistory
from django.db import connection

from accounts.domain.success_plans import next_review
from accounts.models import Account, Milestone, Objective, PlanRisk, RoiRecord, SuccessPlan, UseCase, User
from accounts.queries.plan_history import SOURCES
from accounts.services.plan_parts import add_part, edit_part, measure
from accounts.services.share_links import count_view, share_plan
from accounts.services.success_plans import record_review, start_plan
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.plan_words import GAINS, RISKS, SUMMARIES, USE_CASES, WISHES

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

# Of a large company a part has plans: each entry is a write of its own.
MOST_PLANS, PER_CSM = 24, 6
MORNING = dt.time(10, 15)
# Share of the way that is done at each of the four measurements, by how it went.
COURSES = {
    "reached": ("0.3", "0.6", "0.9", "1.05"),
    "steady": ("0.2", "0.35", "0.5", "0.65"),
    "stuck": ("0.15", "0.2", "0.2", "0.22"),
}


class Tale(Enum):
    """How a plan went: the day it began, days until its objectives are due, and the course of each of them."""

    ACHIEVED = (220, 190, ("reached", "reached"))
    ON_TRACK = (130, 230, ("steady", "reached", "steady"))
    BEHIND = (150, 210, ("stuck", "steady", "stuck"))
    MISSED = (210, 170, ("stuck", "reached"))
    OVERDUE = (160, 250, ("steady", "steady"))
    BEGUN = (6, 120, ())

    @property
    def began(self) -> int:
        """Days ago."""
        return self.value[0]

    @property
    def due(self) -> int:
        """Days after the beginning."""
        return self.value[1]

    @property
    def courses(self) -> tuple[str, ...]:
        """One for each objective."""
        return self.value[2]


BY_RANK = {
    1: (Tale.ACHIEVED, Tale.ON_TRACK, Tale.ACHIEVED, Tale.BEGUN),
    2: (Tale.ON_TRACK, Tale.OVERDUE, Tale.BEHIND, Tale.BEGUN),
    3: (Tale.BEHIND, Tale.MISSED, Tale.OVERDUE),
    4: (Tale.MISSED, Tale.BEHIND, Tale.OVERDUE),
}


@dataclass(frozen=True)
class Author:
    """Who writes the plan of an account, and by which dice and clock."""

    by: User
    account: Account
    rng: Random
    as_of: dt.date
    at_moment: AtMoment

    @contextmanager
    def days_ago(self, days: int) -> Iterator[dt.date]:
        """Inside, it is the morning of that day; the history keeps the moment, to be dated by it."""
        day = self.as_of - dt.timedelta(days=days)
        moment = dt.datetime.combine(day, MORNING, clock.workspace_zone())
        with self.at_moment(moment), pghistory.context(user=self.by.pk, at=moment.isoformat()):
            yield day


def plan_book(as_of: dt.date, seed: int, *, at_moment: AtMoment) -> int:
    """Makes the plans, the dearest customers of each CSM first, the login's own before the others; gives how many.

    `at_moment` makes it a moment of the past.
    """
    rng, made = dice(seed, f"plans {as_of}"), 0
    for account, owner, tale in list(_chosen()):
        _live(Author(owner, account, rng, as_of, at_moment), tale)
        made += 1
    _date_history_back()
    return made


def _chosen() -> Iterator[tuple[Account, User, Tale]]:
    accounts = Account.objects.scoreable().filter(owner__role=User.Role.CSM, health_rank__isnull=False)
    found = sorted(
        accounts.select_related("owner").order_by("-arr", "external_id")[: MOST_PLANS * 20],
        key=lambda account: account.owner is None or account.owner.email != LOGINS[0].email,
    )
    per_csm: dict[int, int] = {}
    told: dict[int, int] = {}
    for account in found:
        owner, rank = account.owner, account.health_rank
        if owner is None or rank is None or per_csm.get(owner.pk, 0) >= PER_CSM or sum(per_csm.values()) >= MOST_PLANS:
            continue
        per_csm[owner.pk] = per_csm.get(owner.pk, 0) + 1
        tales, number = BY_RANK[rank], told.get(rank, 0)
        told[rank] = number + 1
        yield account, owner, tales[number % len(tales)]


def _live(author: Author, tale: Tale) -> None:
    rng = author.rng
    with author.days_ago(tale.began):
        plan = start_plan(by=author.by, account=author.account)
        wishes = rng.sample(WISHES, len(tale.courses))
        due_on = clock.today() + dt.timedelta(days=tale.due)
        goals = [
            add_part(
                by=author.by,
                plan=plan,
                part=Objective,
                fields={
                    "title": wish.title,
                    "measure": wish.measure,
                    "unit": wish.unit,
                    "baseline": Decimal(wish.baseline),
                    "target": Decimal(wish.target),
                    "began_on": clock.today(),
                    "due_on": due_on,
                },
            )
            for wish in wishes
        ]
        _add_the_rest(author, plan, tale)
    if tale is Tale.BEGUN:
        return
    _measure(author, tale, goals)
    _pass_milestones(author, plan, tale)
    _review(author, plan, tale)
    if tale is Tale.ACHIEVED:
        _harvest(author, plan)


def _add_the_rest(author: Author, plan: SuccessPlan, tale: Tale) -> None:
    """Use cases and risks, as they were talked about at the beginning."""
    for title in author.rng.sample(USE_CASES, 2 if tale is not Tale.BEGUN else 1):
        add_part(by=author.by, plan=plan, part=UseCase, fields={"title": title})
    for text, mitigation, is_shared in author.rng.sample(RISKS, 1 if tale is Tale.ACHIEVED else 2):
        fields = {"text": text, "mitigation": mitigation, "is_shared": is_shared, "owner": author.by}
        add_part(by=author.by, plan=plan, part=PlanRisk, fields=fields)


def _measure(author: Author, tale: Tale, goals: list[Objective]) -> None:
    """Each objective four times, from a quarter of the time that has passed on."""
    for number in range(4):
        with author.days_ago(tale.began * (3 - number) // 4 + 3) as day:
            for goal, course in zip(goals, tale.courses, strict=True):
                value = goal.baseline + (goal.target - goal.baseline) * Decimal(COURSES[course][number])
                measure(by=author.by, objective=goal, on=day, value=value.quantize(Decimal(1)))


def _pass_milestones(author: Author, plan: SuccessPlan, tale: Tale) -> None:
    """The first two of three are passed by all, the last one by those who are on their way."""
    done = 3 if tale in (Tale.ACHIEVED, Tale.ON_TRACK) else 2
    for number, milestone in enumerate(Milestone.objects.filter(plan=plan)[:done]):
        with author.days_ago(max(tale.began - (12, 41, 96)[number], 4)) as day:
            edit_part(by=author.by, part=milestone, fields={"done_on": day})
    for number, case in enumerate(UseCase.objects.filter(plan=plan).order_by("pk")):
        with author.days_ago(max(tale.began - 45 - 40 * number, 4)) as day:
            is_live = number == 0 or done == 3
            fields = (
                {"status": UseCase.Status.LIVE, "live_on": day} if is_live else {"status": UseCase.Status.IN_PROGRESS}
            )
            edit_part(by=author.by, part=case, fields=fields)


def _review(author: Author, plan: SuccessPlan, tale: Tale) -> None:
    """Reviewed on the days on which it was due, but for the plan that is overdue."""
    day = next_review(plan.began_on)
    while day < author.as_of and tale is not Tale.OVERDUE:
        with author.days_ago((author.as_of - day).days):
            record_review(by=author.by, plan=plan, on=day, summary=author.rng.choice(SUMMARIES))
        day = next_review(day)


def _harvest(author: Author, plan: SuccessPlan) -> None:
    """What it was worth, confirmed by somebody who pays, and the link that they read."""
    account, rng = author.account, author.rng
    for number, (kind, method, factor) in enumerate(rng.sample(GAINS, 2)):
        with author.days_ago(50 - 30 * number) as day:
            amount = Decimal(factor * rng.randint(18, 60)).quantize(Decimal(100))
            fields = {"kind": kind, "on": day, "amount": amount, "currency": account.currency, "method": method}
            record = add_part(by=author.by, plan=plan, part=RoiRecord, fields=fields)
            sponsor = account.contacts.present().in_key_role().order_by("pk").first()
            if number == 0 and sponsor is not None:
                edit_part(by=author.by, part=record, fields={"confirmed_by": sponsor, "confirmed_on": day})
    with author.days_ago(15):
        share = share_plan(by=author.by, plan=plan)
    for days in (14, 9, 2):
        with author.days_ago(days):
            count_view(link=share)


def _date_history_back() -> None:
    """The history of plans gets the moments at which things were done, and forgets that they were told."""
    with connection.cursor() as cursor:
        for source in SOURCES.values():
            cursor.execute(
                f"UPDATE {source.model._meta.db_table}event e SET pgh_created_at = (c.metadata ->> 'at')::timestamptz "  # noqa: S608
                "FROM pghistory_context c WHERE c.id = e.pgh_context_id AND c.metadata ? 'at'"
            )
        cursor.execute("UPDATE pghistory_context SET metadata = metadata - 'at' WHERE metadata ? 'at'")
