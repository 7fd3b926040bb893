"""Bands behind a line and pins for events on its axis."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cs_workspace.common.charts import SIDE, bands, pins

FIRST = dt.date(2026, 1, 1)
SPAN = 100
LAST = FIRST + dt.timedelta(days=SPAN)


def numbered(*ahead: int) -> list[tuple[float, str]]:
    days = [FIRST + dt.timedelta(days=day) for day in ahead]
    return [(pin.at, pin.label) for pin in pins(days, since=FIRST, until=LAST, apart=6)]


def test_bands_fill_the_scale_from_the_top_down() -> None:
    made = bands([(0, 4, "Critical"), (80, 1, "Healthy"), (40, 3, "At-Risk")])
    assert [(band.label, band.y, band.height) for band in made] == [
        ("Healthy", 0, 200), ("At-Risk", 200, 400), ("Critical", 600, 400),
    ]  # fmt: skip
    assert [band.middle for band in made] == [10, 40, 80]


def test_without_bounds_there_are_no_bands() -> None:
    assert bands([]) == ()


def test_each_event_has_a_pin_at_its_day() -> None:
    assert numbered(0, 50, 100) == [(0, "1"), (50, "2"), (100, "3")]


def test_events_too_near_share_a_pin_that_says_which() -> None:
    assert numbered(10, 12, 15, 16, 40) == [(10, "1–3"), (16, "4"), (40, "5")]


@given(st.lists(st.integers(0, SPAN)).map(sorted))
def test_every_event_has_one_pin_and_pins_never_overlap(ahead: list[int]) -> None:
    made = pins([FIRST + dt.timedelta(days=day) for day in ahead], since=FIRST, until=LAST, apart=6)
    named = [number for pin in made for number in range(pin.first, pin.last + 1)]
    assert named == list(range(1, len(ahead) + 1))
    assert all(later.at - pin.at >= 6 for pin, later in pairwise(made))


@given(st.sets(st.integers(1, 99), max_size=5))
def test_bands_leave_no_gap(bounds: set[int]) -> None:
    made = bands([(0, 4, "last"), *((bound, 1, "x") for bound in bounds)])
    assert round(sum(band.height for band in made)) == SIDE
