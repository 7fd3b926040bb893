"""Closing a renewal writes all that follows from it at once, and can be taken back as a whole within a day."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Account, Contract, ContractLine, Task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from renewals.models import ChurnRecord, Closing, Renewal, StageMove
from renewals.queries.ledger_check import ledger_differences
from renewals.services.churning import settle_churn
from renewals.services.closing import TermsError
from renewals.services.ledger import write_ledger
from tests.factories import (
    AccountFactory,
    ContractFactory,
    ContractLineFactory,
    ExchangeRateFactory,
    InvoiceFactory,
    RenewalFactory,
    UserFactory,
    day,
)
from tests.renewals.services.closings import booked, close, lost, signed, step_of, to_close, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return UserFactory(name="Olga Owner", manager=UserFactory(name="Mona Manager", as_manager=True))


@pytest.fixture
def account(owner):
    return AccountFactory(owner=owner)


@pytest.fixture
def renewal(account):
    return to_close(account)


def later(**delta):
    return time_machine.travel(clock.now() + dt.timedelta(**delta), tick=False)


def night(days):
    """What the night of a day writes of churn and ledger."""
    settle_churn(today=day(days))
    write_ledger(today=day(days))


# Renewed


def test_a_flat_renewal_writes_the_contract_and_no_entry(renewal, account):
    closed = close(renewal, signed(renewal, number="C-next", notice_days=60, auto_renew=True))
    assert (closed.outcome, closed.closed_arr, closed.signed_on, closed.closed_term_months) == (
        "flat", Decimal(24000), day(0), 12,
    )  # fmt: skip
    new = closed.new_contract
    assert (new.number, new.start, new.status, new.notice_days, new.auto_renew, new.term_months) == (
        "C-next", day(30), "active", 60, True, 12,
    )  # fmt: skip
    assert [(line.arr, line.seats) for line in new.lines.all()] == [(24000, 20)]
    old = Contract.objects.get(pk=renewal.contract_id)
    assert (old.end, old.status) == (day(30), "active")
    for days in (30, 31):
        write_ledger(today=day(days))
    assert booked(account) == [(-335, "new", 24000, "contract")]


@pytest.mark.parametrize(
    ("arr", "outcome", "entry"),
    [
        (30000, "expanded", (30, "expansion", 6000, "renewal")),
        (18000, "contracted", (30, "contraction", -6000, "renewal")),
    ],
)
def test_a_change_is_booked_on_the_first_day_of_what_follows(renewal, account, arr, outcome, entry):
    assert close(renewal, signed(renewal, arr)).outcome == outcome
    assert booked(account) == [(-335, "new", 24000, "contract")]
    account.refresh_from_db()
    assert (account.arr, account.renewal_date) == (24000, None)
    write_ledger(today=day(30))
    assert booked(account)[1:] == [entry]
    assert ledger_differences([account.pk], today=day(30)) == []


def test_what_was_signed_late_is_booked_at_once(account):
    renewal = to_close(account, ends_in=-10)
    assert booked(account)[-1] == (-10, "churn", -24000, "contract")
    close(renewal, signed(renewal, 30000))
    assert booked(account)[2:] == [(-10, "correction", 24000, "contract"), (-10, "expansion", 6000, "renewal")]
    account.refresh_from_db()
    assert account.arr == 30000


def test_a_product_that_is_dropped_is_a_contraction_of_the_renewal(account, renewal):
    addon = ContractLineFactory(contract=renewal.contract, arr=Decimal(6000))
    write_ledger(today=day(0))
    terms = signed(renewal)
    kept = signed(renewal, lines=tuple(line for line in terms.lines if line.product_id != addon.product_id))
    assert close(renewal, kept).outcome == "contracted"
    write_ledger(today=day(30))
    assert booked(account)[-1] == (30, "contraction", -6000, "renewal")


def test_figures_are_in_workspace_currency(account):
    ExchangeRateFactory(rate=Decimal("0.5"))
    renewal = to_close(account, currency="USD")
    closed = close(renewal, signed(renewal, 30000))
    assert (closed.current_arr, closed.closed_arr, closed.outcome) == (12000, 15000, "expanded")


def test_seats_that_people_have_stay_theirs(renewal):
    ContractLine.objects.update(seats_assigned=17)
    assert close(renewal, signed(renewal)).new_contract.lines.get().seats_assigned == 17


def test_a_closed_renewal_says_how_and_by_whom(renewal, owner):
    closed = close(renewal, signed(renewal, 30000, reason="More teams", competitor="Rival"))
    assert (closed.stage, closed.closed_by, closed.competitor, closed.close_reason) == (
        "closed", owner, "Rival", "More teams",
    )  # fmt: skip
    move = StageMove.objects.get(renewal=renewal)
    assert (move.before, move.after, move.by, move.note) == ("upcoming", "closed", owner, "Renewed and expanded")


# Lost


def test_a_lost_renewal_opens_the_churn_record_and_the_account_stays_until_the_last_day(renewal, account, owner):
    closed = close(renewal, lost(renewal, competitor="Rival", notes="Too dear"))
    assert (closed.outcome, closed.closed_arr, closed.close_reason, closed.new_contract) == ("lost", 0, "Price", None)
    record = ChurnRecord.objects.get()
    assert (record.account, record.day, record.arr_lost, record.category, record.preventable, record.by) == (
        account, day(30), 24000, "financial", "sometimes", owner,
    )  # fmt: skip
    assert (record.competitor, record.notes) == ("Rival", "Too dear")
    night(29)
    account.refresh_from_db()
    assert (account.status, booked(account)[1:]) == ("active", [])
    night(30)
    account.refresh_from_db()
    assert (account.status, account.stage, account.churned_on, account.arr) == ("churned", "churned", day(30), 24000)
    assert booked(account)[1:] == [(30, "churn", -24000, "renewal")]


def test_what_ended_before_it_was_closed_is_lost_at_once(account):
    renewal = to_close(account, ends_in=-3)
    close(renewal, lost(renewal))
    account.refresh_from_db()
    assert (account.status, account.churned_on) == ("churned", day(-3))


def test_a_contract_may_be_lost_before_its_end(renewal, account):
    closed = close(renewal, lost(renewal, last_day=day(-11)))
    assert (closed.due_on, Contract.objects.get(pk=renewal.contract_id).end) == (day(-10), day(-10))
    assert booked(account)[1:] == [(-10, "churn", -24000, "renewal")]
    assert ledger_differences([account.pk], today=day(0)) == []


def test_one_of_two_contracts_that_is_lost_is_a_contraction(renewal, account):
    ContractFactory(account=account, with_line=5000)
    write_ledger(today=day(0))
    close(renewal, lost(renewal))
    night(30)
    account.refresh_from_db()
    assert account.status == Account.Status.ACTIVE
    assert booked(account)[-1] == (30, "contraction", -24000, "renewal")
    assert ChurnRecord.objects.get().settled_on == day(30)


# What cannot be closed


def test_nothing_is_half_written_where_terms_do_not_hold(renewal):
    with pytest.raises(TermsError) as refused:
        close(renewal, signed(renewal, end=day(29), currency="XYZ"))
    assert [problem.field for problem in refused.value.problems] == ["end", "currency"]
    assert (Contract.objects.count(), Closing.objects.count(), Renewal.objects.get().stage) == (1, 0, "upcoming")


def test_another_contract_may_not_hold_the_same_product_meanwhile(renewal, account):
    other = ContractFactory(account=account, start=day(40), end=None)
    ContractLineFactory(contract=other, product=renewal.contract.lines.get().product)
    with pytest.raises(TermsError, match=other.number):
        close(renewal, signed(renewal))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "draft"}, "still a draft"),
        ({"status": "cancelled"}, "was cancelled"),
        ({"end": None}, "no end"),
    ],
)
def test_what_is_no_contract_in_force_is_not_renewed(renewal, fields, words):
    terms = signed(renewal)
    Contract.objects.update(**fields)
    with pytest.raises(RefusedError, match=words):
        close(renewal, terms)


def test_an_account_that_is_gone_is_brought_back_before_it_signs(renewal, account):
    Account.objects.update(status="churned", churned_on=day(-1))
    with pytest.raises(RefusedError, match="no customer any more"):
        close(renewal, signed(renewal))
    assert close(renewal, lost(renewal)).outcome == "lost"


def test_a_cancelled_contract_is_closed_as_lost(renewal):
    Contract.objects.update(status="cancelled")
    assert close(renewal, lost(renewal)).outcome == "lost"


def test_a_renewal_is_closed_once(renewal):
    terms = signed(renewal)
    close(renewal, terms)
    with pytest.raises(RefusedError, match="closed by Olga Owner already: Renewed flat"):
        close(renewal, terms)
    with pytest.raises(StaleError):
        close(renewal, terms, version=renewal.version)
    assert Contract.objects.count() == 2


def test_a_form_that_is_sent_twice_closes_once(renewal):
    key = "6f6ab66c-67ee-4b10-9b5b-0f8a39e1a1b2"
    terms = signed(renewal)
    close(renewal, terms, key=key)
    with pytest.raises(RepeatedError):
        close(renewal, terms, key=key)
    assert Contract.objects.count() == 2


# Taken back


def test_a_closing_that_is_taken_back_leaves_everything_as_it_was(account, owner):
    renewal = to_close(account, ends_in=-10)
    Renewal.objects.update(stage="contract_out", competitor="Old rival")
    task, coming = step_of(renewal).task, step_of(renewal, made=False)
    before = booked(account)
    new = close(renewal, signed(renewal, 30000, competitor="Rival")).new_contract
    undo(renewal)
    again = Renewal.objects.get()
    assert (again.stage, again.outcome, again.closed_arr, again.new_contract, again.competitor) == (
        "contract_out", "", None, None, "Old rival",
    )  # fmt: skip
    new.refresh_from_db()
    assert (new.status, new.end) == ("cancelled", new.start)
    assert sum(entry[2] for entry in booked(account)) == sum(entry[2] for entry in before)
    assert ledger_differences([account.pk], today=day(0)) == []
    account.refresh_from_db()
    assert account.arr == 0
    coming.refresh_from_db()
    assert (list(Task.objects.unfinished()), coming.state) == ([task], "waiting")
    assert [(move.before, move.after) for move in StageMove.objects.all()] == [
        ("contract_out", "closed"), ("closed", "contract_out"),
    ]  # fmt: skip


def test_taken_back_twice_changes_nothing_more(renewal):
    close(renewal, signed(renewal))
    version = undo(renewal).version
    assert undo(renewal).version == version


def test_a_lost_account_that_is_taken_back_is_a_customer_again(account):
    renewal = to_close(account, ends_in=20)
    close(renewal, lost(renewal, last_day=day(-4)))
    undo(renewal)
    account.refresh_from_db()
    assert (account.status, account.stage, account.churned_on, account.arr) == ("active", "established", None, 24000)
    assert Contract.objects.get().end == day(20)
    record = ChurnRecord.objects.get()
    assert (record.withdrawn_at is not None, list(ChurnRecord.objects.standing())) == (True, [])
    assert ledger_differences([account.pk], today=day(0)) == []
    assert settle_churn(today=day(30)) == 0


def test_who_was_won_back_before_keeps_the_day_of_that_loss(owner):
    account = AccountFactory(owner=owner, stage="won_back", churned_on=day(-400))
    account.name = "Halden"
    account.save()
    renewal = to_close(account, ends_in=-1)
    close(renewal, lost(renewal))
    undo(renewal)
    account.refresh_from_db()
    assert (account.stage, account.churned_on) == ("won_back", day(-400))


def test_it_can_be_closed_again_after_it_was_taken_back(renewal, account):
    close(renewal, signed(renewal, 30000))
    undo(renewal)
    assert close(renewal, lost(renewal)).outcome == "lost"
    undo(renewal)
    closed = close(renewal, signed(renewal, 18000))
    assert (closed.outcome, Closing.objects.standing().count()) == ("contracted", 1)
    night(30)
    assert ledger_differences([account.pk], today=day(30)) == []


def edit_the_renewal(renewal):
    Renewal.objects.filter(pk=renewal.pk).update(version=99)


def edit_the_contract(renewal):
    Contract.objects.filter(pk=renewal.new_contract_id).update(notice_days=7)


def edit_a_line(renewal):
    ContractLine.objects.filter(contract=renewal.new_contract_id).update(seats=7)


def add_a_line(renewal):
    ContractLineFactory(contract=renewal.new_contract)


def bill_it(renewal):
    InvoiceFactory(account=renewal.account, contract=renewal.new_contract)


def go_on(renewal):
    RenewalFactory(account=renewal.account, contract=renewal.new_contract, stage="kick_off")


def move_the_old_end(renewal):
    Contract.objects.filter(pk=renewal.contract_id).update(end=day(40))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (edit_the_renewal, "changed this renewal since"),
        (edit_the_contract, "new contract was changed"),
        (edit_a_line, "new contract was changed"),
        (add_a_line, "new contract was changed"),
        (bill_it, "invoice"),
        (go_on, "under way"),
        (move_the_old_end, "contract that it renews"),
    ],
)
def test_what_something_was_built_upon_is_not_taken_back(renewal, build, words):
    closed = close(renewal, signed(renewal))
    build(closed)
    with pytest.raises(RefusedError, match=words):
        undo(renewal)
    assert Renewal.objects.get(pk=renewal.pk).stage == "closed"


def test_it_can_be_taken_back_for_a_day(renewal):
    close(renewal, signed(renewal))
    with later(hours=24, seconds=1), pytest.raises(RefusedError, match="more than a day ago"):
        undo(renewal)
    with later(hours=23):
        assert undo(renewal).is_open


def test_what_was_never_closed_is_not_taken_back(renewal):
    with pytest.raises(RefusedError, match="was not closed here"):
        undo(renewal)
