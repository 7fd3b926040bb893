import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.disagreement import Disagreement, Facts, disagreements

NONE = math.nan


def found(rank=NONE, usage=NONE, arr=NONE, pulse=NONE) -> set[str]:
    facts = Facts(*(np.array([float(one)]) for one in (rank, usage, arr, pulse)))
    return {str(kind) for kind, mask in disagreements(facts).items() if mask[0]}


@pytest.mark.parametrize(
    ("rank", "usage", "arr", "expected"),
    [
        (1, -0.10, NONE, {"healthy_usage"}),
        (1, float(np.float32(-0.10)), NONE, {"healthy_usage"}),
        (1, -0.0999, NONE, set()),
        (1, -0.9, -0.2, {"healthy_usage", "healthy_arr"}),
        (1, NONE, -0.10, {"healthy_arr"}),
        (1, NONE, -0.0999, set()),
        (1, 0.4, 0.4, set()),
        (2, -0.9, -0.9, set()),
        (3, -0.9, 0.5, set()),
        (4, -0.9, 0.01, {"critical_arr"}),
        (4, NONE, 0.0, set()),
        (4, NONE, -0.3, set()),
        (4, 0.9, NONE, set()),
        (NONE, -0.9, -0.9, set()),
    ],
)
def test_money_disagrees_with_the_score(rank, usage, arr, expected):
    assert found(rank, usage, arr) == expected


BELOW, ABOVE = {"pulse_below"}, {"pulse_above"}


@pytest.mark.parametrize(
    ("rank", "by_pulse"),
    [
        (1, [BELOW, BELOW, set(), set(), set()]),
        (2, [BELOW, set(), set(), set(), set()]),
        (3, [set(), set(), set(), set(), ABOVE]),
        (4, [set(), set(), set(), ABOVE, ABOVE]),
        (NONE, [set(), set(), set(), set(), set()]),
    ],
)
def test_a_pulse_two_steps_from_the_tier_disagrees_with_it(rank, by_pulse):
    assert [found(rank, pulse=value) for value in range(5)] == by_pulse
    assert found(rank) == set()


rows = st.lists(
    st.tuples(
        st.sampled_from([NONE, 1.0, 2.0, 3.0, 4.0]),
        st.one_of(st.just(NONE), st.floats(-1, 5)),
        st.one_of(st.just(NONE), st.floats(-1, 5)),
        st.sampled_from([NONE, 0.0, 1.0, 2.0, 3.0, 4.0]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows)
def test_many_accounts_disagree_as_each_of_them_does(given_rows):
    masks = disagreements(Facts(*(np.array(column) for column in zip(*given_rows, strict=True))))
    alone = [found(*row) for row in given_rows]
    assert [{str(kind) for kind in Disagreement if masks[kind][place]} for place in range(len(given_rows))] == alone
    assert not any(one >= BELOW | ABOVE for one in alone)
