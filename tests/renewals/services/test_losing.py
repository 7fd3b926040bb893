"""Losing a customer from its page: what is given up is closed as lost, all at once, and comes back so."""

from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.models import Account, Contract
from cs_workspace.common.refusals import RefusedError, RepeatedError
from renewals.domain.churn import Preventable, SubReason
from renewals.domain.closing import Lost
from renewals.models import ChurnRecord, LostProduct, Renewal
from renewals.queries.ledger_check import ledger_differences
from renewals.services.churning import settle_churn
from renewals.services.closing import TermsError
from renewals.services.following import follow_contracts
from renewals.services.ledger import write_ledger
from renewals.services.losing import lose_contracts, undo_loss
from tests.factories import AccountFactory, ContractFactory, RenewalFactory, UserFactory, day
from tests.renewals.services.closings import booked

pytestmark = pytest.mark.django_db

LAST_DAY_TODAY = 0


@pytest.fixture
def account(db):
    return AccountFactory(owner=UserFactory())


def contract(account, *, begins=-200, ends=165, arr=12000, **fields):
    end = None if ends is None else day(ends)
    made = ContractFactory(account=account, start=day(begins), end=end, with_line=arr, **fields)
    write_ledger(today=day(0), account_ids=[account.pk])
    return made


def lose(account, *contracts, last_day=LAST_DAY_TODAY, **more):
    terms = Lost(SubReason.NO_RETURN, day(last_day), notes="Never used.")
    return lose_contracts(by=account.owner, account=account, contracts=contracts, lost=terms, **more)


def status_of(account):
    return Account.objects.get(pk=account.pk).status


def in_step(account):
    return ledger_differences([account.pk], today=day(1)) == []


def test_a_contract_whose_renewal_is_not_opened_yet_is_lost_with_it(account):
    one = contract(account)
    (renewal,) = lose(account, one)
    record = ChurnRecord.objects.get()
    assert (renewal.contract_id, renewal.stage, renewal.outcome) == (one.pk, "closed", "lost")
    assert Contract.objects.get(pk=one.pk).end == day(1)
    assert (record.renewal_id, record.day, record.arr_lost, record.category) == (renewal.pk, day(1), 12000, "value")
    assert status_of(account) == "active"
    settle_churn(today=day(1))
    write_ledger(today=day(1))
    record.refresh_from_db()
    assert (status_of(account), record.lost_account) == ("churned", True)
    assert booked(account)[-1] == (1, "churn", Decimal(-12000), "renewal")
    assert in_step(account)


def test_a_renewal_that_is_open_is_taken(account):
    one = contract(account, ends=30)
    opened = RenewalFactory(account=account, contract=one, current_arr=12000)
    assert [renewal.pk for renewal in lose(account, one)] == [opened.pk]
    assert Renewal.objects.count() == 1


def test_with_another_contract_the_account_stays_and_has_contracted(account):
    gone, kept = contract(account), contract(account, arr=3000)
    lose(account, gone, last_day=-1)
    record = ChurnRecord.objects.get()
    assert (status_of(account), record.lost_account, record.settled_on) == ("active", False, day(0))
    assert booked(account)[-1][:3] == (0, "contraction", Decimal(-12000))
    assert Contract.objects.get(pk=kept.pk).end == day(165)


def test_several_contracts_end_on_one_day_or_before_it_where_they_end_before_it(account):
    soon, later = contract(account, ends=10), contract(account, ends=100, arr=5000)
    lose(account, soon, later, last_day=50)
    assert list(ChurnRecord.objects.order_by("day").values_list("day", "arr_lost")) == [
        (day(10), Decimal(12000)), (day(51), Decimal(5000)),
    ]  # fmt: skip
    assert sorted(Contract.objects.values_list("end", flat=True)) == [day(10), day(51)]


def test_all_contracts_lost_at_once_are_one_lost_account(account):
    lose(account, contract(account), contract(account, arr=5000), last_day=-1)
    assert status_of(account) == "churned"
    assert list(ChurnRecord.objects.values_list("lost_account", flat=True)) == [True, True]
    assert sorted(LostProduct.objects.values_list("arr_lost", flat=True)) == [5000, 12000]


