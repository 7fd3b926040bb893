"""Proposals, their options and lines, approvals of discounts, and links to proposals."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory

from cs_workspace.common import clock
from renewals.models import Approval, Proposal, ProposalLine, ProposalOption, ProposalShare
from tests.factories.accounts import ProductFactory, UserFactory
from tests.factories.common import Factory
from tests.factories.money import RenewalFactory


class ProposalLineFactory(Factory):
    """A hundred seats at 240 a year, as today."""

    class Meta:
        model = ProposalLine

    position = factory.LazyAttribute(lambda line: ProposalLine.objects.filter(option=line.option).count() + 1)
    product = factory.SubFactory(ProductFactory)
    seats = 100
    price = Decimal(240)
    today_price = Decimal(240)


class ProposalOptionFactory(Factory):
    """An option of a year with one line."""

    class Meta:
        model = ProposalOption

    position = factory.LazyAttribute(lambda option: ProposalOption.objects.filter(proposal=option.proposal).count() + 1)
    title = factory.Sequence(lambda n: f"Option {n}")
    term_months = 12
    billing = "yearly"
    line = factory.RelatedFactory(ProposalLineFactory, factory_related_name="option")


class ProposalFactory(Factory):
    """A draft without options; `with_discount=` gives it one of so much. `as_sent=True` is what the customer has."""

    class Meta:
        model = Proposal

    class Params:
        as_sent = factory.Trait(
            state="sent", sent_at=factory.LazyFunction(clock.now), sent_by=factory.SelfAttribute("author")
        )

    account = factory.LazyAttribute(lambda proposal: proposal.renewal.account)
    renewal = factory.SubFactory(RenewalFactory)
    number = factory.Sequence(lambda n: n + 1)
    author = factory.LazyAttribute(lambda proposal: proposal.account.owner)
    state_since = factory.LazyFunction(clock.now)
    currency = "EUR"
    rate = Decimal(1)
    today_arr = Decimal("24000.00")

    @factory.post_generation
    def with_discount(self: Proposal, create: bool, share: str | None, **fields: Any) -> None:
        if create and share is not None:
            ProposalOptionFactory(proposal=self, discount=Decimal(share), **fields)


class ApprovalFactory(Factory):
    """Fifteen percent that a CSM asks for; the proposal waits."""

    class Meta:
        model = Approval

    proposal = factory.SubFactory(ProposalFactory, state="awaiting", with_discount="0.15")
    round = 1
    part = "line"
    discount = Decimal("0.15")
    needed = Decimal("0.15")
    author = factory.SelfAttribute("proposal.author")
    author_limit = Decimal("0.05")
    asked_at = factory.LazyFunction(clock.now)


class ProposalShareFactory(Factory):
    """A link that opens its proposal for ninety days; `expired=True` and `revoked=True` open nothing."""

    class Meta:
        model = ProposalShare

    class Params:
        expired = factory.Trait(
            created_at=factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=100)),
            expires_at=factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=10)),
        )
        revoked = factory.Trait(revoked_at=factory.LazyFunction(clock.now))

    proposal = factory.SubFactory(ProposalFactory, as_sent=True, with_discount="0")
    by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=90))
