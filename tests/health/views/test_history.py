"""The history page, and the small question that every open account page asks."""

import datetime as dt
from decimal import Decimal
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from cs_workspace.common import clock
from health.models import AlertRule, DirtyMark, Snapshot
from health.services.recompute import recompute_accounts
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.health.making import TODAY, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def account(cast: Cast) -> Account:
    """An account of the owner's with a score of 40 days ago, one of ten days ago and one of today."""
    one = observed_account(0.6, owner=cast.owner)
    for back in (40, 10):
        recompute_accounts([one.pk], day=TODAY)
        Snapshot.objects.filter(day=TODAY).update(day=ago(back))
    one.training.update(completed_on=None)
    one.alignment.update(value="misaligned")
    recompute_accounts([one.pk], day=TODAY)
    DirtyMark.objects.all().delete()
    one.refresh_from_db()
    return one


def url(account: Account, name: str = "account-history") -> str:
    return reverse(f"health:{name}", args=[account.pk])


def page(user, account: Account, query: str = "") -> str:
    response = logged_in(user).get(url(account) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_the_score_its_dimensions_two_days_and_what_would_help(cast: Cast, account: Account):
    html = page(cast.owner, account)
    for words in (
        "Health history", "points of 100", "As a table", "By dimension", "Product usage", "35 % of the score",
        "What moved it between two days", "What would raise it most", "To reach", "Tier then",
    ):  # fmt: skip
        assert words in html
    assert 'role="img" aria-label="Score from' in html
    assert 'aria-current="true"' in html.split("90 days</a>")[0].rsplit("<a", 1)[1]


@pytest.mark.parametrize("span", [30, 90, 365])
def test_the_span_stands_in_the_address(cast: Cast, account: Account, span: int):
    html = page(cast.owner, account, f"?days={span}")
    assert 'aria-current="true"' in html.split(f"{span} days</a>")[0].rsplit("<a", 1)[1]
    assert html.count("<figure>") == 4


def test_the_points_of_the_moves_add_up_to_the_difference_in_its_foot(cast: Cast, account: Account):
    html = page(cast.owner, account)
    then, now = (Snapshot.objects.get(account=account, day=day).score for day in (ago(40), TODAY))
    table = html.split('id="compare-title"')[1].split("</section>")[0]
    rows = [
        piece.split("</td>")[0] for piece in table.split("<tbody>")[1].split("</tbody>")[0].split('<td class="num ')[1:]
    ]
    points = [Decimal(row.split(">")[1].replace("−", "-").replace("+", "")) for row in rows]
    assert points
    assert sum(points) == now - then
    assert f"{then} → {now}" in table
    assert "No score was kept on 13 Feb 2026" in table


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?since=soon", "Give a day."),
        ("?until=2027-01-01", "That day is still to come."),
        ("?since=2026-03-15&until=2026-03-15", "The first day must lie before the second."),
        ("?until=2026-01-01&since=2026-02-01", "The first day must lie before the second."),
    ],
)
def test_days_that_cannot_be_compared_are_named_and_what_was_typed_stays(
    cast: Cast, account: Account, query: str, words: str
):
    html = page(cast.owner, account, query)
    assert words in html
    assert 'aria-invalid="true"' in html
    assert "13 Feb 2026 and 15 Mar 2026 are compared." in html


@pytest.mark.parametrize("query", ["?days=7", "?days=x", "?days=", "?since=&until="])
def test_a_span_that_is_none_gives_90_days(cast: Cast, account: Account, query: str):
    assert 'name="days" value="90"' in page(cast.owner, account, query)


def test_days_before_the_first_score_lead_to_it(cast: Cast, account: Account):
    html = page(cast.owner, account, "?since=2025-01-01")
    assert "There is no score on or before 1 Jan 2025" in html
    assert f"since={ago(40)}" in html


def test_an_account_without_any_score_says_so(cast: Cast):
    html = page(cast.owner, make.AccountFactory(owner=cast.owner))
    assert "No score in this span" in html
    assert "There is no score to compare yet" in html


