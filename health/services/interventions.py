"""Every write to a save plan: begun with its play and its checkpoints, changed, agreed, closed, reopened.

One live plan an account: the database decides, whoever comes second is told.
"""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Account, Playbook, PlaybookRun, Task, User
from accounts.services.notifying import Message, notify
from accounts.services.once import claim
from accounts.services.playbook_handling import cancel_runs
from accounts.services.playbook_starting import start_run
from accounts.services.success_plans import check_sees
from accounts.services.tasks import reopen_tasks
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.alert_handling import Refusal
from health.domain.interventions import (
    PLAYS,
    PlanVerb,
    SaveOutcome,
    SaveReason,
    checkpoint_days,
    deadline_of,
    decide_by,
    plan_after,
)
from health.models import Intervention, InterventionCheckpoint
from health.queries.interventions import steps_of
from health.services.intervention_ends import closing_words, end_plans

HIGH = 2
ONE_LIVE = "intervention_one_live"


class PlanFields(TypedDict, total=False):
    """What may be said of a save plan; what is not named stays. `root_cause` is empty until it is known."""

    reason: str
    detail: str
    root_cause: str
    owner: User | None
    sponsor: User | None


@dataclass(frozen=True)
class Started:
    """A plan that was begun, and why its save play was not; empty where it was."""

    plan: Intervention
    problem: str


@transaction.atomic
def start_intervention(*, by: User, account: Account, fields: PlanFields, key: UUID | None = None) -> Started:
    """Begins a save plan with its deadline by tier, its weekly checkpoints and the save play of its reason.

    Without an owner it is the account's. `key` is that of the form. Raises `RepeatedError`, and `RefusedError` where a
    plan is live already, for an account that is lost and for people who do not see it.
    """
    claim(key, by=by)
    held = Account.objects.select_related("owner").select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if held.status != Account.Status.ACTIVE:
        raise RefusedError(f"{held.name} is lost. A win-back campaign is the way to get it back.")
    now = clock.now()
    plan = Intervention(
        account=held,
        started_at=now,
        started_by=by,
        due_at=deadline_of(held.health_rank, at=now),
        decide_on=decide_by(clock.day_of(now)),
        rank_at_start=held.health_rank,
        tier_at_start=held.health_tier,
        score_at_start=held.health_score,
        arr_at_start=held.arr,
        **fields,
    )
    plan.owner = plan.owner or held.owner or by
    _check_people(plan)
    _save_live(plan, save_first, by=by)
    InterventionCheckpoint.objects.bulk_create(
        InterventionCheckpoint(intervention=plan, number=number, due_on=day)
        for number, day in enumerate(checkpoint_days(plan.begun_on), start=1)
    )
    _tell_people(plan, {by.pk}, by=by)
    return Started(plan, _start_play(plan, by=by))


@transaction.atomic
def edit_intervention(
    *, by: User, intervention: Intervention, fields: PlanFields, version: int | None = None
) -> Intervention:
    """Changes what is named in `fields`; the change can be taken back. Another reason has another play.

    Raises `RefusedError` for a closed plan and for people who do not see the account, `StaleError`.
    """
    held = _ready(intervention, PlanVerb.EDIT, version)
    columns = [f"{name}_id" if name in ("owner", "sponsor") else name for name in fields]
    before = as_it_stands(held, columns)
    reason, known = held.reason, {held.owner_id, held.sponsor_id, by.pk}
    for name, value in fields.items():
        setattr(held, name, value)
    _check_people(held)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    _tell_people(held, known, by=by)
    _follow_reason(held, reason, by=by)
    return held


