"""Advocates and what they were asked."""

import datetime as dt

import factory

from cs_workspace.common import clock
from health.models import AdvocacyAsk, Advocate
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.common import Factory


class AdvocateFactory(Factory):
    """Somebody who gives references since a year ago; `ended=True` gives one who does so no longer."""

    class Meta:
        model = Advocate

    class Params:
        ended = factory.Trait(ended_at=factory.LazyFunction(clock.now))

    account = factory.SubFactory(AccountFactory)
    contact = factory.LazyAttribute(lambda advocate: ContactFactory(account=advocate.account))
    kind = "reference"
    note = "Halved the time of their month end"
    named_at = factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=365))
    named_by = factory.LazyAttribute(lambda advocate: advocate.account.owner)


class AdvocacyAskFactory(Factory):
    """One of today that was not answered; `ago=n` was asked n days ago; `agreed=True`, `declined=True`, `done=True`
    (on the day of the ask) and `withdrawn=True` give others. `account` names that of an advocate of its own."""

    class Meta:
        model = AdvocacyAsk

    class Params:
        ago = 0
        account = factory.SubFactory(AccountFactory)
        agreed = factory.Trait(state="agreed", answered_on=factory.SelfAttribute("asked_on"))
        declined = factory.Trait(state="declined", answered_on=factory.SelfAttribute("asked_on"))
        done = factory.Trait(
            state="done",
            answered_on=factory.SelfAttribute("asked_on"),
            used_on=factory.SelfAttribute("asked_on"),
            outcome="They signed.",
        )
        withdrawn = factory.Trait(state="withdrawn")

    advocate = factory.LazyAttribute(lambda ask: AdvocateFactory(account=ask.account))
    about = "A call with Northwind about the roll-out"
    asked_on = factory.LazyAttribute(lambda ask: clock.today() - dt.timedelta(days=ask.ago))
    asked_by = factory.LazyAttribute(lambda ask: ask.advocate.account.owner)
