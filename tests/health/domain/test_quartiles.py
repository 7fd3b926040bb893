"""Against the own segment: quartiles, ties, small segments, and tables handed on."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from health.domain.quartiles import Quartile, quartile_table

readings = st.lists(st.integers(-1000, 1000).map(lambda n: n / 8), min_size=1, max_size=60).map(np.array)


def test_minimum_quartiles_median_and_maximum_get_their_points():
    # 0 … 8: minimum 0, first quartile 2, median 4, third 6, maximum 8.
    assert Quartile().score(np.arange(9.0)).tolist() == [0, 12.5, 25, 37.5, 50, 62.5, 75, 87.5, 100]


def test_lower_is_better_turns_it_round():
    assert Quartile(lower_is_better=True).score(np.arange(9.0)).tolist() == [100, 87.5, 75, 62.5, 50, 37.5, 25, 12.5, 0]


def test_a_reading_that_all_share_is_worth_half():
    same = np.full(9, 3.0)
    assert set(Quartile().score(same)) == {50}
    assert set(Quartile(lower_is_better=True).score(same)) == {50}


def test_readings_where_quartiles_coincide_get_the_middle_of_their_points():
    # Minimum, first quartile and median are 0: the middle of 0 and 50.
    scores = Quartile().score(np.array([0.0, 0, 0, 0, 0, 1, 2, 3, 4]))
    assert scores[0] == 25
    assert scores[-1] == 100


def test_a_segment_of_eight_is_measured_by_itself_and_one_of_seven_by_the_whole_book():
    values = np.concatenate([np.arange(8.0), np.arange(100.0, 107.0)])
    eight, seven = np.repeat("eight", 8), np.repeat("seven", 7)
    groups = np.concatenate([eight, seven])
    scores = Quartile().score(values, groups)
    assert scores[0] == 0
    assert scores[7] == 100  # the best of its eight, though the whole book has far more
    book = Quartile().score(values)
    assert scores[8:].tolist() == book[8:].tolist()


def test_accounts_without_a_segment_are_measured_by_the_whole_book():
    values, groups = np.arange(20.0), np.repeat(["", "smb"], 10)
    assert Quartile().score(values, groups)[:10].tolist() == Quartile().score(values)[:10].tolist()


def test_accounts_without_a_reading_do_not_count_for_the_size_of_a_segment():
    values = np.append(np.arange(7.0), np.nan)
    assert set(quartile_table(values, np.repeat("smb", 8))) == {""}


def test_a_table_of_the_whole_book_scores_one_account_like_the_book():
    values, groups = np.arange(30.0), np.repeat(["a", "b", "c"], 10)
    table = json.loads(json.dumps(quartile_table(values, groups)))
    together = Quartile().score(values, groups)
    alone = [Quartile().score(values[i : i + 1], groups[i : i + 1], table)[0] for i in range(30)]
    assert alone == together.tolist()


def test_a_reading_beyond_the_table_is_clamped():
    table = quartile_table(np.arange(9.0))
    assert Quartile().score(np.array([-5.0, 50.0]), None, table).tolist() == [0, 100]


def test_without_any_reading_there_is_no_score():
    assert quartile_table(np.array([np.nan])) == {}
    assert np.isnan(Quartile().score(np.array([np.nan, np.nan]))).all()
    assert np.isnan(Quartile().score(np.array([1.0]), None, {})).all()


@given(readings)
def test_scores_lie_between_0_and_100_and_follow_the_readings(values):
    scores = Quartile().score(values)
    assert ((scores >= 0) & (scores <= 100)).all()
    assert (np.diff(scores[np.argsort(values, kind="stable")]) >= -1e-9).all()


@given(readings)
def test_lower_is_better_is_the_mirror(values):
    mirrored = 100 - Quartile(lower_is_better=True).score(values)
    assert np.allclose(Quartile().score(values), mirrored)
    assert np.allclose(Quartile().score(values), 100 - Quartile().score(-values), atol=1e-6)
