"""The report of save plans: rates with their intervals, unknown below five, and the list behind each figure."""

from decimal import Decimal

import pytest

from health.queries.interventions import PlanFilter, plan_counts, plans
from health.queries.save_results import save_results
from tests.factories import AccountFactory, InterventionFactory, days_ago

pytestmark = pytest.mark.django_db


def ended(owner, outcome="recovered", **fields):
    given = {"recovered": True, "outcome": outcome, "account": AccountFactory(owner=owner, arr=Decimal(1000))}
    if outcome == "withdrawn":
        given["outcome_note"] = "By mistake"
    return InterventionFactory(**given | fields)


def results_of(user, period="all"):
    found = save_results(user, period)
    return {row.key: row for row in found.tables[0][2]}


def test_the_rate_is_recovered_by_ended_with_wilsons_interval_and_unknown_below_five(cast):
    for outcome in ("recovered", "recovered", "recovered", "contracted", "churned"):
        ended(cast.owner, outcome, reason="price", arr_at_end=Decimal(0 if outcome == "churned" else 800))
    for outcome in ("recovered", "withdrawn"):
        ended(cast.owner, outcome, reason="value")
    rows = results_of(cast.owner)
    price, value = rows["price"], rows["value"]
    assert (price.ended, price.recovered, price.contracted, price.churned) == (5, 3, 1, 1)
    assert price.rate == 0.6
    assert [round(bound, 3) for bound in price.interval] == [0.231, 0.882]
    assert (price.arr_at_start, price.arr_kept, price.kept_share) == (5000, 3200, 0.64)
    assert (value.ended, value.rate, value.interval) == (1, None, None)


def test_points_and_days_are_means_of_what_is_known(cast):
    ended(cast.owner, started_at=days_ago(20), ended_at=days_ago(10), score_at_end=Decimal(61))
    ended(cast.owner, started_at=days_ago(30), ended_at=days_ago(10), score_at_end=None)
    row = results_of(cast.owner)["value"]
    assert (row.points, round(row.days, 6)) == (20.0, 15.0)
    assert save_results(cast.manager, "all").total.points == 20.0


def test_a_period_takes_what_ended_in_it(cast):
    ended(cast.owner, started_at=days_ago(200), ended_at=days_ago(100))
    ended(cast.owner)
    assert [save_results(cast.owner, period).total.ended for period in ("90", "365", "all")] == [1, 2, 2]


def test_nobody_counts_what_they_do_not_see(cast):
    ended(cast.owner)
    InterventionFactory(account=cast.account)
    assert save_results(cast.outsider, "all").total.ended == 0
    assert save_results(cast.manager, "all").total.ended == 1
    assert (save_results(cast.executive, "all").live, save_results(cast.outsider, "all").live) == (1, 0)


@pytest.mark.parametrize("field", ["reason", "root_cause"])
def test_the_list_behind_a_figure_has_as_many_as_it_says(cast, field):
    for number, outcome in enumerate(["recovered", "contracted", "churned", "recovered", "withdrawn"]):
        ended(cast.owner, outcome, reason=["price", "value"][number % 2], root_cause=["people", ""][number % 2])
    tables = {key: rows for key, _, rows in save_results(cast.owner, "365").tables}
    for row in tables[field]:
        wanted = {field: row.wanted, "period": "365"}
        counts = plan_counts(cast.owner, PlanFilter(**wanted))
        assert [counts[key] for key in ("ended", "recovered", "contracted", "churned")] == [
            row.ended, row.recovered, row.contracted, row.churned,
        ]  # fmt: skip
        assert plans(cast.owner, PlanFilter(state="ended", **wanted)).count() == row.ended


@pytest.mark.parametrize("count", [1, 12])
def test_it_costs_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for _ in range(count):
        ended(cast.owner)
    cast.manager.team_ids  # noqa: B018  read once a request
    with django_assert_num_queries(4):
        save_results(cast.manager, "all")