@transaction.atomic
def take_back_edit(*, by: User, intervention: Intervention, version: int) -> Intervention:
    """Puts back what was said before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    reason = _ready(intervention, PlanVerb.EDIT).reason
    held = locked(put_back(intervention, by=by, version=version))
    _follow_reason(held, reason, by=by)
    return held


@transaction.atomic
def agree(*, by: User, intervention: Intervention) -> Intervention:
    """The customer agreed to the plan: its deadline is met. Raises `RefusedError`."""
    held = _ready(intervention, PlanVerb.AGREE)
    held.agreed_at, held.agreed_by = clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def disagree(*, by: User, intervention: Intervention) -> Intervention:
    """Takes back that it was agreed; the deadline runs as before. Raises `RefusedError`."""
    held = _ready(intervention, PlanVerb.DISAGREE)
    held.agreed_at, held.agreed_by = None, None
    return save_next(held, by=by)


@transaction.atomic
def close_intervention(
    *,
    by: User,
    intervention: Intervention,
    outcome: str,
    root_cause: str = "",
    note: str = "",
    version: int | None = None,
) -> Intervention:
    """Says what came of the plan; its play and open steps end with it.

    Raises `RefusedError` for a plan that is closed, for one without a root cause and for one that is withdrawn without
    a reason; `StaleError`.
    """
    held = _ready(intervention, PlanVerb.CLOSE, version)
    came, held.root_cause = SaveOutcome(outcome), root_cause or held.root_cause
    if came is SaveOutcome.WITHDRAWN and not note.strip():
        raise RefusedError("Say why the plan is withdrawn.")
    if came is not SaveOutcome.WITHDRAWN and not held.root_cause:
        raise RefusedError("Name the root cause: product, people or process.")
    end_plans([held], came, by=by, note=note.strip())
    return held


@transaction.atomic
def reopen_intervention(*, by: User, intervention: Intervention) -> Intervention:
    """Takes back that a plan was closed, with the steps that ended with it; its play stays ended.

    Raises `RefusedError` where it is open, where another plan is live by now and where the account is lost.
    """
    held = _ready(intervention, PlanVerb.REOPEN)
    if held.account.status != Account.Status.ACTIVE:
        raise RefusedError(f"{held.account.name} is lost. A win-back campaign is the way to get it back.")
    words = closing_words(SaveOutcome(held.outcome))
    held.outcome, held.outcome_note, held.ended_at, held.ended_by = "", "", None, None
    held.rank_at_end, held.tier_at_end, held.score_at_end, held.arr_at_end = None, "", None, None
    _save_live(held, save_next, by=by)
    reopen_tasks(by=by, tasks=list(steps_of([held.pk]).filter(status=Task.Status.CANCELLED, outcome=words)))
    return held


@transaction.atomic
def start_play(*, by: User, intervention: Intervention) -> Intervention:
    """Starts the save play of the plan's reason where none is at work. Raises `RefusedError`, also with why it cannot
    be started."""
    held = _ready(intervention, PlanVerb.EDIT)
    if held.run is not None and held.run.is_live:
        raise RefusedError("The save play is at work already.")
    problem = _start_play(held, by=by)
    if problem:
        raise RefusedError(problem)
    return held


def _ready(intervention: Intervention, verb: PlanVerb, version: int | None = None) -> Intervention:
    """The plan, locked, with its account; raises `RefusedError` where its state does not allow the verb."""
    held = locked(intervention, version=version)
    outcome = plan_after(held.state, verb)
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.reason)
    return held


def _save_live(plan: Intervention, save: object, *, by: User) -> None:
    """Saves a plan that is to be the live one of its account; the database decides whether there is room for it."""
    try:
        with transaction.atomic():
            save(plan, by=by)  # type: ignore[operator]
    except IntegrityError as error:
        if ONE_LIVE not in str(error):
            raise
        raise RefusedError(f"{plan.account.name} has a save plan already.") from error


def _check_people(plan: Intervention) -> None:
    for person in (plan.owner, plan.sponsor):
        check_sees(person, plan.account)


def _tell_people(plan: Intervention, known: set[int | None], *, by: User) -> None:
    """Tells owner and sponsor who are new to the plan."""
    parts = [(plan.owner, "You own the save plan"), (plan.sponsor, "You sponsor the save plan")]
    notify(
        [
            Message(
                user=person,
                key=f"save-plan:{plan.pk}:{plan.version}:{person.pk}",
                title=f"{plan.account.name}: {words}",
                body=f"{plan.get_reason_display()}. {plan.detail}".strip(),
                url=reverse("health:intervention", args=[plan.pk]),
                severity=HIGH,
                account_id=plan.account_id,
            )
            for person, words in parts
            if person is not None and person.pk not in known
        ]
    )


def _follow_reason(held: Intervention, before: str, *, by: User) -> None:
    """Another reason asks for another play: the one at work makes way for it."""
    if held.reason == before:
        return
    if held.run_id:
        cancel_runs(PlaybookRun.objects.filter(pk=held.run_id), by=by, reason="The reason of the save plan is another.")
    _start_play(held, by=by)


def _start_play(plan: Intervention, *, by: User) -> str:
    """Starts the play of the plan's reason and keeps it with the plan; gives why it was not, empty where it was.

    One that is at work on the account already is the plan's.
    """
    playbook = Playbook.objects.filter(key=PLAYS[SaveReason(plan.reason)]).first()
    if playbook is None:
        return "There is no save play for this reason."
    run = PlaybookRun.objects.live().filter(playbook=playbook, account=plan.account_id).first()
    if run is None:
        try:
            run = start_run(
                by=by,
                playbook=playbook,
                account=plan.account,
                key=f"save-plan:{plan.pk}:{plan.version}",
                reason=f"Save plan: {plan.get_reason_display()}"[:300],
            )
        except RefusedError as refused:
            return str(refused)
    # Which run it is says nothing new of the plan, so that it makes no version that others would stumble upon.
    plan.run = run
    plan.save(update_fields=["run"])
    return ""
