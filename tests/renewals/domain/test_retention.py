"""Retention by hand, by published examples and by what holds for whatever ledger."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.movements import Kind
from renewals.domain.periods import Period, Step
from renewals.domain.retention import measure, measure_each, measure_groups
from tests.renewals.books import FIRST, ledgers, movements_of
from tests.renewals.published import rows_of

YEAR = Period(dt.date(2026, 1, 1), dt.date(2027, 1, 1))


def rates_of(*entries, period=YEAR):
    found = measure(movements_of(*entries), period)
    return found.grr, found.nrr, found.logo_retention


# Two accounts of 1000 that are there when the period starts.
TWO = (("a", "2025-03-01", "new", 1000), ("b", "2025-03-01", "new", 1000))


@pytest.mark.parametrize(
    ("entries", "grr", "nrr", "logos"),
    [
        pytest.param([], "1", "1", "1", id="nothing happens"),
        pytest.param([("a", "2026-05-01", "expansion", 500)], "1", "1.25", "1", id="expansion is in NRR only"),
        pytest.param([("a", "2026-05-01", "contraction", -500)], "0.75", "0.75", "1", id="contraction is in both"),
        pytest.param([("a", "2026-05-01", "churn", -1000)], "0.5", "0.5", "0.5", id="churn is in all three"),
        pytest.param(
            [("a", "2026-05-01", "expansion", 9000), ("b", "2026-05-01", "churn", -1000)],
            "0.5", "5", "0.5", id="expansion of one makes up for no loss of another in GRR",
        ),
        pytest.param(
            [("a", "2026-05-01", "contraction", -400), ("a", "2026-09-01", "expansion", 400)],
            "1", "1", "1", id="a dip that recovers is no contraction",
        ),
        pytest.param(
            [("a", "2026-05-01", "expansion", 400), ("a", "2026-09-01", "contraction", -400)],
            "1", "1", "1", id="a peak that passes is no contraction",
        ),
        pytest.param(
            [("a", "2026-05-01", "churn", -1000), ("a", "2026-09-01", "reactivation", 700)],
            "0.85", "0.85", "1", id="what comes back inside the period counts against churn",
        ),
        pytest.param(
            [("a", "2026-05-01", "churn", -1000), ("a", "2027-01-01", "reactivation", 1000)],
            "0.5", "0.5", "0.5", id="what comes back on the day after the period has churned",
        ),
        pytest.param([("c", "2026-01-01", "new", 5000)], "1", "1", "1", id="the new are in no rate"),
        pytest.param(
            [("c", "2025-01-01", "new", 5000), ("c", "2025-12-31", "churn", -5000),
             ("c", "2026-02-01", "reactivation", 900)],
            "1", "1", "1", id="whoever was lost before and comes back is in no rate",
        ),
        pytest.param([("a", "2026-01-01", "churn", -1000)], "0.5", "0.5", "0.5", id="the first day is in the period"),
        pytest.param([("a", "2027-01-01", "churn", -1000)], "1", "1", "1", id="the last day is not"),
        pytest.param(
            [("a", "2026-05-01", "churn", -1000), ("a", "2026-05-01", "new", 1200)],
            "1", "1.1", "1", id="a renewal booked as churn and new is netted",
        ),
    ],
)  # fmt: skip
def test_rates_compare_each_account_at_the_start_with_itself_at_the_end(entries, grr, nrr, logos):
    assert rates_of(*TWO, *entries) == (Decimal(grr), Decimal(nrr), Decimal(logos))


# The examples start with one account for each fate and one that stays as it is; thousands.
@pytest.mark.parametrize(
    ("start", "expansion", "contraction", "churn", "grr", "nrr"),
    [
        # metrickittools.com, NRR guide: 100 k, + 15 k, − 5 k, − 8 k.
        (100, 15, 5, 8, Decimal("0.87"), Decimal("1.02")),
        # churnzero.net, Net revenue retention: 27 k at the start, grown to 35 k, 5 k expired: 30 ÷ 27 = 111 %.
        (27, 8, 0, 5, Decimal(22) / 27, Decimal(30) / 27),
    ],
)
def test_published_examples_come_out_as_printed(start, expansion, contraction, churn, grr, nrr):
    stays = start - 10 - contraction - 1 - churn
    entries = [(name, "2025-01-01", "new", arr) for name, arr in
               (("grows", 10), ("shrinks", contraction + 1), ("leaves", churn), ("stays", stays))]  # fmt: skip
    entries += [("grows", "2026-02-01", "expansion", expansion), ("leaves", "2026-03-01", "churn", -churn)]
    entries += [("shrinks", "2026-04-01", "contraction", -contraction)] if contraction else []
    assert rates_of(*entries)[:2] == (grr, nrr)


def test_gross_movements_stand_beside_and_add_up_to_the_end():
    found = measure(
        movements_of(
            *TWO,
            ("a", "2026-02-01", "contraction", -400),
            ("a", "2026-03-01", "expansion", 500),
            ("b", "2026-04-01", "churn", -1000),
            ("b", "2026-08-01", "reactivation", 600),
            ("c", "2026-05-01", "new", 300),
            ("c", "2026-06-01", "correction", -50),
        ),
        YEAR,
    )
    assert {str(kind): amount for kind, amount in found.movements.items()} == {
        "new": 300, "expansion": 500, "contraction": -400, "churn": -1000, "reactivation": 600, "correction": -50,
    }  # fmt: skip
    assert (found.start_arr, found.end_arr) == (2000, 1950)
    assert (found.compared.expansion, found.compared.contraction, found.compared.churn) == (100, -400, 0)
    assert (found.start_logos, found.lost_logos, found.end_logos) == (2, 0, 3)
    assert (found.grr, found.nrr) == (Decimal("0.8"), Decimal("0.85"))
    assert (found.logo_churn, found.revenue_churn) == (0, Decimal("0.2"))


def test_of_nothing_there_is_no_rate():
    found = measure(movements_of(("a", "2026-05-01", "new", 100)), YEAR)
    assert (found.grr, found.nrr, found.logo_retention, found.logo_churn, found.revenue_churn) == (None,) * 5


def test_a_set_of_accounts_is_measured_by_itself():
    ledger = movements_of(*TWO, ("a", "2026-05-01", "churn", -1000), ("b", "2026-05-01", "expansion", 500))
    only_b = measure(ledger, YEAR, np.array([False, True]))
    assert (only_b.start_arr, only_b.end_arr, only_b.grr, only_b.nrr, only_b.lost_logos) == (
        1000,
        1500,
        1,
        Decimal("1.5"),
        0,
    )
    assert only_b.movements[Kind.CHURN] == 0


def test_the_published_months_come_out_row_by_row():
    """All months of mrr_playbook, from its movements by customer."""
    kinds = {"upgrade": "expansion", "downgrade": "contraction"}
    entries = [
        (row["customer_id"], row["date_month"], kinds.get(row["change_category"], row["change_category"]),
         int(row["mrr_change"]))
        for row in rows_of("mrr_playbook/expected_mrr_full_spine_from_2017-09.csv")
        if row["change_category"]
    ]  # fmt: skip
    ledger = movements_of(*entries)
    expected = rows_of("mrr_playbook/expected_monthly_full_spine_from_2017-09.csv")
    months = {str(one.period.since): one for one in
              measure_each(ledger, Period(dt.date(2017, 9, 1), dt.date(2020, 3, 1)).steps(Step.MONTH))}  # fmt: skip
    assert len(expected) == 29
    for row in expected:
        found = months.pop(row["date_month"])
        moved = {name: str(found.movements[Kind(kinds.get(name, name))]) for name in
                 ("new", "reactivation", "upgrade", "downgrade", "churn")}  # fmt: skip
        assert {name: Decimal(value) for name, value in moved.items()} == {name: Decimal(row[name]) for name in moved}
        assert (found.start_arr, found.end_arr) == (Decimal(row["starting_mrr"]), Decimal(row["ending_mrr"]))
        assert (found.end_logos, found.lost_logos) == (int(row["active_customers"]), int(row["churned_customers"]))
        for name, rate in (("nrr_monthly", found.nrr), ("grr_monthly", found.grr)):
            assert (round(rate, 6) if rate is not None else None) == (Decimal(row[name]) if row[name] else None)
    # The months that the file leaves out are those in which nothing is left and nothing happens.
    assert {
        name for name, one in months.items() if one.start_arr or one.end_arr or any(one.movements.values())
    } == set()


PERIODS = st.tuples(st.integers(-10, 420), st.integers(1, 420)).map(
    lambda pair: Period(FIRST + dt.timedelta(pair[0]), FIRST + dt.timedelta(pair[0] + pair[1]))
)


@given(ledgers(), PERIODS)
def test_grr_is_at_most_1_and_at_most_nrr_and_nothing_is_below_0(ledger, period):
    found = measure(ledger, period)
    if found.grr is None:
        assert (found.start_arr, found.nrr, found.logo_retention) == (0, None, None)
        return
    assert 0 <= found.grr <= 1
    assert found.grr <= found.nrr
    assert 0 <= found.logo_retention <= 1


@given(ledgers(), PERIODS)
def test_the_parts_add_up_to_the_whole(ledger, period):
    found = measure(ledger, period)
    assert found.start_arr + sum(found.movements.values()) == found.end_arr
    lost = found.start_arr + found.compared.contraction + found.compared.churn
    assert found.grr is None or found.grr * found.start_arr == pytest.approx(lost)


@given(ledgers(), PERIODS, st.sampled_from(Step))
def test_periods_join_without_gap_and_their_movements_sum(ledger, period, step):
    whole, parts = measure(ledger, period), measure_each(ledger, period.steps(step))
    assert (parts[0].period.since, parts[-1].period.until) == (period.since, period.until)
    assert (parts[0].start_arr, parts[-1].end_arr) == (whole.start_arr, whole.end_arr)
    assert all(one.end_arr == other.start_arr for one, other in pairwise(parts))
    assert {kind: sum(part.movements[kind] for part in parts) for kind in Kind} == whole.movements


@given(ledgers(returning=False), st.integers(0, 400), st.integers(1, 200), st.integers(1, 200))
def test_splitting_a_period_multiplies_for_a_fixed_set_of_accounts(ledger, begin, first, second):
    since = FIRST + dt.timedelta(begin)
    middle, until = since + dt.timedelta(first), since + dt.timedelta(first + second)
    fixed = ledger.arr_before(since) > 0
    whole = measure(ledger, Period(since, until), fixed)
    parts = [measure(ledger, Period(since, middle), fixed), measure(ledger, Period(middle, until), fixed)]
    if whole.start_arr == 0 or parts[1].start_arr == 0:
        return
    assert parts[0].nrr * parts[1].nrr == pytest.approx(whole.nrr)
    assert parts[0].logo_retention * parts[1].logo_retention == pytest.approx(whole.logo_retention)


@given(ledgers(), PERIODS, st.data())
def test_two_sets_of_accounts_are_the_whole(ledger, period, data):
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=ledger.size, max_size=ledger.size)))
    whole, one, other = measure(ledger, period), measure(ledger, period, mask), measure(ledger, period, ~mask)
    assert one.start_arr + other.start_arr == whole.start_arr
    assert one.lost_logos + other.lost_logos == whole.lost_logos
    assert {kind: one.movements[kind] + other.movements[kind] for kind in Kind} == whole.movements


@given(ledgers(), PERIODS, st.data())
def test_groups_are_measured_at_once_as_each_by_itself(ledger, period, data):
    places = data.draw(st.lists(st.integers(0, 3), min_size=ledger.size, max_size=ledger.size))
    group = np.array(places, dtype=np.int64)
    assert measure_groups(ledger, period, group, 4) == [measure(ledger, period, group == one) for one in range(4)]
