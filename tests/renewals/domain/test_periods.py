import datetime as dt
from itertools import pairwise

import pytest

from renewals.domain.periods import Period, PeriodError, Step, add_months, trailing_year, trailing_years

D = dt.date


@pytest.mark.parametrize(
    ("since", "until", "step", "bounds"),
    [
        (D(2026, 1, 1), D(2026, 4, 1), Step.MONTH, [D(2026, 1, 1), D(2026, 2, 1), D(2026, 3, 1), D(2026, 4, 1)]),
        (D(2026, 1, 15), D(2026, 3, 10), Step.MONTH, [D(2026, 1, 15), D(2026, 2, 1), D(2026, 3, 1), D(2026, 3, 10)]),
        (D(2025, 11, 30), D(2026, 2, 1), Step.QUARTER, [D(2025, 11, 30), D(2026, 1, 1), D(2026, 2, 1)]),
        (D(2024, 1, 1), D(2026, 1, 1), Step.YEAR, [D(2024, 1, 1), D(2025, 1, 1), D(2026, 1, 1)]),
        (D(2026, 5, 3), D(2026, 5, 4), Step.YEAR, [D(2026, 5, 3), D(2026, 5, 4)]),
        (D(9999, 11, 5), D(9999, 12, 31), Step.MONTH, [D(9999, 11, 5), D(9999, 12, 1), D(9999, 12, 31)]),
    ],
)
def test_a_period_is_cut_along_the_calendar(since, until, step, bounds):
    assert Period(since, until).steps(step) == [Period(one, other) for one, other in pairwise(bounds)]


@pytest.mark.parametrize("until", [D(2026, 1, 1), D(2025, 12, 31)])
def test_a_period_without_a_day_is_refused(until):
    with pytest.raises(PeriodError, match="must start before it ends"):
        Period(D(2026, 1, 1), until)


def test_periods_without_end_are_refused():
    assert len(Period(D(1950, 1, 1), D(2000, 1, 1)).steps(Step.MONTH)) == 600
    with pytest.raises(PeriodError, match="more than 600 periods of a month"):
        Period(D(1950, 1, 1), D(2000, 1, 2)).steps(Step.MONTH)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2027, 12, 31), 2, D(2028, 2, 29)),
        (D(2026, 3, 15), 0, D(2026, 3, 15)),
        (D(2026, 1, 1), -12, D(2025, 1, 1)),
        (D(2028, 2, 29), -12, D(2027, 2, 28)),
    ],
)
def test_months_are_added_to_a_day(day, months, later):
    assert add_months(day, months) == later


def test_the_trailing_year_ends_with_each_month():
    assert trailing_year(D(2026, 11, 26)) == Period(D(2025, 11, 26), D(2026, 11, 26))
    assert trailing_years(Period(D(2026, 1, 1), D(2026, 3, 1))) == [
        Period(D(2025, 2, 1), D(2026, 2, 1)),
        Period(D(2025, 3, 1), D(2026, 3, 1)),
    ]
