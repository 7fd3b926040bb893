"""The forecast of renewals: its parts, what they add up to, and how wrong it was."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.domain.forecast import (
    PART_LABELS,
    Forecast,
    ForecastError,
    Part,
    Row,
    Sums,
    forecast_of,
    sums_of,
)
from renewals.domain.stages import Category

D = Decimal


def row(part, current=100, expected=None, probability="0.8"):
    known = None if probability is None else D(probability)
    return Row(Part(part), D(current), D(current if expected is None else expected), known)


@pytest.mark.parametrize(("one", "kept", "upsell", "weighted", "unknown"), [
    (row("commit"), 100, 0, 80, 0),
    (row("commit", expected=60), 60, 0, 48, 0),
    (row("commit", expected=130), 100, 30, 80, 0),
    (row("best_case", probability=None), 100, 0, 0, 1),
    (row("not_opened", probability="0.5"), 100, 0, 50, 0),
    (row("won", expected=130, probability=None), 100, 30, 100, 0),
    (row("won", expected=70), 70, 0, 70, 0),
    (row("lost", expected=0, probability=None), 0, 0, 0, 0),
    (row("lost", expected=50), 0, 0, 0, 0),
    (row("commit", current=0, expected=40), 0, 40, 0, 0),
])  # fmt: skip
def test_a_renewal_counts_at_most_with_its_current_arr(one, kept, upsell, weighted, unknown):
    found = sums_of(one)
    assert (found.kept, found.upsell, found.weighted, found.unknown) == (kept, upsell, weighted, unknown)
    assert (found.count, found.due) == (1, one.current)
    assert found.unknown_kept == (kept if unknown else 0)


# One of each, each of another size, so that every figure tells which parts are in it.
EACH = forecast_of([
    row("won", 1_000_000, 1_500_000),
    row("commit", 100_000),
    row("best_case", 10_000, 12_000, "0.5"),
    row("at_risk", 1_000, 500, "0.4"),
    row("unforecast", 100, None, None),
    row("not_opened", 10, None, "0.9"),
    row("omitted", 4, None, "0.25"),
    row("lost", 3, 0),
])  # fmt: skip


@pytest.mark.parametrize(("figure", "amount"), [
    ("low", 1_100_000),
    ("likely", 1_100_000 + 5_000 + 200 + 9),
    ("high", 1_100_000 + 10_000 + 500 + 100 + 10),
    ("expected", 1_000_000 + 80_000 + 5_000 + 200 + 9 + 1),
    ("expansion", 500_000 + 2_000),
    ("contraction", 500),
    ("churn", 3),
])  # fmt: skip
def test_each_figure_has_its_parts(figure, amount):
    assert getattr(EACH, figure) == amount


def test_what_is_due_is_the_denominator_of_the_rates():
    assert (EACH.all.count, EACH.all.due) == (8, 1_111_117)
    assert EACH.renewal_rate == D(1_000_000) / D(1_111_117)
    assert EACH.renewal_rate_by_count == D(1) / D(8)
    assert (EACH.weighed.unknown, EACH.weighed.unknown_kept) == (1, 100)
    assert (Forecast().renewal_rate, Forecast().renewal_rate_by_count) == (None, None)


def test_every_category_of_an_owner_is_a_part_and_every_part_has_a_name():
    assert {category.value for category in Category} < {part.value for part in Part}
    assert set(PART_LABELS) == set(Part)


def test_a_part_is_found_by_its_name_and_nothing_else_is():
    assert EACH["commit"] == EACH[Part.COMMIT]
    assert Forecast()["lost"] == Sums()
    with pytest.raises(ValueError, match="nonsense"):
        EACH["nonsense"]


ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(Part),
        st.integers(0, 10_000).map(D),
        st.integers(0, 20_000).map(D),
        st.none() | st.integers(0, 10_000).map(lambda share: D(share) / 10_000),
    ),
    max_size=12,
)


@given(ROWS)
def test_low_likely_and_high_stand_in_this_order_and_none_is_above_what_is_due(rows):
    found = forecast_of(rows)
    assert 0 <= found.low <= found.likely <= found.high <= found.all.due
    assert 0 <= found.expected <= found.all.due


@given(ROWS)
def test_the_parts_add_up_to_what_is_due(rows):
    found = forecast_of(rows)
    assert found.all == sum((found[part] for part in Part), Sums())
    assert found.all.due == found.open.due + found.closed.due == sum(one.current for one in rows)
    assert found.all.due == found.all.kept + found.contraction + found.churn
    assert found.all.count == len(rows)


@given(ROWS, ROWS)
def test_forecasts_of_two_sets_add_up_to_that_of_both(some, others):
    both, apart = forecast_of([*some, *others]), forecast_of(some) + forecast_of(others)
    assert all(both[part] == apart[part] for part in Part)
    assert both.likely == apart.likely


@given(ROWS)
def test_the_renewal_rate_is_a_share(rows):
    found = forecast_of(rows)
    for rate in (found.renewal_rate, found.renewal_rate_by_count):
        assert rate is None or 0 <= rate <= 1


@pytest.mark.parametrize(("forecast", "happened", "difference", "share", "words"), [
    (110, 100, 10, "0.1", "10.0 % too high"),
    (75, 100, -25, "-0.25", "25.0 % too low"),
    (100, 100, 0, "0", "exactly right"),
    (50, 0, 50, None, "too high"),
    (0, 0, 0, None, "exactly right"),
])  # fmt: skip
def test_an_error_is_said_in_words_and_per_cent(forecast, happened, difference, share, words):
    found = ForecastError(D(forecast), D(happened))
    assert (found.difference, found.share, found.words) == (difference, None if share is None else D(share), words)
