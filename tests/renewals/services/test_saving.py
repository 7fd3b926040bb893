"""Save plans of accounts that stay for less end by themselves, once."""

import pytest

from health.models import Intervention
from renewals.services.saving import end_contracted_plans
from tests.factories import InterventionFactory, LedgerEntryFactory, day

pytestmark = pytest.mark.django_db


def booked(account, *entries) -> None:
    for number, (kind, amount, ago) in enumerate(entries):
        LedgerEntryFactory(account=account, kind=kind, amount=amount, day=day(-ago), number=number)


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [
        ([("contraction", -500, 2)], "contracted"),
        ([("contraction", -500, 2), ("expansion", 200, 1)], "contracted"),
        ([("contraction", -500, 2), ("expansion", 500, 2)], ""),
        ([("expansion", 500, 2)], ""),
        ([("contraction", -500, 10)], ""),
        ([("contraction", -500, 20)], ""),
        ([("contraction", -500, -5)], ""),
        ([("correction", -500, 2)], ""),
        ([], ""),
    ],
)
def test_a_plan_ends_with_the_arr_that_is_less_since_it_began(cast, entries, outcome):
    plan = InterventionFactory(account=cast.account, began=10)
    booked(cast.account, *entries)
    assert end_contracted_plans() == (1 if outcome else 0)
    plan.refresh_from_db()
    assert (plan.outcome, plan.ended_by) == (outcome, None)
    assert end_contracted_plans() == 0


def test_many_plans_are_looked_at_at_once(cast, django_assert_num_queries):
    for _ in range(3):
        plan = InterventionFactory(began=10)
        booked(plan.account, ("contraction", -500, 2))
    with django_assert_num_queries(5):
        assert end_contracted_plans() == 3
    assert set(Intervention.objects.values_list("outcome", flat=True)) == {"contracted"}
