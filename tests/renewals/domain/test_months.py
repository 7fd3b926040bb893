"""Months as a calendar draws them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.months import FIRST_YEAR, LAST_YEAR, Month, month_from, month_of

days = st.dates(dt.date(FIRST_YEAR, 2, 1), dt.date(LAST_YEAR, 11, 30))


@given(days)
def test_the_grid_holds_the_month_in_whole_weeks_from_monday(day):
    month = month_of(day)
    grid = month.grid()
    assert grid[0].weekday() == 0
    assert len(grid) % 7 == 0
    inside = [one for one in grid if month.has(one)]
    assert inside[0].day == 1
    assert (inside[-1] + dt.timedelta(days=1)).day == 1
    assert len(grid) - len(inside) < 14
    assert month.grid_bounds() == (grid[0], grid[-1] + dt.timedelta(days=1))


@given(days)
def test_one_turns_to_the_next_month_and_back(day):
    month = month_of(day)
    assert month.after.before == month
    assert month_from(month.key) == month


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-0", "26-12", "2026-1", "1969-12", "2200-01", "²026-12", "x-y"]
)
def test_what_names_no_month_is_none(text):
    assert month_from(text) is None


def test_the_calendar_ends():
    assert Month(FIRST_YEAR, 1).before is None
    assert Month(LAST_YEAR, 12).after is None
