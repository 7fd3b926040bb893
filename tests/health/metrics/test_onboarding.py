"""Readings of onboardings, as of any day."""

import datetime as dt

import pytest

from accounts.models import Onboarding
from cs_workspace.common import clock
from tests.factories import OnboardingFactory, OnboardingStepFactory
from tests.health.making import TODAY, account, ago, noon, reading

pytestmark = pytest.mark.django_db


def begun(one, *, days: int = 40, **fields) -> Onboarding:
    """An onboarding that was written down on the day it started."""
    made = OnboardingFactory(account=one, started_on=ago(days), **fields)
    Onboarding.objects.filter(pk=made.pk).update(created_at=noon(days))
    return made


def closed(onboarding, *, days: int, state: str = "done"):
    return OnboardingStepFactory(
        onboarding=onboarding, state=state, closed_on=ago(days), closed_at=noon(days), reason="x", due_on=ago(days)
    )


def test_progress_counts_the_steps_that_were_done_by_the_day():
    one = account()
    assert reading("onboarding_progress", one) is None
    onboarding = begun(one)
    closed(onboarding, days=20)
    closed(onboarding, days=5)
    closed(onboarding, days=8, state="skipped")
    OnboardingStepFactory(onboarding=onboarding)
    assert reading("onboarding_progress", one) == pytest.approx(2 / 3, abs=1e-6)
    assert reading("onboarding_progress", one, day=ago(10)) == pytest.approx(1 / 4)
    assert reading("onboarding_progress", one, day=ago(50)) is None


def test_one_that_ended_later_was_running():
    one = account()
    closed(begun(one, state="completed", ended_at=noon(5)), days=5)
    assert reading("onboarding_progress", one) is None
    assert reading("onboarding_progress", one, day=ago(6)) == 0


def test_time_to_first_value_runs_until_it_is_reached():
    one = account()
    assert reading("first_value_days", one) is None
    begun(one, first_value_on=ago(12))
    assert reading("first_value_days", one) == 28
    assert reading("first_value_days", one, day=ago(12)) == 28
    assert reading("first_value_days", one, day=ago(20)) == 20


def test_the_latest_onboarding_of_a_year_counts_and_cancelled_ones_do_not():
    one = account()
    begun(one, days=380, first_value_on=ago(370))
    assert reading("first_value_days", one) is None
    begun(one, days=30, kind="product", about="Insight", first_value_on=ago(25))
    begun(one, days=10, kind="product", about="Other", state="cancelled", ended_at=noon(1), end_reason="x")
    assert reading("first_value_days", one) == 5


def test_without_a_first_value_the_time_ends_with_the_onboarding():
    one = account()
    begun(one, days=40, state="completed", ended_at=clock.start_of(TODAY) - dt.timedelta(days=10, hours=-12))
    assert reading("first_value_days", one) == 30
