"""Quartiles of the others, out of nine figures for a whole segment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr.domain.peers import FEWEST, column_of, without

VALUES = st.lists(st.integers(-50, 50).map(lambda tenths: tenths / 10), min_size=FEWEST + 1, max_size=60)


@settings(deadline=None)
@given(VALUES, st.data())
def test_they_are_those_of_everybody_else(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    found = without(column_of(values), values[place])
    others = values[:place] + values[place + 1 :]
    assert found is not None
    assert found.accounts == len(others)
    assert [found.lower, found.median, found.upper] == pytest.approx(np.quantile(others, [0.25, 0.5, 0.75]).tolist())


@pytest.mark.parametrize("count", range(FEWEST + 1))
def test_fewer_than_five_others_are_never_told(count):
    values = [float(one) for one in range(count)]
    assert without(column_of(values), 0.0) is None
