"""The open box on the page: it adds up, it says what is missing, and it comes again when something was observed."""

import datetime as dt
from decimal import Decimal
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Account
from accounts.services.touches import log_touch
from cs_workspace.common import clock
from cs_workspace.common.points import whole_points
from health.models import AlertRule, DirtyMark, ProductScore, Snapshot
from health.services.recompute import recompute_accounts
from health.services.runs import refresh_dirty
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.health.making import TODAY, ago, noon, observed_account
from tests.health.making import usage as usage_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def account(cast: Cast) -> Account:
    """An account of the owner's with a score of ten days ago, one of today and no mark."""
    one = observed_account(0.6, owner=cast.owner)
    for back in (10, 0):
        recompute_accounts([one.pk], day=ago(back))
    DirtyMark.objects.all().delete()
    one.refresh_from_db()
    return one


def url(account: Account, name: str = "account-panel") -> str:
    return reverse(f"health:{name}", args=[account.pk])


def panel(user, account: Account, query: str = "") -> str:
    response = logged_in(user).get(url(account) + query, headers={"hx-request": "true", "hx-target": "health"})
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_why_with_every_dimension_and_indicator(cast: Cast, account: Account):
    html = panel(cast.owner, account)
    assert f"Why {whole_points(account.health_score)}" in html
    for words in ("Product usage", "35 %", "Training", "Ops", "of weight observed", "Not observed:", "Feature breadth"):
        assert words in html
    assert f'aria-label="Health {whole_points(account.health_score)}, {account.health_tier}"' in html


def test_what_moved_it_adds_up_as_shown(cast: Cast, account: Account):
    account.training.update(completed_on=None)
    account.alignment.update(value="misaligned")
    recompute_accounts([account.pk], day=TODAY)
    html = panel(cast.owner, account)
    then, now = Snapshot.objects.order_by("day").values_list("score", flat=True)
    assert "What moved it in 10 days" in html
    assert f"−{then - now}" in html
    shown = html.split("What moved it")[1].split("What would raise it most")[0]
    moves = [piece.split("<")[0] for piece in shown.split('<b class="num ')[1:]]
    points = [Decimal(move.split(">")[1].replace("−", "-").replace("+", "")) for move in moves]
    assert sum(points) == now - then


def test_it_says_what_would_raise_it_most_and_where_that_leads(cast: Cast, account: Account):
    html = panel(cast.owner, account)
    assert "What would raise it most:" in html
    assert "Each step by itself" in html


def test_its_history_is_a_chart_with_a_table_for_those_who_cannot_see_it(cast: Cast, account: Account):
    html = panel(cast.owner, account)
    assert "Score since" in html
    assert 'role="img" aria-label="Score from' in html
    assert "As a table" in html


def test_it_is_a_page_of_its_own_too(cast: Cast, account: Account):
    html = logged_in(cast.owner).get(url(account)).content.decode()
    assert "<html" in html
    assert 'id="health"' in html


def test_too_little_data_gives_no_number(cast: Cast):
    one = make.AccountFactory(owner=cast.owner, customer_since=ago(300))
    make.TicketFactory(account=one, opened_at=noon(2))
    recompute_accounts([one.pk], day=TODAY)
    html = panel(cast.owner, one)
    assert "No score" in html
    assert "Not enough data:" in html
    assert "Why" not in html
    assert "What moved it" not in html
    assert "ring t0" in html


def test_an_account_never_scored_says_what_a_score_takes(cast: Cast):
    html = panel(cast.owner, make.AccountFactory(owner=cast.owner))
    assert "Nothing was observed yet" in html
    assert "ring t0" in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_trial": True}, "Trials get no score"),
        ({"status": "churned", "churned_on": ago(10)}, "Customers who left get no score"),
        ({"customer_since": ago(-10)}, "not a customer yet"),
    ],
)
def test_who_gets_no_score_is_told_why_and_what_it_was(cast: Cast, account: Account, fields: dict, words: str):
    Account.objects.filter(pk=account.pk).update(**fields)
    html = panel(cast.owner, account)
    assert words in html
    assert "The last score was" in html
    assert "Recompute" not in html


def test_only_those_who_may_change_things_can_recompute(cast: Cast, account: Account):
    make.TeamMemberFactory(account=account, user=cast.read_only)
    button = reverse("health:recompute-account", args=[account.pk])
    assert button in panel(cast.owner, account)
    assert button not in panel(cast.read_only, account)


# A score that is on its way


def test_a_touch_moves_the_score_on_the_page_as_soon_as_a_worker_was_there(cast: Cast, account: Account):
    client = logged_in(cast.owner)
    before = panel(cast.owner, account)
    assert "every 2s" not in before
    with time_machine.travel(noon(0) + dt.timedelta(seconds=5), tick=False):
        log_touch(by=cast.owner, account=account, fields={"kind": "meeting", "at": clock.now(), "attended": False})
        waiting = panel(cast.owner, account)
        assert "every 2s" in waiting
        again = waiting.split('class="health-waits" hx-get="')[1].split('"')[0].replace("&amp;", "&")
        headers = {"hx-request": "true", "hx-target": "health"}
        assert client.get(again, headers=headers).status_code == 204
        refresh_dirty()
        told = client.get(again, headers=headers)
    new = told.content.decode()
    assert "scoreChanged" in told["HX-Trigger"]
    assert "every 2s" not in new
    assert new != before


def test_an_event_that_moves_nothing_tells_nobody(cast: Cast, account: Account):
    seen = Account.objects.get(pk=account.pk).health_updated.isoformat()
    response = logged_in(cast.owner).get(url(account), {"seen": seen}, headers={"hx-request": "true"})
    assert response.status_code == 200
    assert "HX-Trigger" not in response


