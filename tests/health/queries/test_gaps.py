import datetime as dt

import numpy as np
import pytest

from health.domain.alerting import silent_sources
from health.queries.gaps import SOURCES, reporting
from tests.factories import AccountFactory, TicketFactory, UsageDayFactory, days_ago
from tests.factories import day as on_day

pytestmark = pytest.mark.django_db
USAGE, TICKETS = 0, 2


def used(account, days):
    for back in days:
        UsageDayFactory(account=account, day=on_day(-back))


def silent(*accounts, window=7, as_of=None):
    found = reporting([account.pk for account in accounts], as_of=as_of or on_day(0), window_days=window)
    return silent_sources(found.days_silent, found.days_reported, window_days=window)


def test_a_source_that_reported_daily_is_missed_after_seven_days():
    account = AccountFactory()
    used(account, range(7, 30))
    assert silent(account)[0].tolist() == [True, False, False, False]


def test_six_silent_days_are_no_gap_yet():
    account = AccountFactory()
    used(account, range(6, 30))
    assert not silent(account).any()


def test_a_source_that_reported_now_and_then_is_not_missed():
    account = AccountFactory()
    used(account, range(8, 30, 4))
    assert not silent(account).any()


def test_an_account_that_never_reported_has_no_gap():
    found = reporting([AccountFactory().pk], as_of=on_day(0), window_days=7)
    assert np.isnan(found.days_silent).all()
    assert not silent_sources(found.days_silent, found.days_reported, window_days=7).any()


def test_days_are_counted_once_and_not_rows():
    account = AccountFactory()
    for _ in range(12):
        TicketFactory(account=account, opened_at=days_ago(9))
    found = reporting([account.pk], as_of=on_day(0), window_days=7)
    assert (found.days_silent[0, TICKETS], found.days_reported[0, TICKETS]) == (9.0, 1.0)


def test_what_came_after_the_day_asked_for_is_not_seen():
    account = AccountFactory()
    used(account, [*range(1, 3), *range(20, 40)])
    assert silent(account, as_of=on_day(-10))[0, USAGE]
    assert not silent(account)[0, USAGE]


def test_rows_follow_the_accounts_asked_for():
    loud, quiet, unknown = AccountFactory(), AccountFactory(), AccountFactory()
    used(loud, range(1, 30))
    used(quiet, range(8, 30))
    assert silent(quiet, unknown, loud)[:, USAGE].tolist() == [True, False, False]
    assert silent(loud, quiet, unknown)[:, USAGE].tolist() == [False, True, False]


def test_many_accounts_cost_one_query(django_assert_num_queries):
    accounts = [AccountFactory() for _ in range(5)]
    with django_assert_num_queries(1):
        found = reporting([account.pk for account in accounts], as_of=dt.date(2026, 1, 1), window_days=7)
    assert found.days_silent.shape == (5, len(SOURCES))


def test_days_since_usage_that_are_known_are_not_looked_for():
    one, other, never = AccountFactory(), AccountFactory(), AccountFactory()
    used(one, range(9, 30))
    used(other, [1, 70])
    ids = [one.pk, other.pk, never.pk]
    found = reporting(ids, as_of=on_day(0), window_days=7)
    told = reporting(ids, as_of=on_day(0), window_days=7, days_since_usage=np.array([9.0, np.nan, np.nan]))
    assert np.array_equal(found.days_silent, told.days_silent, equal_nan=True)
    assert np.array_equal(found.days_reported, told.days_reported)
