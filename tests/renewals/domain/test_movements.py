import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.movements import Movements
from tests.renewals.books import FIRST, ledgers, movements_of, table_of


@pytest.mark.parametrize(
    ("entries", "netted"),
    [
        pytest.param([("new", 1000), ("new", 500)], [("new", 1500)], id="two products of a first contract"),
        pytest.param([("new", 1000), ("correction", 200)], [("new", 1200)], id="corrected on its own day"),
        pytest.param([("new", 1000), ("correction", -1000)], [], id="taken back"),
        pytest.param([("correction", 300)], [("correction", 300)], id="a correction alone stays one"),
    ],
)
def test_entries_of_a_day_are_netted(entries, netted):
    ledger = movements_of(*(("a", "2026-01-01", kind, amount) for kind, amount in entries))
    assert table_of(ledger) == [(0, "2026-01-01", kind, amount) for kind, amount in netted]


@pytest.mark.parametrize(
    ("entries", "netted"),
    [
        pytest.param([("churn", -1000), ("new", 1000)], [], id="a flat renewal"),
        pytest.param([("churn", -1000), ("new", 1200)], [("expansion", 200)], id="a larger renewal"),
        pytest.param([("churn", -1000), ("new", 700)], [("contraction", -300)], id="a smaller renewal"),
        pytest.param(
            [("contraction", -400), ("contraction", -600)], [("contraction", -1000)], id="of one kind as told"
        ),
        pytest.param([("expansion", 200), ("churn", -1200)], [("churn", -1000)], id="gone in the end"),
        pytest.param([("churn", -1000), ("correction", 1000)], [], id="a churn that was none"),
    ],
)
def test_a_net_of_several_kinds_is_what_the_arr_before_and_after_tells(entries, netted):
    ledger = movements_of(
        ("a", "2025-01-01", "new", 1000), *(("a", "2026-01-01", kind, amount) for kind, amount in entries)
    )
    assert table_of(ledger)[1:] == [(0, "2026-01-01", kind, amount) for kind, amount in netted]


def test_a_net_from_nothing_is_a_reactivation_once_the_account_was_known():
    ledger = movements_of(
        ("b", "2024-01-01", "new", 100),
        ("a", "2025-01-01", "new", 1000),
        ("a", "2025-06-01", "churn", -1000),
        ("a", "2026-01-01", "new", 900),
        ("a", "2026-01-01", "correction", -100),
        ("c", "2026-01-01", "expansion", 900),
        ("c", "2026-01-01", "correction", -100),
    )
    assert table_of(ledger)[-2:] == [
        (1, "2026-01-01", "reactivation", Decimal(800)),
        (2, "2026-01-01", "new", Decimal(800)),
    ]


def test_arr_before_a_day_leaves_out_what_happens_on_it():
    ledger = movements_of(("a", "2025-01-01", "new", 1000), ("b", "2025-02-01", "new", 50))
    on = [ledger.arr_before(dt.date(2025, month, day)).tolist() for month, day in ((1, 1), (1, 2), (2, 2))]
    assert on == [[0, 0], [100_000, 0], [100_000, 5_000]]
    each = np.array([dt.date(2025, 1, 1).toordinal(), dt.date(2026, 1, 1).toordinal()])
    assert ledger.arr_before(each).tolist() == [0, 5_000]


def test_arr_below_zero_is_found_with_its_account_and_day():
    ledger = movements_of(
        ("a", "2025-01-01", "new", 1000), ("b", "2025-01-01", "new", 10), ("b", "2025-03-01", "contraction", -30)
    )
    assert ledger.below_zero() == (1, dt.date(2025, 3, 1), Decimal(-20))
    assert movements_of(("a", "2025-01-01", "new", 1000)).below_zero() is None


def test_no_entries_are_no_movements():
    nothing = np.empty(0, dtype=np.int64)
    ledger = Movements.of(2, nothing, nothing, nothing, nothing)
    assert (table_of(ledger), ledger.arr_before(FIRST).tolist()) == ([], [0, 0])
    assert (ledger.first_days.tolist(), ledger.below_zero()) == ([0, 0], None)


@given(ledgers(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(ledger, random):
    order = list(range(len(ledger.account)))
    random.shuffle(order)
    shuffled = Movements.of(
        ledger.size, *(getattr(ledger, name)[order] for name in ("account", "day", "kind", "amount"))
    )
    assert table_of(shuffled) == table_of(ledger)


@given(ledgers(), st.integers(-5, 410))
def test_arr_before_a_day_is_the_sum_of_what_came_before(ledger, ahead):
    day = FIRST + dt.timedelta(ahead)
    sums = [Decimal(0)] * ledger.size
    for account, on, _, amount in table_of(ledger):
        if on < day.isoformat():
            sums[account] += amount
    assert [ledger.money(int(arr)) for arr in ledger.arr_before(day)] == sums


@given(ledgers(), st.lists(st.integers(-5, 410), min_size=6, max_size=6))
def test_arr_before_a_day_of_each_account_is_what_that_account_has_before_that_day(ledger, ahead):
    days = [FIRST + dt.timedelta(number) for number in ahead[: ledger.size]]
    each = ledger.arr_before(np.array([day.toordinal() for day in days]))
    assert each.tolist() == [ledger.arr_before(day)[place] for place, day in enumerate(days)]
