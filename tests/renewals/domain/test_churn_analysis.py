"""What churn records come to: figures by whatever they have in common, and how much of the ledger they explain."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.churn import Preventable, SubReason
from renewals.domain.churn_analysis import (
    JUDGEMENTS,
    REASONS,
    Losses,
    Sums,
    Told,
    is_recorded,
    sums_by_period,
    sums_of,
    sums_of_all,
    sums_of_each,
    told,
)
from renewals.domain.movements import PLACE, Kind, Movements
from renewals.domain.periods import Period, Step

JUNE = dt.date(2026, 6, 1)
# Account, day after the first of June, cents, lost with it, reason, judgement, segment, customer since, interviewed.
RECORDS = [
    (7, 0, 100_00, 1, SubReason.PRICE, Preventable.SOMETIMES, 1, 2024, 1),
    (7, 0, 50_00, 1, SubReason.BUGS, Preventable.PARTLY, 1, 2024, 0),
    (8, 40, 30_00, 0, SubReason.PRICE, Preventable.YES, 2, 2025, 0),
    (7, 90, 20_00, 1, SubReason.PIVOT, Preventable.RARELY, 1, 2024, 1),
]


def losses(records=RECORDS):
    columns = zip(*records, strict=True) if records else [()] * 9
    account, day, arr, lost, reason, judged, segment, since, asked = columns
    places = {
        "reason": [REASONS.index(one) for one in reason],
        "preventable": [JUDGEMENTS.index(one) for one in judged],
        "day": [JUNE.toordinal() + one for one in day],
    }
    rest = {"account": account, "arr": arr, "lost": lost, "segment": segment, "since": since, "interviewed": asked}
    return Losses(**{name: np.array(values, dtype=np.int64) for name, values in (places | rest).items()})


def test_all_records_together():
    assert sums_of_all(losses()) == Sums(
        records=4, logos=2, churn=Decimal(170), contraction=Decimal(30), preventable=Decimal(80), interviewed=2
    )


def test_shares_are_of_the_arr_and_of_the_records():
    sums = sums_of_all(losses())
    assert (sums.arr, sums.preventable_share, sums.interviewed_share) == (200, Decimal("0.4"), Decimal("0.5"))


def test_nothing_has_no_shares():
    sums = sums_of_all(losses([]))
    assert (sums, sums.preventable_share, sums.interviewed_share) == (Sums(), None, None)


def test_an_account_that_left_for_two_reasons_stands_by_both_and_counts_once():
    by_reason = {REASONS[place]: sums.logos for place, sums in sums_of_each(losses(), losses().reason)}
    assert by_reason == {SubReason.PRICE: 1, SubReason.BUGS: 1, SubReason.PIVOT: 1}
    assert sums_of_all(losses(RECORDS[:2])).logos == 1


def test_groups_come_with_the_most_arr_first():
    assert [(key, sums.arr) for key, sums in sums_of_each(losses(), losses().segment)] == [(1, 170), (2, 30)]


def test_periods_follow_each_other_and_those_without_a_record_are_there():
    year = Period(dt.date(2026, 4, 15), dt.date(2026, 10, 1))
    found = sums_by_period(losses(), year.steps(Step.MONTH))
    assert [sums.arr for sums in found] == [0, 0, 150, 30, 20, 0]


def test_what_lies_outside_of_the_periods_counts_in_none():
    found = sums_by_period(losses(), Period(dt.date(2026, 6, 2), dt.date(2026, 8, 1)).steps(Step.MONTH))
    assert [sums.arr for sums in found] == [0, 30]


ROWS = st.tuples(
    st.integers(1, 3), st.integers(0, 5), st.integers(0, 10**9), st.integers(0, 1), st.sampled_from(REASONS),
    st.sampled_from(JUDGEMENTS), st.integers(0, 2), st.just(2024), st.integers(0, 1),
)  # fmt: skip


@given(st.lists(ROWS, max_size=12))
def test_groups_add_up_to_all_but_for_accounts_that_stand_in_several(records):
    found = losses(records)
    whole, parts = sums_of_all(found), [sums for _, sums in sums_of_each(found, found.segment)]
    for name in ("records", "churn", "contraction", "preventable", "interviewed"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert whole.logos <= sum(part.logos for part in parts)
    assert whole.logos == len({(row[0], row[1]) for row in records if row[3]})
    assert whole.arr == Decimal(sum(row[2] for row in records)) / 100


def test_sums_of_no_group_are_empty():
    assert sums_of(losses(), np.zeros(4, dtype=np.int64), 2)[1] == Sums()


def movements():
    """Account 7 lost 150 on the first of June, account 8 grew and then contracted by 30, account 9 was lost."""
    rows = [
        (0, -100, Kind.NEW, 150_00), (0, 0, Kind.CHURN, -150_00), (1, -90, Kind.NEW, 80_00),
        (1, 40, Kind.CONTRACTION, -30_00), (2, -90, Kind.NEW, 10_00), (2, 45, Kind.CHURN, -10_00),
    ]  # fmt: skip
    account, day, kind, amount = (np.array(column) for column in zip(*rows, strict=True))
    places = np.array([PLACE[one] for one in kind])
    return Movements.of(3, account, day + JUNE.toordinal(), places, amount)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((0, 60), Told(churn=Decimal(160), contraction=Decimal(30), explained=Decimal(180))),
        ((1, 60), Told(churn=Decimal(10), contraction=Decimal(30), explained=Decimal(30))),
        ((60, 61), Told(churn=Decimal(0), contraction=Decimal(0), explained=Decimal(0))),
    ],
)
def test_a_loss_of_the_ledger_is_explained_by_a_record_of_its_account_and_day(days, expected):
    period = Period(*(JUNE + dt.timedelta(days=one) for one in days))
    found = told(movements(), np.array([7, 8, 9]), losses(), period)
    assert found == expected
    assert found.explained_share == (found.explained / found.arr if found.arr else None)


def test_a_record_of_another_day_explains_nothing():
    days = np.array([JUNE.toordinal(), JUNE.toordinal() + 1])
    assert is_recorded(np.array([7, 7]), days, losses()).tolist() == [True, False]
