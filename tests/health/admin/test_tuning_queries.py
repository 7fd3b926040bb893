"""What the pages of tuning ask of the database: a literal number of queries, whatever the book holds."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from health.models import Indicator, ScorecardVersion
from health.services.presets import install_preset
from health.services.publishing import draft_from
from tests.factories import SnapshotFactory
from tests.health.making import account, ago, noon, observed_account

pytestmark = pytest.mark.django_db

BOOKS = pytest.mark.parametrize("accounts", [1, 30])


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    cache.clear()
    with time_machine.travel(noon(0), tick=False):
        yield


def url(version: ScorecardVersion, name: str = "tuning") -> str:
    return reverse(f"admin:health_scorecardversion_{name}", args=[version.pk])


def a_book(judging: ScorecardVersion, accounts: int) -> None:
    """Accounts with a snapshot of today and of two days on which the backtest looks, some of which left since."""
    readings = [28, 0.9, 1.2, 0.1, 1, 1, 1, 1, 0, 0, 0, 0, 5, 0, 0]
    for place in range(accounts):
        left = ago(50) if place % 10 == 9 else None
        one = account(arr=1_000, churned_on=left, status="churned" if left else "active")
        for days in (0, 90, 180):
            SnapshotFactory(account=one, version=judging, day=ago(days), readings=[place % 29, *readings[1:]])


def other_weights(version: ScorecardVersion) -> dict[str, str]:
    """Every weight as the page sends it; the first two dimensions share what they have otherwise."""
    dimensions = list(version.dimensions.order_by("position"))
    data = {f"d{one.pk}": str(one.weight) for one in dimensions}
    both = dimensions[0].weight + dimensions[1].weight
    data |= {f"d{dimensions[0].pk}": "5", f"d{dimensions[1].pk}": str(both - 5)}
    return data | {f"i{row.pk}": str(row.weight) for row in Indicator.objects.filter(dimension__version=version)}


@BOOKS
def test_the_preview_takes_twelve_queries(
    admin_client: Client, judging: ScorecardVersion, draft: ScorecardVersion, accounts: int, django_assert_num_queries
) -> None:
    a_book(judging, accounts)
    tried = other_weights(draft)
    # Session, user, version; its dimensions, indicators and tiers; all versions, both as they are run; the book, its
    # products, the quartiles of the day, the names of those who move.
    with django_assert_num_queries(12):
        page = admin_client.get(url(draft), tried)
    assert page.context["preview"].movers


@BOOKS
def test_the_draft_as_it_is_takes_eleven_queries(
    admin_client: Client, judging: ScorecardVersion, draft: ScorecardVersion, accounts: int, django_assert_num_queries
) -> None:
    a_book(judging, accounts)
    with django_assert_num_queries(11):
        page = admin_client.get(url(draft))
    assert page.context["preview"].accounts >= accounts


@BOOKS
def test_the_backtest_takes_nine_queries_however_many_days_it_looks_at(
    admin_client: Client, judging: ScorecardVersion, draft: ScorecardVersion, accounts: int, django_assert_num_queries
) -> None:
    a_book(judging, accounts)
    tried = other_weights(draft)
    with django_assert_num_queries(9):
        page = admin_client.get(url(draft, "backtest"), tried)
    assert len(page.context["tested"].days) == 2


@pytest.mark.parametrize("drafts", [1, 30])
def test_all_versions_take_five_queries(
    admin_client: Client, judging: ScorecardVersion, drafts: int, django_assert_num_queries
) -> None:
    for _ in range(drafts):
        draft_from(judging, by=None)
    with django_assert_num_queries(5):
        page = admin_client.get(url(judging, "versions"))
    assert len(page.context["versions"]) == drafts + 1


def test_versions_that_cannot_be_run_cost_nothing_more(
    admin_client: Client, judging: ScorecardVersion, draft: ScorecardVersion, django_assert_num_queries
) -> None:
    Indicator.objects.filter(metric="login_days").update(metric="nobody_knows")
    with django_assert_num_queries(5):
        page = admin_client.get(url(draft, "versions"))
    assert all("No metric is called" in line.problem for line in page.context["versions"])


@BOOKS
def test_a_metric_that_no_snapshot_holds_is_read_by_one_statement_and_kept_for_the_day(
    admin_client: Client, judging: ScorecardVersion, draft: ScorecardVersion, accounts: int, django_assert_num_queries
) -> None:
    observed_account(1.0)
    a_book(judging, accounts)
    Indicator.objects.filter(dimension__version=draft, metric="login_days").update(
        metric="last_activity_days", scorer_kind="decay", scorer_params={"fresh": 7, "stale": 60}
    )
    with django_assert_num_queries(15):
        admin_client.get(url(draft))
    with django_assert_num_queries(12):
        admin_client.get(url(draft))


@pytest.mark.parametrize("presets", [1, 4])
def test_the_list_of_scorecards_does_not_grow_with_them(
    admin_client: Client, presets: int, django_assert_num_queries
) -> None:
    for name in ("ops", "lifecycle", "benchmark", "six_signal")[:presets]:
        install_preset(name, default=name == "ops")
    with django_assert_num_queries(5):
        page = admin_client.get(reverse("admin:health_scorecard_changelist"))
    assert page.content.decode().count(">v1<") == presets
