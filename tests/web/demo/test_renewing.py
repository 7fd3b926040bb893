"""The renewals of the demo's year."""

import pytest

from accounts.models import Account, Contract, Notification, Segment, Task
from cs_workspace.common import clock
from cs_workspace.web.demo import renewing
from cs_workspace.web.demo.renewing import renew_book
from renewals.models import Renewal, StageMove
from tests.factories import AccountFactory, ContractFactory, UserFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(monkeypatch):
    """A customer who renewed 100 days ago, one who left 60 days ago, and one who is to be asked now."""
    monkeypatch.setattr(renewing, "LOOKS", (*range(182, 0, -14), 0))
    owner, smb = UserFactory(manager=UserFactory(as_manager=True)), Segment.objects.get(key="smb")
    stayed, gone, open_one = (
        AccountFactory(owner=owner, segment=smb, expected_churn="0.500", churn_basis="tier", health_rank=1)
        for _ in range(3)
    )
    ContractFactory(account=stayed, start=day(-465), end=day(-100), with_line=1_000, status="ended")
    ContractFactory(account=stayed, start=day(-100), end=day(265), with_line=1_200)
    ContractFactory(account=gone, start=day(-425), end=day(-60), with_line=1_000, status="ended")
    Account.objects.filter(pk=gone.pk).update(status="churned", churned_on=day(-60))
    ContractFactory(account=open_one, start=day(-300), end=day(65), with_line=1_000)
    return stayed, gone, open_one


def contracts_and_accounts():
    return list(Contract.objects.order_by("pk").values()), list(Account.objects.order_by("pk").values())


def test_they_open_close_and_ask_as_they_would_have_and_leave_the_book_as_it_is(book):
    def statuses():
        return [[(one["id"], one["status"]) for one in rows] for rows in contracts_and_accounts()]

    before = statuses()
    renew_book(day(0), 7, at_moment=clock.set_to, lived_whole=True)
    assert statuses() == before
    outcomes = {one.account: (one.stage == "closed", one.outcome) for one in Renewal.objects.all()}
    stayed, gone, open_one = book
    assert outcomes == {stayed: (True, "expanded"), gone: (True, "lost"), open_one: (False, "")}
    closed_on = {one.renewal.account: clock.day_of(one.at) for one in StageMove.objects.filter(after="closed")}
    assert day(-130) < closed_on[stayed] < day(-80)
    assert day(-61) < closed_on[gone] < day(-40)
    assert Task.objects.filter(status="done", account=stayed).exists()
    assert Task.objects.unfinished().filter(account=open_one).exists()
    assert not Task.objects.unfinished().exclude(account=open_one).exists()


def test_what_was_told_then_is_read_and_nothing_is_mailed(book):
    renew_book(day(0), 7, at_moment=clock.set_to, lived_whole=True)
    told = Notification.objects.filter(key__startswith="renewal:")
    assert told.filter(created_at__lt=clock.start_of(day(0))).exists()
    assert not told.filter(created_at__lt=clock.start_of(day(0)), read_at=None).exists()
    assert set(told.values_list("email_state", flat=True)) == {"none"}


def test_of_a_large_company_only_today_is_lived(book):
    renew_book(day(0), 7, at_moment=clock.set_to, lived_whole=False)
    assert [one.account for one in Renewal.objects.all()] == [book[2]]
