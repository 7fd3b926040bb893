import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from accounts.models import Notification, Task, User
from cs_workspace.common import clock
from health.models import Alert, AlertRule
from health.services import alert_handling
from health.services.alerting import raise_alerts
from tests.factories import AccountFactory, TouchFactory, UsageDayFactory, UserFactory, day
from tests.health.services.alerts import change, moved, state

pytestmark = pytest.mark.django_db

TRIGGERS = {
    "score-drop": (state(70, highest=70), state(54, highest=70)),
    "enters-at-risk": (65, 55),
    "enters-critical": (55, 35),
    "declining": (state(70, declining=False), state(69, declining=True)),
    "score-under": (55, 39),
    "data-gap": (state(70), state(70, silent=1)),
}


def keys():
    return sorted(Alert.objects.values_list("rule__key", flat=True))


def told():
    return sorted(Notification.objects.values_list("user__name", flat=True))


def only(*rules: str) -> None:
    AlertRule.objects.exclude(key__in=rules).update(active=False)


@pytest.mark.parametrize("rule", TRIGGERS)
def test_each_trigger_opens_its_alert(cast, rule):
    only(rule)
    assert moved(cast.account, *TRIGGERS[rule]) == 1
    assert keys() == [rule]


@pytest.mark.parametrize("rule", TRIGGERS)
def test_the_same_again_opens_nothing_tells_nobody_and_makes_no_task(cast, rule):
    only(rule)
    moved(cast.account, *TRIGGERS[rule])
    before = (keys(), told(), Task.objects.count())
    assert moved(cast.account, *TRIGGERS[rule]) == 0
    assert moved(cast.account, TRIGGERS[rule][1], TRIGGERS[rule][1]) == 0
    assert (keys(), told(), Task.objects.count()) == before


@pytest.mark.parametrize(
    ("rule", "people"),
    {
        "score-drop": ["Olga Owner"],
        "enters-at-risk": ["Mona Manager", "Olga Owner"],
        "enters-critical": ["Edda Executive", "Mona Manager", "Olga Owner"],
        "declining": ["Olga Owner"],
        "score-under": [],
        "data-gap": ["Aki Admin", "Olga Owner"],
    }.items(),
)
def test_each_rule_tells_those_whom_it_names(cast, rule, people):
    only(rule)
    moved(cast.account, *TRIGGERS[rule])
    assert told() == people


def test_the_manager_is_the_next_above_who_leads_and_works_here(cast):
    only("enters-at-risk")
    lead = UserFactory(name="Lena Lead", manager=cast.manager)
    gone = UserFactory(name="Gerd Gone", as_manager=True, is_active=False, manager=lead)
    User.objects.filter(pk=cast.owner.pk).update(manager=gone)
    moved(cast.account, 65, 55)
    assert told() == ["Mona Manager", "Olga Owner"]


def test_without_an_executive_above_all_executives_are_told(cast):
    only("enters-critical")
    User.objects.filter(pk=cast.manager.pk).update(manager=None)
    UserFactory(name="Zoe Executive", as_executive=True)
    moved(cast.account, 55, 35)
    assert told() == ["Edda Executive", "Mona Manager", "Olga Owner", "Zoe Executive"]


def test_of_an_account_without_owner_the_admins_are_told(cast):
    only("score-drop")
    moved(AccountFactory(), *TRIGGERS["score-drop"])
    assert told() == ["Aki Admin"]


def test_who_left_is_told_nothing_and_the_admins_are(cast):
    only("score-drop")
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    moved(cast.account, *TRIGGERS["score-drop"])
    assert told() == ["Aki Admin"]


def test_an_alert_says_what_changed_why_and_what_to_do(cast):
    only("enters-critical")
    moved(cast.account, 55, 34.04)
    alert = Alert.objects.get()
    assert (alert.title, alert.next_action) == (
        "Entered Critical at 34.0, from 55.0",
        "Escalate today and hold a save call within 24 hours.",
    )
    assert alert.reasons == [
        {"label": "Usage trend", "detail": "usage −38 %", "points": -9.4},
        {"label": "Tickets", "detail": "11 tickets in 90 days", "points": -4.1},
    ]
    assert (alert.score_before, alert.score_after) == (Decimal("55.0"), Decimal("34.0"))
    assert alert.worst_score == Decimal("34.0")
    message = Notification.objects.get(user=cast.owner)
    assert message.title == "Halden Logistics: Entered Critical at 34.0, from 55.0"
    assert message.body == (
        "Usage trend: usage −38 % (−9.4 points)\nTickets: 11 tickets in 90 days (−4.1 points)\n\n"
        "Next: Escalate today and hold a save call within 24 hours."
    )
    assert message.url == f"/alerts/{alert.pk}/"


