"""What is written down of losses afterwards: why the ledger tells one, lessons, exit interviews; and the ways back."""

from decimal import Decimal
from uuid import uuid4

import pytest

from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from renewals.domain.churn import Preventable, SubReason, Why
from renewals.models import ChurnRecord, ExitInterview
from renewals.services.churn_records import (
    edit_record,
    note_loss,
    take_back_interview,
    take_back_record,
    withdraw_note,
    write_interview,
)
from renewals.services.churning import settle_churn
from renewals.services.ledger import write_ledger
from tests.factories import (
    AccountFactory,
    ChurnRecordFactory,
    ContactFactory,
    ContractFactory,
    ContractLineFactory,
    UserFactory,
    day,
)
from tests.renewals.services.closings import close, lost, signed, to_close

pytestmark = pytest.mark.django_db

WHY = Why(SubReason.BUGS, notes="It stopped twice.")


@pytest.fixture
def account(db):
    return AccountFactory(owner=UserFactory())


@pytest.fixture
def left(account):
    """An account with two products that left forty days ago; the ledger knows it, and nobody has said why."""
    contract = ContractFactory(account=account, start=day(-400), end=day(-40), with_line=9000)
    ContractLineFactory(contract=contract, arr=1000)
    write_ledger(today=day(0))
    account.status, account.stage, account.churned_on = "churned", "churned", day(-40)
    account.save()
    return account


def told(account, on=-40, why=WHY, **more):
    return note_loss(by=account.owner, account=account, day=day(on), why=why, **more)


# Losses that the ledger tells


def test_what_was_lost_is_what_the_ledger_says(left):
    record = told(left)
    assert (record.day, record.arr_lost, record.lost_account, record.renewal_id) == (day(-40), 10000, True, None)
    assert (record.category, record.preventable, record.notes) == ("product", "partly", "It stopped twice.")
    assert list(record.products.values_list("arr_lost", flat=True)) == [9000, 1000]


def test_a_contraction_is_told_as_one(account):
    contract = ContractFactory(account=account, start=day(-400), end=day(200), with_line=9000)
    other = ContractFactory(account=account, start=day(-400), end=day(-40), with_line=1000)
    assert contract.pk != other.pk
    write_ledger(today=day(0))
    record = told(account)
    assert (record.arr_lost, record.lost_account) == (1000, False)


@pytest.mark.parametrize("on", [-400, -41, 0])
def test_a_day_without_a_loss_is_refused(left, on):
    with pytest.raises(RefusedError, match="tells no loss"):
        told(left, on)


def test_a_loss_is_written_down_once(left):
    told(left)
    with pytest.raises(RefusedError, match="written down already"):
        told(left)


def test_the_loss_of_a_renewal_is_not_told_a_second_time(account):
    renewal = to_close(account, ends_in=-3)
    close(renewal, lost(renewal))
    with pytest.raises(RefusedError, match="written down already"):
        told(account, -3)


def test_a_form_that_comes_twice_tells_once(left):
    key = uuid4()
    told(left, key=key)
    with pytest.raises(RepeatedError):
        told(left, key=key)


def test_what_was_told_is_taken_back_and_can_be_told_anew(left):
    record = told(left)
    for _ in range(2):
        withdraw_note(by=left.owner, record=record)
    record.refresh_from_db()
    assert (record.withdrawn_by, record.version) == (left.owner, 2)
    left.refresh_from_db()
    assert left.status == "churned"
    assert told(left).pk != record.pk


def test_the_record_of_a_renewal_goes_with_its_closing_alone(account):
    renewal = to_close(account)
    close(renewal, lost(renewal))
    with pytest.raises(RefusedError, match="closing of a renewal"):
        withdraw_note(by=account.owner, record=ChurnRecord.objects.get())


def test_what_is_told_afterwards_is_settled(left):
    told(left)
    assert settle_churn(today=day(0)) == 0
    assert ChurnRecord.objects.get().stage_before == ""


# What is said of a record


def edited(record, by, **fields):
    return edit_record(by=by, record=record, fields=fields)


def test_another_reason_brings_its_category(left):
    record = edited(told(left), left.owner, sub_reason="pivot", preventable="yes", lessons="Ask sooner.")
    record.refresh_from_db()
    assert (record.category, record.sub_reason, record.preventable, record.lessons) == (
        "strategic", "pivot", "yes", "Ask sooner.",
    )  # fmt: skip


def test_a_change_is_taken_back_as_it_was(left):
    record = edited(told(left), left.owner, sub_reason="pivot")
    back = take_back_record(by=left.owner, record=record, version=record.version)
    assert (back.category, back.sub_reason) == ("product", "bugs")


