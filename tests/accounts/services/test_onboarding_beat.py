"""What the beat does for onboardings every five minutes; twice, and after it died on the way, is the same as once."""

import pytest

from accounts.models import Onboarding, OnboardingRisk, OnboardingStep, Playbook, Task
from accounts.services import onboarding_risks
from accounts.services.onboarding_templates import install_onboarding_templates
from accounts.services.segments import install_segments
from accounts.tasks import look_after_onboardings
from cs_workspace.common import clock
from tests.factories import AccountFactory, ContractFactory, UsageDayFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed(cast):
    """A customer of nine days who logs in and has neither champion nor sponsor."""
    install_segments()
    install_onboarding_templates()
    Playbook.objects.update(active_since=None)
    account = AccountFactory(owner=cast.owner)
    ContractFactory(account=account, start=day(-9), end=day(356), with_line=120_000)
    UsageDayFactory(account=account, day=clock.today(), logins=4, active_users=1)
    return account


def rows() -> dict[str, object]:
    return {
        "onboardings": list(Onboarding.objects.values_list("account", "state", "version")),
        "done": list(OnboardingStep.objects.filter(state="done").values_list("key", "evidence")),
        "risks": sorted(OnboardingRisk.objects.values_list("kind", "evidence", "resolved_at")),
        "tasks": sorted(Task.objects.values_list("origin_key", flat=True)),
    }


def test_it_starts_ticks_and_warns_and_twice_is_once():
    look_after_onboardings()
    first = rows()
    assert [key for key, _ in first["done"]] == ["first_login"]
    assert [kind for kind, *_ in first["risks"]] == ["no_criteria", "no_sponsor"]
    assert len(first["tasks"]) == 2
    look_after_onboardings()
    assert rows() == first


def test_what_was_not_done_because_it_died_is_done_the_next_time(monkeypatch):
    def die(**_):
        raise RuntimeError("The worker was killed.")

    with monkeypatch.context() as patched:
        patched.setattr(onboarding_risks, "watch_risks", die)
        with pytest.raises(RuntimeError):
            look_after_onboardings()
    assert Onboarding.objects.exists()
    assert not OnboardingRisk.objects.exists()
    look_after_onboardings()
    assert OnboardingRisk.objects.count() == 2
    assert OnboardingStep.objects.filter(state="done").count() == 1
