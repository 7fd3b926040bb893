"""The renewals app: the ARR ledger."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import LedgerEntry
from tests.factories.accounts import AccountFactory
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
