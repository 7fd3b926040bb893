"""Save plans of the demo: half a year of them that ended, and three under way, one of them overdue and escalated.

All are begun, looked at and closed by the real services, on the days on which people would.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial

from django.db.models import DecimalField, F, OuterRef, Q, Subquery
from django.db.models.expressions import CombinedExpression

from accounts.models import Account, Notification, User
from accounts.models.account import AccountQuerySet
from accounts.registries import tier_labels
from cs_workspace.common import clock
from health.domain.interventions import SaveReason
from health.models import Intervention, Snapshot
from health.services.escalating import escalate_overdue
from health.services.intervention_parts import add_promise, add_step, hold_checkpoint, settle_promise
from health.services.interventions import PlanFields, agree, close_intervention, start_intervention

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING, AFTERNOON = dt.time(9, 30), dt.time(15, 0)
# Of plans that ended: how many days ago each began and how many it took, why, root cause, what came of it and why.
ENDED = (
    (170, 27, "value", "people", "recovered", "New goals with the sponsor; the third quick win was theirs."),
    (160, 30, "champion_left", "people", "recovered", "The new champion was on board within two weeks."),
    (150, 24, "value", "process", "recovered", "Retraining of two teams; use is back where it was."),
    (140, 30, "price", "process", "contracted", "They kept the product for fewer teams, for two years."),
    (130, 21, "value", "product", "recovered", "The report that they missed was built with services."),
    (120, 28, "competitor", "product", "recovered", "The comparison did not hold in their own trial."),
    (110, 30, "value", "people", "contracted", "Two of five teams stopped; the others renewed."),
    (95, 26, "product_gap", "product", "recovered", "Single sign-on came within the quarter, as promised."),
    (80, 30, "champion_left", "process", "recovered", "Three people carry it now instead of one."),
    (64, 23, "value", "process", "recovered", "The sponsor showed our figures to the board."),
)
# Of those under way: how many days ago it began, why, what is wrong.
UNDER_WAY = (
    (16, "price", "Procurement compares offers and asks for a fifth less."),
    (4, "competitor", "A rival runs a pilot with the team in Lyon."),
    (1, "champion_left", "The head of operations left at the end of the month."),
)
# What was seen at each checkpoint of a plan.
NOTES = (
    "They listened. Nothing measurable yet.",
    "First step taken, the sponsor was in the call.",
    "Use rises in the team that was trained.",
    "Holds without our push for a week.",
)


def save_accounts(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Lives the save plans up to and with `as_of`; nobody gets an e-mail. `at_moment` makes it a moment of the past."""
    for ago, days, reason, cause, outcome, note in ENDED:
        begun = as_of - dt.timedelta(days=ago)
        ended = begun + dt.timedelta(days=days)
        account = _with_csm(_risen(begun, ended)).first()
        if account is None:
            continue
        plan = _begin(account, reason, note="", day=begun, at_moment=at_moment)
        _agree(plan, begun + dt.timedelta(days=1), at_moment=at_moment)
        _look_at(plan, ended, most=1, at_moment=at_moment)
        with at_moment(_at(ended, AFTERNOON)):
            close_intervention(by=_owner(plan), intervention=plan, outcome=outcome, root_cause=cause, note=note)
        _as_it_stood(plan, begun, ended)
    at_risk = Account.objects.scoreable().filter(health_rank__gte=3).order_by("-arr", "external_id")
    for account, (ago, reason, note) in zip(_with_csm(at_risk)[: len(UNDER_WAY)], UNDER_WAY, strict=False):
        begun = as_of - dt.timedelta(days=ago)
        plan = _begin(account, reason, note=note, day=begun, at_moment=at_moment)
        if ago > 7:
            _work(plan, begun, as_of, at_moment=at_moment)
    for ago in (1, 0):
        with at_moment(_at(as_of - dt.timedelta(days=ago), MORNING)):
            escalate_overdue()
    told = Notification.objects.filter(Q(key__startswith="save-plan:") | Q(key__startswith="save-plan-overdue:"))
    told.update(email_state=Notification.Email.NONE, email_due_at=None)
    told.filter(key__startswith="save-plan:").update(read_at=clock.now())


