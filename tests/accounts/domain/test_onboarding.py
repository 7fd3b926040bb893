"""How an onboarding goes: due days, progress, standing, and the step that holds it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.onboarding import (
    Stage,
    Standing,
    Step,
    StepState,
    course_of,
    days_since,
    due_on,
    first_value_of,
    holding_place,
    share_done,
    standing_of,
)

START = dt.date(2026, 3, 1)
DONE, OPEN, SKIPPED = StepState.DONE, StepState.OPEN, StepState.SKIPPED


def step(
    due: int, longest: int | None = None, state: StepState = OPEN, stage: Stage = Stage.FOUNDATION, **more
) -> Step:
    closed = None if state is OPEN else due_on(START, due)
    until = None if longest is None else due_on(START, longest)
    return Step(stage, due_on(START, due), until, state, **{"closed_on": closed} | more)


def on(day: int) -> dt.date:
    return START + dt.timedelta(days=day)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (7, Standing.ON_TRACK),  # a step is due by the end of its day
        (8, Standing.BEHIND),
        (14, Standing.BEHIND),  # the longest day counts whole as well
        (15, Standing.STUCK),
    ],
)
def test_an_open_milestone_makes_it_behind_after_its_day_and_stuck_after_the_longest(day, expected):
    course = course_of([step(7, 14)], from_stage=Stage.FOUNDATION)
    kept = {"behind_from": course.behind_from, "stuck_from": course.stuck_from}
    assert standing_of(**kept, today=on(day)) is expected


def test_a_step_that_is_no_milestone_holds_nothing_up():
    course = course_of([step(3), step(7, 14, DONE)], from_stage=Stage.FOUNDATION)
    assert (course.behind_from, course.stuck_from) == (None, None)
    assert holding_place([step(3)], today=on(90)) is None


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (5, None),
        (9, 0),  # both are behind: the one that was due first
        (12, 1),  # what makes it stuck, though the other one was due before
        (31, 0),  # both make it stuck
    ],
)
def test_the_step_that_holds_it_is_the_one_that_makes_it_stuck_else_the_one_due_first(today, expected):
    assert holding_place([step(5, 30), step(8, 10)], today=on(today)) == expected


def test_progress_counts_what_was_done_of_what_is_to_be_done():
    course = course_of([step(1, state=DONE), step(2, state=SKIPPED), step(3), step(4)], from_stage=Stage.FOUNDATION)
    assert (course.done, course.counted) == (1, 3)
    assert share_done(1, 3) == pytest.approx(1 / 3)
    assert share_done(0, 0) is None


CORE, WIDER = Stage.CORE, Stage.WIDER


@pytest.mark.parametrize(
    ("states", "from_stage", "expected"),
    [
        ((OPEN, OPEN, OPEN), Stage.FOUNDATION, Stage.FOUNDATION),
        ((DONE, OPEN, OPEN), Stage.FOUNDATION, CORE),  # by itself, once nothing is open
        ((SKIPPED, DONE, OPEN), Stage.FOUNDATION, WIDER),
        ((OPEN, OPEN, OPEN), CORE, CORE),  # people led it on; what is behind stays open
        ((OPEN, DONE, OPEN), CORE, WIDER),
        ((OPEN, DONE, DONE), CORE, WIDER),  # nothing is open ahead: the last that it has
        ((DONE, DONE, DONE), Stage.FOUNDATION, WIDER),
    ],
)
def test_the_stage_is_the_first_from_where_people_led_it_in_which_something_is_open(states, from_stage, expected):
    steps = [
        step(1, state=state, stage=stage) for state, stage in zip(states, [Stage.FOUNDATION, CORE, WIDER], strict=True)
    ]
    assert course_of(steps, from_stage=from_stage).stage is expected


def test_it_is_complete_when_nothing_is_open_and_never_without_steps():
    assert course_of([step(1, state=DONE), step(2, state=SKIPPED)], from_stage=CORE).is_complete
    assert not course_of([step(1, state=DONE), step(2)], from_stage=CORE).is_complete
    assert not course_of([], from_stage=CORE).is_complete


def test_first_value_is_reached_with_its_step_and_not_by_skipping_it():
    reached = step(14, state=DONE, is_first_value=True, closed_on=on(9))
    assert course_of([reached], from_stage=CORE).first_value_on == on(9)
    skipped = step(14, state=SKIPPED, is_first_value=True, closed_on=on(9))
    assert course_of([skipped], from_stage=CORE).first_value_on is None


@pytest.mark.parametrize(
    ("within", "reached", "today", "days", "is_met"),
    [
        (dt.timedelta(days=30), 12, 40, 12, True),
        (dt.timedelta(days=30), 30, 40, 30, True),
        (dt.timedelta(days=30), 31, 40, 31, False),
        (dt.timedelta(days=30), None, 10, 10, None),
        (dt.timedelta(days=30), None, 31, 31, False),  # late already, whenever it comes
        (dt.timedelta(days=1), 1, 5, 1, True),
        (dt.timedelta(minutes=10), 0, 5, 0, True),  # less than a day: on the day of the start
        (dt.timedelta(minutes=10), 1, 5, 1, False),
        (dt.timedelta(days=14), -3, 5, 0, True),  # before the start took no time
    ],
)
def test_time_to_first_value_is_judged_by_the_day(within, reached, today, days, is_met):
    reached_on = None if reached is None else on(reached)
    value = first_value_of(started_on=START, reached_on=reached_on, within=within, until=on(today))
    assert (value.days, value.is_met) == (days, is_met)


def test_days_before_the_start_are_negative():
    assert due_on(START, -14) == dt.date(2026, 2, 15)
    assert days_since(START, dt.date(2026, 2, 26)) == -3


def test_stages_follow_one_another():
    assert [stage.next for stage in Stage] == [*list(Stage)[1:], None]


steps = st.lists(
    st.builds(
        lambda stage, due, extra, state, value: step(
            due, None if extra is None else due + extra, state, stage, is_first_value=value
        ),
        st.sampled_from(Stage),
        st.integers(-14, 90),
        st.none() | st.integers(0, 30),
        st.sampled_from(StepState),
        st.booleans(),
    ),
    max_size=12,
)


@given(steps, st.sampled_from(Stage), st.integers(-20, 140))
def test_what_is_kept_on_the_row_says_the_same_as_the_steps(all_steps, from_stage, day):
    course = course_of(all_steps, from_stage=from_stage)
    standing = standing_of(behind_from=course.behind_from, stuck_from=course.stuck_from, today=on(day))
    holding = holding_place(all_steps, today=on(day))
    assert (holding is None) == (standing is Standing.ON_TRACK)
    if holding is not None:
        assert all_steps[holding].is_open
        assert all_steps[holding].is_milestone
        longest = all_steps[holding].longest_on
        assert longest is not None
        assert (on(day) > longest) == (standing is Standing.STUCK)


@given(steps, st.sampled_from(Stage))
def test_closing_a_step_never_makes_it_later_nor_takes_it_back(all_steps, from_stage):
    before = course_of(all_steps, from_stage=from_stage)
    for place, one in enumerate(all_steps):
        if one.is_open:
            closed = [*all_steps]
            closed[place] = step(0, state=DONE, stage=one.stage)
            after = course_of(closed, from_stage=from_stage)
            assert after.done == before.done + 1
            assert after.counted == before.counted
            assert (after.behind_from or dt.date.max) >= (before.behind_from or dt.date.max)
            assert (after.stuck_from or dt.date.max) >= (before.stuck_from or dt.date.max)
            if before.stage.place >= from_stage.place:
                assert after.stage.place >= before.stage.place
