"""Steps, checkpoints and promises of save plans: made, settled, taken back, and shut with the plan."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Account
from accounts.queries.task_causes import cause_of
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from health.models import InterventionCheckpoint, InterventionPromise
from health.queries.interventions import steps_of
from health.services import intervention_parts as parts
from health.services.interventions import start_intervention
from tests.factories import CheckpointFactory, InterventionFactory, PromiseFactory, day

pytestmark = pytest.mark.django_db
FIELDS = {"reason": "price"}


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 13)) + dt.timedelta(hours=12), tick=False):
        yield


def test_a_step_is_a_task_that_leads_to_the_plan(cast):
    plan = InterventionFactory(account=cast.account)
    task = parts.add_step(
        by=cast.owner, intervention=plan, title="Send the figures", user=cast.team_mate, due_at=clock.now()
    )
    assert (task.account, list(task.assignees.all()), task.priority) == (cast.account, [cast.team_mate], 2)
    assert list(steps_of([plan.pk])) == [task]
    cause = cause_of(task)
    assert (cause.label, cause.url) == ("Save plan", f"/save-plans/{plan.pk}/")


def test_a_checkpoint_keeps_what_was_seen_with_the_score_of_then(cast):
    Account.objects.filter(pk=cast.account.pk).update(health_score=Decimal("51.5"))
    checkpoint = CheckpointFactory(account=cast.account)
    held = parts.hold_checkpoint(by=cast.owner, checkpoint=checkpoint, seen="worse", note=" No answer ")
    assert (held.seen, held.note, held.score) == ("worse", "No answer", Decimal("51.5"))
    assert (held.held_at, held.held_by) == (clock.now(), cast.owner)
    with pytest.raises(RefusedError, match="held already"):
        parts.hold_checkpoint(by=cast.owner, checkpoint=checkpoint, seen="better")
    back = parts.reopen_checkpoint(by=cast.owner, checkpoint=held)
    assert (back.seen, back.note, back.score, back.held_at) == ("", "", None, None)
    with pytest.raises(RefusedError, match="is open"):
        parts.reopen_checkpoint(by=cast.owner, checkpoint=back)


def test_the_second_writer_of_a_checkpoint_is_told(cast):
    checkpoint = CheckpointFactory(account=cast.account)
    parts.reopen_checkpoint(
        by=cast.owner, checkpoint=parts.hold_checkpoint(by=cast.owner, checkpoint=checkpoint, seen="same", version=1)
    )
    with pytest.raises(StaleError):
        parts.hold_checkpoint(by=cast.manager, checkpoint=checkpoint, seen="same", version=1)


def test_another_checkpoint_counts_on(cast):
    plan = InterventionFactory(account=cast.account)
    first, second = (parts.add_checkpoint(by=cast.owner, intervention=plan, due_on=day(ahead)) for ahead in (7, 35))
    assert (first.number, second.number, second.due_on) == (1, 2, day(35))


def test_a_checkpoint_added_by_hand_is_taken_out_as_long_as_nothing_is_written_at_it(cast):
    plan = start_intervention(by=cast.owner, account=cast.account, fields=FIELDS).plan
    added = parts.add_checkpoint(by=cast.owner, intervention=plan, due_on=day(35))
    held = parts.hold_checkpoint(by=cast.owner, checkpoint=added, seen="same")
    with pytest.raises(RefusedError, match=r"Something is written at checkpoint 5\. Reopen it first\."):
        parts.remove_checkpoint(by=cast.owner, checkpoint=held)
    reopened = parts.reopen_checkpoint(by=cast.owner, checkpoint=held)
    parts.remove_checkpoint(by=cast.owner, checkpoint=reopened)
    assert list(plan.checkpoints.values_list("number", flat=True)) == [1, 2, 3, 4]
    deleted = InterventionCheckpoint.pgh_event_model.objects.get(pgh_obj_id=added.pk, pgh_label="delete")
    assert deleted.pgh_context.metadata["user"] == cast.owner.pk
    assert parts.add_checkpoint(by=cast.owner, intervention=plan, due_on=day(36)).number == 5


def test_the_weekly_checkpoints_stay(cast):
    plan = start_intervention(by=cast.owner, account=cast.account, fields=FIELDS).plan
    for checkpoint in plan.checkpoints.all():
        with pytest.raises(RefusedError, match=f"Checkpoint {checkpoint.number} is one of the weekly ones"):
            parts.remove_checkpoint(by=cast.owner, checkpoint=checkpoint)
    assert plan.checkpoints.count() == 4


def test_a_promise_of_ours_is_kept_by_the_owner_unless_somebody_is_named(cast):
    plan = InterventionFactory(account=cast.account)

    def promised(**fields):
        given = {"side": "us", "text": "A roadmap date", "due_on": day(5)} | fields
        return parts.add_promise(by=cast.manager, intervention=plan, **given)

    assert promised().user == cast.owner
    assert promised(user=cast.executive).user == cast.executive
    assert promised(side="customer", user=cast.owner).user is None
    with pytest.raises(RefusedError, match="Udo Outsider may not see"):
        promised(user=cast.outsider)


@pytest.mark.parametrize("state", ["kept", "broken"])
def test_a_promise_is_settled_and_taken_back(cast, state):
    promise = PromiseFactory(account=cast.account)
    settled = parts.settle_promise(by=cast.owner, promise=promise, state=state)
    assert (settled.state, settled.settled_at, settled.settled_by) == (state, clock.now(), cast.owner)
    with pytest.raises(RefusedError, match=f"{state} already"):
        parts.settle_promise(by=cast.owner, promise=promise, state="kept")
    assert parts.reopen_promise(by=cast.owner, promise=settled).state == "open"
    with pytest.raises(RefusedError, match="is open"):
        parts.reopen_promise(by=cast.owner, promise=settled)
    parts.remove_promise(by=cast.owner, promise=settled)
    assert not InterventionPromise.objects.exists()


def test_a_form_that_comes_twice_makes_one(cast):
    plan, key = InterventionFactory(account=cast.account), uuid4()
    given = {"side": "us", "text": "A roadmap date", "due_on": day(5), "key": key}
    parts.add_promise(by=cast.owner, intervention=plan, **given)
    with pytest.raises(RepeatedError):
        parts.add_promise(by=cast.owner, intervention=plan, **given)


def test_nothing_of_a_closed_plan_is_changed(cast):
    plan = InterventionFactory(account=cast.account, recovered=True)
    checkpoint, promise = CheckpointFactory(intervention=plan), PromiseFactory(intervention=plan)
    doings = [
        lambda: parts.hold_checkpoint(by=cast.owner, checkpoint=checkpoint, seen="same"),
        lambda: parts.remove_checkpoint(by=cast.owner, checkpoint=checkpoint),
        lambda: parts.settle_promise(by=cast.owner, promise=promise, state="kept"),
        lambda: parts.remove_promise(by=cast.owner, promise=promise),
        lambda: parts.add_promise(by=cast.owner, intervention=plan, side="us", text="More", due_on=day(1)),
        lambda: parts.add_step(by=cast.owner, intervention=plan, title="More", user=cast.owner, due_at=clock.now()),
    ]
    for do in doings:
        with pytest.raises(RefusedError, match="closed"):
            do()
