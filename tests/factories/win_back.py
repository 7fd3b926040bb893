"""Win-back: campaigns, the lost customers in them, and those who came back."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import AccountReturn, Campaign, CampaignTarget, ChurnRecord
from tests.factories.accounts import AccountFactory, ContactFactory, UserFactory
from tests.factories.common import Factory, day


class LostAccountFactory(AccountFactory):
    """A customer that was lost ten days ago; `churned_on=` for another day."""

    status = "churned"
    stage = "churned"
    churned_on = factory.LazyFunction(lambda: day(-10))
    arr = Decimal("24000.00")


class LossFactory(Factory):
    """The record with which an account was lost, for a missing feature."""

    class Meta:
        model = ChurnRecord

    account = factory.SubFactory(LostAccountFactory)
    day = factory.LazyAttribute(lambda record: record.account.churned_on)
    arr_lost = factory.LazyAttribute(lambda record: record.account.arr)
    lost_account = True
    category = "product"
    sub_reason = "missing_feature"
    preventable = "partly"


class CampaignFactory(Factory):
    """A draft with something to tell to everybody; `as_running=True` was started now."""

    class Meta:
        model = Campaign

    class Params:
        as_running = factory.Trait(state="running", started_at=factory.LazyFunction(clock.now))

    name = factory.Sequence(lambda n: f"Campaign {n}")
    owner = factory.SubFactory(UserFactory)
    fixed_product = "the reports load in a second"
    fixed_value = "an engineer sets it up with you"
    fixed_price = "there is a plan for ten seats"
    proof = "Norda cut its month-end by three days."
    improvements = "Faster reports\nOne sign-on"


class CampaignTargetFactory(Factory):
    """A lost customer that was chosen; `as_running=True` was started today, without e-mails."""

    class Meta:
        model = CampaignTarget

    class Params:
        as_running = factory.Trait(state="running", started_on=factory.LazyFunction(clock.today))

    campaign = factory.SubFactory(CampaignFactory)
    account = factory.SubFactory(LostAccountFactory)
    contact = factory.LazyAttribute(lambda target: ContactFactory(account=target.account, roles=["champion"]))
    lost_on = factory.LazyAttribute(lambda target: target.account.churned_on or day(-10))
    arr_lost = Decimal("24000.00")
    category = "product"
    variant = "product"


class AccountReturnFactory(Factory):
    """A customer who signed again today."""

    class Meta:
        model = AccountReturn

    account = factory.SubFactory(AccountFactory, stage="won_back", churned_on=factory.LazyFunction(lambda: day(-60)))
    lost_on = factory.LazyAttribute(lambda back: back.account.churned_on)
    arr_lost = Decimal("24000.00")
    signed_on = factory.LazyFunction(clock.today)
    arr = Decimal("18000.00")
    guarantee_until = factory.LazyFunction(lambda: day(30))
    at = factory.LazyFunction(clock.now)
