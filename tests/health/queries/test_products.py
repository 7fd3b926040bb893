"""What is shown of the products of an account whose score is their mean."""

from decimal import Decimal

import pytest

from accounts.models import Account, Product
from health.models import ProductScore, ScorecardVersion
from health.queries.products import ProductLine, product_lines, products_of_account
from tests import factories as make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def kept(account: Account, name: str, arr: int, score: float | None, rank: int | None = None, **fields) -> Product:
    product = make.ProductFactory(name=name)
    ProductScore.objects.create(
        account=account, product=product, day="2026-03-15", version=ScorecardVersion.objects.get(), arr=arr,
        score=score, rank=rank, confidence=0.8, dimensions=[], readings=[], **fields,
    )  # fmt: skip
    return product


def lines_of(*accounts: Account) -> list[list[ProductLine]]:
    rows = Account.objects.filter(pk__in=[one.pk for one in accounts]).annotate(**products_of_account())
    return [product_lines(account) for account in rows.order_by("pk")]


def test_the_largest_product_comes_first_with_its_weight_and_tier(cast: Cast):
    kept(cast.account, "ERP", 10_000, 45, 3, reason="usage −90 %")
    kept(cast.account, "CRM", 30_000, 85.5, 1)
    first, second = lines_of(cast.account)[0]
    assert (first.name, first.arr, first.weight, first.score, first.tier) == (
        "CRM",
        30_000,
        0.75,
        Decimal("85.5"),
        "Healthy",
    )
    assert (second.name, second.weight, second.tier, second.reason) == ("ERP", 0.25, "At-Risk", "usage −90 %")
    assert first.confidence == pytest.approx(0.8)


def test_a_product_without_a_score_has_no_weight(cast: Cast):
    kept(cast.account, "CRM", 10, 80, 1)
    kept(cast.account, "ERP", 30, None)
    assert [(one.name, one.weight, one.tier) for one in lines_of(cast.account)[0]] == [
        ("ERP", 0, ""), ("CRM", 1, "Healthy"),
    ]  # fmt: skip


@pytest.mark.parametrize(("scores", "weights"), [([80, 60], [0.5, 0.5]), ([80, None], [1, 0]), ([None, None], [0, 0])])
def test_products_without_arr_count_alike(cast: Cast, scores, weights):
    for name, score in zip("AB", scores, strict=True):
        kept(cast.account, name, 0, score, 1 if score else None)
    assert [one.weight for one in lines_of(cast.account)[0]] == weights


def test_an_account_scored_as_a_whole_has_none(cast: Cast):
    assert lines_of(cast.account)[0] == []


def test_the_products_of_many_accounts_cost_one_query(cast: Cast, django_assert_num_queries):
    for name in "ABCD":
        kept(cast.account, name, 10, 80, 1)
    kept(cast.strangers, "E", 10, 80, 1)
    with django_assert_num_queries(1):
        found = lines_of(cast.account, cast.strangers)
    assert [[line.name for line in lines] for lines in found] == [["A", "B", "C", "D"], ["E"]]
