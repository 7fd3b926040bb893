"""A source that falls silent for everybody raises no signals; one account that falls silent does. With real rows."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Account, Notification
from cs_workspace.common import clock
from health.models import Alert, ChurnSignal, MetricPoint, SegmentFigures, UsageDay
from health.services.general_gaps import find_general_gaps
from health.services.runs import start_run, work_off
from tests.cast import logged_in
from tests.factories import AccountFactory, TicketFactory, TouchFactory, UserFactory
from tests.health.making import TODAY, ago, noon

pytestmark = pytest.mark.django_db
MANY = 8


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def admin():
    return UserFactory(as_admin=True)


def used(accounts: list[Account], days: range, logins: int = 3) -> None:
    UsageDay.objects.bulk_create(
        UsageDay(account=account, day=ago(day), logins=logins, active_users=3) for account in accounts for day in days
    )


def customers(count: int = MANY) -> list[Account]:
    """Customers whom somebody spoke to this week, so that only usage can be silent."""
    accounts = AccountFactory.create_batch(count, customer_since=ago(400))
    for account in accounts:
        TouchFactory(account=account, at=noon(2), direction="in")
    return accounts


def night() -> None:
    run = start_run(dispatch=False)
    while work_off(run):
        pass


def later(days: int):
    return time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False)


def found() -> list[tuple[str, int, str]]:
    rows = ChurnSignal.objects.order_by("account", "kind").values_list("kind", "account_id", "state")
    return [row for row in rows if row[0] in ("usage_down", "silent", "ticket_silence")]


def missed() -> list[tuple[int, str]]:
    """The data-gap alerts of single accounts."""
    alerts = Alert.objects.filter(rule__trigger="data_gap").order_by("account")
    return list(alerts.values_list("account_id", "state"))


def test_silence_of_all_raises_no_signals_and_no_alerts(admin):
    used(customers(), range(15, 91))
    night()
    assert found() == []
    assert missed() == []
    assert SegmentFigures.objects.get().gaps == {
        "usage": ago(1).isoformat(), "logins": ago(1).isoformat(), "tickets": ago(1).isoformat(),
    }  # fmt: skip


def test_silence_of_one_does():
    quiet, *others = customers()
    used([quiet], range(15, 91))
    used(others, range(1, 91))
    night()
    assert found() == [("silent", quiet.pk, "open"), ("usage_down", quiet.pk, "open")]
    assert missed() == [(quiet.pk, "open")]


def test_days_without_logins_of_anybody_are_none_of_the_account():
    accounts = customers()
    used(accounts, range(15, 91))
    used(accounts, range(1, 15), logins=0)
    night()
    assert found() == []
    assert set(SegmentFigures.objects.get().gaps) == {"logins", "tickets"}


def test_a_signal_that_was_found_before_stays_until_the_source_is_back(admin):
    quiet, *others = customers()
    used([quiet], range(15, 91))
    used(others, range(1, 91))
    night()
    before = found()
    with later(40):
        night()
        assert found() == before
        assert missed() == [(quiet.pk, "open")]
    used([quiet, *others], range(-40, 1))
    with later(40):
        night()
    assert {state for *_, state in found()} == {"resolved"}
    assert missed() == [(quiet.pk, "resolved")]


def test_when_it_comes_back_the_days_without_it_are_not_held_against_anybody():
    accounts = customers()
    used(accounts, range(20, 91))
    used(accounts[1:], range(1, 3))
    night()
    assert found() == []
    assert missed() == []
    used(accounts, range(3, 20))
    night()
    assert found() == []


def test_who_stays_silent_when_the_others_are_back_is_missed_a_week_later():
    quiet, *others = customers()
    used([quiet, *others], range(20, 91))
    used(others, range(-5, 3))
    night()
    assert missed() == []
    with later(5):
        night()
    assert missed() == [(quiet.pk, "open")]


def test_what_is_silent_for_everybody_is_no_reason_of_an_alert():
    quiet, *others = customers()
    used([quiet, *others], range(15, 91))
    for day in range(15, 45):
        MetricPoint.objects.create(account=quiet, name="seats_in_use", day=ago(day), value=3)
    night()
    assert [reason["label"] for reason in Alert.objects.get(rule__trigger="data_gap").reasons] == ["Custom metrics"]


def test_the_page_says_that_use_is_missing_of_everybody(admin):
    one, *others = customers()
    unused = AccountFactory(customer_since=ago(400))
    used([one, *others], range(15, 91))
    night()
    words = "No use came from any account for days, up to 14 Mar."
    page = {
        account: logged_in(admin).get(reverse("health:account-panel", args=[account.pk])).content.decode()
        for account in (one, unused)
    }
    assert words in page[one]
    assert words not in page[unused]


def test_silence_of_the_help_desk_is_no_silence_after_a_spike():
    accounts = customers()
    for account in accounts:
        for day in (23, 24, 25, 26, 27, 60, 70, 80):
            TicketFactory(account=account, opened_at=noon(day), closed_at=noon(day - 1))
    night()
    assert found() == []
    for account in accounts[1:]:
        for day in range(2, 21, 3):
            TicketFactory(account=account, opened_at=noon(day), closed_at=noon(day - 1))
    night()
    assert found() == [("ticket_silence", accounts[0].pk, "open")]


def test_where_few_report_the_silence_of_all_is_that_of_each():
    accounts = customers(4)
    used(accounts, range(15, 91))
    night()
    assert {account for _, account, _ in found()} == {account.pk for account in accounts}


def test_admins_are_told_once_of_a_gap_that_lasts(admin):
    UserFactory(as_admin=True, is_active=False)
    used(customers(), range(6, 91))
    for days in (0, 1, 2):
        with later(days):
            night()
    told = Notification.objects.filter(key__startswith="general-gap")
    assert [(one.user, one.title) for one in told] == [(admin, "Usage: nothing from any account since 10 Mar 2026")]


def test_a_gap_that_is_over_or_that_never_began_is_not_told(admin):
    accounts = customers()
    used(accounts, range(20, 91))
    used(accounts, range(1, 10))
    assert find_general_gaps(TODAY)["usage"] == ago(10).isoformat()
    assert not Notification.objects.exists()


def test_it_takes_one_query_whatever_the_number_of_accounts(django_assert_num_queries):
    used(customers(2), range(1, 20))
    with django_assert_num_queries(1):
        find_general_gaps(TODAY)
    used(customers(12), range(1, 20))
    with django_assert_num_queries(1):
        find_general_gaps(TODAY)


def test_trials_archived_and_lost_accounts_are_not_asked():
    used(customers(), range(6, 91))
    lost = AccountFactory.create_batch(6, status="churned", churned_on=ago(50))
    trials = AccountFactory.create_batch(6, is_trial=True)
    used([*lost, *trials], range(1, 91))
    assert find_general_gaps(TODAY)["usage"] == ago(1).isoformat()
