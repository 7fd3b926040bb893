"""Risk signals: raised once with one response, kept current, ended with their cause."""

import datetime as dt

import pytest

from accounts.domain.playbooks import Trigger
from accounts.models import Notification, Onboarding, OnboardingRisk, OnboardingStep, Playbook, PlaybookCue, Task
from accounts.services.onboarding_risks import watch_risks
from cs_workspace.common import clock
from tests.factories import (
    ContactFactory,
    OnboardingFactory,
    OnboardingStepFactory,
    PlaybookFactory,
    TouchFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_playbooks():
    Playbook.objects.update(active_since=None)


@pytest.fixture
def one(cast) -> Onboarding:
    """On day 3, with a champion and a sponsor: nothing endangers it."""
    ContactFactory(account=cast.account, name="Ina Ito", roles=["champion"])
    ContactFactory(account=cast.account, name="Sue Sponsor", roles=["sponsor"])
    return OnboardingFactory(account=cast.account, started_on=day(-3))


def watch() -> dict[str, str]:
    """The open signals with their evidence, once the night has looked."""
    watch_risks(today=clock.today())
    return dict(OnboardingRisk.objects.open().values_list("kind", "evidence"))


def leave(cast, name: str) -> None:
    cast.account.contacts.filter(name=name).update(status="left", left_on=day(-1))


def test_nothing_is_raised_where_nothing_is_wrong(one):
    assert watch() == {}


def test_a_champion_who_left_is_raised_and_ends_with_a_new_one(cast, one):
    leave(cast, "Ina Ito")
    assert watch()["champion_left"].startswith("Ina Ito left on ")
    ContactFactory(account=cast.account, roles=["champion"])
    assert watch() == {}
    assert OnboardingRisk.objects.get().resolved_at is not None


def test_a_sponsor_who_left_is_told_for_thirty_days_and_is_missed(cast, one):
    Onboarding.objects.update(started_on=day(-9))
    leave(cast, "Sue Sponsor")
    assert watch() == {
        "people_changed": "Sue Sponsor left 1 day ago.",
        "no_sponsor": "No executive sponsor is known on day 9.",
    }


def test_a_late_kick_off_grows_graver(one):
    step = OnboardingStepFactory(onboarding=one, key="kickoff", due_on=day(-8))
    assert watch() == {"kickoff_late": "The kick-off is 8 days late."}
    step.due_on = day(-15)
    step.save()
    assert watch() == {"kickoff_very_late": "The kick-off is 15 days late."}
    assert OnboardingRisk.objects.get(kind="kickoff_late").resolved_at is not None
    step.state, step.closed_on, step.closed_at = "done", day(0), clock.now()
    step.save()
    assert watch() == {}


def test_missing_success_criteria_are_raised_once_they_are_late(one):
    OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    assert watch() == {"no_criteria": "The success criteria were due 1 day ago and are not written."}


def test_who_does_not_answer_is_unresponsive_until_they_do(cast, one):
    Onboarding.objects.update(started_on=day(-20))
    for days in (9, 3):
        TouchFactory(account=cast.account, kind="email", at=days_ago(days))
    assert watch() == {"unresponsive": "2 attempts without an answer, and nothing heard for 20 days."}
    TouchFactory(account=cast.account, kind="email", direction="in", at=days_ago(0))
    assert watch() == {}


def test_self_service_is_not_asked_about_people(cast, one):
    Onboarding.objects.update(is_guided=False)
    leave(cast, "Ina Ito")
    assert watch() == {}


def test_a_signal_is_raised_once_and_its_evidence_kept_current(cast, one):
    step = OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    assert watch_risks(today=clock.today()) == 1
    assert watch_risks(today=clock.today()) == 0
    step.due_on = day(-2)
    step.save()
    assert watch() == {"no_criteria": "The success criteria were due 2 days ago and are not written."}
    assert OnboardingRisk.objects.count() == 1
    assert Task.objects.count() == 1


def test_the_response_is_a_task_of_the_owner_in_time_and_critical_ones_are_told(cast, one):
    OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    watch()
    task = Task.objects.get()
    risk = OnboardingRisk.objects.get()
    assert task.title == "Write the success criteria with the champion"
    assert (task.priority, list(task.assignees.all())) == (1, [cast.owner])
    assert task.due_at == risk.opened_at + dt.timedelta(hours=48)
    assert task.origin_key == f"onboarding-risk:{risk.pk}"
    assert set(Notification.objects.values_list("user__name", flat=True)) == {"Olga Owner", "Mona Manager"}


def test_of_a_champion_who_left_the_alert_asks_and_not_the_onboarding_as_well(cast, one):
    leave(cast, "Ina Ito")
    assert set(watch()) == {"champion_left"}
    assert not Task.objects.exists()
    assert not Notification.objects.exists()


def test_where_a_playbook_waits_for_it_the_playbook_is_the_response(cast, one):
    PlaybookFactory(plan__trigger=Trigger("onboarding_risk", "champion_left"))
    leave(cast, "Ina Ito")
    watch()
    assert PlaybookCue.objects.get().choice == "champion_left"
    assert not Task.objects.exists()


def test_what_comes_back_is_raised_anew(cast, one):
    step = OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    for due_on in (day(-1), day(1), day(-1)):
        OnboardingStep.objects.filter(pk=step.pk).update(due_on=due_on)
        watch()
    assert OnboardingRisk.objects.count() == 2
    assert Task.objects.count() == 2


@pytest.mark.parametrize("count", [1, 5])
def test_watching_takes_as_many_queries_for_many_as_for_one(cast, django_assert_num_queries, count):
    for _ in range(count):
        OnboardingStepFactory(key="success_criteria", due_on=day(-1), onboarding__account__owner=cast.owner)
    with django_assert_num_queries(20):
        assert watch_risks(today=clock.today()) == count * 2
