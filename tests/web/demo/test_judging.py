import datetime as dt

import pytest

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.web.demo import living
from cs_workspace.web.demo.loading import load_demo
from health.models import Disagreement, Pulse, TierOverride
from health.queries.judgement import pulse_condition

pytestmark = pytest.mark.django_db


def test_the_demo_shows_pulses_stale_ones_and_none_overridden_tiers_and_disagreements(monkeypatch):
    monkeypatch.setattr(
        living, "days_to_live", lambda as_of, accounts: ([], [as_of - dt.timedelta(days=days) for days in (2, 1)])
    )
    load_demo(accounts=60, seed=7)
    now = clock.now()
    latest, fresh = Pulse.objects.in_force(), Pulse.objects.fresh(now=now)
    assert fresh.count() > 10
    assert latest.count() > fresh.count()
    assert Account.objects.active().filter(pulse_condition("due")).count() > latest.count() - fresh.count()
    live = TierOverride.objects.live(now=now)
    assert live.count() >= 2
    assert TierOverride.objects.exclude(ended_by=None).count() == 1
    assert Account.objects.exclude(health_override=None).count() == live.count()
    assert Disagreement.objects.values("kind").distinct().count() >= 2
