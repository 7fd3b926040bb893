"""The rules of save plans: deadlines, checkpoints, what comes first, who is told of what is overdue."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.playbook_presets import preset_playbooks
from health.domain.alert_handling import Refusal
from health.domain.interventions import (
    EXECUTIVE_AFTER,
    PLAYS,
    REASON_LABELS,
    REASON_OF_SIGNAL,
    TRANSITIONS,
    Due,
    Level,
    PlanState,
    PlanVerb,
    SaveReason,
    Urgency,
    checkpoint_days,
    checkpoint_stays,
    deadline_of,
    decide_by,
    due_thing,
    escalates_to,
    first_due,
    plan_after,
    reason_for,
)
from health.domain.signals import KINDS

NOON = dt.datetime(2026, 3, 16, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(("rank", "hours"), [(4, 24), (3, 48), (2, 48), (1, 48), (None, 48)])
def test_the_deadline_comes_from_the_tier(rank, hours):
    assert deadline_of(rank, at=NOON) == NOON + hours * HOUR


def test_a_plan_is_looked_at_every_week_for_30_days():
    monday = dt.date(2026, 3, 16)
    assert [(day - monday).days for day in checkpoint_days(monday)] == [7, 14, 21, 28]
    assert decide_by(monday) == monday + dt.timedelta(days=30)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)))
def test_no_checkpoint_falls_on_a_weekend_or_after_the_last_day(begun_on):
    days = checkpoint_days(begun_on)
    assert all(day.weekday() < 5 for day in days)
    assert days == sorted(set(days))
    assert days[-1] <= decide_by(begun_on)


@pytest.mark.parametrize(
    ("number", "is_held", "stays"),
    [
        (1, False, "Checkpoint 1 is one of the weekly ones, which every save plan has."),
        (4, True, "Checkpoint 4 is one of the weekly ones, which every save plan has."),
        (5, False, ""),
        (5, True, "Something is written at checkpoint 5. Reopen it first."),
    ],
)
def test_a_checkpoint_stays_where_it_is_weekly_or_something_is_written_at_it(number, is_held, stays):
    assert checkpoint_stays(number, is_held=is_held) == stays


def test_every_reason_has_a_name_and_a_play_that_ships():
    shipped = {preset.key for preset in preset_playbooks()}
    assert set(PLAYS) == set(REASON_LABELS) == set(SaveReason)
    assert set(PLAYS.values()) <= shipped


def test_every_kind_of_signal_speaks_for_a_reason():
    assert set(REASON_OF_SIGNAL) == set(KINDS)


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        (["competitor", "usage_down"], SaveReason.COMPETITOR),
        (["contact_left"], SaveReason.CHAMPION_LEFT),
        (["of-an-admin", "payment"], SaveReason.PRICE),
        ([], None),
        (["of-an-admin"], None),
    ],
)
def test_the_most_severe_signal_that_speaks_for_a_reason_offers_it(kinds, reason):
    assert reason_for(kinds) is reason


def test_every_verb_is_decided_in_every_state():
    assert set(TRANSITIONS) == set(PlanState)
    assert all(set(verbs) == set(PlanVerb) for verbs in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        ("open", "agree", "agreed"),
        ("agreed", "disagree", "open"),
        ("open", "close", "closed"),
        ("agreed", "close", "closed"),
        ("closed", "reopen", "open"),
        ("closed", "edit", "The save plan is closed. Reopen it first."),
        ("closed", "close", "The save plan is closed already."),
        ("agreed", "agree", "The save plan is agreed already."),
        ("open", "reopen", "The save plan is open already."),
    ],
)
def test_what_a_verb_leads_to(state, verb, after):
    came = plan_after(PlanState(state), PlanVerb(verb))
    assert (came.reason if isinstance(came, Refusal) else came.value) == after


@pytest.mark.parametrize(
    ("hours", "urgency"),
    [(-1, Urgency.OVERDUE), (0, Urgency.SOON), (12, Urgency.SOON), (13, Urgency.RUNNING)],
)
def test_what_is_due_presses_from_twelve_hours_before(hours, urgency):
    assert due_thing(Due.AGREEMENT, NOON + hours * HOUR, "", now=NOON).urgency is urgency


def test_what_is_due_first_comes_first():
    later, sooner = (due_thing(Due.CHECKPOINT, NOON + hours * HOUR, "", now=NOON) for hours in (9, 5))
    assert first_due([later, sooner]) == sooner
    assert first_due([]) is None


@pytest.mark.parametrize(
    ("late", "told", "since_told", "level"),
    [
        (-1, (), None, None),
        (0, (), None, None),
        (1, (), None, Level.MANAGER),
        (5, (Level.MANAGER,), 4, None),
        (25, (Level.MANAGER,), 23.9, None),
        (25, (Level.MANAGER,), 24, Level.EXECUTIVE),
        (90, (Level.MANAGER, Level.EXECUTIVE), 80, None),
    ],
)
def test_the_manager_is_told_at_once_and_the_executive_a_day_later(late, told, since_told, level):
    told_at = None if since_told is None else NOON - since_told * HOUR
    since = NOON - late * HOUR
    assert escalates_to(overdue_since=since, told=told, manager_told_at=told_at, now=NOON) is level
    assert dt.timedelta(hours=24) == EXECUTIVE_AFTER
