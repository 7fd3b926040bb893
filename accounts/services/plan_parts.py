"""Every write to what stands in a success plan: its entries, and the measured values of its objectives.

What a score may rest on, objectives with their values and ROI records, lets the account's be computed anew.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from accounts.domain.success_plans import problem_of
from accounts.models import (
    MeasuredValue,
    Milestone,
    Objective,
    PlanPart,
    PlanRisk,
    RoiRecord,
    SuccessPlan,
    UseCase,
    User,
)
from accounts.services.once import claim
from accounts.services.success_plans import check_sees
from accounts.services.versions import locked, save_first, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

P = TypeVar("P", bound=PlanPart)


@transaction.atomic
def add_part(*, by: User, plan: SuccessPlan, part: type[P], fields: Mapping[str, Any], key: UUID | None = None) -> P:
    """Adds an entry of the kind `part`; `fields` are of its `EDITABLE` ones.

    `key` is that of the form. Raises `RefusedError` for what the entry cannot say, `RepeatedError` for a form that was
    sent already.
    """
    claim(key, by=by)
    made = part(plan=locked(plan), **_editable(part, fields))
    _check(made)
    save_first(made, by=by)
    _observed(made)
    return made


@transaction.atomic
def edit_part(*, by: User, part: P, fields: Mapping[str, Any], version: int | None = None) -> P:
    """Changes what is named in `fields`. Raises `RefusedError` as `add_part` does, and `StaleError`."""
    held = locked(part, version=version)
    for name, value in _editable(type(part), fields).items():
        setattr(held, name, value)
    _check(held)
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def step_back(*, by: User, part: P, version: int) -> P:
    """Gives an entry the words it had before its `version`, as the version after that.

    Raises `StaleError` where it was changed once more since, `RefusedError` where nothing went before.
    """
    held = locked(part, version=version)
    before = held.history.filter(version=version - 1).order_by("-pgh_id").first()
    if before is None:
        raise RefusedError("There is nothing before that to go back to.")
    for name in held.EDITABLE:
        attribute = held._meta.get_field(name).attname  # type: ignore[union-attr]  # none of them is a relation backwards
        setattr(held, attribute, getattr(before, attribute))
    _check(held)
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def archive_part(*, by: User, part: P) -> P:
    """Takes an entry out of the plan; it can be restored."""
    return _archive(part, clock.now(), by=by)


@transaction.atomic
def restore_part(*, by: User, part: P) -> P:
    """Brings an entry back."""
    return _archive(part, None, by=by)


@transaction.atomic
def measure(
    *, by: User, objective: Objective, on: dt.date, value: Decimal, note: str = "", key: UUID | None = None
) -> MeasuredValue:
    """Writes down what an objective's measure was on a day; of several on one day the last one written holds.

    `key` is that of the form. Raises `RefusedError` for a day before the objective began or still to come,
    `RepeatedError` for a form that was sent already.
    """
    claim(key, by=by)
    held = locked(objective)
    if on > clock.today():
        raise RefusedError("A value is measured, not expected. Its day cannot be in the future.")
    if on < held.began_on:
        raise RefusedError(f"The objective began on {held.began_on:%d %b %Y}; until then its baseline holds.")
    measured = save_first(MeasuredValue(objective=held, on=on, value=value, note=note, by=by), by=by)
    _keep_current(held)
    return measured


@transaction.atomic
def archive_value(*, by: User, value: MeasuredValue) -> MeasuredValue:
    """Takes a measured value back; the one before holds again."""
    return _archive_value(value, clock.now(), by=by)


@transaction.atomic
def restore_value(*, by: User, value: MeasuredValue) -> MeasuredValue:
    """Lets a value that was taken back hold again."""
    return _archive_value(value, None, by=by)


def _archive(part: P, at: dt.datetime | None, *, by: User) -> P:
    held = locked(part)
    held.archived_at = at
    save_next(held, by=by)
    _observed(held)
    return held


def _archive_value(value: MeasuredValue, at: dt.datetime | None, *, by: User) -> MeasuredValue:
    objective = locked(value.objective)
    held = locked(value)
    held.archived_at = at
    save_next(held, by=by)
    _keep_current(objective)
    return held


def _keep_current(objective: Objective) -> None:
    """Repeats the latest measured value on the objective's row."""
    latest = objective.values.filter(archived_at=None).order_by("-on", "-pk").first()
    current, on = (latest.value, latest.on) if latest else (None, None)
    Objective.objects.filter(pk=objective.pk).update(current=current, measured_on=on)
    _observed(objective)


def _observed(part: PlanPart) -> None:
    if isinstance(part, Objective | RoiRecord):
        account_observed.send(sender=type(part), account_ids=[part.plan.account_id])


def _editable(part: type[PlanPart], fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(part.EDITABLE)
    if unknown:
        raise TypeError(f"{part.__name__} has no {', '.join(sorted(unknown))} to fill in.")
    return dict(fields)


def _check(part: PlanPart) -> None:
    problem = PROBLEMS.get(type(part), _no_problem)(part)
    if problem:
        raise RefusedError(problem)


def _no_problem(part: Any) -> str:
    return ""


def _objective_problem(objective: Objective) -> str:
    return problem_of(objective.aim)


def _use_case_problem(use_case: UseCase) -> str:
    in_use = use_case.status in UseCase.IN_USE
    if in_use and use_case.live_on and use_case.live_on > clock.today():
        return "What is live went live by today: give the day on which it did."
    return ""


def _milestone_problem(milestone: Milestone) -> str:
    if milestone.done_on and milestone.done_on > clock.today():
        return "A milestone that is done was done by today."
    return ""


def _risk_problem(risk: PlanRisk) -> str:
    check_sees(risk.owner, risk.plan.account)
    return ""


def _roi_problem(record: RoiRecord) -> str:
    today = clock.today()
    if record.amount <= 0:
        return "Give what it was worth: an amount above 0."
    if record.on > today or (record.confirmed_on and record.confirmed_on > today):
        return "What was reckoned or confirmed was so by today."
    if (record.confirmed_by is None) != (record.confirmed_on is None):
        return "Say both who confirmed it and when, or neither."
    if record.confirmed_by and record.confirmed_by.account_id != record.plan.account_id:
        return "Who confirmed it belongs to another account."
    return ""


PROBLEMS: dict[type[PlanPart], Callable[[Any], str]] = {
    Objective: _objective_problem,
    UseCase: _use_case_problem,
    Milestone: _milestone_problem,
    PlanRisk: _risk_problem,
    RoiRecord: _roi_problem,
}
