"""The win-back campaigns of the demo."""

import pytest

from accounts.models import Mail
from cs_workspace.common import clock
from cs_workspace.web.demo.winning_back import win_customers_back
from renewals.models import AccountReturn, Campaign, CampaignTarget
from renewals.services.ledger import check_ledger
from tests.factories import UserFactory, day
from tests.renewals.win_backs import lost_account, win_back_sequence

pytestmark = pytest.mark.django_db


def test_a_campaign_is_under_way_with_every_outcome_and_another_waits():
    win_back_sequence()
    owner = UserFactory(manager=UserFactory(as_manager=True))
    for ago in (64, 70, 75, 80, 85, 90):
        lost_account(owner, ago=ago)
    fresh = lost_account(owner, ago=12)
    win_customers_back(day(0), at_moment=clock.set_to)
    assert sorted(Campaign.objects.values_list("state", flat=True)) == ["draft", "running"]
    states = sorted(CampaignTarget.objects.filter(campaign__state="running").values_list("state", flat=True))
    assert states == ["out", "running", "running", "running", "running", "won"]
    reasons = set(CampaignTarget.objects.running().values_list("enrolment__stopped_because", flat=True))
    assert {"reply", "bounce", ""} <= reasons
    assert Mail.objects.filter(state="sent").exists()
    assert AccountReturn.objects.get().account.status == "active"
    assert CampaignTarget.objects.get(state="chosen").account == fresh
    assert check_ledger(today=day(0)) == []


def test_a_company_that_lost_nobody_has_no_campaign_under_way():
    UserFactory(as_manager=True)
    win_customers_back(day(0), at_moment=clock.set_to)
    assert not Campaign.objects.filter(state="running").exists()
