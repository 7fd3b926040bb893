"""The timelines that ship, and what of a timeline is made, whenever one comes to it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.merging import problem_with
from renewals.domain.timelines import (
    GRACE_DAYS,
    LEAD_DAYS,
    Applies,
    Due,
    StepKind,
    moved_due,
    scaled,
    shipped,
    sort_out,
    step_day,
)

TODAY = dt.date(2026, 11, 26)


def ahead(days):
    return TODAY + dt.timedelta(days=days)


def steps_at(*days, **fields):
    """Steps that come so many days from today, known by their days."""
    return [Due(day, ahead(day), **fields) for day in days]


def sorted_days(steps, decision=0):
    """Days from today on which something is due, by the key of its step, and what is passed over."""
    found = sort_out(steps, decision_on=ahead(decision), today=TODAY)
    return {key: (day - TODAY).days for key, day in found.make.items()}, found.passed


@pytest.mark.parametrize(
    ("key", "offsets"),
    [
        ("standard_90", [90, 60, 45, 30, 14, 0]),
        ("process_120", [120, 90, 60, 30, 0]),
        ("sequence_90", [90, 75, 60, 45, 30, 14, 7]),
    ],
)
def test_the_timelines_that_ship_have_the_days_of_the_page(key, offsets):
    steps = shipped().timeline(key).steps
    assert [one.offset for one in steps if one.applies is Applies.ALWAYS] == offsets


@pytest.mark.parametrize(
    ("segment", "offsets"),
    [("enterprise", [180, 135, 90, 45, 0]), ("mid_market", [120, 90, 60, 30, 0]), ("smb", [90, 68, 45, 23, 0])],
)
def test_tiered_stretches_process_120_to_the_start_of_the_segment(segment, offsets):
    tiered = shipped().timeline("tiered")
    base = [one.offset for one in shipped().timeline(tiered.scales).steps if one.applies is Applies.ALWAYS]
    assert [scaled(one, start=tiered.starts[segment], base=max(base)) for one in base] == offsets


def test_each_segment_that_ships_has_its_timeline():
    assert [(one.segment, one.timeline, one.by_email, one.checkpoints) for one in shipped().segments] == [
        ("enterprise", "tiered", False, True),
        ("mid_market", "process_120", False, True),
        ("smb", "standard_90", False, False),
        ("self_serve", "sequence_90", True, False),
    ]


def test_every_text_that_ships_can_be_filled_in_and_drafts_have_one():
    steps = [step for one in shipped().timelines for step in one.steps]
    texts = [text for one in steps for text in (one.title, one.body, one.mail_title, one.mail_body)]
    assert {problem_with(text) for text in texts} == {""}
    assert all(one.mail_body for one in steps if one.kind is StepKind.EMAIL)


@given(st.integers(0, 365), st.integers(0, 365), st.integers(1, 365), st.integers(1, 365))
def test_stretching_keeps_the_order_the_ends_and_half_a_day(one, other, start, base):
    first, second = sorted((min(one, base), min(other, base)))
    assert scaled(first, start=start, base=base) <= scaled(second, start=start, base=base)
    assert (scaled(0, start=start, base=base), scaled(base, start=start, base=base)) == (0, start)
    assert abs(scaled(first, start=start, base=base) * base - first * start) * 2 <= base


def test_the_step_before_the_notice_counts_from_the_decision():
    dates = {"due_on": ahead(100), "decision_on": ahead(40)}
    assert step_day(14, Applies.AUTO_RENEWING, **dates) == ahead(26)
    assert step_day(14, Applies.ALWAYS, **dates) == ahead(86)


@pytest.mark.parametrize(
    ("days", "made", "passed"),
    [
        ([0, 30, 60], {0: 0}, ()),
        ([LEAD_DAYS, 30], {LEAD_DAYS: LEAD_DAYS}, ()),
        ([LEAD_DAYS + 1, 30], {}, ()),
        ([-20, -5, 20], {-5: GRACE_DAYS}, (-20,)),
        ([-20, -5, 3, 20], {3: 3}, (-20, -5)),
        ([-40, -20, -5], {-5: GRACE_DAYS}, (-40, -20)),
        ([], {}, ()),
    ],
)
def test_what_is_near_is_made_or_else_the_latest_that_is_past(days, made, passed):
    assert sorted_days(steps_at(*days)) == (made, passed)


def test_what_was_made_is_not_made_again_and_stands_for_what_came_before():
    assert sorted_days([*steps_at(-5, waits=False), *steps_at(-20)]) == ({}, (-20,))


@pytest.mark.parametrize(
    ("day", "decision", "made", "passed"),
    [
        (3, 17, {3: 3}, ()),
        (-3, 11, {-3: GRACE_DAYS}, ()),
        (-12, 2, {-12: 2}, ()),
        (-14, 0, {-14: 0}, ()),
        (-15, -1, {}, (-15,)),
    ],
)
def test_the_step_before_the_notice_is_made_only_while_notice_can_be_given(day, decision, made, passed):
    assert sorted_days(steps_at(day, applies=Applies.AUTO_RENEWING), decision) == (made, passed)


def test_an_intervention_is_made_however_late_it_is():
    assert sorted_days(steps_at(-100, applies=Applies.AT_RISK)) == ({-100: GRACE_DAYS}, ())


@pytest.mark.parametrize(("others", "is_made"), [([20, 50], True), ([-1, 20], False)])
def test_a_renewal_is_planned_only_while_no_other_step_has_come(others, is_made):
    made, passed = sorted_days([*steps_at(-10, applies=Applies.GOOD), *steps_at(*others)])
    assert (-10 in made, -10 in passed) == (is_made, not is_made)


@given(
    st.dictionaries(st.integers(-200, 200), st.tuples(st.sampled_from(Applies), st.booleans()), max_size=10),
    st.integers(-200, 200),
)
def test_of_each_step_at_most_one_thing_becomes_and_nothing_is_due_before_today(given_steps, decision):
    steps = [Due(key, ahead(key), applies, waits) for key, (applies, waits) in given_steps.items()]
    made, passed = sorted_days(steps, decision)
    assert not set(made) & set(passed)
    assert {*made, *passed} <= {one.key for one in steps if one.waits and one.day <= ahead(LEAD_DAYS)}
    assert all(day >= 0 for day in made.values())
    assert sum(key < 0 and given_steps[key][0] is Applies.ALWAYS for key in made) <= 1


def test_an_open_task_that_is_moved_into_the_past_is_due_today():
    assert [moved_due(ahead(days), today=TODAY) for days in (-3, 0, 3)] == [TODAY, TODAY, ahead(3)]
