"""The save plans that the demo lives: half a year that ended, three under way, one of them overdue and escalated."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Notification
from cs_workspace.common import clock
from cs_workspace.web.demo.saving import ENDED, UNDER_WAY, save_accounts
from health.models import Escalation, Intervention
from health.queries.interventions import overdue_plans
from tests.factories import AccountFactory, SnapshotFactory, UserFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_in_the_afternoon():
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 13)) + dt.timedelta(hours=16), tick=False):
        yield


def test_plans_of_half_a_year_ended_and_three_are_under_way():
    owner = UserFactory(manager=UserFactory(as_manager=True))
    for number in range(len(ENDED)):
        account = AccountFactory(owner=owner, healthy=True)
        for ago in (200, 60):
            SnapshotFactory(account=account, day=day(-ago), score=70 - ago / 10 + number)
    for _ in UNDER_WAY:
        AccountFactory(owner=owner, at_risk=True)
    save_accounts(day(0), at_moment=clock.set_to)
    assert Intervention.objects.counted().count() == len(ENDED)
    assert Intervention.objects.filter(outcome="recovered", score_at_end__gt=40).exists()
    assert Intervention.objects.live().count() == len(UNDER_WAY)
    assert overdue_plans().get().reason == "competitor"
    told = Notification.objects.filter(key__startswith="save-plan")
    assert set(told.values_list("email_state", flat=True)) == {"none"}
    assert set(Escalation.objects.values_list("level", flat=True)) == {"manager"}
    assert set(Intervention.objects.get(reason="price", ended_at=None).promises.values_list("state", flat=True)) == {
        "kept",
        "open",
    }


def test_a_company_without_scores_has_none():
    save_accounts(day(0), at_moment=clock.set_to)
    assert not Intervention.objects.exists()
