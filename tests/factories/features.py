"""What customers ask the product for."""

import factory

from accounts.models import FeatureAsk, FeatureRequest
from cs_workspace.common import clock
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory


class FeatureRequestFactory(Factory):
    class Meta:
        model = FeatureRequest

    title = factory.Sequence(lambda n: f"Wish {n}")


class FeatureAskFactory(Factory):
    """An account that asked today; `removed=True` is what was taken back."""

    class Meta:
        model = FeatureAsk

    class Params:
        removed = factory.Trait(archived_at=factory.LazyFunction(clock.now))

    request = factory.SubFactory(FeatureRequestFactory)
    account = factory.SubFactory(AccountFactory)
    asked_on = factory.LazyFunction(clock.today)