def test_a_second_writer_is_told(left):
    record = told(left)
    edit_record(by=left.owner, record=record, fields={"notes": "One"}, version=1)
    with pytest.raises(StaleError):
        edit_record(by=left.owner, record=record, fields={"notes": "Two"}, version=1)


def test_not_worth_winning_back_needs_a_reason(left):
    record = told(left)
    with pytest.raises(RefusedError, match="Say why"):
        edited(record, left.owner, eligible=False, eligible_reason=" ")
    assert edited(record, left.owner, eligible=False, eligible_reason="Never pays.").eligible is False


@pytest.mark.parametrize("act", ["edit", "interview"])
def test_a_record_that_was_taken_back_stays_as_it_is(account, act):
    record = ChurnRecordFactory(account=account, withdrawn_at=clock.now())
    with pytest.raises(RefusedError, match="taken back"):
        edited(record, account.owner, notes="x") if act == "edit" else held(record)


# Exit interviews


def held(record, *, version=None, key=None, **fields):
    given = {
        "held_on": day(-1), "by": record.account.owner, "contacts": [], "others": "",
        "answers": [("Why?", "Too slow."), ("When?", "")],
    } | fields  # fmt: skip
    return write_interview(by=record.account.owner, record=record, fields=given, version=version, key=key)


@pytest.fixture
def record(account):
    return ChurnRecordFactory(account=account)


def test_an_interview_keeps_who_was_asked_and_what_was_answered_in_order(record):
    person = ContactFactory(account=record.account)
    interview = held(record, contacts=[person], others="Their lawyer")
    interview.refresh_from_db()
    assert interview.answers == [{"question": "Why?", "answer": "Too slow."}, {"question": "When?", "answer": ""}]
    assert (list(interview.contacts.all()), interview.others, interview.by) == (
        [person], "Their lawyer", record.account.owner,
    )  # fmt: skip


def test_it_is_changed_later_and_the_change_taken_back_with_who_answered(record):
    person = ContactFactory(account=record.account)
    held(record, contacts=[person])
    changed = held(record, version=1, answers=[("Why?", "Too dear.")], contacts=[])
    assert (changed.pk, changed.version) == (ExitInterview.objects.get().pk, 2)
    back = take_back_interview(by=record.account.owner, interview=changed, version=2)
    assert back.answers[0]["answer"] == "Too slow."
    assert list(back.contacts.all()) == [person]


def test_the_first_version_taken_back_is_no_interview(record):
    interview = held(record)
    assert take_back_interview(by=record.account.owner, interview=interview, version=1) is None
    assert not ExitInterview.objects.exists()


def test_the_first_version_is_not_taken_back_over_a_later_one(record):
    interview = held(record)
    held(record, version=1)
    with pytest.raises(StaleError):
        take_back_interview(by=record.account.owner, interview=interview, version=1)


def test_a_second_writer_of_an_interview_is_told(record):
    held(record)
    held(record, version=1)
    with pytest.raises(StaleError):
        held(record, version=1)


def test_two_who_begin_one_interview_the_second_is_told(record):
    held(record, key=uuid4())
    with pytest.raises(StaleError):
        held(record, version=0, key=uuid4())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"answers": []}, "at least one answer"),
        ({"answers": [("Why?", " ")]}, "at least one answer"),
        ({"answers": [(f"{number}?", "Yes") for number in range(13)]}, "12 questions"),
        ({"held_on": day(1)}, "still to come"),
    ],
)
def test_what_makes_no_interview_is_refused(record, fields, why):
    with pytest.raises(RefusedError, match=why):
        held(record, **fields)
    assert not ExitInterview.objects.exists()


def test_people_of_other_accounts_answer_nothing_here(record):
    with pytest.raises(RefusedError, match="of this account"):
        held(record, contacts=[ContactFactory()])


# With the closing of a renewal


def test_a_renewal_that_goes_on_smaller_gets_a_record_where_it_is_said_why(account):
    renewal = to_close(account)
    close(renewal, signed(renewal, arr=20000, less_reason=SubReason.BUDGET_CUT, reason="Hiring freeze."))
    record = ChurnRecord.objects.get()
    assert (record.day, record.arr_lost, record.category, record.notes) == (
        day(30),
        4000,
        "financial",
        "Hiring freeze.",
    )
    assert list(record.products.values_list("arr_lost", flat=True)) == [Decimal(4000)]
    settle_churn(today=day(30))
    account.refresh_from_db()
    record.refresh_from_db()
    assert (account.status, record.lost_account) == ("active", False)


def test_judged_otherwise_than_its_category_it_says_so(account):
    renewal = to_close(account)
    close(renewal, lost(renewal, preventable=Preventable.YES))
    assert ChurnRecord.objects.get().preventable == "yes"
