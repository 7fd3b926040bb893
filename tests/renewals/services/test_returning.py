"""A lost customer signs again: account, ledger, onboarding, guarantee and campaign at once; and taken back."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from accounts.models import Account, Contract, Enrolment, Mail, Notification, Onboarding, Task
from accounts.services.onboarding_templates import install_onboarding_templates
from accounts.services.segments import install_segments
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError
from renewals.models import AccountReturn
from renewals.services.closing import TermsError
from renewals.services.ledger import check_ledger, write_ledger
from renewals.services.returning import undo_win_back, win_back
from tests.factories import InvoiceFactory, day
from tests.renewals.services.closings import booked
from tests.renewals.win_backs import lost_account, signed, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(cast):
    """Lost eight days ago, in a campaign that has written its first e-mail; its segment is onboarded by a template."""
    install_segments()
    install_onboarding_templates()
    account = lost_account(cast.owner, ago=8)
    started(cast.manager, account)
    return account


def test_a_customer_comes_back_with_everything_that_belongs_to_it(cast, lost):
    back = win_back(by=cast.owner, account=lost, terms=signed())
    lost.refresh_from_db()
    assert (lost.status, lost.stage, lost.churned_on) == ("active", "won_back", day(-8))
    assert (lost.arr, lost.renewal_date) == (Decimal(18000), day(365))
    assert booked(lost) == [
        (-373, "new", Decimal(24000), "contract"),
        (-8, "churn", Decimal(-24000), "contract"),
        (0, "reactivation", Decimal(18000), "contract"),
    ]
    assert check_ledger(today=day(0)) == []
    assert (back.arr, back.arr_lost, back.lost_on, back.guarantee_until) == (18000, 24000, day(-8), day(30))
    target = back.target
    assert (target.state, target.ended_on, target.ended_by) == ("won", day(0), cast.owner)
    assert Enrolment.objects.get().stopped_because == "goal"
    assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled"}
    onboarding = Onboarding.objects.get(account=lost)
    assert (onboarding.kind, onboarding.started_on) == ("won_back", day(0))
    tasks = Task.objects.filter(origin_key__startswith=f"win_back:{back.pk}:").order_by("due_at")
    assert [clock.day_of(task.due_at) for task in tasks] == [day(15), day(30)]
    assert [list(task.assignees.all()) for task in tasks] == [[cast.owner]] * 2
    assert set(Notification.objects.filter(key__startswith="win_back:").values_list("user", flat=True)) >= {
        cast.manager.pk
    }


def test_a_contract_that_begins_later_is_booked_on_its_day(cast, lost):
    win_back(by=cast.owner, account=lost, terms=signed(start=day(20)))
    lost.refresh_from_db()
    assert (lost.status, lost.arr) == ("active", 0)
    assert [kind for _, kind, *_ in booked(lost)] == ["new", "churn"]
    write_ledger(today=day(20), account_ids=[lost.pk])
    assert booked(lost)[-1] == (20, "reactivation", Decimal(18000), "contract")


def test_who_was_in_no_campaign_comes_back_as_well(cast):
    account = lost_account(cast.owner)
    assert win_back(by=cast.owner, account=account, terms=signed()).target is None


def test_terms_that_do_not_hold_change_nothing(cast, lost):
    with pytest.raises(TermsError) as refused:
        win_back(by=cast.owner, account=lost, terms=signed(start=day(-8)))
    assert [problem.field for problem in refused.value.problems] == ["start"]
    with pytest.raises(TermsError) as refused:
        win_back(by=cast.owner, account=lost, terms=signed(currency="QQQ"))
    assert [problem.field for problem in refused.value.problems] == ["currency"]
    assert not AccountReturn.objects.exists()
    assert Account.objects.get(pk=lost.pk).status == "churned"


def test_a_customer_comes_back_once(cast, lost):
    key = "5f0f3c1e-3d1c-4a53-9f6c-222222222222"
    win_back(by=cast.owner, account=lost, terms=signed(), key=key)
    with pytest.raises(RepeatedError):
        win_back(by=cast.owner, account=lost, terms=signed(), key=key)
    with pytest.raises(RefusedError, match="is a customer already"):
        win_back(by=cast.owner, account=lost, terms=signed())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_it_at_once_one_does(cast):
    account = lost_account(cast.owner)
    terms = signed()

    def enter(_number: int) -> bool:
        try:
            win_back(by=cast.owner, account=account, terms=terms)
        except RefusedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, range(2))) == [False, True]
    assert Contract.objects.filter(account=account).count() == 2


def test_a_return_is_taken_back_as_a_whole(cast, lost):
    back = win_back(by=cast.owner, account=lost, terms=signed())
    undo_win_back(by=cast.owner, account=lost)
    lost.refresh_from_db()
    assert (lost.status, lost.stage, lost.churned_on, lost.arr) == ("churned", "churned", day(-8), Decimal(24000))
    assert [(kind, amount) for _, kind, amount, _ in booked(lost)[2:]] == [
        ("reactivation", Decimal(18000)), ("correction", Decimal(-18000)),
    ]  # fmt: skip
    assert check_ledger(today=day(0)) == []
    back.refresh_from_db()
    assert (back.taken_back_by, back.target.state, back.target.ended_on) == (cast.owner, "running", None)
    assert (back.contract.status, back.contract.end) == ("cancelled", back.contract.start)
    assert Onboarding.objects.get(account=lost).state == "cancelled"
    assert not Task.objects.unfinished().filter(account=lost, origin_key__startswith="win_back:").exists()
    with pytest.raises(RefusedError, match="none can be taken back"):
        undo_win_back(by=cast.owner, account=lost)


def test_after_a_return_that_was_taken_back_the_customer_can_come_back_again(cast, lost):
    win_back(by=cast.owner, account=lost, terms=signed())
    undo_win_back(by=cast.owner, account=lost)
    win_back(by=cast.owner, account=lost, terms=signed(arr=20000))
    lost.refresh_from_db()
    assert (lost.status, lost.arr) == ("active", Decimal(20000))
    assert Onboarding.objects.get(account=lost).state == "running"
    assert AccountReturn.objects.standing().count() == 1
    assert check_ledger(today=day(0)) == []


def test_what_was_built_upon_stays(cast, lost):
    back = win_back(by=cast.owner, account=lost, terms=signed())
    invoice = InvoiceFactory(account=lost, contract=back.contract)
    with pytest.raises(RefusedError, match="invoice"):
        undo_win_back(by=cast.owner, account=lost)
    invoice.delete()
    back.contract.number = "A-1"
    back.contract.save()
    with pytest.raises(RefusedError, match="changed since"):
        undo_win_back(by=cast.owner, account=lost)


def test_after_a_day_it_stays(cast, lost):
    win_back(by=cast.owner, account=lost, terms=signed())
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)), pytest.raises(RefusedError, match="a day ago"):
        undo_win_back(by=cast.owner, account=lost)
