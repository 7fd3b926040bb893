"""What is observed of a customer, from usage to a judgement of alignment."""

import factory

from health.models import (
    AlignmentJudgement,
    Event,
    Feature,
    FeatureMonth,
    MetricPoint,
    SurveyAnswer,
    Ticket,
    TrainingRecord,
    UsageDay,
    UserMonth,
)
from tests.factories.accounts import AccountFactory, ProductFactory
from tests.factories.common import Factory, day, days_ago


class UsageDayFactory(Factory):
    class Meta:
        model = UsageDay

    account = factory.SubFactory(AccountFactory)
    day = factory.LazyFunction(lambda: day(-1))
    logins = 12
    active_users = 8
    core_actions = 90


class FeatureFactory(Factory):
    class Meta:
        model = Feature

    product = factory.SubFactory(ProductFactory)
    key = factory.Sequence(lambda n: f"feature-{n}")
    name = factory.Sequence(lambda n: f"Feature {n}")


class FeatureMonthFactory(Factory):
    """A feature used once on each day that has a bit in `days`."""

    class Meta:
        model = FeatureMonth

    account = factory.SubFactory(AccountFactory)
    feature = factory.SubFactory(FeatureFactory)
    month = factory.LazyFunction(lambda: day(0).replace(day=1))
    days = 1
    uses = factory.LazyAttribute(lambda row: [1 if row.days >> bit & 1 else None for bit in range(31)])


class UserMonthFactory(Factory):
    class Meta:
        model = UserMonth

    account = factory.SubFactory(AccountFactory)
    user_key = factory.Sequence(lambda n: f"customer-user-{n}")
    month = factory.LazyFunction(lambda: day(0).replace(day=1))
    days = 1


class TicketFactory(Factory):
    """An open ticket of the day before yesterday."""

    class Meta:
        model = Ticket

    account = factory.SubFactory(AccountFactory)
    subject = factory.Sequence(lambda n: f"Ticket {n}")
    opened_at = factory.LazyFunction(lambda: days_ago(2))


class SurveyAnswerFactory(Factory):
    class Meta:
        model = SurveyAnswer

    account = factory.SubFactory(AccountFactory)
    kind = SurveyAnswer.Kind.NPS
    score = factory.LazyAttribute(lambda answer: 9 if answer.kind == SurveyAnswer.Kind.NPS else 4)
    at = factory.LazyFunction(lambda: days_ago(10))


class TrainingRecordFactory(Factory):
    class Meta:
        model = TrainingRecord

    account = factory.SubFactory(AccountFactory)
    course = factory.Sequence(lambda n: f"Course {n}")
    assigned_on = factory.LazyFunction(lambda: day(-30))


class EventFactory(Factory):
    class Meta:
        model = Event

    account = factory.SubFactory(AccountFactory)
    kind = Event.Kind.ATTENDED
    name = factory.Sequence(lambda n: f"Webinar {n}")
    at = factory.LazyFunction(lambda: days_ago(10))


class MetricPointFactory(Factory):
    class Meta:
        model = MetricPoint

    account = factory.SubFactory(AccountFactory)
    name = "custom_metric"
    day = factory.LazyFunction(lambda: day(-1))
    value = 1.0


class AlignmentJudgementFactory(Factory):
    class Meta:
        model = AlignmentJudgement

    account = factory.SubFactory(AccountFactory)
    value = AlignmentJudgement.Value.ALIGNED
    at = factory.LazyFunction(lambda: days_ago(5))
