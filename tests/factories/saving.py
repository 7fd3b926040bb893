"""Save plans with their parts, as they stand when they are begun."""

import datetime as dt
from decimal import Decimal

import factory

from cs_workspace.common import clock
from health.domain.interventions import decide_by
from health.models import Escalation, Intervention, InterventionCheckpoint, InterventionPromise
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, day


class InterventionFactory(Factory):
    """A save plan of today that is not agreed yet; `agreed=True`, `late=True` (not agreed in time) and `recovered=True`
    give others. `began=n` lets it have begun n days ago."""

    class Meta:
        model = Intervention

    class Params:
        began = 0
        agreed = factory.Trait(agreed_at=factory.LazyFunction(clock.now))
        late = factory.Trait(
            began=3, due_at=factory.LazyAttribute(lambda plan: plan.started_at + dt.timedelta(hours=24))
        )
        recovered = factory.Trait(
            outcome="recovered",
            root_cause="people",
            ended_at=factory.LazyFunction(clock.now),
            score_at_end=Decimal("71.0"),
            arr_at_end=factory.SelfAttribute("arr_at_start"),
        )

    account = factory.SubFactory(AccountFactory)
    reason = "value"
    detail = "Nobody uses the reports"
    owner = factory.LazyAttribute(lambda plan: plan.account.owner)
    started_at = factory.LazyAttribute(lambda plan: clock.now() - dt.timedelta(days=plan.began))
    due_at = factory.LazyAttribute(lambda plan: plan.started_at + dt.timedelta(hours=48))
    decide_on = factory.LazyAttribute(lambda plan: decide_by(clock.day_of(plan.started_at)))
    arr_at_start = factory.LazyAttribute(lambda plan: plan.account.arr)
    score_at_start = Decimal("41.0")


class OfPlanFactory(Factory):
    """A part of a plan; `account` names that of a plan of its own."""

    class Meta:
        abstract = True

    class Params:
        account = factory.SubFactory(AccountFactory)

    intervention = factory.LazyAttribute(lambda part: InterventionFactory(account=part.account))


class CheckpointFactory(OfPlanFactory):
    """One that is due in a week; `held=True` gives one at which it was better."""

    class Meta:
        model = InterventionCheckpoint

    class Params:
        held = factory.Trait(seen="better", held_at=factory.LazyFunction(clock.now))

    number = factory.Sequence(lambda n: n + 1)
    due_on = factory.LazyFunction(lambda: day(7))


class PromiseFactory(OfPlanFactory):
    """What we promised for in a week; `kept=True` gives one that was kept."""

    class Meta:
        model = InterventionPromise

    class Params:
        kept = factory.Trait(state="kept", settled_at=factory.LazyFunction(clock.now))

    text = factory.Sequence(lambda n: f"Promise {n}")
    due_on = factory.LazyFunction(lambda: day(7))


class EscalationFactory(Factory):
    """One by hand, to the manager."""

    class Meta:
        model = Escalation

    account = factory.SubFactory(AccountFactory)
    level = "manager"
    why = "They ask for somebody above me"
    at = factory.LazyFunction(clock.now)
