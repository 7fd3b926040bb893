import datetime as dt

import pytest

from health.domain.deadlines import WITHIN, Clock, Urgency, clock_of

NOW = dt.datetime(2026, 3, 16, 9, tzinfo=dt.UTC)


def hours(count: float) -> dt.datetime:
    return NOW + dt.timedelta(hours=count)


def test_at_risk_has_48_hours_and_critical_24():
    assert (WITHIN[3], WITHIN[4]) == (dt.timedelta(hours=48), dt.timedelta(hours=24))


@pytest.mark.parametrize(
    ("due_at", "urgency"),
    [
        (hours(13), Urgency.RUNNING),
        (hours(12), Urgency.SOON),
        (NOW, Urgency.SOON),
        (hours(-0.01), Urgency.OVERDUE),
    ],
)
def test_the_clock_runs_out(due_at, urgency):
    assert clock_of(due_at, acted=False, now=NOW) == Clock(urgency, due_at)


def test_an_action_stops_the_clock_even_a_late_one():
    assert clock_of(hours(-30), acted=True, now=NOW).urgency is Urgency.ACTED


def test_without_a_day_of_entry_no_clock_runs():
    assert clock_of(None, acted=False, now=NOW) == Clock(Urgency.UNKNOWN)
