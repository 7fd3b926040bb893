"""What health rests on: the page of metrics, and how many customers have a score."""

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Account
from cs_workspace.common import clock
from health.domain.metrics import METRICS
from health.models import AlertRule, CustomMetric
from health.queries.coverage import coverage
from health.services.recompute import recompute_accounts
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.health.making import TODAY, account, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


def test_every_metric_has_an_anchor_and_its_definition(cast: Cast):
    html = logged_in(cast.read_only).get(reverse("health:metrics")).content.decode()
    for name, metric in METRICS.items():
        assert f'<tr id="{name}">' in html
        assert metric.label in html
    assert "Ops: Product usage, 8.8 %" in html
    assert "no published scorecard" in html


def test_a_metric_that_an_admin_described_stands_there_too(cast: Cast):
    CustomMetric.objects.create(
        name="seats_in_pilot", label="Pilot seats", unit="seats", definition="Seats that the pilot uses."
    )
    html = logged_in(cast.owner).get(reverse("health:metrics")).content.decode()
    assert '<tr id="seats_in_pilot">' in html
    assert "Seats that the pilot uses." in html
    assert "Sent from outside" in html


def test_the_page_of_metrics_costs_the_same_however_many_scorecards_there_are(cast: Cast, django_assert_num_queries):
    client = logged_in(cast.owner)
    with django_assert_num_queries(6):
        client.get(reverse("health:metrics"))


@pytest.fixture
def workspace() -> dict[str, Account]:
    """Two customers with a score, and one account of each kind without."""
    Account.objects.all().delete()
    made = {
        "scored": observed_account(1.0),
        "scored too": observed_account(0.5),
        "thin": account(name="Thin Data", arr=5_000),
        "trial": account(is_trial=True),
        "churned": account(status="churned", churned_on=ago(3)),
        "archived": account(archived_at=clock.now()),
        "coming": account(customer_since=ago(-3)),
    }
    make.TicketFactory(account=made["thin"], opened_at=noon(2))
    recompute_accounts([one.pk for one in made.values()], day=TODAY)
    made["new"] = account(name="Brand New", arr=9_000)
    return made


def test_the_share_counts_customers_and_the_reasons_count_the_others(workspace):
    found = coverage(today=TODAY)
    assert (found.scored, found.customers, found.share, found.is_reached) == (2, 4, 0.5, False)
    assert dict(found.without) == {"not enough data": 1, "no scorecard": 0, "not computed yet": 1}
    assert dict(found.others) == {"trial": 1, "churned": 1, "archived": 1, "not a customer yet": 1}


def test_without_customers_there_is_no_share():
    found = coverage(today=TODAY)
    assert (found.customers, found.share, found.is_reached) == (0, None, True)


def test_the_reasons_are_those_of_the_recompute(workspace):
    """What the rows say must be what a run counts."""
    counted = recompute_accounts([one.pk for one in workspace.values()], day=TODAY)
    found = coverage(today=TODAY)
    assert counted.scored == found.scored
    known = {reason: count for reason, count in [*found.without, *found.others] if count}
    assert dict(+counted.skipped) == known


def test_admins_and_executives_see_who_has_no_score_the_dearest_first(cast: Cast, workspace):
    for user in (cast.admin, cast.executive):
        html = logged_in(user).get(reverse("health:coverage")).content.decode()
        assert html.index("Brand New") < html.index("Thin Data")
        assert "No score: not enough data" in html
        assert "Below the aim" in html


def test_it_is_for_those_who_see_everything(cast: Cast):
    assert logged_in(cast.manager).get(reverse("health:coverage")).status_code == 403
    assert logged_in(cast.admin).post(reverse("health:coverage")).status_code == 405


def test_it_costs_the_same_however_many_there_are(cast: Cast, django_assert_num_queries):
    client = logged_in(cast.admin)
    for count in (1, 20):
        make.AccountFactory.create_batch(count)
        with django_assert_num_queries(5):
            client.get(reverse("health:coverage"))
