"""Success plans and what stands in them."""

import datetime as dt
from decimal import Decimal

import factory

from accounts.models import (
    MeasuredValue,
    Milestone,
    Objective,
    PlanReview,
    PlanRisk,
    PlanShare,
    RoiRecord,
    SuccessPlan,
    UseCase,
)
from cs_workspace.common import clock
from tests.factories.accounts import AccountFactory, UserFactory
from tests.factories.common import Factory, day


class SuccessPlanFactory(Factory):
    """An empty plan that began a hundred days ago."""

    class Meta:
        model = SuccessPlan

    account = factory.SubFactory(AccountFactory)
    began_on = factory.LazyFunction(lambda: day(-100))
    next_review_on = factory.LazyFunction(lambda: day(30))


class PlanPartFactory(Factory):
    """`account=` names the account of the plan, where no `plan=` is given."""

    class Meta:
        abstract = True

    class Params:
        account = factory.SubFactory(AccountFactory)

    plan = factory.SubFactory(SuccessPlanFactory, account=factory.SelfAttribute("..account"))


class ObjectiveFactory(PlanPartFactory):
    """From 0 to 100 within two hundred days, of which half are over; nothing was measured."""

    class Meta:
        model = Objective

    title = factory.Sequence(lambda n: f"Objective {n}")
    measure = "Invoices without manual steps"
    unit = "%"
    baseline = Decimal(0)
    target = Decimal(100)
    began_on = factory.LazyFunction(lambda: day(-100))
    due_on = factory.LazyFunction(lambda: day(100))


class MeasuredValueFactory(Factory):
    class Meta:
        model = MeasuredValue

    class Params:
        account = factory.SubFactory(AccountFactory)

    objective = factory.SubFactory(ObjectiveFactory, account=factory.SelfAttribute("..account"))
    on = factory.LazyFunction(lambda: day(-1))
    value = Decimal(50)


class UseCaseFactory(PlanPartFactory):
    class Meta:
        model = UseCase

    title = factory.Sequence(lambda n: f"Use case {n}")


class MilestoneFactory(PlanPartFactory):
    class Meta:
        model = Milestone

    title = factory.Sequence(lambda n: f"Milestone {n}")


class PlanRiskFactory(PlanPartFactory):
    class Meta:
        model = PlanRisk

    text = factory.Sequence(lambda n: f"Risk {n}")


class RoiRecordFactory(PlanPartFactory):
    class Meta:
        model = RoiRecord

    on = factory.LazyFunction(lambda: day(-10))
    amount = Decimal("12000.00")
    currency = "EUR"
    method = "Hours saved at the going rate"


class PlanReviewFactory(PlanPartFactory):
    class Meta:
        model = PlanReview

    on = factory.LazyFunction(lambda: day(-20))
    was_due_on = factory.LazyFunction(lambda: day(-25))


class PlanShareFactory(PlanPartFactory):
    """A link that opens its plan for ninety days; `expired=True` and `revoked=True` open nothing."""

    class Meta:
        model = PlanShare

    class Params:
        expired = factory.Trait(
            created_at=factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=100)),
            expires_at=factory.LazyFunction(lambda: clock.now() - dt.timedelta(days=10)),
        )
        revoked = factory.Trait(revoked_at=factory.LazyFunction(clock.now))

    by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=90))
