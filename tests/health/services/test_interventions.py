"""Save plans: one live an account, with its deadline, checkpoints and play; changed, agreed, closed, reopened."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Account, Notification, Playbook, PlaybookRun, Task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from health.models import Intervention, InterventionCheckpoint
from health.queries.interventions import steps_of
from health.services import intervention_parts as parts
from health.services import interventions as service
from health.services.intervention_ends import end_plans_of_contracted, end_plans_of_lost
from tests.factories import AccountFactory, InterventionFactory, day

pytestmark = pytest.mark.django_db
FRIDAY = dt.date(2026, 3, 13)


@pytest.fixture(autouse=True)
def clock_stands_on_a_friday_at_noon():
    with time_machine.travel(clock.start_of(FRIDAY) + dt.timedelta(hours=12), tick=False):
        yield


def at_risk(cast, rank=3) -> Account:
    Account.objects.filter(pk=cast.account.pk).update(
        health_rank=rank, health_tier="At-Risk", health_score=Decimal("44.5"), arr=Decimal(60000)
    )
    cast.account.refresh_from_db()
    return cast.account


def started(cast, **fields) -> Intervention:
    given = {"reason": "price", "detail": "Procurement asks for 20 % off"} | fields
    return service.start_intervention(by=cast.owner, account=at_risk(cast), fields=given).plan


@pytest.mark.parametrize(("rank", "hours"), [(3, 48), (4, 24)])
def test_a_plan_begins_with_the_figures_of_the_account_and_the_deadline_of_its_tier(cast, rank, hours):
    fields = {"reason": "price", "sponsor": cast.executive}
    plan = service.start_intervention(by=cast.manager, account=at_risk(cast, rank), fields=fields).plan
    assert (plan.owner, plan.sponsor, plan.started_by) == (cast.owner, cast.executive, cast.manager)
    assert (plan.rank_at_start, plan.score_at_start, plan.arr_at_start) == (rank, Decimal("44.5"), Decimal(60000))
    assert plan.due_at == clock.now() + dt.timedelta(hours=hours)
    assert plan.decide_on == FRIDAY + dt.timedelta(days=30)
    assert list(plan.checkpoints.values_list("number", "due_on")) == [
        (number, FRIDAY + dt.timedelta(days=7 * number)) for number in (1, 2, 3, 4)
    ]


def test_its_save_play_starts_with_it_once(cast):
    plan = started(cast)
    run = PlaybookRun.objects.get(account=cast.account)
    assert (plan.run, run.playbook.key, run.reason) == (run, "save-price", "Save plan: Price")
    assert Task.objects.filter(account=cast.account, origin="playbook").count() == 1
    with pytest.raises(RefusedError, match="at work already"):
        service.start_play(by=cast.owner, intervention=plan)


def test_a_play_that_is_at_work_already_is_the_plans(cast):
    from accounts.services.playbook_starting import start_run

    run = start_run(by=cast.owner, playbook=Playbook.objects.get(key="save-price"), account=at_risk(cast), key="hand")
    assert started(cast).run == run
    assert PlaybookRun.objects.count() == 1


def test_a_play_that_is_switched_off_does_not_hold_the_plan_up_and_can_be_started_later(cast):
    Playbook.objects.filter(key="save-price").update(active_since=None)
    came = service.start_intervention(by=cast.owner, account=at_risk(cast), fields={"reason": "price"})
    assert (came.plan.run, came.problem) == (None, "“Save play: price” is switched off.")
    with pytest.raises(RefusedError, match="switched off"):
        service.start_play(by=cast.owner, intervention=came.plan)
    Playbook.objects.filter(key="save-price").update(active_since=clock.now())
    assert service.start_play(by=cast.owner, intervention=came.plan).run.is_live


def test_a_second_plan_of_the_account_is_refused_and_nothing_of_it_stays(cast):
    plan = started(cast)
    with pytest.raises(RefusedError, match="Halden Logistics has a save plan already"):
        started(cast, reason="value")
    assert Intervention.objects.get() == plan
    assert InterventionCheckpoint.objects.count() == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        InterventionFactory(account=cast.account)


def test_a_form_that_comes_twice_begins_one_plan(cast):
    key, account = uuid4(), at_risk(cast)
    service.start_intervention(by=cast.owner, account=account, fields={"reason": "price"}, key=key)
    with pytest.raises(RepeatedError):
        service.start_intervention(by=cast.owner, account=account, fields={"reason": "price"}, key=key)


def test_a_lost_account_is_not_saved_any_more(cast):
    lost = AccountFactory(status="churned", churned_on=day(-3))
    with pytest.raises(RefusedError, match="win-back"):
        service.start_intervention(by=cast.owner, account=lost, fields={"reason": "price"})


@pytest.mark.parametrize("part", ["owner", "sponsor"])
def test_nobody_who_does_not_see_the_account_works_on_it(cast, part):
    with pytest.raises(RefusedError, match="Udo Outsider may not see Halden Logistics"):
        started(cast, **{part: cast.outsider})
    with pytest.raises(RefusedError, match="Udo Outsider may not see Halden Logistics"):
        service.edit_intervention(by=cast.owner, intervention=started(cast), fields={part: cast.outsider})


def test_owner_and_sponsor_are_told_unless_they_began_it_themselves(cast):
    started(cast, owner=cast.team_mate, sponsor=cast.executive)
    told = Notification.objects.filter(key__startswith="save-plan:").order_by("title").values_list("user", "title")
    assert list(told) == [
        (cast.team_mate.pk, "Halden Logistics: You own the save plan"),
        (cast.executive.pk, "Halden Logistics: You sponsor the save plan"),
    ]


def test_a_change_can_be_taken_back_and_another_reason_has_another_play(cast):
    plan = started(cast)
    first = plan.run
    fields = {"reason": "champion_left", "root_cause": "people", "sponsor": cast.executive}
    changed = service.edit_intervention(by=cast.owner, intervention=plan, fields=fields, version=plan.version)
    first.refresh_from_db()
    assert (first.state, first.end_reason) == ("cancelled", "The reason of the save plan is another.")
    assert changed.run.playbook.key == "save-champion-left"
    back = service.take_back_edit(by=cast.owner, intervention=changed, version=changed.version)
    assert (back.reason, back.root_cause, back.sponsor) == ("price", "", None)
    assert back.run.playbook.key == "save-price"


def test_the_second_writer_is_told(cast):
    plan = started(cast)
    service.edit_intervention(by=cast.manager, intervention=plan, fields={"detail": "More"}, version=plan.version)
    with pytest.raises(StaleError):
        service.edit_intervention(by=cast.owner, intervention=plan, fields={"detail": "Less"}, version=plan.version)


def test_agreeing_meets_the_deadline_and_can_be_taken_back(cast):
    plan = service.agree(by=cast.owner, intervention=started(cast))
    assert (plan.agreed_at, plan.agreed_by) == (clock.now(), cast.owner)
    with pytest.raises(RefusedError, match="agreed already"):
        service.agree(by=cast.owner, intervention=plan)
    assert service.disagree(by=cast.owner, intervention=plan).agreed_at is None


def test_closing_keeps_the_figures_of_the_end_and_ends_play_and_steps(cast):
    plan = started(cast)
    step = parts.add_step(
        by=cast.owner, intervention=plan, title="Send the figures", user=cast.owner, due_at=clock.now()
    )
    Account.objects.filter(pk=cast.account.pk).update(
        health_rank=2, health_tier="Good", health_score=Decimal(72), arr=Decimal(58000)
    )
    closed = service.close_intervention(
        by=cast.manager, intervention=plan, outcome="recovered", root_cause="process", note="A plan of their own"
    )
    closed.refresh_from_db()
    assert (closed.outcome, closed.root_cause, closed.outcome_note) == ("recovered", "process", "A plan of their own")
    assert (closed.ended_at, closed.ended_by) == (clock.now(), cast.manager)
    assert (closed.rank_at_end, closed.tier_at_end) == (2, "Good")
    assert (closed.score_at_end, closed.arr_at_end) == (Decimal(72), Decimal(58000))
    step.refresh_from_db()
    assert (step.status, step.outcome) == ("cancelled", "The save plan was closed: recovered.")
    run = PlaybookRun.objects.get()
    assert (run.state, run.ended_by) == ("cancelled", cast.manager)
    assert not Task.objects.filter(account=cast.account, status="open").exists()


def test_reopening_brings_plan_and_steps_back(cast):
    plan = started(cast)
    step = parts.add_step(
        by=cast.owner, intervention=plan, title="Send the figures", user=cast.owner, due_at=clock.now()
    )
    closed = service.close_intervention(by=cast.owner, intervention=plan, outcome="contracted", root_cause="product")
    back = service.reopen_intervention(by=cast.owner, intervention=closed)
    assert (back.outcome, back.ended_at, back.score_at_end, back.arr_at_end) == ("", None, None, None)
    assert steps_of([back.pk]).get(status="open") == step
    assert service.start_play(by=cast.owner, intervention=back).run.is_live


def test_one_that_was_closed_is_not_reopened_beside_another(cast):
    closed = service.close_intervention(
        by=cast.owner, intervention=started(cast), outcome="recovered", root_cause="product"
    )
    started(cast, reason="value")
    with pytest.raises(RefusedError, match="has a save plan already"):
        service.reopen_intervention(by=cast.owner, intervention=closed)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outcome": "recovered"}, "Name the root cause"),
        ({"outcome": "withdrawn", "note": " "}, "Say why the plan is withdrawn"),
    ],
)
def test_closing_asks_for_what_is_learnt(cast, given, words):
    with pytest.raises(RefusedError, match=words):
        service.close_intervention(by=cast.owner, intervention=started(cast), **given)


def test_what_is_closed_is_not_changed(cast):
    plan = InterventionFactory(account=cast.account, recovered=True)
    for do in (service.agree, service.disagree, service.start_play):
        with pytest.raises(RefusedError, match="closed"):
            do(by=cast.owner, intervention=plan)
    with pytest.raises(RefusedError, match="closed"):
        parts.add_checkpoint(by=cast.owner, intervention=plan, due_on=day(3))


def test_plans_of_lost_accounts_close_by_themselves_once(cast):
    plan, other = started(cast), InterventionFactory()
    Account.objects.filter(pk=cast.account.pk).update(status="churned", churned_on=clock.today())
    assert (end_plans_of_lost(), end_plans_of_lost()) == (1, 0)
    plan.refresh_from_db()
    assert (plan.outcome, plan.ended_by, plan.arr_at_end, plan.score_at_end) == ("churned", None, 0, Decimal("44.5"))
    assert PlaybookRun.objects.get().state == "cancelled"
    other.refresh_from_db()
    assert other.is_live
    with pytest.raises(RefusedError, match="win-back"):
        service.reopen_intervention(by=cast.owner, intervention=plan)


def test_plans_of_accounts_that_stay_for_less_close_by_themselves_once(cast):
    plan, other = started(cast), InterventionFactory()
    Account.objects.filter(pk=cast.account.pk).update(arr=F("arr") / 2)
    assert (end_plans_of_contracted([cast.account.pk]), end_plans_of_contracted([cast.account.pk])) == (1, 0)
    plan.refresh_from_db()
    assert (plan.outcome, plan.arr_at_end) == ("contracted", Decimal(30000))
    other.refresh_from_db()
    assert other.is_live


def test_many_plans_end_in_as_many_statements_as_one(cast, django_assert_num_queries):
    def lose(count):
        InterventionFactory.create_batch(count)
        Account.objects.filter(interventions__isnull=False, status="active").update(
            status="churned", churned_on=clock.today()
        )

    lose(1)
    with django_assert_num_queries(5):
        end_plans_of_lost()
    lose(7)
    with django_assert_num_queries(5):
        assert end_plans_of_lost() == 7
