"""Expansion: signals and opportunities."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import BudgetAnswer, ExpansionSignal, Opportunity
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, day


class ExpansionSignalFactory(Factory):
    """A hot signal that somebody logged yesterday; `dismissed=True` is one that meant nothing."""

    class Meta:
        model = ExpansionSignal

    class Params:
        dismissed = factory.Trait(
            state=ExpansionSignal.State.DISMISSED,
            reason="Not now",
            changed_at=factory.LazyFunction(clock.now),
            quiet_until=factory.LazyFunction(lambda: day(90)),
        )

    account = factory.SubFactory(AccountFactory)
    kind = ExpansionSignal.Kind.DEPARTMENT
    strength = ExpansionSignal.Strength.HOT
    evidence = factory.Sequence(lambda n: f"Department {n} asked for a look")
    seen_on = factory.LazyFunction(lambda: day(-1))
    opened_at = factory.LazyFunction(clock.now)


class BudgetAnswerFactory(Factory):
    class Meta:
        model = BudgetAnswer

    account = factory.SubFactory(AccountFactory)
    is_confirmed = True
    at = factory.LazyFunction(clock.now)


class OpportunityFactory(Factory):
    """Twenty seats more, expected to close in two months; `lost=True` is one that came to nothing."""

    class Meta:
        model = Opportunity

    class Params:
        lost = factory.Trait(
            stage=Opportunity.Stage.LOST, lost_reason="No budget", closed_at=factory.LazyFunction(clock.now)
        )
        won = factory.Trait(
            stage=Opportunity.Stage.WON,
            won_on=factory.LazyFunction(clock.today),
            closed_at=factory.LazyFunction(clock.now),
        )

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Opportunity {n}")
    kind = Opportunity.Kind.SEATS
    stage_since = factory.LazyFunction(clock.now)
    value = Decimal("6000.00")
    expected_close = factory.LazyFunction(lambda: day(60))
    owner = factory.LazyAttribute(lambda opportunity: opportunity.account.owner)
