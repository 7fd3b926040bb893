"""Runs beside comparable accounts: means, their difference and its interval."""

from math import sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.playbook_results import LEAST, Comparison, Group, compare, student

POINTS = st.lists(st.integers(-1000, 1000).map(lambda tenths: tenths / 10), min_size=LEAST, max_size=30)


def group(changes: list[float], peers: list[float]) -> Group:
    middle = mean(peers)
    squares = sum((one - middle) ** 2 for one in peers)
    return Group(len(changes), sum(changes), sum(one**2 for one in changes), len(peers), middle, squares)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(4, 2.7764), (5, 2.5706), (8, 2.3060), (10, 2.2281), (30, 2.0423), (120, 1.9799), (100_000, 1.9600)],
)
def test_the_quantile_is_that_of_the_tables(freedom, quantile):
    assert student(freedom) == pytest.approx(quantile, abs=0.001)


def test_one_group_is_compared_as_welch_does_it():
    with_it, without = [4.0, 6.0, 1.0, 5.0, 9.0], [0.0, 2.0, -1.0, 1.0, 3.0, 1.0]
    found = compare([group(with_it, without)])
    error, other = stdev(with_it) ** 2 / 5, stdev(without) ** 2 / 6
    freedom = (error + other) ** 2 / (error**2 / 4 + other**2 / 5)
    half = student(freedom) * sqrt(error + other)
    assert (found.runs, found.peers, found.change, found.peers_change) == (5, 6, 5.0, 1.0)
    assert (found.difference, found.low, found.high) == pytest.approx((4.0, 4.0 - half, 4.0 + half))
    assert found.is_clear


def test_groups_weigh_by_their_runs_on_both_sides():
    many, few = group([2.0] * 9, [0.0, 2.0] * 5), group([11.0], [9.0, 11.0] * 50)
    found = compare([many, few])
    assert (found.runs, found.peers) == (10, 110)
    assert (found.change, found.peers_change, found.difference) == pytest.approx((2.9, 1.9, 1.0))


@pytest.mark.parametrize(
    ("runs", "peers"), [(LEAST - 1, 50), (50, LEAST - 1), (1, 1)], ids=["few runs", "few peers", "one each"]
)
def test_with_too_few_on_a_side_the_difference_is_unknown_and_the_means_are_told(runs, peers):
    found = compare([group([2.0] * runs, [1.0] * peers)])
    assert found == Comparison(runs, peers, 2.0, 1.0)
    assert not found.is_clear


def test_one_peer_for_each_group_says_nothing_of_how_they_differ():
    found = compare([group([2.0], [1.0]) for _ in range(20)])
    assert (found.runs, found.peers, found.difference) == (20, 20, None)


def test_without_runs_nothing_is_known():
    assert compare([]) == Comparison(0, 0)


def test_where_all_changed_alike_the_interval_is_the_difference():
    found = compare([group([2.0] * 6, [1.0] * 6)])
    assert (found.low, found.difference, found.high) == pytest.approx((1.0, 1.0, 1.0), abs=1e-6)


@given(changes=POINTS, peers=POINTS, shift=st.integers(-50, 50))
def test_the_interval_holds_the_difference_and_a_shift_of_both_sides_changes_nothing(changes, peers, shift):
    found = compare([group(changes, peers)])
    moved = compare([group([one + shift for one in changes], [one + shift for one in peers])])
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.difference <= found.high
    assert (moved.low, moved.high) == pytest.approx((found.low, found.high), abs=1e-3)
