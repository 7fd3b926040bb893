"""Save plans as lists show them: what each waits for first, who sees it, what is narrowed."""

import datetime as dt

import pytest
import time_machine

from cs_workspace.common import clock
from health.queries.interventions import (
    NOBODY,
    STATES,
    PlanFilter,
    asking_plans,
    get_plan_for,
    live_plan,
    overdue_plans,
    plan_counts,
    plan_page,
    plans,
    plans_before,
    rows_of,
)
from health.services.intervention_parts import add_step
from tests.factories import AccountFactory, CheckpointFactory, InterventionFactory, PromiseFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 13)) + dt.timedelta(hours=12), tick=False):
        yield


def first(plan) -> tuple[str, str]:
    found = live_plan(plan.account)
    return found.due.what.value, found.due.urgency.value


@pytest.mark.parametrize(
    ("fields", "checkpoint", "promise", "what"),
    [
        ({}, 7, 5, ("agreement", "running")),
        ({"late": True}, 7, 5, ("agreement", "overdue")),
        ({"agreed": True}, 7, 5, ("promise", "running")),
        ({"agreed": True}, 7, None, ("checkpoint", "running")),
        ({"agreed": True}, 0, None, ("checkpoint", "soon")),
        ({"agreed": True}, -1, 5, ("checkpoint", "overdue")),
        ({"agreed": True, "began": 29}, None, None, ("outcome", "running")),
        ({"agreed": True, "began": 31}, None, None, ("outcome", "overdue")),
    ],
)
def test_a_plan_waits_for_what_is_due_first(fields, checkpoint, promise, what):
    plan = InterventionFactory(**fields)
    CheckpointFactory(intervention=plan, due_on=day(-3), held=True)
    PromiseFactory(intervention=plan, due_on=day(-3), kept=True)
    if checkpoint is not None:
        CheckpointFactory(intervention=plan, due_on=day(checkpoint))
    if promise is not None:
        PromiseFactory(intervention=plan, due_on=day(promise))
    assert first(plan) == what
    assert plan_page(plan).due == live_plan(plan.account).due
    assert (plan in overdue_plans()) == (what[1] == "overdue")


@pytest.mark.parametrize(
    ("fields", "checkpoint", "asks"),
    [
        ({}, 7, False),
        ({"began": 1.5}, 7, True),
        ({"agreed": True}, 1, False),
        ({"agreed": True}, 0, True),
        ({"agreed": True, "began": 30}, None, True),
        ({"recovered": True}, -1, False),
    ],
)
def test_a_plan_asks_on_the_day_on_which_something_is_due(fields, checkpoint, asks):
    plan = InterventionFactory(**fields)
    if checkpoint is not None:
        CheckpointFactory(intervention=plan, due_on=day(checkpoint))
    assert list(asking_plans()) == ([plan] if asks else [])


def test_the_list_shows_who_sees_it_what_is_due_first_on_top(cast):
    soon = InterventionFactory(account=cast.account, late=True)
    later = InterventionFactory(account=AccountFactory(owner=cast.owner))
    over = InterventionFactory(account=AccountFactory(owner=cast.owner), recovered=True)
    assert [row.plan for row in rows_of(plans(cast.owner, PlanFilter()))] == [soon, later]
    assert [row.plan for row in rows_of(plans(cast.owner, PlanFilter(state="recovered")))] == [over]
    assert rows_of(plans(cast.owner, PlanFilter(state="ended")))[0].due is None
    assert not plans(cast.outsider, PlanFilter()).exists()
    assert plan_counts(cast.owner, PlanFilter()) == dict.fromkeys(STATES, 0) | {
        "live": 2, "overdue": 1, "ended": 1, "recovered": 1,
    }  # fmt: skip


def test_the_list_is_narrowed_by_reason_cause_owner_and_text(cast):
    plan = InterventionFactory(account=cast.account, reason="price", root_cause="people")
    InterventionFactory(account=AccountFactory(owner=cast.owner, name="Other"), owner=None)
    for wanted in (
        {"reason": "price"}, {"root_cause": "people"}, {"owner": str(cast.owner.pk)}, {"text": "halden"},
    ):  # fmt: skip
        assert list(plans(cast.owner, PlanFilter(**wanted))) == [plan], wanted
    assert plan not in plans(cast.owner, PlanFilter(owner=NOBODY))
    assert plan not in plans(cast.owner, PlanFilter(root_cause=NOBODY))


def test_the_plans_before_are_the_last_ones_and_one_more(cast):
    for ago in (3, 2, 1):
        InterventionFactory(
            account=cast.account, recovered=True, began=9, ended_at=clock.now() - dt.timedelta(days=ago)
        )
    assert [(clock.now() - plan.ended_at).days for plan in plans_before(cast.account, 1)] == [1, 2]


def test_the_page_has_all_parts_of_the_plan(cast, django_assert_num_queries):
    plan = InterventionFactory(account=cast.account)
    for number in range(3):
        CheckpointFactory(intervention=plan, number=number, held=number == 0)
        PromiseFactory(intervention=plan)
        add_step(by=cast.owner, intervention=plan, title="Do", user=cast.owner, due_at=clock.now())
    found = get_plan_for(cast.owner, plan.pk)
    with django_assert_num_queries(5):
        page = plan_page(found)
    assert (len(page.checkpoints), len(page.promises), len(page.steps), page.held, page.run) == (3, 3, 3, 1, None)
    assert page.next_checkpoint.number == 1
