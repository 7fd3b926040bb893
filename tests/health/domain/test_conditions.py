"""Absence is data: conditions on what is not there, and what unknown does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.domain.conditions import AllOf, Known, NotFor, OneOf, Subject, Without, holding

NO_TOUCH = NotFor(Subject.TOUCH, 30)
NO_CRITICAL = Without(Subject.OPEN_CRITICAL_TICKET)


@pytest.mark.parametrize(("days", "holds"), [(0, False), (29, False), (30, True), (31, True), (None, None)])
def test_nothing_for_thirty_days_holds_from_the_thirtieth_on(days, holds):
    assert NO_TOUCH.holds(Known(days_since={Subject.TOUCH: days})) is holds


@pytest.mark.parametrize(("count", "holds"), [(0, True), (1, False), (7, False), (None, None)])
def test_without_holds_at_none(count, holds):
    assert NO_CRITICAL.holds(Known(counts={Subject.OPEN_CRITICAL_TICKET: count})) is holds


def test_what_nobody_named_is_unknown():
    assert NO_TOUCH.holds(Known()) is None
    assert NO_CRITICAL.holds(Known()) is None


@pytest.mark.parametrize(
    ("days", "count", "both", "either"),
    [
        (30, 0, True, True),
        (30, 1, False, True),
        (3, 0, False, True),
        (3, 1, False, False),
        (None, 0, None, True),
        (None, 1, False, None),
        (30, None, None, True),
        (3, None, False, None),
        (None, None, None, None),
    ],
)
def test_what_is_unknown_counts_only_where_it_could_change_the_answer(days, count, both, either):
    known = Known({Subject.TOUCH: days}, {Subject.OPEN_CRITICAL_TICKET: count})
    assert AllOf((NO_TOUCH, NO_CRITICAL)).holds(known) is both
    assert OneOf((NO_TOUCH, NO_CRITICAL)).holds(known) is either


def test_conditions_read_as_words():
    assert str(AllOf((NO_CRITICAL, NO_TOUCH))) == "no open critical ticket and no touch for 30 days"
    assert str(OneOf((NotFor(Subject.LOGIN, 1), NO_TOUCH))) == "no login for 1 day or no touch for 30 days"


def test_what_holds_inside_is_why_the_whole_does():
    known = Known({Subject.TOUCH: 40, Subject.LOGIN: 2}, {Subject.OPEN_CRITICAL_TICKET: 0})
    whole = AllOf((OneOf((NO_TOUCH, NotFor(Subject.LOGIN, 14))), NO_CRITICAL))
    assert holding(whole, known) == [NO_TOUCH, NO_CRITICAL]


leaves = st.one_of(
    st.builds(NotFor, st.sampled_from(Subject), st.integers(1, 100)), st.builds(Without, st.sampled_from(Subject))
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(OneOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
numbers = st.dictionaries(st.sampled_from(Subject), st.none() | st.integers(0, 120))


@given(trees, numbers, numbers, st.integers(0, 120))
def test_learning_what_was_unknown_never_overturns_an_answer(tree, days, counts, learned):
    before = tree.holds(Known(days, counts))
    filled = [
        {subject: learned if facts.get(subject) is None else facts[subject] for subject in Subject}
        for facts in (days, counts)
    ]
    if before is not None:
        assert tree.holds(Known(*filled)) is before


@given(trees, numbers, numbers)
def test_with_everything_known_a_condition_holds_or_does_not(tree, days, counts):
    known = Known(*({subject: facts.get(subject) or 0 for subject in Subject} for facts in (days, counts)))
    assert tree.holds(known) in (True, False)
