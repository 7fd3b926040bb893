"""The accounts app: people, customers, contracts and the work with them."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import factory
from factory.django import Password

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
from tests.factories.common import Factory, day, days_ago

PASSWORD = "correct horse battery staple"


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
