"""What closing a renewal begins with, and what it would do as far as it was typed."""

from decimal import Decimal

import pytest

from renewals.domain.closing import Line
from renewals.queries.closing import assigned_of, current_of, offered, outlook_of_lost, outlook_of_signed, taken_of
from tests.factories import AccountFactory, ContractFactory, ContractLineFactory, ProductFactory, UserFactory, day
from tests.renewals.services.closings import to_close

pytestmark = pytest.mark.django_db
RATES = {"EUR": Decimal(1)}


@pytest.fixture
def renewal(db):
    return to_close(AccountFactory(owner=UserFactory()))


def test_a_price_that_does_not_come_to_the_arr_is_not_said_again(renewal):
    renewal.contract.lines.all().delete()
    ContractLineFactory(contract=renewal.contract, seats=10, unit_price=Decimal(100), arr=Decimal(900))
    ContractLineFactory(contract=renewal.contract, seats=10, unit_price=Decimal(100), arr=Decimal(1000))
    assert [line.unit_price for line in offered(renewal, today=day(0)).terms.lines] == [None, Decimal(100)]


def test_a_contract_without_a_term_is_offered_for_a_year(renewal):
    renewal.contract.term_months = None
    assert offered(renewal, today=day(0)).terms.term_months == 12


def test_what_other_contracts_hold_is_known_unless_they_are_over_or_cancelled(renewal):
    account = renewal.account
    other = ContractFactory(account=account, number="C-2", end=None, with_line=1000)
    ContractFactory(account=account, start=day(-800), end=renewal.contract.start, with_line=1000)
    ContractFactory(account=account, status="cancelled", with_line=1000)
    assert [(one.contract, one.start, one.end) for one in taken_of(renewal.contract)] == [("C-2", other.start, None)]


def test_seats_that_people_have_are_added_up_by_product(renewal):
    product = ProductFactory()
    ContractLineFactory(contract=renewal.contract, product=product, seats_assigned=3)
    ContractLineFactory(contract=renewal.contract, product=product, seats_assigned=4)
    assert assigned_of(renewal.contract) == {product.pk: 7}


def test_days_without_a_contract_and_what_is_new_are_told(renewal):
    current, product = current_of(renewal.contract), ProductFactory(name="Add-on")
    lines = (Line(current.lines[0].product_id, Decimal(24000), seats=25), Line(product.pk, Decimal(6000)))
    outlook = outlook_of_signed(current, lines, "EUR", day(33), rates=RATES)
    assert (outlook.gap_days, outlook.outcome, outlook.figures.difference) == (3, "Renewed and expanded", 6000)
    name = renewal.contract.lines.get().product.name
    assert outlook.handed_over == [f"5 more seats of {name}", "Add-on"]


def test_without_a_line_that_can_be_read_nothing_is_said_of_the_outcome(renewal):
    assert outlook_of_signed(current_of(renewal.contract), (), "EUR", None, rates=RATES).outcome == ""


@pytest.mark.parametrize(("ends", "stays"), [(31, True), (30, False)])
def test_whether_a_lost_account_stays_is_known_by_its_other_contracts(renewal, ends, stays):
    ContractFactory(account=renewal.account, end=day(ends))
    outlook = outlook_of_lost(renewal.contract, current_of(renewal.contract), day(29), rates=RATES)
    assert (outlook.on, outlook.stays) == (day(30), stays)
