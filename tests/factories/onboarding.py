"""Onboardings and their parts."""

import datetime as dt

import factory

from accounts.models import (
    Onboarding,
    OnboardingRisk,
    OnboardingShare,
    OnboardingStep,
    OnboardingTemplate,
    TemplateStep,
)
from cs_workspace.common import clock
from tests.factories.accounts import AccountFactory, SegmentFactory
from tests.factories.common import Factory, day


class OnboardingTemplateFactory(Factory):
    class Meta:
        model = OnboardingTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    segment = factory.SubFactory(SegmentFactory)
    first_value = "First report sent"
    first_value_within = dt.timedelta(days=30)


class TemplateStepFactory(Factory):
    class Meta:
        model = TemplateStep

    template = factory.SubFactory(OnboardingTemplateFactory)
    place = factory.Sequence(lambda n: n % 30_000)
    key = factory.Sequence(lambda n: f"step-{n}")
    stage = "foundation"
    title = factory.Sequence(lambda n: f"Step {n}")
    due_day = 7


class OnboardingFactory(Factory):
    class Meta:
        model = Onboarding

    account = factory.SubFactory(AccountFactory)
    started_on = factory.LazyFunction(lambda: day(-10))
    is_guided = True
    first_value = "First report sent"
    first_value_within = dt.timedelta(days=30)
    from_stage = "foundation"
    stage = "foundation"


class PartFactory(Factory):
    """`account=` names the account of the onboarding, where no `onboarding=` is given."""

    class Meta:
        abstract = True

    class Params:
        account = factory.SubFactory(AccountFactory)

    onboarding = factory.SubFactory(OnboardingFactory, account=factory.SelfAttribute("..account"))


class OnboardingStepFactory(PartFactory):
    class Meta:
        model = OnboardingStep

    place = factory.Sequence(lambda n: n % 30_000)
    key = factory.Sequence(lambda n: f"step-{n}")
    stage = "foundation"
    title = factory.Sequence(lambda n: f"Step {n}")
    owner = "csm"
    due_on = factory.LazyFunction(lambda: day(7))


class OnboardingRiskFactory(PartFactory):
    class Meta:
        model = OnboardingRisk

    kind = "no_sponsor"
    severity = OnboardingRisk.Severity.MEDIUM
    evidence = "No executive sponsor is known on day 10."
    opened_at = factory.LazyFunction(clock.now)


class OnboardingShareFactory(PartFactory):
    class Meta:
        model = OnboardingShare

    created_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyAttribute(lambda share: share.created_at + dt.timedelta(days=90))
