"""When a source is away for everybody, and what then is unknown of each."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.general_gaps import GAP_DAYS, Gap, Source, newest_gap, untold, without
from health.domain.signal_findings import Facts
from health.domain.signals import DEFAULT_RULES

DAY = dt.date(2026, 3, 15)
RULES = {rule.kind: rule for rule in DEFAULT_RULES}
WEEK = [100, 100, 100, 100, 100, 8, 6]


def heard(*counts: int) -> np.ndarray:
    return np.array(counts, dtype=np.int64)


@pytest.mark.parametrize(
    ("counts", "gap"),
    [
        (WEEK * 6, None),
        ([*WEEK * 5, 100, 100, 100, 0, 0, 0, 0], None),  # a weekend and two holidays
        ([*WEEK * 5, 100, 100, 0, 0, 0, 0, 0], Gap(37, 41)),
        ([*WEEK * 5, 100, 100, 0, 0, 0, 10, 0], Gap(37, 41)),  # a tenth is still heard
        ([*WEEK * 5, 100, 100, 0, 0, 0, 11, 0], None),
        ([*WEEK * 2, *[0] * 7, *WEEK * 3], Gap(12, 20)),  # with the weekend before it
        ([*WEEK, *[0] * 7, *WEEK, *[0] * 7, *WEEK], Gap(19, 27)),  # the newer one
        ([*WEEK, *[0] * 80], Gap(5, 86)),
        ([0] * 90, Gap(0, 89)),  # away for longer than anybody looks
        ([4] * 30 + [0] * 10, None),  # of four, each may be silent by itself
        ([5] * 30 + [0] * 10, Gap(30, 39)),
        ([20] * 30 + [5000] * 2 + [20] * 30, None),  # two days on which all the past was brought in
        ([0] * 60 + [100] * 4, Gap(0, 59)),  # a source that is new
    ],
)
def test_a_general_gap_are_five_days_on_which_hardly_anybody_is_heard(counts, gap):
    assert newest_gap(heard(*counts)) == gap


@given(st.lists(st.integers(0, 300), min_size=1, max_size=90))
def test_a_gap_is_never_short_and_lies_among_the_days(counts):
    gap = newest_gap(heard(*counts))
    assert gap is None or 0 <= gap.first <= gap.last < len(counts)
    assert gap is None or gap.last - gap.first + 1 >= GAP_DAYS


@pytest.mark.parametrize(
    ("kind", "fact", "source", "days"),
    [
        ("usage_down", "usage_change", Source.USAGE, 30),
        ("silent", "days_since_login", Source.LOGINS, 14),
        ("ticket_silence", "days_since_ticket", Source.TICKETS, 21),
    ],
)
def test_a_gap_counts_as_long_as_the_rule_looks_back_to_it(kind, fact, source, days):
    inside, outside = DAY - dt.timedelta(days=days - 1), DAY - dt.timedelta(days=days)
    assert untold(RULES, {source: inside}, day=DAY) == {kind: fact}
    assert untold(RULES, {source: outside}, day=DAY) == {}
    assert untold({}, {source: inside}, day=DAY) == {}


def test_what_cannot_be_told_is_unknown_and_the_rest_stays():
    facts = Facts(usage_change=-0.5, days_since_login=20, days_since_ticket=30, open_tickets=2)
    left = without(facts, {"silent": "days_since_login", "usage_down": "usage_change"})
    assert math.isnan(left.usage_change)
    assert (left.days_since_login, left.days_since_ticket, left.open_tickets) == (None, 30, 2)
    assert without(facts, {}) is facts
