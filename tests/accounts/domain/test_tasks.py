import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.domain.tasks import TRANSITIONS, Action, DueGroup, Refusal, State, due_group, due_range, outcome_of

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday
NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=BERLIN)


def test_every_action_has_an_outcome_in_every_state():
    assert {state: set(actions) for state, actions in TRANSITIONS.items()} == {state: set(Action) for state in State}


def test_only_open_tasks_can_be_worked_on_and_only_closed_ones_reopened():
    possible = {
        (state, action): outcome
        for state in State
        for action in Action
        if not isinstance(outcome := outcome_of(state, action), Refusal)
    }
    assert possible == {
        (State.OPEN, Action.COMPLETE): State.DONE,
        (State.OPEN, Action.SNOOZE): State.OPEN,
        (State.OPEN, Action.EDIT): State.OPEN,
        (State.OPEN, Action.CANCEL): State.CANCELLED,
        (State.OPEN, Action.REASSIGN): State.OPEN,
        (State.DONE, Action.REOPEN): State.OPEN,
        (State.CANCELLED, Action.REOPEN): State.OPEN,
    }


@pytest.mark.parametrize(
    ("due_at", "group"),
    [
        (None, DueGroup.NO_DATE),
        (NOW - dt.timedelta(minutes=1), DueGroup.OVERDUE),
        (NOW.replace(hour=23), DueGroup.TODAY),
        # 23:30 UTC on Wednesday is Thursday in Berlin
        (dt.datetime(2026, 11, 25, 23, 30, tzinfo=dt.UTC), DueGroup.THIS_WEEK),
        (dt.datetime(2026, 11, 29, 23, 59, tzinfo=BERLIN), DueGroup.THIS_WEEK),
        (dt.datetime(2026, 11, 30, 0, 0, tzinfo=BERLIN), DueGroup.LATER),
    ],
)
def test_a_due_moment_falls_into_the_group_of_the_persons_own_day(due_at, group):
    assert due_group(due_at, now=NOW) == group


@pytest.mark.parametrize("hours", [-200, -1, 0, 1, 8, 12, 30, 60, 100, 400])
def test_the_range_of_a_group_holds_exactly_the_moments_that_the_group_names(hours):
    moment = NOW + dt.timedelta(hours=hours)
    holding = []
    for group in (DueGroup.OVERDUE, DueGroup.TODAY, DueGroup.THIS_WEEK, DueGroup.LATER):
        start, end = due_range(group, now=NOW)
        if (start is None or start <= moment) and (end is None or moment < end):
            holding.append(group)
    assert holding == [due_group(moment, now=NOW)]
