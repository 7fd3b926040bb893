"""Advocacy in figures: steps of an ask, the rest between two, and how seats are spread over segments."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.advocacy import (
    REST_DAYS,
    AdvocacyKind,
    AskState,
    AskVerb,
    ask_after,
    last_strain,
    months_before,
    possible_from,
    spread,
)
from health.domain.alert_handling import Refusal

FIRST = dt.date(2026, 3, 1)


@dataclass(frozen=True)
class Ask:
    asked_on: dt.date
    used_on: dt.date | None = None


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        ("asked", "agree", "agreed"),
        ("asked", "decline", "declined"),
        ("asked", "withdraw", "withdrawn"),
        ("asked", "finish", "They have not answered yet."),
        ("asked", "back", "They have not answered yet."),
        ("agreed", "finish", "done"),
        ("agreed", "back", "asked"),
        ("agreed", "agree", "They agreed already."),
        ("agreed", "withdraw", "They agreed already."),
        ("declined", "back", "asked"),
        ("declined", "agree", "They declined already."),
        ("done", "back", "agreed"),
        ("done", "finish", "It is done already."),
        ("withdrawn", "back", "asked"),
        ("withdrawn", "agree", "The ask was withdrawn."),
    ],
)
def test_steps_of_an_ask(state, verb, after):
    found = ask_after(AskState(state), AskVerb(verb))
    assert (found.reason if isinstance(found, Refusal) else found.value) == after


@given(st.sampled_from(AskState), st.sampled_from([one for one in AskVerb if one is not AskVerb.BACK]))
def test_every_step_can_be_taken_back(state, verb):
    after = ask_after(state, verb)
    if not isinstance(after, Refusal):
        assert ask_after(after, AskVerb.BACK) == state


@pytest.mark.parametrize(
    ("kind", "last", "first"),
    [
        ("reference", None, None),
        ("reference", dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        ("reference", dt.date(2026, 1, 31), dt.date(2026, 3, 2)),
        ("case_study", dt.date(2026, 3, 1), None),
        ("advisory_board", dt.date(2026, 3, 1), None),
    ],
)
def test_from_which_day_somebody_may_be_asked_again(kind, last, first):
    assert possible_from(AdvocacyKind(kind), last) == first


def test_the_day_of_the_use_counts_where_it_was_later_than_the_ask():
    asks = [Ask(FIRST, FIRST + dt.timedelta(days=20)), Ask(FIRST + dt.timedelta(days=12))]
    assert last_strain(asks) == FIRST + dt.timedelta(days=20)
    assert last_strain([]) is None


@given(st.lists(st.integers(0, 400), min_size=1))
def test_nobody_is_asked_for_a_reference_twice_in_its_rest(days):
    asked: list[Ask] = []
    for number in sorted(days):
        day = FIRST + dt.timedelta(days=number)
        first = possible_from(AdvocacyKind.REFERENCE, last_strain(asked))
        if first is None or first <= day:
            asked.append(Ask(day))
    gaps = [(later.asked_on - earlier.asked_on).days for earlier, later in pairwise(asked)]
    assert all(gap >= REST_DAYS[AdvocacyKind.REFERENCE] for gap in gaps)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (dt.date(2026, 11, 26), 6, dt.date(2026, 5, 26)),
        (dt.date(2026, 8, 31), 6, dt.date(2026, 2, 28)),
        (dt.date(2028, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2026, 3, 15), 6, dt.date(2025, 9, 15)),
        (dt.date(2026, 12, 31), 1, dt.date(2026, 11, 30)),
        (dt.date(2026, 1, 1), 12, dt.date(2025, 1, 1)),
    ],
)
def test_a_day_of_some_months_ago(day, months, before):
    assert months_before(day, months) == before


@pytest.mark.parametrize(
    ("ranked", "seated", "seats", "chosen"),
    [
        ({"big": ["a", "b"], "small": ["x", "y"]}, {}, 4, ["a", "x", "b", "y"]),
        ({"big": ["a", "b"], "small": ["x", "y"]}, {"big": 2}, 3, ["x", "y", "a"]),
        ({"big": ["a"], "small": ["x", "y", "z"]}, {}, 3, ["a", "x", "y"]),
        ({"big": ["a"], "small": []}, {}, 3, ["a"]),
        ({}, {"big": 3}, 3, []),
        ({"big": ["a"]}, {}, 0, []),
    ],
)
def test_seats_are_spread_over_segments(ranked, seated, seats, chosen):
    assert spread(ranked, seated, seats) == chosen


@given(
    st.dictionaries(st.integers(0, 4), st.integers(0, 8)),
    st.dictionaries(st.integers(0, 4), st.integers(0, 5)),
    st.integers(0, 20),
)
def test_no_segment_runs_ahead_of_another_that_has_candidates_left(sizes, seated, seats):
    ranked = {key: [(key, place) for place in range(size)] for key, size in sizes.items()}
    chosen = spread(ranked, seated, seats)
    assert len(chosen) == min(seats, sum(sizes.values()))
    taken = Counter(key for key, _ in chosen)
    for key, count in taken.items():
        assert [one for one in chosen if one[0] == key] == ranked[key][:count]
        for other, size in sizes.items():
            if taken[other] < size:
                assert seated.get(key, 0) + count <= max(seated.get(key, 0), seated.get(other, 0) + taken[other]) + 1