def _with_csm(accounts: AccountQuerySet) -> AccountQuerySet:
    """Those that a CSM looks after and that no plan is about yet."""
    return accounts.filter(owner__role=User.Role.CSM, interventions=None).select_related("owner__manager")


def _risen(begun: dt.date, ended: dt.date) -> AccountQuerySet:
    """Healthy accounts by how far their score rose between two days, the furthest first."""
    scored = Snapshot.objects.filter(account=OuterRef("pk"), score__isnull=False).order_by("-day")
    then, after = (Subquery(scored.filter(day__lte=day).values("score")[:1]) for day in (begun, ended))
    healthy = Account.objects.scoreable().filter(health_rank__lte=2)
    return healthy.order_by(CombinedExpression(after, "-", then, DecimalField()).desc(nulls_last=True), "external_id")


def _as_it_stood(plan: Intervention, begun: dt.date, ended: dt.date) -> None:
    """The account's row knows today's score alone: those of then stand in the snapshots."""
    labels, scored = tier_labels(), Snapshot.objects.filter(account=plan.account_id, score__isnull=False)
    for when, day in (("start", begun), ("end", ended)):
        kept = scored.filter(day__lte=day).order_by("-day").first()
        rank = kept.rank if kept else None
        figures = {"score": kept.score if kept else None, "rank": rank, "tier": labels.get(rank or 0, "")}
        Intervention.objects.filter(pk=plan.pk).update(
            **{f"{name}_at_{when}": value for name, value in figures.items()}
        )
    Intervention.objects.filter(pk=plan.pk, outcome=Intervention.Outcome.CONTRACTED).update(
        arr_at_start=F("arr_at_end") * Decimal("1.25")
    )


def _begin(account: Account, reason: str, *, note: str, day: dt.date, at_moment: AtMoment) -> Intervention:
    owner = account.owner
    assert owner is not None  # as `_with_csm` has them
    with at_moment(_at(day, MORNING)):
        fields: PlanFields = {"reason": SaveReason(reason).value, "detail": note}
        return start_intervention(by=owner.manager or owner, account=account, fields=fields).plan


def _agree(plan: Intervention, day: dt.date, *, at_moment: AtMoment) -> None:
    with at_moment(_at(day, MORNING)):
        agree(by=_owner(plan), intervention=plan)


def _look_at(plan: Intervention, until: dt.date, *, most: int = 4, at_moment: AtMoment) -> None:
    """Holds the first checkpoints up to a day: at the first it is the same, then it gets better."""
    for checkpoint in plan.checkpoints.filter(due_on__lte=until)[:most]:
        with at_moment(_at(checkpoint.due_on, AFTERNOON)):
            seen = "same" if checkpoint.number == 1 else "better"
            hold_checkpoint(by=_owner(plan), checkpoint=checkpoint, seen=seen, note=NOTES[checkpoint.number - 1])


def _work(plan: Intervention, begun: dt.date, as_of: dt.date, *, at_moment: AtMoment) -> None:
    """The plan that goes well: agreed in time, looked at every week, one promise kept and one to come."""
    _agree(plan, begun + dt.timedelta(days=1), at_moment=at_moment)
    with at_moment(_at(begun + dt.timedelta(days=2), MORNING)):
        promise = partial(add_promise, by=_owner(plan), intervention=plan)
        kept = promise(side="us", text="Their return in their own figures", due_on=begun + dt.timedelta(days=6))
        promise(side="us", text="Terms for two years, with a case study", due_on=as_of + dt.timedelta(days=3))
        promise(side="customer", text="The names of those who decide", due_on=as_of + dt.timedelta(days=1))
        add_step(
            by=_owner(plan),
            intervention=plan,
            title="Bring their CFO and ours together",
            user=_owner(plan),
            due_at=_at(as_of + dt.timedelta(days=2), AFTERNOON),
        )
    with at_moment(_at(begun + dt.timedelta(days=5), AFTERNOON)):
        settle_promise(by=_owner(plan), promise=kept, state="kept")
    _look_at(plan, as_of - dt.timedelta(days=1), at_moment=at_moment)


def _owner(plan: Intervention) -> User:
    assert plan.owner is not None  # as `_begin` made it
    return plan.owner


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, clock.workspace_zone())
