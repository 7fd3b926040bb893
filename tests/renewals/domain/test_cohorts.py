import datetime as dt
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.cohorts import (
    AGES,
    Drop,
    best_cohort,
    cohorts_of,
    direction,
    first_years,
    in_words,
    months_later,
    steepest_drop,
    telling_age,
)
from renewals.domain.periods import add_months
from tests.renewals.books import FIRST, ledgers, movements_of

TODAY = dt.date(2026, 7, 1)


def begin(month, count, arr=100):
    """So many accounts whose first contract begins on the first of a month."""
    return [(f"{month}-{number}", f"{month}-01", "new", arr) for number in range(count)]


def leave(month, count, on, arr=100):
    return [(f"{month}-{number}", on, "churn", -arr) for number in range(count)]


def shares(cohort):
    return {age: kept and kept.logo_share for age, kept in cohort.kept.items()}


def test_a_cohort_is_looked_at_on_the_days_of_its_own_accounts():
    entries = [("a", "2026-01-10", "new", 100), ("b", "2026-01-31", "new", 300), ("a", "2026-02-10", "churn", -100)]
    (cohort,) = cohorts_of(movements_of(*entries, ("b", "2026-02-28", "expansion", 300)), TODAY)
    assert (cohort.month, cohort.logos, cohort.arr) == (dt.date(2026, 1, 1), 2, 400)
    half = Decimal("0.5")
    assert shares(cohort) == {0: 1, 1: half, 2: half, 3: half, 6: None, 12: None, 18: None, 24: None}
    one = cohort.kept[1]
    assert (one.logos, one.arr, one.arr_share) == (1, 600, Decimal("1.5"))


def test_an_age_is_reached_when_the_youngest_account_of_the_cohort_has_reached_it():
    ledger = movements_of(("a", "2026-01-01", "new", 100), ("b", "2026-01-31", "new", 100))
    reached = {
        day: cohorts_of(ledger, day)[0].kept[1] is not None for day in (dt.date(2026, 2, 27), dt.date(2026, 2, 28))
    }
    assert list(reached.values()) == [False, True]


def test_whoever_comes_back_is_there_again_and_stays_in_the_first_cohort():
    ledger = movements_of(
        ("a", "2026-01-01", "new", 100), ("a", "2026-02-01", "churn", -100), ("a", "2026-03-15", "reactivation", 80)
    )
    (cohort,) = cohorts_of(ledger, TODAY)
    assert [shares(cohort)[age] for age in (0, 1, 2, 3)] == [1, 0, 0, 1]
    assert cohort.kept[3].arr_share == Decimal("0.8")


def test_of_no_accounts_there_are_no_cohorts_and_nothing_to_say():
    assert cohorts_of(movements_of(), TODAY) == []
    assert cohorts_of(movements_of(("a", "2026-08-01", "new", 100)), TODAY) == []
    assert (steepest_drop([]), telling_age([]), best_cohort([]), direction([]), in_words([])) == (
        None,
        None,
        None,
        None,
        [],
    )


OLD, NEW = "2025-06", "2025-12"
TWO_COHORTS = [
    *begin(OLD, 10),
    *leave(OLD, 2, "2025-08-15"),  # between months 2 and 3
    *[(f"{OLD}-{number}", "2025-11-15", "churn", -100) for number in (2, 3, 4)],  # between months 3 and 6
    *begin(NEW, 5),
    *leave(NEW, 1, "2026-04-15"),  # between months 3 and 6
]


def test_the_steepest_drop_is_the_one_that_loses_most_a_month():
    cohorts = cohorts_of(movements_of(*TWO_COHORTS), TODAY)
    # 2 of 15 within one month are steeper than 4 of 15 within three.
    assert steepest_drop(cohorts) == Drop(2, 3, Decimal(2) / 15)


def test_the_best_cohort_and_the_direction_are_told_at_the_oldest_age_that_two_have_reached():
    cohorts = cohorts_of(movements_of(*TWO_COHORTS), TODAY)
    assert telling_age(cohorts) == 6
    assert best_cohort(cohorts).month == dt.date(2025, 12, 1)
    assert direction(cohorts) == Decimal("0.3")
    assert in_words(cohorts) == [
        "The steepest drop lies between months 2 and 3: 13 of 100 accounts leave in that time.",
        "The best cohort is December 2025: 80 of 100 accounts and 80 % of its ARR are there after 6 months.",
        "Newer cohorts keep more accounts than older ones: 30 of 100 more after 6 months.",
    ]


def test_a_cohort_of_few_accounts_is_not_the_best():
    lucky = begin("2025-09", 4)
    assert best_cohort(cohorts_of(movements_of(*TWO_COHORTS, *lucky), TODAY)).month == dt.date(2025, 12, 1)


def test_cohorts_that_lie_close_together_are_alike():
    entries = [*begin(OLD, 60), *leave(OLD, 6, "2025-08-15"), *begin(NEW, 60), *leave(NEW, 7, "2026-02-15")]
    assert in_words(cohorts_of(movements_of(*entries), TODAY))[-1] == (
        "Newer cohorts keep about as many accounts as older ones after 6 months."
    )


def test_newer_cohorts_may_keep_fewer():
    entries = [*begin(OLD, 10), *begin(NEW, 10), *leave(NEW, 5, "2026-02-15")]
    assert in_words(cohorts_of(movements_of(*entries), TODAY))[-1] == (
        "Newer cohorts keep fewer accounts than older ones: 50 of 100 fewer after 6 months."
    )


@given(ledgers(), st.integers(0, 900))
def test_shares_of_logos_lie_between_0_and_1_and_all_begin_whole(ledger, ahead):
    today = FIRST + dt.timedelta(ahead)
    cohorts = cohorts_of(ledger, today)
    begun = (ledger.first_days > 0) & (ledger.first_days <= today.toordinal())
    assert sum(cohort.logos for cohort in cohorts) == int(begun.sum())
    for cohort in cohorts:
        assert list(cohort.kept) == list(AGES)
        assert cohort.kept[0] is not None
        assert (cohort.kept[0].logo_share, cohort.kept[0].arr_share) == (1, 1)
        assert all(0 <= kept.logo_share <= 1 and kept.arr_share >= 0 for kept in cohort.kept.values() if kept)
    in_words(cohorts)


@given(st.dates(max_value=dt.date(9990, 1, 1)), st.sampled_from(AGES))
def test_months_later_is_the_same_day_or_the_last_one_of_a_month_that_is_shorter(day, months):
    later = months_later(np.array([0, day.toordinal()]), months).tolist()
    assert later == [0, add_months(day, months).toordinal()]


def test_the_first_year_of_an_account_is_that_of_its_first_contract():
    ledger = movements_of(
        ("a", "1969-12-31", "new", 100), ("a", "2026-01-01", "churn", -100), ("b", "2024-01-01", "new", 100)
    )
    assert first_years(ledger).tolist() == [1969, 2024]
