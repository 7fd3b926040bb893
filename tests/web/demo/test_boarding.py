"""The onboardings of the demo."""

import datetime as dt

import pytest

from accounts.domain.onboarding import Standing
from accounts.models import (
    Notification,
    Onboarding,
    OnboardingRisk,
    OnboardingShare,
    OnboardingStep,
    PlaybookRun,
    Task,
)
from cs_workspace.common import clock
from cs_workspace.web.demo import boarding, living
from cs_workspace.web.demo.loading import load_demo

pytestmark = pytest.mark.django_db


@pytest.mark.timeout(300)
def test_the_demo_shows_onboardings_that_are_on_track_late_stuck_endangered_and_done(monkeypatch):
    monkeypatch.setattr(living, "days_to_live", lambda as_of, accounts: ([], [as_of - dt.timedelta(days=1)]))
    # Of so few customers none is endangered anew in the last days, so playbooks answer from the beginning.
    monkeypatch.setattr(boarding, "PLAYED", 200)
    load_demo(accounts=120, seed=7)
    today = clock.today()
    running = Onboarding.objects.running()
    assert {standing for standing in Standing if running.standing(standing, today=today).exists()} >= {
        Standing.ON_TRACK,
        Standing.STUCK,
    }
    assert Onboarding.objects.filter(state="completed").exists()
    assert running.at_risk().exists()
    assert OnboardingStep.objects.exclude(evidence="").exists()
    assert OnboardingStep.objects.filter(state="done", by__isnull=False).exists()
    assert OnboardingShare.objects.exists()
    assert PlaybookRun.objects.filter(playbook__key__startswith="onboarding-", state="running").exists()
    [fallen] = PlaybookRun.objects.filter(playbook__key="touch-smb")
    assert (fallen.state, fallen.account.segment.key) == ("running", "smb")
    assert list(fallen.steps.order_by("place").values_list("task__status", flat=True)) == [None, "done", "open"]
    told = Task.objects.filter(origin_key__startswith="onboarding-risk:")
    assert told.count() <= OnboardingRisk.objects.count()
    mails = Notification.objects.filter(key__startswith="onboarding-risk:")
    assert not mails.exclude(email_state=Notification.Email.NONE).exists()
