"""Two days side by side: the moves come to the difference as shown, whatever single precision did to a restored row."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from health.domain.comparing import compare
from health.domain.scoring import stored
from tests.health.domain.engine import TROUBLED, row
from tests.health.domain.test_scoring_properties import account


def shown(total: float) -> Decimal:
    return Decimal(str(float(stored(total))))


@given(account, account, st.sampled_from([-1, 0, 1]))
def test_the_moves_sum_to_the_difference_to_the_tenth(before, after, slip):
    was, now = row(TROUBLED | before), row(TROUBLED | after)
    # What was stored may lie a tenth beside what is restored.
    then = shown(was.raw_total) + Decimal(slip) / 10
    found = compare(was, now, then=then, now=shown(now.raw_total))
    assert found.points == shown(now.raw_total) - then
    if found.moves:
        assert sum(Decimal(str(move.tenths)) for move in found.moves) == found.points


def test_the_tenth_that_is_over_goes_to_the_largest_move():
    before = row(TROUBLED | {"tickets_90d": 3, "usage_change": 0.0})
    found = compare(before, row(TROUBLED), then=Decimal("53.3"), now=Decimal("46.0"))
    assert [move.tenths for move in found.moves] == [-3.8, -3.5]


def test_two_days_alike_have_no_moves():
    found = compare(row(TROUBLED), row(TROUBLED), then=Decimal("46.0"), now=Decimal("46.0"))
    assert (found.points, found.moves) == (0, ())
