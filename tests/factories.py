"""Rows for tests: each factory makes the least that the constraints ask for; a test names what it is about.

Days and moments are counted from the workspace's clock, so that they hold under a frozen one too.
"""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory, Password

from accounts.models import (
    Account,
    BulkChange,
    Contact,
    Contract,
    ContractLine,
    ExchangeRate,
    Invoice,
    Note,
    Notification,
    Product,
    SavedView,
    Segment,
    Task,
    TeamMember,
    Touch,
    User,
)
from cs_workspace.common import clock
from health.models import (
    Alert,
    AlertRule,
    AlignmentJudgement,
    Chunk,
    ChurnModel,
    ChurnSignal,
    Dimension,
    DirtyMark,
    Disagreement,
    Event,
    Feature,
    FeatureMonth,
    Indicator,
    MetricPoint,
    Pulse,
    Run,
    Scorecard,
    ScorecardVersion,
    Snapshot,
    SurveyAnswer,
    Ticket,
    Tier,
    TierOverride,
    TrainingRecord,
    UsageDay,
    UserMonth,
)

PASSWORD = "correct horse battery staple"


def days_ago(days: float) -> dt.datetime:
    """The moment so many days before now."""
    return clock.now() - dt.timedelta(days=days)


def day(days: int) -> dt.date:
    """The workspace's day so many days from today; negative for the past."""
    return clock.today() + dt.timedelta(days=days)


class Factory(DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


# People


class UserFactory(Factory):
    """A CSM; `as_manager=True` and the like give another role, `manager=` the reporting line."""

    class Meta:
        model = User

    class Params:
        as_manager = factory.Trait(role=User.Role.MANAGER)
        as_executive = factory.Trait(role=User.Role.EXECUTIVE)
        as_admin = factory.Trait(role=User.Role.ADMIN)
        as_ae = factory.Trait(role=User.Role.AE)

    email = factory.Sequence(lambda n: f"user{n}@workspace.example")
    name = factory.Sequence(lambda n: f"User {n}")
    role = User.Role.CSM
    password = Password(PASSWORD)


# Customers


class SegmentFactory(Factory):
    class Meta:
        model = Segment
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"segment-{n}")
    name = factory.LazyAttribute(lambda segment: segment.key.replace("-", " ").capitalize())
    lower_arr = factory.Sequence(lambda n: Decimal(1_000_000 + n))


class AccountFactory(Factory):
    """An active account without owner, score or contract; `critical=True` and the like give a tier of Ops."""

    class Meta:
        model = Account

    class Params:
        healthy = factory.Trait(health_score=Decimal("86.0"), health_tier="Healthy", health_rank=1)
        watch = factory.Trait(health_score=Decimal("68.0"), health_tier="Watch", health_rank=2)
        at_risk = factory.Trait(health_score=Decimal("51.0"), health_tier="At-Risk", health_rank=3)
        critical = factory.Trait(health_score=Decimal("31.0"), health_tier="Critical", health_rank=4)
        churned = factory.Trait(
            status=Account.Status.CHURNED,
            stage=Account.Stage.CHURNED,
            churned_on=factory.LazyFunction(lambda: day(-30)),
        )

    name = factory.Sequence(lambda n: f"Account {n:05}")
    domain = factory.Sequence(lambda n: f"account{n}.example")
    stage = Account.Stage.ESTABLISHED
    arr = Decimal("24000.00")


class TeamMemberFactory(Factory):
    class Meta:
        model = TeamMember

    account = factory.SubFactory(AccountFactory)
    user = factory.SubFactory(UserFactory)
    role = TeamMember.Role.SUPPORT


class ContactFactory(Factory):
    """A contact who is there; `gone=True` is one who left a week ago."""

    class Meta:
        model = Contact

    class Params:
        gone = factory.Trait(status=Contact.Status.LEFT, left_on=factory.LazyFunction(lambda: day(-7)))

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@customer.example")


# Contracts


class ProductFactory(Factory):
    class Meta:
        model = Product

    key = factory.Sequence(lambda n: f"product-{n}")
    name = factory.Sequence(lambda n: f"Product {n}")
    feature_count = 10


class ExchangeRateFactory(Factory):
    class Meta:
        model = ExchangeRate

    currency = "USD"
    valid_from = factory.LazyFunction(lambda: day(-365))
    rate = Decimal("0.9")


