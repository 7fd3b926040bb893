"""Accounts are lost with their last contract, on its day and not before, once."""

import pytest

from accounts.models import Account
from cs_workspace.common import clock
from renewals.models import ChurnRecord
from renewals.services.churning import settle_churn
from renewals.tasks import settle_churn as task
from tests.factories import AccountFactory, ContractFactory, UserFactory, day
from tests.renewals.services.closings import close, lost, to_close, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db):
    return AccountFactory(owner=UserFactory())


@pytest.fixture
def record(account):
    renewal = to_close(account, ends_in=5)
    close(renewal, lost(renewal))
    return ChurnRecord.objects.get()


def status_of(account):
    return Account.objects.get(pk=account.pk).status


def test_an_account_is_lost_on_the_day_of_its_record_once(account, record):
    assert (settle_churn(today=day(4)), status_of(account)) == (0, "active")
    assert (settle_churn(today=day(5)), status_of(account)) == (1, "churned")
    assert settle_churn(today=day(5)) == 0
    record.refresh_from_db()
    assert (record.settled_on, record.stage_before) == (day(5), "established")


def test_a_night_that_was_missed_is_made_up_for_with_the_day_of_the_loss(account, record):
    assert settle_churn(today=day(9)) == 1
    assert Account.objects.get(pk=account.pk).churned_on == day(5)


@pytest.mark.parametrize("starts", [-100, 5, 60])
def test_an_account_with_another_contract_stays_also_where_that_is_still_to_begin(account, record, starts):
    ContractFactory(account=account, start=day(starts), end=day(400))
    assert (settle_churn(today=day(5)), status_of(account)) == (0, "active")
    record.refresh_from_db()
    assert (record.settled_on, record.stage_before) == (day(5), "")


def test_a_contract_that_was_cancelled_keeps_nobody(account, record):
    ContractFactory(account=account, start=day(5), end=day(400), status="cancelled")
    assert settle_churn(today=day(5)) == 1


def test_a_record_that_was_withdrawn_loses_nobody(account, record):
    ChurnRecord.objects.update(withdrawn_at=clock.now())
    assert (settle_churn(today=day(5)), status_of(account)) == (0, "active")


def test_who_comes_back_is_not_lost_again_by_an_old_record(account, record):
    settle_churn(today=day(5))
    Account.objects.update(status="active", stage="won_back")
    assert (settle_churn(today=day(6)), status_of(account)) == (0, "active")


@pytest.mark.parametrize("more", [0, 4])
def test_as_many_statements_for_many_accounts_as_for_one(record, more, django_assert_num_queries):
    for _ in range(more):
        renewal = to_close(AccountFactory(owner=UserFactory()), ends_in=5)
        close(renewal, lost(renewal))
    with django_assert_num_queries(14):
        assert settle_churn(today=day(5)) == 1 + more


def test_the_task_may_run_twice(record):
    task()
    task()
    assert ChurnRecord.objects.get().settled_on is None


def test_all_contracts_that_were_left_on_the_day_were_lost_with_the_account(account):
    for days in (3, 5, 5):
        renewal = to_close(account, ends_in=days)
        close(renewal, lost(renewal))
    assert settle_churn(today=day(3)) == 0
    assert settle_churn(today=day(5)) == 1
    assert sorted(ChurnRecord.objects.values_list("day", "lost_account")) == [
        (day(3), False), (day(5), True), (day(5), True),
    ]  # fmt: skip


def test_who_was_lost_by_another_system_on_the_same_day_was_lost_with_the_record(account, record):
    Account.objects.update(status="churned", stage="churned", churned_on=day(5))
    assert settle_churn(today=day(6)) == 0
    record.refresh_from_db()
    assert (record.lost_account, record.stage_before) == (True, "")


def test_an_account_that_gets_one_of_its_contracts_back_has_contracted_by_the_others(account):
    renewals = [to_close(account, ends_in=-1) for _ in range(2)]
    for renewal in renewals:
        close(renewal, lost(renewal))
    assert status_of(account) == "churned"
    undo(renewals[0])
    assert status_of(account) == "active"
    other = ChurnRecord.objects.get(renewal=renewals[1])
    assert (other.lost_account, other.stage_before, other.withdrawn_at) == (False, "", None)