def test_a_contract_without_an_end_gets_one_and_loses_it_again_when_the_loss_is_taken_back(account):
    one = contract(account, ends=None)
    renewals = lose(account, one, last_day=20)
    assert (Contract.objects.get().end, Renewal.objects.get().due_on) == (day(21), day(21))
    undo_loss(by=account.owner, renewals=renewals)
    assert Contract.objects.get().end is None
    assert not ChurnRecord.objects.standing().exists()
    follow_contracts(today=day(0), account_ids=[account.pk])
    renewal = Renewal.objects.get()
    assert (renewal.stage, renewal.outcome, renewal.close_reason) == (
        "closed", "flat", "The contract runs on without an end.",
    )  # fmt: skip


def test_a_loss_is_taken_back_as_a_whole(account):
    one, other = contract(account), contract(account, arr=5000)
    renewals = lose(account, one, other, last_day=-1)
    undo_loss(by=account.owner, renewals=renewals)
    assert status_of(account) == "active"
    assert set(Contract.objects.values_list("end", flat=True)) == {day(165)}
    assert all(renewal.is_open for renewal in Renewal.objects.all())
    assert Account.objects.get(pk=account.pk).arr == 17000
    assert ledger_differences([account.pk], today=day(0)) == []


def test_where_one_of_them_can_not_be_taken_back_none_is(account):
    renewals = lose(account, contract(account), contract(account, arr=5000), last_day=-1)
    Contract.objects.filter(pk=renewals[1].contract_id).update(end=day(-3))
    with pytest.raises(RefusedError, match="was changed since"):
        undo_loss(by=account.owner, renewals=renewals)
    assert ChurnRecord.objects.standing().count() == 2


def test_what_somebody_judged_counts_in_place_of_the_category(account):
    terms = Lost(SubReason.NO_RETURN, day(5), preventable=Preventable.RARELY)
    lose_contracts(by=account.owner, account=account, contracts=[contract(account)], lost=terms)
    assert ChurnRecord.objects.get().preventable == "rarely"


def test_after_a_bankruptcy_nobody_is_left_to_win_back(account):
    terms = Lost(SubReason.BANKRUPTCY, day(5))
    lose_contracts(by=account.owner, account=account, contracts=[contract(account)], lost=terms)
    record = ChurnRecord.objects.get()
    assert (record.eligible, record.eligible_reason) == (False, "The company does not exist any more.")


@pytest.mark.parametrize("ends", [165, None])
def test_a_last_day_before_the_contract_began_is_refused_and_nothing_is_written(account, ends):
    one = contract(account, begins=-10, ends=ends)
    with pytest.raises(TermsError, match="began on"):
        lose(account, one, last_day=-11)
    assert Contract.objects.get().end == one.end
    assert not ChurnRecord.objects.exists()


def test_a_contract_that_was_settled_is_refused(account):
    one = contract(account, ends=30)
    RenewalFactory(
        account=account, contract=one, stage="closed", outcome="flat", closed_arr=1, closed_at="2026-01-01T00:00Z"
    )
    with pytest.raises(RefusedError, match="settled already"):
        lose(account, one)


def test_without_a_contract_nothing_is_lost(account):
    with pytest.raises(RefusedError, match="at least one"):
        lose(account)


def test_contracts_of_others_are_not_touched(account):
    other = contract(AccountFactory())
    with pytest.raises(RefusedError, match="of this account"):
        lose(account, other)
    assert Contract.objects.get().end == day(165)


def test_a_form_that_comes_twice_loses_once(account):
    one, key = contract(account), uuid4()
    lose(account, one, key=key)
    with pytest.raises(RepeatedError):
        lose(account, one, key=key)
    assert ChurnRecord.objects.count() == 1


def test_opening_a_renewal_early_gives_it_the_steps_that_are_still_to_come(account):
    one = contract(account, ends=300)
    (renewal,) = lose(account, one, last_day=0)
    undo_loss(by=account.owner, renewals=[renewal])
    opened = Renewal.objects.get()
    assert opened.due_on == day(300)
    assert opened.steps.exists()
    assert min(step.day for step in opened.steps.all()) > day(0)
