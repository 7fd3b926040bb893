import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.domain.success_plans import Aim, standing_of
from accounts.models import Milestone, Objective, PlanRisk, RoiRecord, UseCase
from accounts.models.success_plan import standing_case
from accounts.services.plan_parts import (
    add_part,
    archive_part,
    archive_value,
    edit_part,
    measure,
    restore_part,
    restore_value,
    step_back,
)
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from health.models import DirtyMark
from tests.factories import (
    ContactFactory,
    ObjectiveFactory,
    PlanRiskFactory,
    RoiRecordFactory,
    SuccessPlanFactory,
    UseCaseFactory,
    day,
)

pytestmark = pytest.mark.django_db

OBJECTIVE = {
    "title": "Faster invoices",
    "measure": "Hours per month",
    "unit": "h",
    "baseline": Decimal(48),
    "target": Decimal(8),
    "began_on": dt.date(2026, 1, 1),
    "due_on": dt.date(2026, 6, 30),
}


def dirty(account) -> bool:
    return DirtyMark.objects.filter(account=account).exists()


def test_an_objective_is_added_once_changed_and_stepped_back_from(cast):
    plan, key = SuccessPlanFactory(account=cast.account), uuid4()
    made = add_part(by=cast.owner, plan=plan, part=Objective, fields=OBJECTIVE, key=key)
    with pytest.raises(RepeatedError), transaction.atomic():
        add_part(by=cast.owner, plan=plan, part=Objective, fields=OBJECTIVE, key=key)
    assert dirty(cast.account)
    changed = edit_part(by=cast.team_mate, part=made, fields={"target": Decimal(4), "unit": "hours"}, version=1)
    assert (changed.version, changed.target) == (2, 4)
    with pytest.raises(StaleError):
        edit_part(by=cast.owner, part=made, fields={"target": Decimal(6)}, version=1)
    with pytest.raises(StaleError):
        step_back(by=cast.owner, part=made, version=1)
    back = step_back(by=cast.owner, part=made, version=2)
    assert (back.version, back.target, back.unit) == (3, 8, "h")
    events = made.history.order_by("pgh_id")
    assert [(event.version, event.target, event.pgh_context.metadata["user"]) for event in events] == [
        (1, 8, cast.owner.pk), (2, 4, cast.team_mate.pk), (3, 8, cast.owner.pk),
    ]  # fmt: skip


def test_stepping_back_restores_people_too_and_the_first_version_has_nothing_before_it(cast):
    risk = add_part(
        by=cast.owner,
        plan=SuccessPlanFactory(account=cast.account),
        part=PlanRisk,
        fields={"text": "IT", "owner": cast.owner},
    )
    with pytest.raises(RefusedError, match="nothing before"):
        step_back(by=cast.owner, part=risk, version=1)
    edit_part(by=cast.owner, part=risk, fields={"owner": None})
    assert step_back(by=cast.owner, part=risk, version=2).owner == cast.owner


