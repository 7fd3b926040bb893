"""The renewals app: the ARR ledger, and renewals."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import LedgerEntry, Renewal
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.common import Factory, day


class LedgerEntryFactory(Factory):
    """A new customer of half a year ago, without product."""

    class Meta:
        model = LedgerEntry

    account = factory.SubFactory(AccountFactory)
    day = factory.LazyFunction(lambda: day(-182))
    kind = "new"
    amount = Decimal("12000.00")
    created_at = factory.LazyFunction(clock.now)


class RenewalFactory(Factory):
    """An open renewal of a contract that ends in half a year; `contract=` and `account=` go together."""

    class Meta:
        model = Renewal

    account = factory.SubFactory(AccountFactory)
    contract = factory.LazyAttribute(lambda renewal: ContractFactory(account=renewal.account))
    due_on = factory.LazyAttribute(lambda renewal: renewal.contract.end)
    owner = factory.LazyAttribute(lambda renewal: renewal.account.owner)
    segment = factory.LazyAttribute(lambda renewal: renewal.account.segment)
    stage_since = factory.LazyFunction(clock.now)
    current_arr = Decimal("24000.00")
    computed_probability = Decimal("0.9000")
