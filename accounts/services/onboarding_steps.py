"""What people do with the steps of an onboarding, and with where it stands: ticked, skipped, opened again, led on."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pghistory
from django.db import IntegrityError, transaction

from accounts.domain.onboarding import STAGE_LABELS, Owner, Stage
from accounts.models import Onboarding, OnboardingShare, OnboardingStep, User
from accounts.services.onboarding_course import end_risks, lock_onboardings, settle
from accounts.services.versions import save_next
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from cs_workspace.common.refusals import RefusedError, StaleError

State = OnboardingStep.State
CLOSING = ["state", "closed_on", "closed_at", "by", "by_customer", "evidence", "reason"]
BEGUN_SINCE = "Another onboarding of the same has begun since."


@transaction.atomic
def tick_step(*, by: User, step: OnboardingStep) -> OnboardingStep:
    """Done, today. Raises `RefusedError` where it is not open, or the onboarding does not run."""
    return _close(step, State.DONE, by=by)


@transaction.atomic
def tick_steps(*, by: User, steps: Collection[OnboardingStep]) -> list[OnboardingStep]:
    """Those of the steps that are open, of onboardings that run, become done; gives them. Statements do not grow with
    the steps."""
    held = [one for one in lock_onboardings({step.onboarding_id for step in steps}) if one.is_running]
    known = OnboardingStep.objects.open().filter(onboarding__in=held)
    found = list(known.filter(among("id", [step.pk for step in steps])).select_for_update(of=("self",)))
    _close_all(found, State.DONE, by=by)
    settle(held, at=clock.now(), by=by)
    return found


@transaction.atomic
def tick_step_for_customer(*, share: OnboardingShare, step: OnboardingStep) -> OnboardingStep:
    """The customer says by their link that a step of theirs is done; the history names the link.

    Raises `RefusedError` where it is not open, not theirs, or of another onboarding.
    """
    _check_theirs(share, step)
    with pghistory.context(customer_link=share.pk):
        return _close(step, State.DONE, by=None, by_customer=True)


@transaction.atomic
def reopen_step_for_customer(*, share: OnboardingShare, step: OnboardingStep) -> OnboardingStep:
    """The customer takes back what they ticked by their link. Raises `RefusedError` where others ticked it."""
    _check_theirs(share, step)
    if not step.by_customer:
        raise RefusedError("This step was not ticked by you.")
    with pghistory.context(customer_link=share.pk):
        return _reopen(step, by=None)


@transaction.atomic
def skip_step(*, by: User, step: OnboardingStep, reason: str) -> OnboardingStep:
    """Not to be done, for a reason. Raises `RefusedError` as `tick_step` does, and where no reason is given."""
    if not reason.strip():
        raise RefusedError("Say why it is skipped.")
    return _close(step, State.SKIPPED, by=by, reason=reason.strip()[:300])


@transaction.atomic
def reopen_step(*, by: User, step: OnboardingStep) -> OnboardingStep:
    """Still to be done after all; data that ticked it do not tick it again. Raises `RefusedError` where it is open.

    An onboarding that was completed runs again, unless another one of the same runs by now.
    """
    return _reopen(step, by=by)


@dataclass(frozen=True)
class Moved:
    """An onboarding that was led on or completed: from which stage, and which steps were skipped, to take it back."""

    onboarding: Onboarding
    was: Stage
    skipped: Sequence[int]


@transaction.atomic
def move_stage(
    *, by: User, onboarding: Onboarding, stage: Stage, version: int | None = None, skip_reason: str = ""
) -> Moved:
    """Leads an onboarding to a stage, ahead or back. With a reason the open steps of the stages before are skipped;
    otherwise they stay open.

    Raises `RefusedError` where nothing is open in that stage, `StaleError` where it was changed since `version`.
    """
    one = _running(onboarding, version)
    was = Stage(one.stage)
    if was == stage:
        raise RefusedError(f"It is in {STAGE_LABELS[stage]} already.")
    steps = list(OnboardingStep.objects.filter(onboarding=one).open())
    if not any(Stage(step.stage) == stage for step in steps):
        raise RefusedError(f"Nothing is left to do in {STAGE_LABELS[stage]}.")
    before = [step for step in steps if Stage(step.stage).place < stage.place] if skip_reason.strip() else []
    _close_all(before, State.SKIPPED, by=by, reason=skip_reason)
    one.from_stage = stage
    settle([one], at=clock.now(), by=by)
    return Moved(one, was, [step.pk for step in before])


@transaction.atomic
def complete_onboarding(*, by: User, onboarding: Onboarding, reason: str = "") -> Moved:
    """Ends it as completed; what is still open is skipped for the reason. Raises `RefusedError` without one."""
    one = _running(onboarding)
    was = Stage(one.stage)
    steps = list(OnboardingStep.objects.filter(onboarding=one).open())
    if steps and not reason.strip():
        raise RefusedError("Say why the open steps are not done.")
    _close_all(steps, State.SKIPPED, by=by, reason=reason)
    settle([one], at=clock.now(), by=by)
    return Moved(one, was, [step.pk for step in steps])


@transaction.atomic
def take_back_move(*, by: User, onboarding: Onboarding, stage: Stage, step_ids: Collection[int]) -> Onboarding:
    """Leads it back to a stage and opens again what was skipped on the way. Steps that are not skipped stay as they
    are. Raises `RefusedError` for one that was cancelled, and where another of the same has begun since."""
    [one] = lock_onboardings([onboarding.pk])
    if one.state == Onboarding.State.CANCELLED:
        raise RefusedError("This onboarding is over.")
    steps = list(OnboardingStep.objects.filter(onboarding=one, state=State.SKIPPED).filter(among("id", step_ids)))
    for step in steps:
        _opened(step)
        step.version += 1
    one.from_stage = stage
    try:
        with transaction.atomic(), pghistory.context(user=by.pk):
            OnboardingStep.objects.bulk_update(steps, [*CLOSING, "version"])
            settle([one], at=clock.now(), by=by)
    except IntegrityError:
        raise RefusedError(BEGUN_SINCE) from None
    return one


@transaction.atomic
def cancel_onboarding(*, by: User, onboarding: Onboarding, reason: str) -> Onboarding:
    """Gives it up, for a reason; its steps stay as they are. Raises `RefusedError` without one."""
    if not reason.strip():
        raise RefusedError("Say why it ends.")
    one = _running(onboarding)
    at = clock.now()
    one.state, one.ended_at, one.ended_by, one.end_reason = Onboarding.State.CANCELLED, at, by, reason.strip()[:300]
    end_risks([one], at=at)
    return save_next(one, by=by)


@transaction.atomic
def resume_onboarding(*, by: User, onboarding: Onboarding) -> Onboarding:
    """Takes a cancellation back. Raises `RefusedError` where it is not cancelled, or the same runs by now."""
    [one] = lock_onboardings([onboarding.pk])
    if one.state != Onboarding.State.CANCELLED:
        raise RefusedError("It was not cancelled.")
    one.state, one.ended_at, one.ended_by, one.end_reason = Onboarding.State.RUNNING, None, None, ""
    try:
        with transaction.atomic():
            save_next(one, by=by)
            settle([one], at=clock.now(), by=by)
    except IntegrityError:
        raise RefusedError(BEGUN_SINCE) from None
    return one


def _running(onboarding: Onboarding, version: int | None = None) -> Onboarding:
    [one] = lock_onboardings([onboarding.pk])
    if version is not None and one.version != version:
        raise StaleError(one)
    if not one.is_running:
        raise RefusedError("This onboarding is over.")
    return one


def _held(step: OnboardingStep) -> tuple[Onboarding, OnboardingStep]:
    """The onboarding and the step as they stand now, locked in this order, as all who write steps do."""
    [one] = lock_onboardings([step.onboarding_id])
    return one, OnboardingStep.objects.select_for_update(of=("self",)).get(pk=step.pk)


def _check_theirs(share: OnboardingShare, step: OnboardingStep) -> None:
    if step.onboarding_id != share.onboarding_id or step.owner != Owner.CUSTOMER:
        raise RefusedError("This step is not yours.")


def _reopen(step: OnboardingStep, *, by: User | None) -> OnboardingStep:
    one, held = _held(step)
    if held.is_open:
        raise RefusedError(f"“{held.title}” is open already.")
    if one.state == Onboarding.State.CANCELLED:
        raise RefusedError("This onboarding is over.")
    held.is_watched = held.is_watched and not held.evidence
    _opened(held)
    try:
        with transaction.atomic():
            save_next(held, by=by)
            settle([one], at=clock.now(), by=by)
    except IntegrityError:
        raise RefusedError(BEGUN_SINCE) from None
    return held


def _close(
    step: OnboardingStep, state: str, *, by: User | None, by_customer: bool = False, reason: str = ""
) -> OnboardingStep:
    one, held = _held(step)
    if not one.is_running:
        raise RefusedError("This onboarding is over.")
    if not held.is_open:
        raise RefusedError(f"“{held.title}” is {held.get_state_display().lower()} already.")
    at = clock.now()
    held.by_customer = by_customer
    _closed(held, state, at=at, by=by, reason=reason)
    save_next(held, by=by)
    settle([one], at=at, by=by)
    return held


def _close_all(steps: Collection[OnboardingStep], state: str, *, by: User, reason: str = "") -> None:
    at = clock.now()
    for step in steps:
        _closed(step, state, at=at, by=by, reason=reason.strip()[:300])
        step.version += 1
    with pghistory.context(user=by.pk):
        OnboardingStep.objects.bulk_update(steps, [*CLOSING, "version"])


def _closed(step: OnboardingStep, state: str, *, at: dt.datetime, by: User | None, reason: str = "") -> None:
    step.state, step.closed_at, step.closed_on = state, at, clock.day_of(at)
    step.by, step.reason = by, reason


def _opened(step: OnboardingStep) -> None:
    step.state, step.closed_on, step.closed_at, step.by = State.OPEN, None, None, None
    step.by_customer, step.evidence, step.reason = False, "", ""
