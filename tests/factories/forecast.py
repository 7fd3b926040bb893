"""Kept forecasts."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import ForecastLine, ForecastSnapshot
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.common import Factory, day


class ForecastSnapshotFactory(Factory):
    """What was kept on the first of this month."""

    class Meta:
        model = ForecastSnapshot

    month = factory.LazyFunction(lambda: clock.today().replace(day=1))
    taken_at = factory.LazyFunction(clock.now)


class ForecastLineFactory(Factory):
    """A commitment of a kept forecast; `contract=` and `account=` go together."""

    class Meta:
        model = ForecastLine

    forecast = factory.SubFactory(ForecastSnapshotFactory)
    account = factory.SubFactory(AccountFactory)
    contract = factory.LazyAttribute(lambda line: ContractFactory(account=line.account))
    owner = factory.LazyAttribute(lambda line: line.account.owner)
    segment = factory.LazyAttribute(lambda line: line.account.segment)
    due_on = factory.LazyFunction(lambda: day(0))
    part = "commit"
    current_arr = Decimal("24000.00")
    expected_arr = Decimal("24000.00")
    probability = Decimal("0.9000")