def test_a_gap_names_the_silent_source_and_says_nothing_of_health(cast):
    only("data-gap")
    for back in range(9, 39):
        UsageDayFactory(account=cast.account, day=day(-back))
    moved(cast.account, state(70), state(70, silent=1))
    alert = Alert.objects.get()
    assert alert.title == "A source is silent for 7 days: a gap in the data, not a change of health"
    assert alert.reasons == [
        {"label": "Usage", "detail": "nothing for 9 days, before that on 28 of 28 days", "points": None}
    ]


@time_machine.travel("2026-03-15 09:00Z", tick=False)
def test_critical_makes_one_task_for_the_csm_due_within_24_hours(cast):
    only("enters-critical")
    moved(cast.account, 55, 34)
    moved(cast.account, 55, 34)
    task = Task.objects.get()
    assert (task.title, task.origin, task.priority, task.account) == (
        "Hold a save call", Task.Origin.ALERT, Task.Priority.URGENT, cast.account,
    )  # fmt: skip
    assert task.due_at == dt.datetime(2026, 3, 16, 9, tzinfo=dt.UTC)
    assert list(task.assignees.all()) == [cast.owner]
    assert Alert.objects.get().task == task


def test_critical_alerts_go_out_at_once_and_others_with_the_digest(cast):
    only("enters-critical", "score-under")
    AlertRule.objects.filter(key="score-under").update(to_csm=True)
    moved(cast.account, 55, 34)
    states = dict(Notification.objects.filter(user=cast.owner).values_list("severity", "email_state"))
    assert states == {1: Notification.Email.PENDING, 2: Notification.Email.DIGEST}


def test_the_count_on_the_account_is_that_of_open_alerts(cast):
    moved(cast.account, 65, 35)
    cast.account.refresh_from_db()
    assert cast.account.open_alerts == Alert.objects.count() == 2
    alert_handling.acknowledge(by=cast.owner, alerts=Alert.objects.all()[:1])
    cast.account.refresh_from_db()
    assert cast.account.open_alerts == 1


def test_leaving_a_tier_needs_two_points_more_than_its_bound(cast):
    only("enters-at-risk")
    moved(cast.account, 65, 55)
    moved(cast.account, 55, 61.9)
    assert Alert.objects.get().state == Alert.State.OPEN
    moved(cast.account, 61.9, 62)
    alert = Alert.objects.get()
    assert (alert.state, alert.resolved_by, alert.resolved_at is not None) == (Alert.State.RESOLVED, None, True)
    cast.account.refresh_from_db()
    assert cast.account.open_alerts == 0


@pytest.mark.parametrize(("days", "alerts", "reopened"), [(6, 1, 1), (8, 2, 0)])
def test_coming_back_within_seven_days_reopens_the_old_alert(cast, days, alerts, reopened):
    only("enters-at-risk")
    start = dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        moved(cast.account, 65, 55)
        moved(cast.account, 55, 70)
    with time_machine.travel(start + dt.timedelta(days=days), tick=False):
        assert moved(cast.account, 70, 52) == 1
        newest = Alert.objects.latest("pk")
        assert (Alert.objects.count(), newest.reopened) == (alerts, reopened)
        assert (newest.state, newest.opened_at, newest.opened_on) == (Alert.State.OPEN, clock.now(), clock.today())
        assert newest.title == "Entered At-Risk at 52.0, from 70.0"
    assert told() == ["Mona Manager"] * 2 + ["Olga Owner"] * 2


def test_a_reopened_alert_makes_a_task_only_where_the_old_one_is_finished(cast):
    only("enters-critical")
    moved(cast.account, 55, 34)
    moved(cast.account, 34, 50)
    moved(cast.account, 50, 33)
    assert Task.objects.count() == 1
    Task.objects.update(status=Task.Status.DONE, done_at=clock.now())
    moved(cast.account, 33, 50)
    moved(cast.account, 50, 33)
    assert Task.objects.count() == 2
    assert Alert.objects.get().task == Task.objects.get(status=Task.Status.OPEN)


