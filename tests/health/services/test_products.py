"""Accounts of several products, from observations to the account's row and the scores of the products."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, ContractLine, ExchangeRate, Product
from health.domain.metrics import METRICS
from health.domain.observations import UserDay
from health.metrics.of_products import compute_of_products
from health.metrics.registry import OF_PRODUCTS, compute
from health.models import ProductScore, Snapshot
from health.queries.health import health_of
from health.services.observing import record_user_days
from health.services.products import holdings
from health.services.recompute import recompute_accounts
from tests.factories import (
    AlignmentJudgementFactory,
    ContactFactory,
    FeatureFactory,
    FeatureMonthFactory,
    InvoiceFactory,
    SurveyAnswerFactory,
    TicketFactory,
    TouchFactory,
)
from tests.health.making import TODAY, account, ago, contents, contract, noon, observed_account, product, usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def crm() -> Product:
    return product(name="CRM", feature_count=10)


@pytest.fixture
def erp() -> Product:
    return product(name="ERP", feature_count=4)


def with_both(crm: Product, erp: Product, *, arr: tuple[int, int] = (30_000, 10_000), **fields) -> Account:
    """Bought both, uses the first every day and the second on three days."""
    one = account(**fields)
    deal = contract(one, seats=10, of=crm, arr=arr[0])
    ContractLine.objects.create(contract=deal, product=erp, seats=5, arr=arr[1])
    for back in (0, 30):
        usage(one, range(back, back + 30), product_id=crm.pk, logins=2, active_users=4, core_actions=20)
    usage(one, [1, 5, 9, *range(30, 60)], product_id=erp.pk, logins=1, active_users=2, core_actions=2)
    InvoiceFactory(account=one, due_on=ago(40), paid_on=ago(40))
    ContactFactory(account=one, roles=["champion"])
    SurveyAnswerFactory(account=one, kind="csat", score=5, at=noon(20))
    SurveyAnswerFactory(account=one, kind="nps", score=10, at=noon(20))
    AlignmentJudgementFactory(account=one, value="aligned", at=noon(30))
    TouchFactory(account=one, at=noon(5), attended=True, sentiment="positive")
    return one


def recompute(*accounts: Account, day: dt.date = TODAY):
    return recompute_accounts([one.pk for one in accounts], day=day)


def readings_of(one: Account, *products: Product, day: dt.date = TODAY) -> list[dict[str, float]]:
    names = sorted(OF_PRODUCTS)
    whole = compute(names, [one.pk], day)
    found = compute_of_products(whole, [0] * len(products), [(one.pk, each.pk) for each in products], day)
    return [{name: found[name][row] for name in names} for row in range(len(products))]


def test_each_product_is_read_by_what_was_observed_of_it(crm, erp):
    one = with_both(crm, erp)
    used = [*FeatureFactory.create_batch(3, product=crm), FeatureFactory(product=erp)]
    for feature in used:
        FeatureMonthFactory(account=one, feature=feature, month=TODAY.replace(day=1), days=0b10010)
    record_user_days([UserDay(one.pk, f"user {number}", TODAY, product_id=crm.pk) for number in range(5)])
    record_user_days([UserDay(one.pk, "user 1", ago(1), product_id=erp.pk)])
    TicketFactory.create_batch(2, account=one, product=erp, opened_at=noon(3), severity="critical")
    TicketFactory(account=one, product=crm, opened_at=noon(3), severity="normal")
    TicketFactory(account=one, product=None, opened_at=noon(3), severity="normal")
    first, second = readings_of(one, crm, erp)
    assert (first["login_days"], second["login_days"]) == (30, 3)
    assert (first["feature_breadth"], second["feature_breadth"]) == (0.3, 0.25)
    assert (first["active_user_ratio"], second["active_user_ratio"]) == (0.5, 0.2)  # of 10 and of 5 seats
    assert (first["usage_change"], second["usage_change"]) == (0.0, pytest.approx(-0.9))
    assert (first["last_activity_days"], second["last_activity_days"]) == (0, 1)
    # A ticket that names no product is of all.
    assert (first["tickets_90d"], second["tickets_90d"]) == (2, 3)
    assert (first["critical_ticket_share"], second["critical_ticket_share"]) == (0, pytest.approx(2 / 3))


def test_a_product_that_was_never_seen_is_unknown_though_the_account_is_not(crm, erp):
    one = with_both(crm, erp)
    one.usage_days.filter(product=erp).delete()
    first, second = readings_of(one, crm, erp)
    assert first["login_days"] == 30
    assert all(second[name] != second[name] for name in ("login_days", "usage_change", "feature_breadth", "dau_mau"))


def test_the_account_is_the_mean_of_its_products_by_arr_and_explains_itself(crm, erp):
    one = with_both(crm, erp)
    recompute(one)
    one.refresh_from_db()
    scores = dict(ProductScore.objects.values_list("product__name", "score"))
    assert scores["CRM"] > scores["ERP"]
    assert one.health_score == pytest.approx((3 * scores["CRM"] + scores["ERP"]) / 4, abs=Decimal("0.1"))
    snapshot = Snapshot.objects.get()
    assert snapshot.score == one.health_score
    # A whole point counts once it is reached: 90.96 stands as 90.9, and the points come to the rest as well.
    assert sum(points or 0 for points in snapshot.points) == pytest.approx(float(snapshot.score), abs=0.1)
    assert sum(snapshot.weights) == pytest.approx(100, abs=1e-3)
    # What is observed of the products is said of the one that it costs the most.
    assert one.health_reason == "core actions 1× the segment · ERP: usage −90 %"
    # Shown out of the snapshot, it is the same.
    health = health_of(one, today=TODAY)
    lines = [line for dimension in health.dimensions for line in dimension.indicators]
    assert sum(line.points for line in lines) == pytest.approx(float(one.health_score), abs=0.1)
    login_days = next(line for line in lines if line.metric == "login_days")
    # 100 points with three quarters of the ARR and 30 with one; 30 and 3 days.
    assert (login_days.score, login_days.reading) == (pytest.approx(82.5), "23.2 of 30 days with a login")


def test_what_is_kept_of_a_product(crm, erp):
    one = with_both(crm, erp)
    recompute(one)
    kept = ProductScore.objects.get(product=erp)
    assert (kept.day, kept.arr, kept.version.scorecard.key) == (TODAY, Decimal(10_000), "ops")
    assert kept.reason == "3 of 30 days with a login · usage −90 %"
    assert len(kept.dimensions) == 4
    card = kept.version.to_domain()
    assert kept.readings[card.metrics.index("login_days")] == 3
    assert kept.rank == card.tier_of(float(kept.score)).rank


def test_what_moved_the_account_adds_up_between_two_days(crm, erp):
    one = with_both(crm, erp)
    recompute(one, day=ago(7))
    TicketFactory.create_batch(12, account=one, product=erp, opened_at=noon(2))
    recompute(one)
    one.refresh_from_db()
    movement = health_of(one, today=TODAY).movement
    assert round(sum(move.tenths for move in movement.moves), 1) == float(movement.points)
    assert "Tickets" in [move.label for move in movement.moves]


def test_an_account_of_one_product_is_scored_as_a_whole(crm, erp):
    one = account()
    contract(one, of=crm)
    usage(one, range(60), product_id=crm.pk, logins=1)
    recompute(one)
    assert not ProductScore.objects.exists()
    assert Snapshot.objects.get().weights is None


def test_an_account_of_which_no_observation_names_a_product_is_scored_as_a_whole(crm, erp):
    one = account()
    ContractLine.objects.create(contract=contract(one, of=crm), product=erp, arr=5)
    usage(one, range(60), logins=1)
    TicketFactory(account=one, opened_at=noon(1))
    recompute(one)
    assert not ProductScore.objects.exists()


@pytest.mark.parametrize("source", ["usage", "users", "features", "tickets"])
def test_any_source_that_names_a_product_under_contract_will_do(crm, erp, source):
    one, other = account(), product()
    ContractLine.objects.create(contract=contract(one, of=crm), product=erp, arr=5)
    for named in (other, erp):
        assert holdings([one.pk], day=TODAY) == {}
        match source:
            case "usage":
                usage(one, [3], product_id=named.pk, logins=1)
            case "users":
                record_user_days([UserDay(one.pk, "anna", ago(3), product_id=named.pk)])
            case "features":
                FeatureMonthFactory(account=one, feature=FeatureFactory(product=named), month=TODAY.replace(day=1))
            case "tickets":
                TicketFactory(account=one, product=named, opened_at=noon(3))
    assert holdings([one.pk], day=TODAY) == {one.pk: [(crm.pk, "CRM", 12_000), (erp.pk, "ERP", 5)]}
    assert holdings([one.pk], day=ago(60)) == {}


def test_products_are_those_under_contract_on_the_day_in_workspace_currency(crm, erp):
    one, old = account(), product()
    contract(one, of=crm, arr=100)
    contract(one, of=crm, arr=50)
    contract(one, of=erp, arr=200, currency="USD")
    contract(one, of=old, start=ago(700), end=ago(20), status="ended")
    contract(one, of=product(), status="draft")
    ExchangeRate.objects.create(currency="USD", valid_from=ago(100), rate=Decimal("0.5"))
    usage(one, [3, 40], product_id=crm.pk, logins=1)
    assert holdings([one.pk], day=TODAY) == {one.pk: [(crm.pk, "CRM", 150), (erp.pk, "ERP", 100)]}
    assert [held.product_id for held in holdings([one.pk], day=ago(30))[one.pk]] == [crm.pk, erp.pk, old.pk]


def test_each_line_of_a_product_is_converted_to_the_cent_as_the_ledger_books_it(crm, erp):
    one = account()
    contract(one, of=crm, arr=100)
    ContractLine.objects.create(contract=contract(one, of=erp, arr=3, currency="USD"), product=erp, arr=1)
    ExchangeRate.objects.create(currency="USD", valid_from=ago(100), rate=Decimal("0.005"))
    usage(one, [3], product_id=crm.pk, logins=1)
    assert holdings([one.pk], day=TODAY) == {one.pk: [(crm.pk, "CRM", 100), (erp.pk, "ERP", 0.03)]}


def test_doing_it_again_changes_nothing(crm, erp):
    one = with_both(crm, erp)
    recompute(one)
    before = contents(ProductScore, Snapshot, Account)
    recompute(one)
    assert contents(ProductScore, Snapshot, Account) == before


def test_scores_of_products_go_when_the_account_is_scored_as_a_whole_again(crm, erp):
    one, left = with_both(crm, erp), with_both(crm, erp)
    recompute(one, left)
    assert ProductScore.objects.count() == 4
    one.contracts.get().lines.get(product=erp).delete()
    Account.objects.filter(pk=left.pk).update(status="churned", churned_on=TODAY)
    recompute(one, left)
    assert not ProductScore.objects.exists()
    assert Snapshot.objects.get().weights is None


def test_a_past_day_gets_its_snapshot_and_leaves_the_scores_of_products_alone(crm, erp):
    one = with_both(crm, erp)
    recompute(one, day=ago(3))
    assert Snapshot.objects.get().weights is not None
    assert not ProductScore.objects.exists()


def test_an_account_scores_the_same_alone_and_beside_others(crm, erp):
    one, other = with_both(crm, erp), observed_account()
    third = with_both(erp, crm)
    recompute(one, other, third)
    among = contents(Snapshot, ProductScore)
    Snapshot.objects.all().delete()
    ProductScore.objects.all().delete()
    for each in (one, other, third):
        recompute(each)
    assert contents(Snapshot, ProductScore) == among


def test_the_number_of_statements_does_not_grow_with_the_accounts_of_the_same_products(crm, erp):
    few, many = [with_both(crm, erp)], [with_both(crm, erp) for _ in range(6)]
    recompute(*few, *many, day=ago(1))
    recompute(*few)
    counts = []
    for chosen in (few, many):
        with CaptureQueriesContext(connection) as queries:
            recompute(*chosen)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_accounts_of_one_product_pay_two_statements_for_the_others(crm):
    one = observed_account()
    recompute(one)
    with CaptureQueriesContext(connection) as queries:
        recompute(one)
    mine = [query["sql"] for query in queries if "productscore" in query["sql"] or "several" in query["sql"]]
    assert len(mine) == 2


def test_only_numbers_are_read_of_products_so_that_a_mean_can_be_taken():
    assert all(METRICS[name].kind.is_numeric for name in OF_PRODUCTS)
