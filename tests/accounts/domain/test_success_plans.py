import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.success_plans import (
    Aim,
    PlanState,
    Standing,
    next_review,
    problem_of,
    share_done,
    share_due,
    standing_of,
    state_of,
)

BEGAN = dt.date(2026, 1, 1)
UP = Aim(Decimal(20), Decimal(60), BEGAN, BEGAN + dt.timedelta(days=100))
DOWN = Aim(Decimal(48), Decimal(8), BEGAN, BEGAN + dt.timedelta(days=100))
ACHIEVED, ON_TRACK, AT_RISK, MISSED = Standing.ACHIEVED, Standing.ON_TRACK, Standing.AT_RISK, Standing.MISSED


@pytest.mark.parametrize(
    ("aim", "current", "days", "standing"),
    [
        # Upwards, from 20 to 60 in 100 days: 36 is due after 50 days, less the grace of a tenth of 40
        (UP, 60, 10, ACHIEVED),
        (UP, 75, 200, ACHIEVED),
        (UP, 40, 50, ON_TRACK),
        (UP, 36, 50, ON_TRACK),
        (UP, "35.9999", 50, AT_RISK),
        (UP, 59, 100, ON_TRACK),
        (UP, 55, 100, AT_RISK),
        (UP, 59, 101, MISSED),
        # Downwards, from 48 to 8
        (DOWN, 8, 0, ACHIEVED),
        (DOWN, 0, 101, ACHIEVED),
        (DOWN, 28, 50, ON_TRACK),
        (DOWN, 32, 50, ON_TRACK),
        (DOWN, 33, 50, AT_RISK),
        (DOWN, 50, 20, AT_RISK),
        (DOWN, 9, 101, MISSED),
        # Nothing measured yet: it stands at its baseline
        (UP, None, 0, ON_TRACK),
        (UP, None, 10, ON_TRACK),
        (UP, None, 11, AT_RISK),
        (UP, None, 101, MISSED),
        # Before it has begun nothing is due
        (UP, None, -30, ON_TRACK),
        (UP, 15, -30, AT_RISK),
    ],
)
def test_an_objective_stands_as_its_pace_says(aim, current, days, standing):
    value = None if current is None else Decimal(current)
    assert standing_of(aim, value, today=BEGAN + dt.timedelta(days=days)) is standing


NUMBERS = st.decimals(-100_000, 100_000, places=2)
DAYS = st.integers(-50, 500)


@st.composite
def aims(draw):
    baseline, target = draw(st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]))
    return Aim(baseline, target, BEGAN, BEGAN + dt.timedelta(days=draw(st.integers(1, 400))))


def day(number):
    return BEGAN + dt.timedelta(days=number)


@given(aims(), NUMBERS, DAYS)
def test_the_direction_does_not_matter(aim, current, number):
    mirrored = replace(aim, baseline=-aim.baseline, target=-aim.target)
    assert standing_of(aim, current, today=day(number)) is standing_of(mirrored, -current, today=day(number))


@given(aims(), NUMBERS, DAYS, st.integers(1, 1000), NUMBERS)
def test_neither_unit_nor_zero_point_matters(aim, current, number, factor, shift):
    def moved(value):
        return value * factor + shift

    other = replace(aim, baseline=moved(aim.baseline), target=moved(aim.target))
    assert standing_of(aim, current, today=day(number)) is standing_of(other, moved(current), today=day(number))


@given(aims(), NUMBERS, NUMBERS, DAYS)
def test_a_value_nearer_to_the_target_never_stands_worse(aim, one, other, number):
    worse, better = sorted((one, other), reverse=not aim.is_upward)
    order = [MISSED, AT_RISK, ON_TRACK, ACHIEVED]
    standings = [standing_of(aim, value, today=day(number)) for value in (worse, better)]
    assert order.index(standings[0]) <= order.index(standings[1])


@given(aims(), NUMBERS, DAYS)
def test_until_the_due_day_nothing_is_missed_and_afterwards_nothing_is_open(aim, current, number):
    standing = standing_of(aim, current, today=day(number))
    assert (standing is MISSED) <= (day(number) > aim.due_on)
    assert (standing in (ON_TRACK, AT_RISK)) <= (day(number) <= aim.due_on)


@given(aims(), DAYS)
def test_a_value_on_the_line_is_on_track_and_the_target_is_achieved(aim, number):
    today = min(day(number), aim.due_on)
    on_the_line = aim.baseline + (aim.target - aim.baseline) * share_due(aim, today=today)
    assert standing_of(aim, on_the_line, today=today) in (ON_TRACK, ACHIEVED)
    assert standing_of(aim, aim.target, today=day(number)) is ACHIEVED
    assert share_done(aim, aim.target) == 1
    assert share_done(aim, None) == 0


@pytest.mark.parametrize(
    ("standings", "state"),
    [
        ([], PlanState.EMPTY),
        ([ACHIEVED, ACHIEVED], PlanState.ACHIEVED),
        ([ACHIEVED, ON_TRACK], PlanState.ON_TRACK),
        ([ON_TRACK], PlanState.ON_TRACK),
        ([ACHIEVED, ON_TRACK, AT_RISK], PlanState.BEHIND),
        ([ACHIEVED, MISSED], PlanState.BEHIND),
    ],
)
def test_a_plan_is_behind_as_soon_as_one_objective_is(standings, state):
    assert state_of(standings) is state


@pytest.mark.parametrize(
    ("held", "following"),
    [
        (dt.date(2026, 1, 15), dt.date(2026, 4, 15)),
        (dt.date(2026, 11, 30), dt.date(2027, 2, 28)),
        (dt.date(2027, 11, 30), dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), dt.date(2027, 3, 31)),
    ],
)
def test_the_next_review_is_a_quarter_later(held, following):
    assert next_review(held) == following


def test_an_aim_needs_a_direction_and_time():
    assert problem_of(UP) == ""
    assert "differ" in problem_of(replace(UP, target=UP.baseline))
    assert "due after" in problem_of(replace(UP, due_on=UP.began_on))