class ContractFactory(Factory):
    """A contract in force, half a year over; `with_line=` gives it a line of that ARR."""

    class Meta:
        model = Contract

    account = factory.SubFactory(AccountFactory)
    number = factory.Sequence(lambda n: f"C-{n:05}")
    start = factory.LazyFunction(lambda: day(-182))
    end = factory.LazyFunction(lambda: day(183))
    term_months = 12

    @factory.post_generation
    def with_line(self: Contract, create: bool, arr: Decimal | int | None, **fields: object) -> None:
        if create and arr is not None:
            ContractLineFactory(contract=self, arr=Decimal(arr), **fields)


class ContractLineFactory(Factory):
    class Meta:
        model = ContractLine

    contract = factory.SubFactory(ContractFactory)
    product = factory.SubFactory(ProductFactory)
    seats = 20
    arr = Decimal("24000.00")


class InvoiceFactory(Factory):
    """An open invoice due in two weeks; `late_by=` makes it overdue, `paid_on=` paid."""

    class Meta:
        model = Invoice

    class Params:
        late_by = None

    account = factory.SubFactory(AccountFactory)
    number = factory.Sequence(lambda n: f"I-{n:05}")
    due_on = factory.LazyAttribute(lambda invoice: day(14 if invoice.late_by is None else -invoice.late_by))
    issued_on = factory.LazyAttribute(lambda invoice: invoice.due_on - dt.timedelta(days=30))
    amount = Decimal("2000.00")
    paid_on = None
    status = factory.LazyAttribute(lambda invoice: Invoice.Status.PAID if invoice.paid_on else Invoice.Status.OPEN)


# Work


class TaskFactory(Factory):
    """An open task due tomorrow; `done=True` is one finished now; `assignees=[…]`."""

    class Meta:
        model = Task

    class Params:
        done = factory.Trait(status=Task.Status.DONE, done_at=factory.LazyFunction(clock.now))

    title = factory.Sequence(lambda n: f"Task {n}")
    account = factory.SubFactory(AccountFactory)
    due_at = factory.LazyFunction(lambda: days_ago(-1))

    @factory.post_generation
    def assignees(self: Task, create: bool, users: list[User] | None, **kwargs: object) -> None:
        if create and users:
            self.assignees.set(users)


class NoteFactory(Factory):
    class Meta:
        model = Note

    account = factory.SubFactory(AccountFactory)
    body = factory.Sequence(lambda n: f"Note {n}")
    at = factory.LazyFunction(clock.now)


class TouchFactory(Factory):
    """A call that took place yesterday."""

    class Meta:
        model = Touch

    account = factory.SubFactory(AccountFactory)
    kind = Touch.Kind.CALL
    at = factory.LazyFunction(lambda: days_ago(1))
    attended = factory.LazyAttribute(lambda touch: True if touch.kind in Touch.SCHEDULED else None)
    summary = factory.Sequence(lambda n: f"Touch {n}")

    @factory.post_generation
    def attendees(self: Touch, create: bool, contacts: list[Contact] | None, **kwargs: object) -> None:
        if create and contacts:
            self.attendees.set(contacts)


class BulkChangeFactory(Factory):
    """A tag that was put on no account yet; `account_ids=[…]`."""

    class Meta:
        model = BulkChange

    key = factory.LazyFunction(uuid4)
    kind = BulkChange.Kind.TAG
    value = "pilot"
    by = factory.SubFactory(UserFactory)
    account_ids = factory.LazyFunction(list)


class SavedViewFactory(Factory):
    """A private view of the book; `deleted=True` is one that was put away."""

    class Meta:
        model = SavedView

    class Params:
        deleted = factory.Trait(archived_at=factory.LazyFunction(clock.now))

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"View {n}")


