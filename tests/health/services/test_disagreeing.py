import datetime as dt

import numpy as np
import pytest
import time_machine

from accounts.models import Account
from health.models import Disagreement
from health.services.disagreeing import MONEY_SPEAKS, mark_seen, refresh_disagreements
from health.services.recompute import recompute_accounts
from tests.factories import AccountFactory, PulseFactory, UserFactory, days_ago
from tests.health.making import TODAY, contents, noon, observed_account, usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


def refresh(*accounts: Account, usage: float = np.nan, arr: float = np.nan) -> None:
    changes = [np.full(len(accounts), value) for value in (usage, arr)]
    readings = dict(zip(MONEY_SPEAKS, changes, strict=True))
    refresh_disagreements([one.pk for one in accounts], day=TODAY, readings=readings)


def kinds(account: Account) -> set[str]:
    return set(Disagreement.objects.filter(account=account).values_list("kind", flat=True))


def test_a_recompute_finds_a_healthy_account_whose_usage_falls_and_forgets_it_when_it_is_no_customer():
    one = observed_account(1.0)
    usage(one, range(30), active_users=4)
    usage(one, range(30, 60), active_users=40)
    recompute_accounts([one.pk], day=TODAY)
    one.refresh_from_db()
    found = Disagreement.objects.get(account=one)
    assert (found.kind, found.since, found.rank, one.health_rank) == ("healthy_usage", TODAY, 1, 1)
    assert found.usage_change < -0.1
    before = contents(Disagreement)
    recompute_accounts([one.pk], day=TODAY)
    assert contents(Disagreement) == before
    Account.objects.filter(pk=one.pk).update(is_trial=True)
    recompute_accounts([one.pk], day=TODAY)
    assert kinds(one) == set()


def test_a_day_of_the_past_says_nothing_of_now():
    one = observed_account(1.0)
    usage(one, range(30, 60), active_users=40)
    recompute_accounts([one.pk], day=TODAY - dt.timedelta(days=1))
    assert kinds(one) == set()


def test_what_no_longer_disagrees_goes_and_what_stays_keeps_its_day():
    one = AccountFactory(healthy=True)
    refresh(one, usage=-0.2, arr=-0.3)
    Disagreement.objects.update(since=TODAY - dt.timedelta(days=9))
    refresh(one, usage=-0.25)
    found = Disagreement.objects.get()
    assert (found.kind, found.since) == ("healthy_usage", TODAY - dt.timedelta(days=9))
    assert found.usage_change == pytest.approx(-0.25)


def test_a_stale_pulse_and_one_under_another_owner_do_not_speak():
    one = AccountFactory(healthy=True, owner=UserFactory())
    pulse = PulseFactory(account=one, value=0)
    refresh(one)
    assert kinds(one) == {"pulse_below"}
    pulse.at = days_ago(45)
    pulse.save()
    refresh(one)
    assert kinds(one) == set()
    pulse.at, pulse.owner = days_ago(1), UserFactory()
    pulse.save()
    refresh(one)
    assert kinds(one) == set()


def test_what_was_agreed_to_comes_back_when_something_changes():
    owner = UserFactory()
    one = AccountFactory(healthy=True, owner=owner)

    def is_seen() -> bool:
        return Disagreement.objects.get().seen_at is not None

    refresh(one, usage=-0.2)
    assert mark_seen(by=owner, account_ids=[one.pk]) == 1
    assert mark_seen(by=owner, account_ids=[one.pk]) == 0
    refresh(one, usage=-0.28)
    assert is_seen()
    refresh(one, usage=-0.31)
    assert not is_seen()
    mark_seen(by=owner, account_ids=[one.pk])
    PulseFactory(account=one, value=3)
    refresh(one, usage=-0.31)
    assert not is_seen()
    mark_seen(by=owner, account_ids=[one.pk])
    assert mark_seen(by=owner, account_ids=[one.pk], seen=False) == 1
    assert not is_seen()


def test_only_those_who_see_the_account_can_agree():
    one = AccountFactory(healthy=True, owner=UserFactory())
    refresh(one, usage=-0.2)
    assert mark_seen(by=UserFactory(), account_ids=[one.pk]) == 0


@pytest.mark.parametrize("count", [1, 20])
def test_it_takes_two_statements_for_any_number(django_assert_num_queries, count):
    accounts = [AccountFactory(healthy=True) for _ in range(count)]
    with django_assert_num_queries(2):
        refresh(*accounts, usage=-0.2)
    assert Disagreement.objects.count() == count