def test_a_score_that_does_not_come_is_no_longer_asked_for(cast: Cast, account: Account):
    make.DirtyMarkFactory(account=account)
    seen = quote(Account.objects.get(pk=account.pk).health_updated.isoformat())
    late = int(noon(0).timestamp()) - 1
    html = panel(cast.owner, account, f"?seen={seen}&until={late}")
    assert "A new score is late" in html
    assert "every 2s" not in html


@pytest.mark.parametrize("query", ["?until=x", "?until=99999999999999999999", "?seen=x&until=-1", "?seen="])
def test_odd_questions_get_the_panel(cast: Cast, account: Account, query: str):
    assert "Why" in panel(cast.owner, account, query)


@pytest.mark.parametrize("name", ["account-panel", "account-usage"])
def test_nothing_can_be_posted_to_them(cast: Cast, account: Account, name: str):
    assert logged_in(cast.owner).post(url(account, name)).status_code == 405


# Usage


def test_usage_stands_week_by_week_with_its_change(cast: Cast, account: Account):
    html = logged_in(cast.owner).get(url(account, "account-usage")).content.decode()
    for words in ("Active users", "Logins", "Core actions", "in 4 weeks", "As a table"):
        assert words in html


def test_features_are_listed_with_the_days_on_which_they_were_used(cast: Cast, account: Account):
    product = account.contracts.get().lines.get().product
    used = make.FeatureFactory(product=product, name="Routing", core=True)
    make.FeatureFactory(product=product, name="Planning")
    make.FeatureMonthFactory(account=account, feature=used, month=TODAY.replace(day=1), days=0b10010)
    html = logged_in(cast.owner).get(url(account, "account-usage")).content.decode()
    assert "1 of 2 used in 30 days" in html
    assert html.index("Routing") < html.index("Planning")
    assert "never" in html


def test_an_account_without_use_says_so(cast: Cast):
    html = logged_in(cast.owner).get(url(make.AccountFactory(owner=cast.owner), "account-usage")).content.decode()
    assert "No use was reported" in html


def test_the_panels_cost_the_same_however_much_there_is(cast: Cast, account: Account, django_assert_num_queries):
    client = logged_in(cast.owner)
    headers = {"hx-request": "true", "hx-target": "health"}
    for _ in range(2):
        with django_assert_num_queries(6):
            client.get(url(account), headers=headers)
        with django_assert_num_queries(5):
            client.get(url(account, "account-usage"), headers={"hx-request": "true", "hx-target": "usage"})
        for back in range(1, 30):
            recompute_accounts([account.pk], day=ago(back))
        for feature in make.FeatureFactory.create_batch(5, product=account.contracts.get().lines.get().product):
            make.FeatureMonthFactory(account=account, feature=feature)


def scored_by_products(cast: Cast) -> Account:
    """An account of the owner's with two products, of which the smaller one is hardly used."""
    one = observed_account(1.0, owner=cast.owner)
    one.usage_days.all().delete()
    first, second = (make.ProductFactory(name=name) for name in ("Freight", "Customs"))
    one.contracts.get().lines.update(product=first, arr=30_000)
    make.ContractLineFactory(contract=one.contracts.get(), product=second, arr=10_000, seats=5)
    usage_of(one, range(60), product_id=first.pk, logins=3, active_users=5)
    usage_of(one, [2, *range(30, 60)], product_id=second.pk, logins=1, active_users=2)
    recompute_accounts([one.pk], day=TODAY)
    DirtyMark.objects.all().delete()
    one.refresh_from_db()
    return one


def test_an_account_of_several_products_shows_each_with_its_weight(cast: Cast):
    one = scored_by_products(cast)
    html = panel(cast.owner, one)
    assert html.index("By product") < html.index("Freight") < html.index("Customs")
    assert "75 %" in html
    assert "25 %" in html
    scores = dict(ProductScore.objects.values_list("product__name", "score"))
    for score in scores.values():
        assert f"{whole_points(score)} " in html
    page = logged_in(cast.owner).get(reverse("accounts:account", args=[one.pk])).content.decode()
    assert "By product" in page


def test_a_parent_shows_its_own_score_and_that_of_its_subsidiaries_side_by_side(cast: Cast, account: Account):
    make.AccountFactory(owner=cast.owner, parent=account, arr=30_000, health_score=90)
    make.AccountFactory(owner=cast.owner, parent=account, arr=10_000, health_score=50)
    make.AccountFactory(owner=cast.owner, parent=account, arr=5_000)
    make.AccountFactory(owner=cast.outsider, parent=account, arr=90_000, health_score=1)
    html = panel(cast.owner, account)
    assert "3 subsidiaries, 2 with a score" in html
    assert '<span class="tier t1">80 Healthy</span>' in html  # (3 × 90 + 50) ÷ 4
    assert f"{account.name} itself" in html
    assert "subsidiar" not in panel(cast.owner, Account.objects.filter(parent=account).first())


def test_a_parent_that_is_no_customer_itself_shows_its_subsidiaries_all_the_same(cast: Cast):
    parent = make.AccountFactory(owner=cast.owner)
    make.AccountFactory(owner=cast.owner, parent=parent, arr=30_000, health_score=90)
    html = panel(cast.owner, parent)
    assert "Nothing was observed yet" in html
    assert "1 subsidiary" in html
    assert '<span class="tier t1">90 Healthy</span>' in html


def test_products_and_subsidiaries_cost_no_query(cast: Cast, django_assert_num_queries):
    one = scored_by_products(cast)
    client, headers = logged_in(cast.owner), {"hx-request": "true", "hx-target": "health"}
    for _ in range(2):
        with django_assert_num_queries(6):
            client.get(url(one), headers=headers)
        make.AccountFactory.create_batch(3, owner=cast.owner, parent=one, health_score=40)
