"""The success plans of the demo."""

import datetime as dt

import pytest
from pghistory.models import Context

from accounts.domain.success_plans import Standing
from accounts.models import Account, Objective, PlanShare, RoiRecord, SuccessPlan
from accounts.models.success_plan import standing_case
from accounts.queries.plan_history import history_of
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS, living
from cs_workspace.web.demo.loading import load_demo
from cs_workspace.web.demo.planning import MOST_PLANS

pytestmark = pytest.mark.django_db


def test_the_demo_shows_plans_that_are_reached_behind_overdue_and_none(monkeypatch):
    monkeypatch.setattr(living, "days_to_live", lambda as_of, accounts: ([], [as_of - dt.timedelta(days=1)]))
    load_demo(accounts=60, seed=7)
    today = clock.today()
    plans = SuccessPlan.objects.kept()
    assert 10 < plans.count() <= MOST_PLANS
    assert plans.filter(owner__email=LOGINS[0].email).count() >= 5
    assert plans.review_due(today=today).exists()
    assert Account.objects.active().filter(success_plans=None).exists()
    standings = set(Objective.objects.annotate(standing=standing_case(today)).values_list("standing", flat=True))
    assert standings >= {Standing.ACHIEVED, Standing.ON_TRACK, Standing.AT_RISK, Standing.MISSED}
    assert RoiRecord.objects.exclude(confirmed_by=None).exists()
    assert PlanShare.objects.filter(views=3).exists()
    plan = PlanShare.objects.first().plan
    told = history_of(plan).entries
    assert {entry.by for entry in told} == {plan.owner.name}
    assert len({clock.day_of(entry.at) for entry in told}) > 5
    assert not Context.objects.filter(metadata__has_key="at").exists()
