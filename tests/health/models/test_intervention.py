"""What the database itself refuses of save plans and their parts."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from cs_workspace.common import clock
from tests.factories import CheckpointFactory, EscalationFactory, InterventionFactory, PromiseFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "recovered"}, "intervention_end_has_outcome_and_moment"),
        ({"ended_at": "later"}, "intervention_end_has_outcome_and_moment"),
        ({"outcome": "recovered", "ended_at": "before"}, "intervention_end_has_outcome_and_moment"),
        ({"due_at": "before"}, "intervention_due_after_its_start"),
        ({"agreed_at": "before"}, "intervention_agreed_after_start"),
        ({"outcome": "withdrawn", "ended_at": "later"}, "intervention_withdrawn_for_a_reason"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(fields, constraint):
    moments = {"before": clock.now() - dt.timedelta(days=1), "later": clock.now() + dt.timedelta(days=1)}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        InterventionFactory(**{name: moments.get(value, value) for name, value in fields.items()})


def test_an_account_has_one_live_plan_and_many_that_ended(cast):
    for _ in range(2):
        InterventionFactory(account=cast.account, recovered=True)
    InterventionFactory(account=cast.account)
    with pytest.raises(IntegrityError, match="intervention_one_live"), transaction.atomic():
        InterventionFactory(account=cast.account)


def test_a_checkpoint_that_was_held_says_what_was_seen_and_has_its_number_alone(cast):
    plan = InterventionFactory(account=cast.account)
    CheckpointFactory(intervention=plan, number=1)
    for fields, constraint in (
        ({"held_at": clock.now()}, "checkpoint_held_has_a_finding"),
        ({"seen": "better"}, "checkpoint_held_has_a_finding"),
        ({"number": 1}, "checkpoint_number_once"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            CheckpointFactory(**{"intervention": plan, "number": 2} | fields)


@pytest.mark.parametrize("fields", [{"state": "kept"}, {"settled_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}])
def test_a_promise_is_settled_at_a_moment(fields):
    with pytest.raises(IntegrityError, match="save_promise_settled_has_a_moment"), transaction.atomic():
        PromiseFactory(**fields)


def test_of_what_is_overdue_a_level_is_told_once_and_by_hand_as_often_as_one_asks(cast):
    plan = InterventionFactory(account=cast.account)
    about = {"account": cast.account, "intervention": plan}
    for _ in range(2):
        EscalationFactory(**about)
    EscalationFactory(**about, cause="agreement")
    EscalationFactory(**about, cause="agreement", level="executive")
    for fields, constraint in (
        ({"cause": "agreement"}, "escalation_once_per_cause"),
        ({"cause": "agreement", "intervention": None}, "escalation_by_itself_has_a_plan"),
        ({"why": ""}, "escalation_says_why"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            EscalationFactory(**about | fields)
