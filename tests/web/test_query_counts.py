"""The pages of every day ask the database as often for 5,000 accounts as for 50."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, User
from health.models import Alert
from tests.cast import logged_in
from tests.factories import AccountFactory, AlertFactory, AlertRuleFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db
FEW, MANY = 50, 5_000
MOST = 12


@pytest.fixture
def manager() -> User:
    """A manager whose one CSM has the whole book."""
    manager = UserFactory(as_manager=True)
    UserFactory(manager=manager, name="Cora CSM")
    return manager


def grow(owner: User, count: int) -> None:
    """Brings the book of the owner to so many accounts: a third of them at risk, with an alert; some with a task."""
    there = Account.objects.filter(owner=owner).count()
    made = Account.objects.bulk_create(
        AccountFactory.build_batch(
            count - there, owner=owner, at_risk=True, expected_churn=Decimal("0.4"), segment=None, open_alerts=1
        )
    )
    healthy = [account.pk for account in made[::3] + made[1::3]]
    Account.objects.filter(pk__in=healthy).update(
        health_score=90, health_tier="Healthy", health_rank=1, expected_churn=Decimal("0.02"), open_alerts=0
    )
    rule = AlertRuleFactory()
    Alert.objects.bulk_create(AlertFactory.build(account=account, rule=rule) for account in made[2::3])
    for account in made[:5]:
        TaskFactory(account=account, assignees=[owner])
    with connection.cursor() as cursor:  # as the server does by itself, a while after so many rows have come
        cursor.execute("ANALYZE accounts_account, health_alert")


def asked(client: Client, address: str) -> int:
    """How many queries the page takes, once everything that is kept has been kept."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


# It writes 5,000 accounts of which the planner knows nothing yet, which takes its time where the machine is busy.
@pytest.mark.timeout(300)
def test_the_pages_of_every_day_ask_as_often_for_5000_accounts_as_for_50(manager: User) -> None:
    csm = User.objects.get(manager=manager)
    grow(csm, FEW)
    worst = Account.objects.filter(owner=csm, health_rank=3).earliest("pk")
    addresses = {
        "Book": reverse("accounts:book"),
        "Account": reverse("accounts:account", args=[worst.pk]),
        "Today": reverse("today"),
        "At risk": reverse("health:at_risk"),
        "Alerts": reverse("health:alerts"),
        "Tasks": reverse("accounts:tasks"),
    }
    clients = {"CSM": logged_in(csm), "manager": logged_in(manager)}
    few = {(who, page): asked(clients[who], url) for who in clients for page, url in addresses.items()}
    grow(csm, MANY)
    many = {(who, page): asked(clients[who], url) for who in clients for page, url in addresses.items()}
    assert many == few
    assert max(few.values()) <= MOST
