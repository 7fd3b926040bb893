"""Escalations: by hand with a task, and of what is overdue in save plans, manager then executive, once each."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine

from accounts.models import Account, Notification, Task, TeamMember
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError
from health.domain.interventions import Level
from health.models import Escalation
from health.services.escalating import escalate, escalate_overdue, people_above
from health.tasks import look_after_save_plans
from tests.factories import (
    AccountFactory,
    CheckpointFactory,
    InterventionFactory,
    TeamMemberFactory,
    UserFactory,
    day,
)

pytestmark = pytest.mark.django_db
NOON = clock.start_of(dt.date(2026, 3, 13)) + dt.timedelta(hours=12)


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def later(hours: float):
    return time_machine.travel(NOON + dt.timedelta(hours=hours), tick=False)


def told() -> list[tuple[str, str, str]]:
    return list(Escalation.objects.order_by("pk").values_list("level", "cause", "to__name"))


def test_by_hand_it_is_a_task_by_the_deadline_of_the_tier_and_tells_them(cast):
    Account.objects.filter(pk=cast.account.pk).update(health_rank=4)
    cast.account.refresh_from_db()
    plan = InterventionFactory(account=cast.account)
    made = escalate(by=cast.owner, account=cast.account, level="manager", why="They ask for a discount")
    assert (made.to, made.by, made.why, made.intervention) == (
        cast.manager, cast.owner, "They ask for a discount", plan,
    )  # fmt: skip
    task = Task.objects.get()
    assert (task.title, list(task.assignees.all())) == ("Escalation: step in for Halden Logistics", [cast.manager])
    assert (task.due_at, task.priority, task.linked) == (NOON + dt.timedelta(hours=24), Task.Priority.URGENT, plan)
    assert Notification.objects.filter(user=cast.manager).count() == 1


def test_an_account_without_a_plan_is_escalated_too(cast):
    made = escalate(by=cast.manager, account=cast.account, level="executive", why="We lose the sponsor")
    assert (made.to, made.intervention) == (cast.executive, None)


@pytest.mark.parametrize(
    ("person", "level", "why", "words"),
    [
        ("manager", "manager", "Step in", "That is you"),
        ("owner", "manager", "  ", "Say what they are to decide"),
    ],
)
def test_what_makes_no_sense_is_refused(cast, person, level, why, words):
    with pytest.raises(RefusedError, match=words):
        escalate(by=getattr(cast, person), account=cast.account, level=level, why=why)


def test_without_anybody_above_there_is_nobody_to_escalate_to(cast):
    alone = AccountFactory(owner=UserFactory())
    with pytest.raises(RefusedError, match="no manager above"):
        escalate(by=cast.admin, account=alone, level="manager", why="Step in")


def test_a_form_that_comes_twice_escalates_once(cast):
    key = uuid4()
    escalate(by=cast.owner, account=cast.account, level="manager", why="Step in", key=key)
    with pytest.raises(RepeatedError):
        escalate(by=cast.owner, account=cast.account, level="manager", why="Step in", key=key)


def test_the_sponsor_of_the_plan_then_that_of_the_account_is_the_executive(cast):
    assert people_above(cast.account, None) == {Level.MANAGER: cast.manager, Level.EXECUTIVE: cast.executive}
    sponsor = UserFactory(as_executive=True)
    TeamMemberFactory(account=cast.account, user=sponsor, role=TeamMember.Role.SPONSOR)
    assert people_above(cast.account, None)[Level.EXECUTIVE] == sponsor
    other = UserFactory(as_executive=True)
    plan = InterventionFactory(account=cast.account, sponsor=other)
    assert people_above(cast.account, plan)[Level.EXECUTIVE] == other


def test_a_plan_that_is_not_agreed_in_time_goes_to_the_manager_and_a_day_later_to_the_executive(cast):
    plan = InterventionFactory(account=cast.account)
    assert escalate_overdue() == 0
    with later(49):
        assert (escalate_overdue(), escalate_overdue()) == (1, 0)
        message = Notification.objects.get()
        assert (message.user, message.severity, message.url) == (cast.manager, 1, f"/save-plans/{plan.pk}/")
        assert message.title == "Halden Logistics: The save plan is not agreed in time"
    with later(72):
        assert escalate_overdue() == 0
    with later(74):
        look_after_save_plans()
        look_after_save_plans()
    assert told() == [
        ("manager", "agreement", "Mona Manager"),
        ("executive", "agreement", "Edda Executive"),
    ]
    assert Notification.objects.count() == 2


def test_one_that_is_agreed_meanwhile_goes_no_higher(cast):
    plan = InterventionFactory(account=cast.account)
    with later(49):
        escalate_overdue()
        plan.agreed_at = clock.now()
        plan.save()
    with later(90):
        assert escalate_overdue() == 0


def test_a_checkpoint_that_was_not_held_is_escalated_once_its_day_is_over(cast):
    plan = InterventionFactory(account=cast.account, agreed=True)
    late = CheckpointFactory(intervention=plan, number=1, due_on=day(-1))
    CheckpointFactory(intervention=plan, number=2, due_on=day(0))
    CheckpointFactory(intervention=plan, number=3, due_on=day(-2), held=True)
    escalate_overdue()
    assert told() == [("manager", f"checkpoint:{late.pk}", "Mona Manager")]


def test_a_plan_that_is_over_without_an_outcome_is_escalated(cast):
    InterventionFactory(account=cast.account, agreed=True, began=31)
    escalate_overdue()
    assert told() == [("manager", "outcome", "Mona Manager")]


def test_where_nobody_leads_the_owner_the_executive_is_told_at_once(cast):
    owner = UserFactory(manager=cast.executive)
    InterventionFactory(account=AccountFactory(owner=owner), late=True)
    escalate_overdue()
    assert told() == [("executive", "agreement", "Edda Executive")]


def test_plans_that_ended_are_left_alone(cast):
    plan = InterventionFactory(account=cast.account, late=True, recovered=True)
    CheckpointFactory(intervention=plan, due_on=day(-1))
    assert escalate_overdue() == 0


@pytest.mark.parametrize("count", [1, 8])
def test_many_cost_as_many_statements_as_one(cast, django_assert_num_queries, count):
    for _ in range(count):
        CheckpointFactory(
            intervention=InterventionFactory(account=AccountFactory(owner=cast.owner), late=True), due_on=day(-1)
        )
    with django_assert_num_queries(11):
        assert escalate_overdue() == 2 * count
