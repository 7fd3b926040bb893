"""What reviews come to: sums that add up, shares of them, and quarters."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr.domain.measures import (
    DAY,
    QUARTERS_SHOWN,
    SHOWN_LABELS,
    Shown,
    Tally,
    quarter_before,
    quarter_key,
    quarter_label,
    quarter_of,
    quarters_until,
    total,
)

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2150, 12, 31))
COUNTS = st.integers(0, 10_000)
COUNTED = ("due", "done", "held", "prepared", "asked", "answers", "stars", "promised", "kept")
TALLIES = st.tuples(*[COUNTS] * len(COUNTED)).map(
    lambda counts: Tally(
        **dict(zip(COUNTED, counts, strict=True)),
        preparation=dt.timedelta(hours=counts[0]),
        worth=Decimal(counts[1]),
    )
)


def test_shares_are_of_their_own_wholes():
    tally = Tally(
        due=8, done=6, in_time=4, held=5, prepared=4, preparation=dt.timedelta(days=10), asked=10, answers=4, stars=18,
        compared=2, change=Decimal("5.0"), peers_change=1.0, found=1, worth=Decimal(900), promised=5, kept=2,
    )  # fmt: skip
    assert (tally.done_share, tally.in_time_share, tally.missed) == (Decimal("0.75"), Decimal("0.5"), 2)
    assert (tally.preparation_days, tally.satisfaction, tally.answered_share) == (2.5, Decimal("4.5"), Decimal("0.4"))
    assert (tally.mean_change, tally.mean_peers_change, tally.difference) == (2.5, 0.5, 2.0)
    assert (tally.kept_share, tally.broken) == (Decimal("0.4"), 3)


@pytest.mark.parametrize(
    "name",
    [
        *("done_share", "in_time_share", "preparation_days", "satisfaction", "answered_share"),
        *("mean_change", "mean_peers_change", "difference", "kept_share"),
    ],
)
def test_what_nothing_was_counted_of_is_unknown(name):
    assert getattr(Tally(), name) is None


@given(st.lists(TALLIES, max_size=6))
def test_groups_together_are_the_whole(tallies):
    whole = total(tallies)
    for one in fields(Tally):
        parts = [getattr(tally, one.name) for tally in tallies]
        assert getattr(whole, one.name) == sum(parts, getattr(Tally(), one.name))


@given(TALLIES, TALLIES)
def test_the_share_of_two_groups_lies_between_theirs(one, other):
    if one.due and other.due:
        shares = sorted([one.done_share, other.done_share])
        assert shares[0] - Decimal("1e-20") <= total([one, other]).done_share <= shares[1] + Decimal("1e-20")


@pytest.mark.parametrize(
    ("day", "since", "until", "key", "label"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 1, 1), dt.date(2026, 4, 1), "2026-Q1", "Q1 2026"),
        (dt.date(2026, 6, 30), dt.date(2026, 4, 1), dt.date(2026, 7, 1), "2026-Q2", "Q2 2026"),
        (dt.date(2026, 11, 26), dt.date(2026, 10, 1), dt.date(2027, 1, 1), "2026-Q4", "Q4 2026"),
    ],
)
def test_quarters_are_those_of_the_calendar(day, since, until, key, label):
    quarter = quarter_of(day)
    assert (quarter.since, quarter.until) == (since, until)
    assert (quarter_key(quarter), quarter_label(quarter)) == (key, label)


@given(DAYS)
def test_every_day_lies_in_its_quarter_and_the_one_before_ends_where_it_begins(day):
    quarter = quarter_of(day)
    assert quarter.since <= day < quarter.until
    assert quarter_before(quarter).until == quarter.since
    assert quarter_of(quarter.last) == quarter_of(quarter.until - DAY) == quarter


@given(DAYS)
def test_the_quarters_shown_follow_each_other_and_the_newest_is_the_present_one(day):
    quarters = quarters_until(day)
    assert (len(quarters), quarters[0]) == (QUARTERS_SHOWN, quarter_of(day))
    assert all(earlier.until == later.since for later, earlier in pairwise(quarters))


def test_every_choice_of_reviews_has_its_words():
    assert set(SHOWN_LABELS) == set(Shown)
