"""What each tier asks for, by when, and in which phase."""

import datetime as dt

import pytest

from health.domain.alerting import DEFAULT_RULES
from health.domain.engagement import ENGAGEMENT, Standing, asked_of

ENTERED = dt.date(2026, 3, 2)


def on(day_number, rank):
    return asked_of(rank, since=ENTERED, today=ENTERED + dt.timedelta(days=day_number - 1))


@pytest.mark.parametrize(
    ("rank", "title", "days"),
    [
        (Standing.CRITICAL, "Escalate to an executive", 0),
        (Standing.CRITICAL, "Hold a save call", 1),
        (Standing.AT_RISK, "Agree an intervention plan", 2),
    ],
)
def test_urgent_steps_have_a_day(rank, title, days):
    due = {one.step.title: one.by for one in on(1, rank).steps}
    assert due[title] == ENTERED + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("day_number", "phase"),
    [
        (1, "Emergency"), (3, "Emergency"), (4, "Recovery"), (14, "Recovery"), (15, "Stabilise"), (30, "Stabilise"),
        (31, "Back to normal"), (90, "Back to normal"), (91, None),
    ],
)  # fmt: skip
def test_critical_accounts_go_through_four_phases(day_number, phase):
    found = on(day_number, Standing.CRITICAL).phase
    assert (found.name if found else None) == phase


@pytest.mark.parametrize(
    ("day_number", "phase"),
    [(1, "Immediate"), (7, "Immediate"), (8, "Recovery"), (30, "Recovery"), (31, "Stabilise"), (90, "Stabilise")],
)
def test_accounts_at_risk_have_a_week_then_a_recovery_plan_then_two_months(day_number, phase):
    assert on(day_number, Standing.AT_RISK).phase.name == phase


@pytest.mark.parametrize("standing", Standing)
def test_phases_follow_on_each_other_without_a_gap(standing):
    phases = ENGAGEMENT[standing].phases
    assert [one.first for one in phases] == [1, *(one.last + 1 for one in phases[:-1])][: len(phases)]


@pytest.mark.parametrize(
    ("rank", "day_number", "days"),
    [
        (Standing.CRITICAL, 1, 1),
        (Standing.CRITICAL, 2, 1),
        (Standing.CRITICAL, 9, 8),
        (Standing.AT_RISK, 1, 7),
        (Standing.AT_RISK, 8, 7),
        (Standing.AT_RISK, 9, 14),
        (Standing.SECOND, 1, 30),
        (Standing.TOP, 100, 180),
    ],
)
def test_the_next_check_in_follows_the_rhythm_of_the_tier(rank, day_number, days):
    assert on(day_number, rank).next_check_in == ENTERED + dt.timedelta(days=days)


@pytest.mark.parametrize("standing", Standing)
def test_without_a_day_of_entry_nothing_has_a_day(standing):
    asked = asked_of(standing, since=None, today=ENTERED)
    assert (asked.day_number, asked.phase, asked.next_check_in) == (None, None, None)
    assert {one.by for one in asked.steps} == {None}


def test_the_alerts_of_a_tier_say_what_the_tier_asks_for_first():
    said = {rule.tier_rank: rule.next_action for rule in DEFAULT_RULES if rule.tier_rank}
    assert said == {rank: ENGAGEMENT[Standing(rank)].next_action for rank in (3, 4)}
