"""Brings the rows of onboardings to what follows from their steps; every verb that changes steps ends here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

import pghistory
from django.db import connection
from django.db.models import F

from accounts.domain.onboarding import Course, Stage, Step, course_of
from accounts.models import Account, Onboarding, OnboardingRisk, OnboardingStep, User
from accounts.signals import account_observed
from cs_workspace.common.expressions import among

# The columns that follow from steps, with their types.
FOLLOWING = {
    "stage": "text",
    "from_stage": "text",
    "state": "text",
    "first_value_on": "date",
    "ended_at": "timestamptz",
    "ended_by_id": "bigint",
    "steps_done": "smallint",
    "steps_counted": "smallint",
    "behind_from": "date",
    "stuck_from": "date",
    "version": "integer",
    "updated_at": "timestamptz",
}
WRITTEN = list(FOLLOWING)
WRITE = f"""
    UPDATE accounts_onboarding o SET {", ".join(f"{name} = given.{name}" for name in WRITTEN)}
    FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in FOLLOWING.values())})
        AS given (id, {", ".join(WRITTEN)})
    WHERE o.id = given.id
"""  # noqa: S608  its parts are constants


def lock_onboardings(ids: Collection[int]) -> list[Onboarding]:
    """Onboardings, locked until the transaction ends, in the order of their keys so that nobody waits in a ring."""
    found = Onboarding.objects.filter(among("id", ids)).order_by("pk").select_for_update(of=("self",))
    return list(found)


def settle(onboardings: Sequence[Onboarding], *, at: dt.datetime, by: User | None) -> list[Onboarding]:
    """Sets stage, progress and standing of locked onboardings by their steps; gives those that changed.

    One of which no step is open is completed, one of which a step was opened again runs again. The account whose first
    onboarding is completed has come to its next stage. Five statements at most, however many there are.
    """
    steps: dict[int, list[Step]] = defaultdict(list)
    of_these = OnboardingStep.objects.filter(among("onboarding_id", [one.pk for one in onboardings]))
    for step in of_these.order_by("onboarding_id", "place"):
        steps[step.onboarding_id].append(step.as_step)
    changed: list[Onboarding] = []
    ended: list[Onboarding] = []
    begun: list[Onboarding] = []
    for one in onboardings:
        was = one.state
        course = course_of(steps[one.pk], from_stage=Stage(one.from_stage))
        if not follow(one, course, at=at, by=by):
            continue
        changed.append(one)
        if one.state != was:
            (begun if one.is_running else ended).append(one)
    with pghistory.context(**({"user": by.pk} if by else {})):
        _write(changed)
        _lead_on(ended, frm=Account.Stage.ONBOARDING, to=Account.Stage.ADOPTING, at=at)
        _lead_on(begun, frm=Account.Stage.ADOPTING, to=Account.Stage.ONBOARDING, at=at)
    end_risks(ended, at=at)
    if changed:
        account_observed.send(sender=Onboarding, account_ids=sorted({one.account_id for one in changed}))
    return changed


def _write(changed: Sequence[Onboarding]) -> None:
    """One statement of arrays: the ORM would write a branch for each row and column, which takes longer to make than to
    run."""
    columns = [[getattr(one, name) for one in changed] for name in WRITTEN]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [[one.pk for one in changed], *columns])


def end_risks(onboardings: Sequence[Onboarding], *, at: dt.datetime) -> None:
    """What is over is not endangered any more."""
    if onboardings:
        OnboardingRisk.objects.open().filter(onboarding__in=onboardings).update(resolved_at=at)


def follow(one: Onboarding, course: Course, *, at: dt.datetime, by: User | None) -> bool:
    """Writes a course into the row, unsaved; gives whether anything is different now."""
    before = [getattr(one, name) for name in WRITTEN]
    one.stage, one.first_value_on = course.stage, course.first_value_on
    one.steps_done, one.steps_counted = course.done, course.counted
    one.behind_from, one.stuck_from = course.behind_from, course.stuck_from
    if course.is_complete and one.is_running:
        one.state, one.ended_at, one.ended_by = Onboarding.State.COMPLETED, at, by
    elif not course.is_complete and one.state == Onboarding.State.COMPLETED:
        one.state, one.ended_at, one.ended_by = Onboarding.State.RUNNING, None, None
    if [getattr(one, name) for name in WRITTEN] == before:
        return False
    one.version, one.updated_at = one.version + 1, at
    return True


def _lead_on(onboardings: Sequence[Onboarding], *, frm: str, to: str, at: dt.datetime) -> None:
    """Only first onboardings are the stage of an account; one that somebody has put elsewhere stays there."""
    ids = [one.account_id for one in onboardings if one.kind == Onboarding.Kind.FIRST]
    if ids:
        accounts = Account.objects.filter(pk__in=ids, stage=frm, status=Account.Status.ACTIVE)
        accounts.update(stage=to, version=F("version") + 1, updated_at=at)