class NotificationFactory(Factory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    account = factory.SubFactory(AccountFactory)
    key = factory.Sequence(lambda n: f"notification-{n}")
    title = factory.Sequence(lambda n: f"Notification {n}")
    url = factory.LazyAttribute(lambda message: f"/accounts/{message.account.pk}/" if message.account else "/")


# Scorecards and scores

TIERS = [
    # label, rank, lower bound, expected churn from, to
    ("Healthy", 1, 80, "0.000", "0.050"),
    ("Watch", 2, 60, "0.100", "0.150"),
    ("At-Risk", 3, 40, "0.300", "0.500"),
    ("Critical", 4, 0, "0.600", "1.000"),
]


class ScorecardFactory(Factory):
    class Meta:
        model = Scorecard

    key = factory.Sequence(lambda n: f"scorecard-{n}")
    name = factory.Sequence(lambda n: f"Scorecard {n}")


class TierFactory(Factory):
    class Meta:
        model = Tier

    key = factory.LazyAttribute(lambda tier: tier.label.lower())
    label = "Healthy"
    lower = 80
    rank = 1
    churn_low = Decimal(0)
    churn_high = Decimal("0.05")


class IndicatorFactory(Factory):
    class Meta:
        model = Indicator

    metric = "login_days"
    label = "Login days"
    weight = Decimal(100)
    scorer_kind = Indicator.Kind.LINEAR
    scorer_params = factory.LazyFunction(lambda: {"low": 0, "high": 30})


class DimensionFactory(Factory):
    class Meta:
        model = Dimension

    key = factory.Sequence(lambda n: f"dimension-{n}")
    label = factory.Sequence(lambda n: f"Dimension {n}")
    weight = Decimal(100)


class ScorecardVersionFactory(Factory):
    """A published version of one dimension with one indicator (`login_days`) and the four tiers of the Ops preset."""

    class Meta:
        model = ScorecardVersion

    scorecard = factory.SubFactory(ScorecardFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = ScorecardVersion.State.PUBLISHED

    @factory.post_generation
    def content(self: ScorecardVersion, create: bool, wanted: bool | None, **kwargs: object) -> None:
        """`content=False` leaves the version empty."""
        if not create or wanted is False:
            return
        IndicatorFactory(dimension=DimensionFactory(version=self, key="usage", label="Usage"))
        for label, rank, lower, churn_low, churn_high in TIERS:
            TierFactory(
                version=self,
                label=label,
                rank=rank,
                lower=lower,
                churn_low=Decimal(churn_low),
                churn_high=Decimal(churn_high),
            )


class SnapshotFactory(Factory):
    class Meta:
        model = Snapshot

    account = factory.SubFactory(AccountFactory)
    day = factory.LazyFunction(clock.today)
    version = factory.SubFactory(ScorecardVersionFactory)
    score = Decimal("70.0")
    rank = 2
    confidence = 1.0
    dimensions = factory.LazyAttribute(lambda snapshot: [None if snapshot.score is None else float(snapshot.score)])
    readings = factory.LazyFunction(lambda: [21.0])
    points = factory.LazyAttribute(lambda snapshot: [None if snapshot.score is None else float(snapshot.score)])


class AlertRuleFactory(Factory):
    class Meta:
        model = AlertRule

    key = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.Sequence(lambda n: f"Rule {n}")
    trigger = AlertRule.Trigger.ENTERS_TIER
    tier_rank = 3
    next_action = "Call the champion"


class AlertFactory(Factory):
    """An open alert; `snoozed=True`, `resolved=True` give it the other states."""

    class Meta:
        model = Alert

    class Params:
        snoozed = factory.Trait(state=Alert.State.SNOOZED, snoozed_until=factory.LazyFunction(lambda: days_ago(-3)))
        acknowledged = factory.Trait(state=Alert.State.ACKNOWLEDGED, acknowledged_at=factory.LazyFunction(clock.now))
        resolved = factory.Trait(state=Alert.State.RESOLVED, resolved_at=factory.LazyFunction(clock.now))

    account = factory.SubFactory(AccountFactory)
    rule = factory.SubFactory(AlertRuleFactory)
    severity = factory.LazyAttribute(lambda alert: alert.rule.severity)
    title = factory.Sequence(lambda n: f"Alert {n}")
    next_action = factory.LazyAttribute(lambda alert: alert.rule.next_action)
    opened_at = factory.LazyFunction(lambda: days_ago(1))
    opened_on = factory.LazyAttribute(lambda alert: clock.day_of(alert.opened_at))


class ChurnSignalFactory(Factory):
    """An open signal that was detected; `by_hand=True`, `resolved=True`, `dismissed=True` give the others."""

    class Meta:
        model = ChurnSignal

    class Params:
        by_hand = factory.Trait(detected=False)
        resolved = factory.Trait(state=ChurnSignal.State.RESOLVED, changed_at=factory.LazyFunction(clock.now))
        dismissed = factory.Trait(
            state=ChurnSignal.State.DISMISSED, changed_at=factory.LazyFunction(clock.now), reason="It means nothing."
        )

    account = factory.SubFactory(AccountFactory)
    kind = "competitor"
    severity = 2
    evidence = "“Competitor” in a note"
    seen_on = factory.LazyFunction(clock.today)
    lead_days = 30
    detected = True
    opened_at = factory.LazyFunction(clock.now)


# Observations


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


class PulseFactory(Factory):
    """A good pulse of five days ago, judged by the owner and under that owner; an account has one latest."""

    class Meta:
        model = Pulse
        django_get_or_create = ("account", "is_latest")

    is_latest = True

    account = factory.SubFactory(AccountFactory)
    value = 3
    owner = factory.LazyAttribute(lambda pulse: pulse.account.owner)
    by = factory.LazyAttribute(lambda pulse: pulse.owner)
    at = factory.LazyFunction(lambda: days_ago(5))


class TierOverrideFactory(Factory):
    """Watch for ten more days, since yesterday; the account's row is left to the recompute. One lives at a time."""

    class Meta:
        model = TierOverride
        django_get_or_create = ("account", "ended_at")

    ended_at = None

    account = factory.SubFactory(AccountFactory)
    rank = 2
    label = "Watch"
    expected_churn = Decimal("0.125")
    reason = "The new sponsor has signed"
    by = factory.LazyAttribute(lambda override: override.account.owner)
    at = factory.LazyFunction(lambda: days_ago(1))
    until = factory.LazyFunction(lambda: day(10))
    ends_at = factory.LazyAttribute(lambda override: clock.start_of(override.until + dt.timedelta(days=1)))


class DisagreementFactory(Factory):
    """A healthy account whose usage falls by a quarter."""

    class Meta:
        model = Disagreement

    account = factory.SubFactory(AccountFactory, healthy=True)
    kind = Disagreement.Kind.HEALTHY_USAGE
    since = factory.LazyFunction(lambda: day(-3))
    rank = 1
    usage_change = -0.25


# Runs


class ChurnModelFactory(Factory):
    """A finished training that beats the table; not in use."""

    class Meta:
        model = ChurnModel

    key = factory.Sequence(lambda n: f"2026-01-{n}")
    as_of = factory.LazyFunction(clock.today)
    asked_at = factory.LazyFunction(clock.now)
    under_way = False
    trained_at = factory.LazyFunction(clock.now)
    seconds = 4.2
    result = "better"
    reason = "It beats the tier table on accounts that it had not seen."
    outcomes, accounts, sampled, examples = 71, 340, 340, 3100
    since = factory.LazyFunction(lambda: day(-420))
    until = factory.LazyFunction(lambda: day(-90))
    quality = factory.LazyFunction(
        lambda: {
            "form": "logistic",
            "tested": 1500,
            "tested_outcomes": 50,
            "losses": {"logistic": 0.2, "boosting": 0.21},
            "importances": [{"feature": "login_days", "effect": 0.8}, {"feature": "tickets_90d", "effect": 0.4}],
            "gain": {"mean": 0.03, "low": 0.01, "high": 0.05, "share": 0.13},
            **{
                name: {
                    "auc": auc, "auc_low": auc - 0.05, "auc_high": auc + 0.05, "brier": brier, "log_loss": loss,
                    "bins": [
                        {"forecast": 0.02, "observed": 0.01, "examples": 750},
                        {"forecast": 0.2, "observed": 0.23, "examples": 750},
                    ],
                }
                for name, auc, brier, loss in (
                    ("learned", 0.81, 0.07, 0.2), ("table", 0.72, 0.09, 0.26), ("fitted", 0.73, 0.08, 0.23),
                )
            },
        }
    )  # fmt: skip


class RunFactory(Factory):
    class Meta:
        model = Run

    kind = Run.Kind.DEMAND
    key = factory.Sequence(lambda n: f"run-{n}")
    as_of = factory.LazyFunction(clock.today)
    started_at = factory.LazyFunction(clock.now)


class ChunkFactory(Factory):
    class Meta:
        model = Chunk

    run = factory.SubFactory(RunFactory)
    number = factory.Sequence(lambda n: n + 1)
    day = factory.SelfAttribute("run.as_of")
    account_ids = factory.LazyFunction(list)


class DirtyMarkFactory(Factory):
    class Meta:
        model = DirtyMark

    account = factory.SubFactory(AccountFactory)
    marked_at = factory.LazyFunction(clock.now)