def test_every_indicator_opens_to_its_definition_without_a_script(cast: Cast, account: Account):
    for html in (
        page(cast.owner, account),
        logged_in(cast.owner).get(url(account, "account-panel")).content.decode(),
    ):
        term = html.split('<details class="term"')[1].split("</details>")[0]
        for words in ("<summary>", "Unit", "Window", "Source", "Good", "#"):
            assert words in term


def test_the_fragment_is_the_part_that_changes(cast: Cast, account: Account):
    response = logged_in(cast.owner).get(url(account), headers={"hx-request": "true", "hx-target": "history"})
    html = response.content.decode()
    assert "<html" not in html
    assert html.lstrip().startswith('<div class="stack history" id="history">')


def test_who_may_see_the_account_may_see_its_history(cast: Cast):
    for user in cast.insiders:
        assert logged_in(user).get(url(cast.account)).status_code == 200
    assert logged_in(cast.outsider).get(url(cast.account)).status_code == 404


@pytest.mark.parametrize("name", ["account-history", "account-state"])
def test_nothing_can_be_posted_to_them(cast: Cast, account: Account, name: str):
    assert logged_in(cast.owner).post(url(account, name)).status_code == 405


def test_the_page_costs_the_same_for_a_day_as_for_a_year(cast: Cast, account: Account, django_assert_num_queries):
    client = logged_in(cast.owner)
    for _ in range(2):
        with django_assert_num_queries(8):
            client.get(url(account) + "?days=365")
        for back in range(11, 40):
            recompute_accounts([account.pk], day=ago(back))
        make.ContactFactory.create_batch(5, account=account, roles=["champion"], status="left", left_on=ago(3))


# Whether an open page is behind


def asked(cast: Cast, account: Account, seen: str | None = None, more: str = ""):
    seen = Account.objects.get(pk=account.pk).health_updated.isoformat() if seen is None else seen
    return logged_in(cast.owner).get(f"{url(account, 'account-state')}?seen={quote(seen)}{more}")


def test_nothing_new_is_answered_by_nothing(cast: Cast, account: Account):
    response = asked(cast, account)
    assert (response.status_code, response.content) == (204, b"")
    assert "HX-Trigger" not in response
    assert "no-store" in response["Cache-Control"]


def test_a_newer_score_is_told(cast: Cast, account: Account):
    assert "healthChanged" in asked(cast, account, (clock.now() - dt.timedelta(days=1)).isoformat())["HX-Trigger"]


def test_an_observation_that_waits_is_told_once(cast: Cast, account: Account):
    make.DirtyMarkFactory(account=account)
    assert "healthChanged" in asked(cast, account)["HX-Trigger"]
    assert "HX-Trigger" not in asked(cast, account, more="&waits=1")


def test_a_page_whose_session_has_ended_is_left_alone(account: Account):
    response = Client().get(url(account, "account-state"), headers={"hx-request": "true"})
    assert (response.status_code, response.content) == (204, b"")
    assert "HX-Redirect" not in response
    assert "HX-Trigger" not in response


def test_it_is_asked_cheaply(cast: Cast, account: Account, django_assert_num_queries):
    client = logged_in(cast.owner)
    with django_assert_num_queries(3):  # the session, the user, the account
        client.get(url(account, "account-state"))


def test_an_open_page_asks_every_few_seconds_while_it_is_seen(cast: Cast, account: Account):
    html = logged_in(cast.owner).get(url(account, "account-panel")).content.decode()
    asking = html.split("data-while-seen")[1].split(">")[0]
    assert 'hx-trigger="every 12s, seen"' in asking
    assert 'hx-swap="none"' in asking
    Account.objects.filter(pk=account.pk).update(is_trial=True)
    assert "data-while-seen" not in logged_in(cast.owner).get(url(account, "account-panel")).content.decode()


def test_a_page_whose_score_is_late_still_asks_but_only_for_the_score(cast: Cast, account: Account):
    make.DirtyMarkFactory(account=account)
    late = int(noon(0).timestamp()) - 1
    html = logged_in(cast.owner).get(f"{url(account, 'account-panel')}?until={late}").content.decode()
    assert "&amp;waits=1" in html.split("data-while-seen")[1].split(">")[0]
