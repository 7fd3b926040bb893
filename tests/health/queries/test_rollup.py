"""A parent's children, rolled up by ARR, of what the user sees."""

import pytest

from accounts.models import Account
from health.models import Scorecard
from health.queries.rollup import Rollup, children_of_account, rollup_of
from tests import factories as make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(cast: Cast) -> Account:
    return make.AccountFactory(owner=cast.owner, arr=500, health_score=90)


def child(parent: Account, arr: int, score: float | None, **fields) -> Account:
    return make.AccountFactory(**{"owner": parent.owner, "parent": parent, "arr": arr, "health_score": score} | fields)


def rolled_up(user, *parents: Account) -> list[Rollup | None]:
    rows = Account.objects.filter(pk__in=[one.pk for one in parents]).annotate(**children_of_account(user))
    return [rollup_of(account) for account in rows.order_by("pk")]


def of(user, parent: Account) -> Rollup | None:
    return rolled_up(user, parent)[0]


def test_the_mean_of_the_children_is_weighted_by_arr_and_leaves_the_parent_out(cast: Cast, parent: Account):
    child(parent, 30_000, 80)
    child(parent, 10_000, 40)
    found = of(cast.owner, parent)
    # (3 × 80 + 40) ÷ 4 = 70.
    assert (found.score, found.rank, found.tier) == (70.0, 2, "Watch")
    assert (found.children, found.scored, found.arr) == (2, 2, 40_000)


def test_a_child_without_a_score_counts_with_its_arr_alone(cast: Cast, parent: Account):
    child(parent, 30_000, None)
    child(parent, 10_000, 40)
    found = of(cast.owner, parent)
    assert (found.score, found.children, found.scored, found.arr) == (40.0, 2, 1, 40_000)


def test_without_any_score_the_mean_is_unknown(cast: Cast, parent: Account):
    child(parent, 30_000, None)
    found = of(cast.owner, parent)
    assert (found.score, found.rank, found.tier) == (None, None, "")


def test_where_no_child_has_arr_they_count_alike(cast: Cast, parent: Account):
    child(parent, 0, 80)
    child(parent, 0, 40)
    assert of(cast.owner, parent).score == 60.0


def test_the_tier_goes_by_the_unrounded_mean(cast: Cast, parent: Account):
    child(parent, 9_999, 60)
    child(parent, 1, 59)
    found = of(cast.owner, parent)
    assert (found.score, found.tier) == (59.9, "At-Risk")


def test_without_a_default_scorecard_the_mean_has_no_tier(cast: Cast, parent: Account):
    Scorecard.objects.update(is_default=False)
    child(parent, 1, 60)
    found = of(cast.owner, parent)
    assert (found.score, found.rank, found.tier) == (60.0, None, "")


def test_only_customers_whom_the_user_sees_count(cast: Cast, parent: Account):
    child(parent, 10, 70)
    child(parent, 10, 10, owner=cast.outsider)
    child(parent, 10, 20, status="churned", churned_on="2026-01-01")
    child(parent, 10, 30, archived_at="2026-01-01T00:00Z")
    assert of(cast.owner, parent).score == 70.0
    assert of(cast.outsider, parent).score == 10.0


def test_grandchildren_belong_to_their_own_parent(cast: Cast, parent: Account):
    between = child(parent, 10, 70)
    child(between, 10, 10)
    assert [one.score for one in rolled_up(cast.owner, parent, between)] == [70.0, 10.0]


def test_an_account_without_children_has_no_roll_up(cast: Cast, parent: Account):
    assert of(cast.owner, parent) is None


def test_many_parents_cost_one_query(cast: Cast, parent: Account, django_assert_num_queries):
    parents = [parent, *make.AccountFactory.create_batch(3, owner=cast.owner)]
    for one in parents:
        for place in range(4):
            child(one, 10, 50 + place)
    with django_assert_num_queries(1):
        found = rolled_up(cast.owner, *parents)
    assert [one.score for one in found] == [51.5] * 4