def test_an_acknowledged_alert_is_quiet_until_it_worsens(cast):
    only("enters-at-risk")
    moved(cast.account, 65, 55)
    alert_handling.acknowledge(by=cast.owner, alerts=Alert.objects.all())
    Notification.objects.all().delete()
    moved(cast.account, 55, 51)
    assert (Alert.objects.get().state, told()) == (Alert.State.ACKNOWLEDGED, [])
    moved(cast.account, 51, 50)
    alert = Alert.objects.get()
    assert (alert.state, alert.acknowledged_at, alert.worst_score) == (Alert.State.OPEN, None, Decimal("50.0"))
    assert told() == ["Mona Manager", "Olga Owner"]
    alert_handling.acknowledge(by=cast.owner, alerts=[alert])
    moved(cast.account, 50, 44)
    assert told() == ["Mona Manager"] * 2 + ["Olga Owner"] * 2


def test_an_open_alert_that_worsens_is_brought_up_to_date_quietly(cast):
    only("enters-at-risk")
    moved(cast.account, 65, 55)
    moved(cast.account, 55, 45)
    assert (Alert.objects.get().score_after, told()) == (Decimal("45.0"), ["Mona Manager", "Olga Owner"])


def test_a_snoozed_alert_sleeps_while_it_worsens_and_is_resolved_if_its_cause_goes(cast):
    only("enters-at-risk")
    moved(cast.account, 65, 55)
    alert_handling.snooze(by=cast.owner, alerts=Alert.objects.all(), until=clock.now() + dt.timedelta(days=3))
    moved(cast.account, 55, 41)
    assert Alert.objects.get().state == Alert.State.SNOOZED
    moved(cast.account, 41, 70)
    alert = Alert.objects.get()
    assert (alert.state, alert.snoozed_until) == (Alert.State.RESOLVED, None)


def test_an_alert_closed_by_hand_stays_closed_while_its_cause_stands(cast):
    only("enters-at-risk")
    moved(cast.account, 65, 55)
    alert_handling.resolve(by=cast.owner, alerts=Alert.objects.all())
    assert moved(cast.account, 55, 54) == 0
    assert Alert.objects.get().state == Alert.State.RESOLVED


def test_what_followed_while_it_was_open_counts_as_an_action(cast):
    only("enters-at-risk")
    other = AccountFactory(owner=cast.owner)
    moved(cast.account, 65, 55)
    moved(other, 65, 55)
    TouchFactory(account=cast.account, at=clock.now())
    moved(cast.account, 55, 70)
    moved(other, 55, 70)
    assert dict(Alert.objects.values_list("account", "acted")) == {cast.account.pk: True, other.pk: False}


def test_without_rules_or_changes_nothing_is_done(cast, django_assert_num_queries):
    with django_assert_num_queries(3):  # the rules, inside a savepoint
        assert raise_alerts([], as_of=clock.today(), at=clock.now()) == 0
    changes = [change(cast.account, 65, 35)]
    AlertRule.objects.update(active=False)
    assert raise_alerts(changes, as_of=clock.today(), at=clock.now()) == 0


@pytest.mark.parametrize("count", [1, 20])
def test_a_chunk_costs_the_same_number_of_queries_however_many_accounts(cast, django_assert_num_queries, count):
    accounts = [AccountFactory(owner=cast.owner) for _ in range(count)]
    changes = [change(account, 65, state(35, highest=65, silent=1, declining=True)) for account in accounts]
    with django_assert_num_queries(16):  # two of them say to playbooks that it dropped
        assert raise_alerts(changes, as_of=clock.today(), at=clock.now()) == 5 * count


@pytest.mark.django_db(transaction=True)
def test_two_recomputes_at_once_raise_one_alert_one_task_and_one_message_each():
    owner = UserFactory()
    account = AccountFactory(owner=owner)
    only("enters-critical")
    changes = [change(account, 55, 34)]
    barrier, raised = threading.Barrier(2), []

    def recompute():
        try:
            barrier.wait(timeout=10)
            raised.append(raise_alerts(changes, as_of=clock.today(), at=clock.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=recompute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(raised) == [0, 1]
    assert (Alert.objects.count(), Task.objects.count(), Notification.objects.filter(user=owner).count()) == (1, 1, 1)
