"""Renewals with contracts, as tests of proposals begin."""

from decimal import Decimal

from accounts.models import Account
from renewals.domain.proposals import Line, Option
from renewals.models import Proposal, Renewal
from renewals.queries.proposals import whole
from tests.factories import ContractFactory, ContractLineFactory
from tests.factories.money import RenewalFactory


def renewal_of(account: Account, *arrs: int, currency: str = "EUR", **fields: object) -> Renewal:
    """An open renewal of a contract with a line of a hundred seats for each amount, one of 24,000 without."""
    contract = ContractFactory(account=account, currency=currency)
    for arr in arrs or (24_000,):
        ContractLineFactory(contract=contract, seats=100, seats_assigned=92, arr=Decimal(arr))
    return RenewalFactory(account=account, contract=contract, **fields)


def offered(renewal: Renewal, discount: str = "0", *, term: int = 12, in_return: str = "", seats: int = 100) -> Option:
    """One option over the first line of the renewal's contract, at today's price."""
    held = renewal.contract.lines.first()
    line = Line(held.product_id, held.arr / held.seats, seats)
    return Option("Renew", term, "yearly", (line,), discount=Decimal(discount), in_return=in_return)


def anew(proposal: Proposal) -> Proposal:
    """The proposal as it stands now, with all that is in it."""
    return whole().get(pk=proposal.pk)
