"""What an alert says: what changed, the indicators that moved the score with their points, and what to do next."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Notification
from health.models import Alert, Snapshot
from health.services.recompute import recompute_accounts
from tests.browser.stage import let_fall
from tests.cast import Cast, logged_in
from tests.health.making import TODAY, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Alert:
    """Everything of an account went wrong at once, so more indicators moved the score than an alert names."""
    with time_machine.travel(noon(0), tick=False):
        one = observed_account(1.0, owner=cast.owner)
        recompute_accounts([one.pk], day=TODAY)
        Snapshot.objects.update(day=ago(3))
        monkeypatch.setattr("tests.health.making.TODAY", TODAY)
        let_fall(one)
        recompute_accounts([one.pk], day=TODAY)
        yield Alert.objects.exclude(rule__trigger="data_gap").filter(account=one).earliest("severity", "pk")


def test_its_reasons_come_to_the_change_of_the_score(alert: Alert):
    before, after = Snapshot.objects.order_by("day").values_list("score", flat=True)
    assert len(alert.reasons) == 6
    assert alert.reasons[-1]["label"].endswith("smaller moves")
    told = sum(reason["points"] for reason in alert.reasons)
    assert told == pytest.approx(float(after - before), abs=0.4)  # each is rounded by itself


def test_the_message_states_reasons_points_and_the_next_action(alert: Alert, cast: Cast):
    body = Notification.objects.filter(user=cast.owner, url=f"/alerts/{alert.pk}/").get().body
    for reason in alert.reasons:
        assert f"{reason['label']}: {reason['detail']} (−{abs(reason['points']):.1f} points)" in body
    assert body.endswith(f"Next: {alert.next_action}")


def test_the_inbox_and_its_page_state_them_too(alert: Alert, cast: Cast):
    client = logged_in(cast.owner)
    worst = alert.reasons[0]
    points = f"−{abs(worst['points']):.1f}"
    with time_machine.travel(noon(0), tick=False):
        inbox = client.get(reverse("health:alerts")).content.decode()
        page = client.get(reverse("health:alert", args=[alert.pk])).content.decode()
    assert f"{worst['label']}: {worst['detail']} ({points})" in inbox
    for html in (inbox, page):
        assert f"{points} pts" in html
        assert alert.next_action in html
    assert f"since={ago(7)}&amp;until={TODAY}#compare-title" in page
