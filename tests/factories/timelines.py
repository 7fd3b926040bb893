"""The renewals app: timelines and checkpoints."""

import factory

from cs_workspace.common import clock
from renewals.models import RenewalCheckpoint
from tests.factories.common import Factory
from tests.factories.money import RenewalFactory


class RenewalCheckpointFactory(Factory):
    """The 180-day checkpoint of a renewal that is on track by the data and was not assessed yet; `account=` names whose
    renewal it is, `assessed=` what its CSM says."""

    class Meta:
        model = RenewalCheckpoint
        exclude = ["account"]

    account = factory.SubFactory("tests.factories.accounts.AccountFactory")
    renewal = factory.SubFactory(RenewalFactory, account=factory.SelfAttribute("..account"))
    days = 180
    reached_on = factory.LazyFunction(clock.today)
    automated = "on_track"
    assessed_at = factory.LazyAttribute(lambda one: clock.now() if getattr(one, "assessed", "") else None)