@pytest.mark.parametrize(
    ("factory", "fields", "reason"),
    [
        (ObjectiveFactory, {"target": Decimal(0)}, "differ"),
        (ObjectiveFactory, {"due_on": day(-100)}, "due after"),
        (UseCaseFactory, {"status": "live", "live_on": day(2)}, "went live by today"),
        (RoiRecordFactory, {"amount": Decimal(0)}, "above 0"),
        (RoiRecordFactory, {"on": day(1)}, "by today"),
        (RoiRecordFactory, {"confirmed_on": day(-1)}, "Say both"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(cast, factory, fields, reason):
    with pytest.raises(RefusedError, match=reason):
        edit_part(by=cast.owner, part=factory(account=cast.account), fields=fields)


def test_people_of_others_own_no_risk_and_confirm_no_roi(cast):
    plan = SuccessPlanFactory(account=cast.account)
    with pytest.raises(RefusedError, match="may not see"):
        edit_part(by=cast.owner, part=PlanRiskFactory(plan=plan), fields={"owner": cast.outsider})
    stranger = ContactFactory(account=cast.strangers)
    record = RoiRecordFactory(plan=plan)
    with pytest.raises(RefusedError, match="another account"):
        edit_part(by=cast.owner, part=record, fields={"confirmed_by": stranger, "confirmed_on": day(-1)})


def test_a_done_milestone_was_done_by_today(cast):
    plan = SuccessPlanFactory(account=cast.account)
    with pytest.raises(RefusedError, match="by today"):
        add_part(by=cast.owner, plan=plan, part=Milestone, fields={"title": "Live", "done_on": day(1)})


def test_a_field_that_an_entry_does_not_have_is_a_mistake_of_the_programmer(cast):
    with pytest.raises(TypeError, match="current"):
        edit_part(by=cast.owner, part=ObjectiveFactory(account=cast.account), fields={"current": 3})


def test_an_entry_is_taken_out_and_brought_back(cast):
    case = UseCaseFactory(account=cast.account)
    archive_part(by=cast.owner, part=case)
    assert not UseCase.objects.visible_to(cast.owner).exists()
    restore_part(by=cast.owner, part=case)
    assert UseCase.objects.visible_to(cast.owner).exists()
    assert not dirty(cast.account), "no score rests on use cases"


def test_measured_values_are_kept_and_the_latest_is_the_current_one(cast):
    objective = ObjectiveFactory(account=cast.account)
    measure(by=cast.owner, objective=objective, on=day(-10), value=Decimal(40))
    measure(by=cast.owner, objective=objective, on=day(-30), value=Decimal(20))
    late = measure(by=cast.owner, objective=objective, on=day(-10), value=Decimal(45), note="recounted")
    assert dirty(cast.account)

    def current():
        objective.refresh_from_db()
        return objective.current, objective.measured_on

    assert current() == (45, day(-10))
    archive_value(by=cast.owner, value=late)
    assert current() == (40, day(-10))
    restore_value(by=cast.owner, value=late)
    assert current() == (45, day(-10))
    for value in objective.values.all():
        archive_value(by=cast.owner, value=value)
    assert current() == (None, None)


def test_a_value_is_of_a_day_between_the_beginning_and_today(cast):
    objective = ObjectiveFactory(account=cast.account)
    with pytest.raises(RefusedError, match="future"):
        measure(by=cast.owner, objective=objective, on=day(1), value=Decimal(1))
    with pytest.raises(RefusedError, match="baseline holds"):
        measure(by=cast.owner, objective=objective, on=day(-101), value=Decimal(1))


@pytest.mark.parametrize(
    "fields",
    [
        {"baseline": Decimal(5), "target": Decimal(5)},
        {"due_on": day(-100)},
        {"current": Decimal(1)},
    ],
)
def test_the_database_refuses_an_objective_that_cannot_be(cast, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectiveFactory(account=cast.account, **fields)


def test_the_database_refuses_amounts_of_nothing_and_confirmations_without_a_day(cast):
    plan = SuccessPlanFactory(account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoiRecordFactory(plan=plan, amount=Decimal(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        RoiRecordFactory(plan=plan, confirmed_by=ContactFactory(account=cast.account))


def test_a_contact_who_is_erased_leaves_the_day_of_the_confirmation(cast):
    kim = ContactFactory(account=cast.account)
    record = RoiRecordFactory(account=cast.account, confirmed_by=kim, confirmed_on=day(-1))
    kim.delete()
    record.refresh_from_db()
    assert (record.confirmed_by, record.confirmed_on) == (None, day(-1))
    assert RoiRecord.objects.count() == 1


NUMBERS = st.decimals(-10_000, 10_000, places=4)


class TestStandingInSql(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]),
        st.none() | NUMBERS,
        st.integers(1, 400),
        st.integers(-30, 430),
        st.sampled_from([None, "0.1", "0.4", "0.5", "0.9", "1"]),
    )
    def test_says_what_the_rule_says(self, pair, current, days, today, share):
        """`share` puts the value at exactly that share of the way, where a rounding would show."""
        began = dt.date(2026, 1, 1)
        aim = Aim(*pair, began, began + dt.timedelta(days=days))
        if share is not None:
            current = (aim.baseline + (aim.target - aim.baseline) * Decimal(share)).quantize(Decimal("0.0001"))
        made = ObjectiveFactory(
            baseline=aim.baseline,
            target=aim.target,
            began_on=aim.began_on,
            due_on=aim.due_on,
            current=current,
            measured_on=None if current is None else began,
        )
        on = began + dt.timedelta(days=today)
        in_sql = Objective.objects.annotate(standing=standing_case(on)).get(pk=made.pk).standing
        assert in_sql == standing_of(aim, current, today=on)
