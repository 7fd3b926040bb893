"""Winning an opportunity: contract, ledger, account and roll-out, at once; by one; and back on the day."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from accounts.models import Contract, ContractLine, Onboarding, Task
from accounts.services.arr import refresh_arr
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from renewals.models import ExpansionSignal, LedgerEntry
from renewals.services.ledger import check_ledger, write_ledger
from renewals.services.opportunities import (
    edit_opportunity,
    lose_opportunity,
    move_opportunity,
    reopen_lost,
    take_back_edit,
    take_back_move,
)
from renewals.services.winning import WinTerms, undo_win, win_opportunity
from tests.factories import (
    ContractFactory,
    ContractLineFactory,
    ExchangeRateFactory,
    ExpansionSignalFactory,
    OpportunityFactory,
    ProductFactory,
    SegmentFactory,
    day,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(cast):
    contract = ContractFactory(account=cast.account, start=day(-100), end=day(265))
    ContractLineFactory(contract=contract, seats=20, arr=Decimal(24000))
    write_ledger(today=day(-50))
    refresh_arr(today=clock.today(), account_ids=[cast.account.pk])
    return contract


@pytest.fixture
def opportunity(cast):
    signal = ExpansionSignalFactory(account=cast.account, state="taken_up")
    return OpportunityFactory(account=cast.account, signal=signal, stage="negotiation", name="More seats")


def terms(contract, arr=6000, product=None, won_on=None, seats=5):
    return WinTerms(contract, product or contract.lines.first().product, Decimal(arr), won_on or clock.today(), seats)


def ledger(account):
    rows = LedgerEntry.objects.filter(account=account).order_by("pk")
    return [(one.kind, one.day, one.amount) for one in rows]


def test_the_line_grows_and_an_expansion_is_booked_on_the_day(cast, contract, opportunity):
    won = win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    line = contract.lines.get()
    assert (line.arr, line.seats) == (30000, 25)
    assert ledger(cast.account) == [("new", contract.start, 24000), ("expansion", clock.today(), 6000)]
    cast.account.refresh_from_db()
    assert cast.account.arr == 30000
    assert (won.stage, won.value, won.contract_line, won.line_is_new) == ("won", 6000, line, False)
    assert check_ledger(today=clock.today()) == []
    signal = won.signal
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == (ExpansionSignal.State.OVER, "Won: More seats")


def test_a_product_that_they_did_not_have_becomes_a_line_that_counts_from_the_day(cast, contract, opportunity):
    won_on, product = day(-10), ProductFactory()
    won = win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract, product=product, won_on=won_on))
    assert won.line_is_new
    assert ledger(cast.account) == [("new", contract.start, 24000), ("expansion", won_on, 6000)]
    assert Contract.objects.filter(account=cast.account).count() == 1


def test_what_the_ledger_never_saw_before_is_an_expansion_all_the_same(cast, opportunity):
    contract = ContractFactory(account=cast.account, start=day(-100), end=day(265), with_line=24000)
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract, won_on=day(-3)))
    assert ledger(cast.account) == [("new", contract.start, 24000), ("expansion", day(-3), 6000)]


def test_a_line_that_was_first_seen_later_counts_from_the_beginning_all_the_same(cast, opportunity):
    contract = ContractFactory(account=cast.account, start=day(-100), end=day(265), with_line=24000)
    write_ledger(today=clock.today())
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract, won_on=day(-3)))
    assert ledger(cast.account) == [("new", contract.start, 24000), ("expansion", day(-3), 6000)]
    undo_win(by=cast.owner, opportunity=opportunity)
    assert sum(amount for _, _, amount in ledger(cast.account)) == 24000


def test_on_the_first_day_of_the_contract_it_is_part_of_what_is_new(cast, opportunity):
    contract = ContractFactory(account=cast.account, start=clock.today(), end=day(365), with_line=24000)
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    assert ledger(cast.account) == [("new", clock.today(), 30000)]


def test_two_wins_on_one_day_are_both_booked(cast, contract, opportunity):
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    other = OpportunityFactory(account=cast.account)
    win_opportunity(by=cast.owner, opportunity=other, terms=terms(contract, arr=1000))
    assert sum(amount for _, _, amount in ledger(cast.account)) == 31000
    undo_win(by=cast.owner, opportunity=opportunity)
    assert sum(amount for _, _, amount in ledger(cast.account)) == 25000
    assert check_ledger(today=clock.today()) == []


def test_the_value_is_in_the_currency_of_the_workspace(cast, opportunity):
    ExchangeRateFactory(currency="USD", rate=Decimal("0.5"), valid_from=day(-200))
    contract = ContractFactory(account=cast.account, start=day(-100), end=day(265), currency="USD", with_line=24000)
    won = win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    assert (won.value, won.added_arr) == (3000, 6000)
    assert ledger(cast.account)[-1] == ("expansion", clock.today(), 3000)


@pytest.mark.parametrize("is_new", [False, True])
def test_a_win_can_be_taken_back_on_its_day_by_a_correction(cast, contract, opportunity, is_new):
    product = ProductFactory() if is_new else None
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract, product=product))
    back = undo_win(by=cast.owner, opportunity=opportunity)
    line = contract.lines.get()
    assert (line.arr, line.seats) == (24000, 20)
    assert ledger(cast.account)[1:] == [
        ("expansion", clock.today(), 6000),
        ("correction", clock.today(), -6000),
    ]
    cast.account.refresh_from_db()
    assert cast.account.arr == 24000
    assert (back.stage, back.won_on, back.signal.state) == ("negotiation", None, "taken_up")
    assert not Task.objects.unfinished().filter(origin_key__startswith="opportunity:").exists()
    assert check_ledger(today=clock.today()) == []
    # And it can be won again, which asks for the roll-out again.
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract, product=product))
    assert Task.objects.unfinished().filter(origin_key__startswith="opportunity:").count() == 1
    assert sum(amount for _, _, amount in ledger(cast.account)) == 30000


def test_on_another_day_it_cannot(cast, contract, opportunity):
    win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    tomorrow = time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False)
    with tomorrow, pytest.raises(RefusedError, match="on its day only"):
        undo_win(by=cast.owner, opportunity=opportunity)
    opportunity.refresh_from_db()
    ContractLine.objects.filter(pk=opportunity.contract_line_id).update(arr=1)
    with pytest.raises(RefusedError, match="contract was changed"):
        undo_win(by=cast.owner, opportunity=opportunity)
    with pytest.raises(RefusedError, match="not won"):
        undo_win(by=cast.owner, opportunity=OpportunityFactory(account=cast.account))


def test_what_cannot_be_is_refused(cast, contract, opportunity):
    def refused(match, **changed):
        with pytest.raises(RefusedError, match=match):
            win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(**({"contract": contract} | changed)))

    refused("Give a day between", won_on=day(1))
    refused("Give a day between", won_on=contract.start - dt.timedelta(days=1))
    refused("Give the ARR", arr=0)
    refused("not in force", contract=ContractFactory(account=cast.strangers, with_line=100))
    refused("not in force", contract=ContractFactory(account=cast.account, end=day(-1), with_line=100))
    contract.lines.update(arr=25000)
    write_ledger(today=clock.today())
    refused("changed on", won_on=day(-1))
    assert not opportunity.moves.exists()


@pytest.mark.parametrize(
    ("kind", "of", "tasks"),
    [
        ("cross_sell", Onboarding.Kind.PRODUCT, []),
        ("department", Onboarding.Kind.DEPARTMENT, ["Agree goals with Finance and find its champion"]),
        ("seats", None, ["Roll out More seats"]),
    ],
)
def test_what_was_sold_is_rolled_out(cast, contract, opportunity, kind, of, tasks):
    cast.account.segment, cast.account.segment_pinned = SegmentFactory(key="smb"), True
    cast.account.save()
    opportunity.kind, opportunity.department = kind, "Finance"
    opportunity.save()
    won = win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract))
    assert (won.onboarding.kind if won.onboarding else None) == of
    made = Task.objects.unfinished().filter(origin_key__startswith=f"opportunity:{won.pk}:")
    assert [task.title for task in made.order_by("pk")] == tasks
    undo_win(by=cast.owner, opportunity=won)
    assert not made.all().exists()
    assert not Onboarding.objects.running().exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_win_it_at_once_one_does_and_the_other_sees_who(cast, contract, opportunity):
    def win(who):
        try:
            win_opportunity(by=who, opportunity=opportunity, terms=terms(contract))
        except RefusedError as refused:
            return str(refused)
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(win, [cast.owner, cast.team_mate]))
    assert said[1] == "won"
    assert said[0] in {f"{who} was faster: it is won already." for who in (cast.owner, cast.team_mate)}
    assert ledger(cast.account)[1:] == [("expansion", clock.today(), 6000)]
    assert contract.lines.get().arr == 30000


def test_who_read_an_older_version_is_told(cast, contract, opportunity):
    edit_opportunity(by=cast.team_mate, opportunity=opportunity, fields={"value": Decimal(7000)})
    with pytest.raises(StaleError, match="Tim Teammate"):
        win_opportunity(by=cast.owner, opportunity=opportunity, terms=terms(contract), version=1)


def test_moves_are_kept_and_the_last_one_can_be_taken_back(cast, opportunity):
    moved = move_opportunity(by=cast.owner, opportunity=opportunity, to="qualified")
    assert (moved.stage, moved.moves.get().before) == ("qualified", "negotiation")
    assert take_back_move(by=cast.owner, opportunity=moved, version=moved.version).stage == "negotiation"
    with pytest.raises(StaleError):
        take_back_move(by=cast.owner, opportunity=moved, version=moved.version)
    for to in ("won", "lost", "negotiation"):
        with pytest.raises(RefusedError):
            move_opportunity(by=cast.owner, opportunity=opportunity, to=to)


def test_a_loss_has_a_reason_and_a_way_back(cast, opportunity):
    with pytest.raises(RefusedError, match="why"):
        lose_opportunity(by=cast.owner, opportunity=opportunity, reason=" ")
    lost = lose_opportunity(by=cast.owner, opportunity=opportunity, reason="No budget this year")
    assert (lost.stage, lost.lost_reason) == ("lost", "No budget this year")
    lost.signal.refresh_from_db()
    assert (lost.signal.state, lost.signal.quiet_until) == ("over", day(90))
    with pytest.raises(RefusedError, match="closed it: lost"):
        lose_opportunity(by=cast.owner, opportunity=opportunity, reason="Again")
    assert reopen_lost(by=cast.owner, opportunity=opportunity).stage == "negotiation"
    with pytest.raises(RefusedError):
        reopen_lost(by=cast.owner, opportunity=opportunity)


def test_an_edit_can_be_put_back(cast, opportunity):
    product = ProductFactory()
    fields = {"value": Decimal("7000.50"), "owner": cast.team_mate, "product": product, "seats": 4}
    edited = edit_opportunity(by=cast.owner, opportunity=opportunity, fields=fields)
    assert (edited.value, edited.owner, edited.product) == (Decimal("7000.50"), cast.team_mate, product)
    back = take_back_edit(by=cast.owner, opportunity=edited, version=edited.version)
    back.refresh_from_db()
    assert (back.value, back.owner, back.product, back.seats) == (6000, cast.owner, None, None)
    with pytest.raises(RefusedError, match="may not see"):
        edit_opportunity(by=cast.owner, opportunity=opportunity, fields={"owner": cast.outsider})
