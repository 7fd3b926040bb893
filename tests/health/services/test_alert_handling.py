import datetime as dt

import pytest
import time_machine

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import Alert, AlertRule
from health.queries.alerts import history_of
from health.services import alert_handling
from health.tasks import close_pointless_alerts, wake_snoozed
from tests.factories import AccountFactory, AlertFactory, TouchFactory, day, days_ago

pytestmark = pytest.mark.django_db


def open_alerts(account: Account) -> int:
    account.refresh_from_db()
    return account.open_alerts


def test_a_snooze_ends_by_itself_and_the_count_follows(cast):
    alert = AlertFactory(account=cast.account)
    until = clock.now() + dt.timedelta(days=1)
    alert_handling.snooze(by=cast.owner, alerts=[alert], until=until)
    assert open_alerts(cast.account) == 0
    wake_snoozed()
    alert.refresh_from_db()
    assert alert.state == Alert.State.SNOOZED
    with time_machine.travel(until + dt.timedelta(seconds=1), tick=False):
        wake_snoozed()
        wake_snoozed()
    alert.refresh_from_db()
    assert (alert.state, alert.snoozed_until) == (Alert.State.OPEN, None)
    assert open_alerts(cast.account) == 1


def test_alerts_of_lost_accounts_and_of_rules_switched_off_are_resolved(cast):
    kept = AlertFactory(account=cast.account)
    lost = AlertFactory(account=AccountFactory(churned=True))
    off = AlertFactory(account=cast.account, snoozed=True)
    TouchFactory(account=cast.account, at=clock.now())
    AlertRule.objects.filter(pk=off.rule_id).update(active=False)
    close_pointless_alerts()
    close_pointless_alerts()
    found = {alert.pk: (alert.state, alert.acted) for alert in Alert.objects.all()}
    assert found == {
        kept.pk: (Alert.State.OPEN, False),
        lost.pk: (Alert.State.RESOLVED, False),
        off.pk: (Alert.State.RESOLVED, True),
    }
    assert open_alerts(cast.account) == 1


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_an_alert_sleeps_until_a_moment_of_the_next_90_days(cast, days):
    alert = AlertFactory(account=cast.account)
    with pytest.raises(RefusedError):
        alert_handling.snooze(by=cast.owner, alerts=[alert], until=days_ago(-days))
    alert.refresh_from_db()
    assert alert.state == Alert.State.OPEN


def test_reopening_takes_back_all_that_was_said(cast):
    alert = AlertFactory(account=cast.account)
    TouchFactory(account=cast.account, at=clock.now())
    alert_handling.acknowledge(by=cast.owner, alerts=[alert])
    alert_handling.resolve(by=cast.owner, alerts=[alert])
    alert.refresh_from_db()
    assert (alert.state, alert.resolved_by, alert.acted) == (Alert.State.RESOLVED, cast.owner, True)
    alert_handling.reopen(by=cast.owner, alerts=[alert])
    alert.refresh_from_db()
    assert (alert.state, alert.resolved_at, alert.acknowledged_by, alert.acted) == (Alert.State.OPEN, None, None, False)


def test_the_history_says_what_was_done_and_by_whom(cast):
    alert = AlertFactory(account=cast.account)
    alert_handling.acknowledge(by=cast.owner, alerts=[alert])
    alert_handling.resolve(by=cast.manager, alerts=[alert])
    assert [(one.state, one.by) for one in history_of(alert)][:2] == [
        ("Resolved", "Mona Manager"),
        ("Acknowledged", "Olga Owner"),
    ]


def test_what_was_done_before_an_alert_was_opened_is_no_action_upon_it(cast):
    alert = AlertFactory(account=cast.account, opened_at=days_ago(1))
    TouchFactory(account=cast.account, at=days_ago(2))
    alert_handling.resolve(by=cast.owner, alerts=[alert])
    alert.refresh_from_db()
    assert not alert.acted


@pytest.mark.parametrize("count", [1, 12])
def test_many_alerts_cost_as_many_queries_as_one(cast, django_assert_num_queries, count):
    alerts = [AlertFactory(account=AccountFactory(owner=cast.owner), opened_on=day(-1)) for _ in range(count)]
    with django_assert_num_queries(6):
        assert len(alert_handling.acknowledge(by=cast.owner, alerts=alerts)) == count
