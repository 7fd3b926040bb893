"""Risk signals: raised once with one response, kept current, ended with their cause."""

import datetime as dt

import pytest
import time_machine

from accounts.domain.onboarding_risks import RULES, Finding, Risk
from accounts.domain.playbooks import Step, StepKind, Trigger
from accounts.models import (
    Notification,
    Onboarding,
    OnboardingRisk,
    OnboardingStep,
    Playbook,
    PlaybookCue,
    PlaybookRun,
    Task,
)
from accounts.services import onboarding_risks
from accounts.services.onboarding_risks import watch_risks
from accounts.services.tasks import complete_task
from accounts.tasks import advance_playbooks
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


@pytest.mark.parametrize("choice", ["no_criteria", ""])
def test_where_a_playbook_gives_a_task_the_playbook_is_the_response(cast, one, choice):
    PlaybookFactory(plan__trigger=Trigger("onboarding_risk", choice))
    OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    watch()
    assert PlaybookCue.objects.get().choice == "no_criteria"
    assert not Task.objects.exists()
    assert set(Notification.objects.values_list("user__name", flat=True)) == {"Olga Owner", "Mona Manager"}


def test_where_a_playbook_only_tells_the_onboarding_gives_its_task_beside_it(cast, one):
    told = (Step(StepKind.NOTICE, title="Look at {account.name}"),)
    PlaybookFactory(plan__trigger=Trigger("onboarding_risk", "no_criteria"), plan__steps=told)
    OnboardingStepFactory(onboarding=one, key="success_criteria", due_on=day(-1))
    watch()
    assert PlaybookCue.objects.get().choice == "no_criteria"
    assert Task.objects.get().origin_key.startswith("onboarding-risk:")


# The playbooks that ship

ASKED_HERE = [risk for risk, rule in RULES.items() if not rule.asked_elsewhere]


@pytest.fixture
def monday():
    """The first minutes of a working week, in which the day's risks are raised."""
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 9)) + dt.timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def found(monkeypatch) -> list[Finding]:
    """What the night finds, in place of what it looks at."""
    findings: list[Finding] = []
    monkeypatch.setattr(onboarding_risks, "find", lambda _seen: list(findings))
    return findings


def ship(*, on: bool) -> None:
    Playbook.objects.exclude(key=None).update(active_since=clock.now() if on else None)


def beats() -> None:
    for _ in range(2):
        watch()
        advance_playbooks()


@pytest.mark.parametrize("on", [True, False], ids=["with its playbook", "without it"])
@pytest.mark.parametrize("risk", ASKED_HERE)
def test_each_risk_has_one_task_in_time_with_its_playbook_and_without(cast, monday, one, found, risk, on):
    ship(on=on)
    found.append(Finding(risk, "So it is."))
    beats()
    task, rule = Task.objects.get(), RULES[risk]
    assert task.origin == (Task.Origin.PLAYBOOK if on else Task.Origin.ALERT)
    assert task.body.startswith(f"{rule.label}: So it is.")
    assert clock.now() < task.due_at <= clock.now() + dt.timedelta(hours=rule.hours)
    assert task.priority == onboarding_risks.PRIORITIES[rule.severity]
    assert task.assignees.count() == 1


@pytest.mark.parametrize("risk", ASKED_HERE)
def test_the_playbook_of_a_risk_ends_with_it_and_its_task_with_both(cast, monday, one, found, risk):
    ship(on=True)
    found.append(Finding(risk, "So it is."))
    beats()
    found.clear()
    monday.shift(dt.timedelta(hours=1))
    beats()
    assert PlaybookRun.objects.get().state == "stopped"
    assert Task.objects.get().status == Task.Status.CANCELLED


@pytest.mark.parametrize("risk", ASKED_HERE)
def test_the_playbook_of_a_risk_that_lasts_comes_to_its_end_without_a_gap(cast, monday, one, found, risk):
    ship(on=True)
    found.append(Finding(risk, "So it is."))
    for _ in range(20):
        watch_risks(today=clock.today())
        advance_playbooks()
        for task in Task.objects.unfinished():
            complete_task(by=cast.owner, task=task)
        monday.shift(dt.timedelta(days=1))
    run = PlaybookRun.objects.get()
    assert (run.state, run.problem) == ("finished", "")


def test_a_risk_that_grows_graver_takes_the_task_of_the_lesser_with_it(cast, monday, one, found):
    ship(on=True)
    found.append(Finding(Risk.KICKOFF_LATE, "8 days."))
    beats()
    found[:] = [Finding(Risk.KICKOFF_VERY_LATE, "15 days.")]
    monday.shift(dt.timedelta(hours=1))
    beats()
    assert list(Task.objects.unfinished().values_list("title", flat=True)) == [
        "Ask Sue Sponsor for a day for the kick-off"
    ]


def test_a_champion_who_left_is_not_answered_by_a_playbook_of_onboardings_as_well(cast, one):
    ship(on=True)
    leave(cast, "Ina Ito")
    beats()
    assert not Task.objects.exists()
    assert not PlaybookCue.objects.exists()


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
    with django_assert_num_queries(21):
        assert watch_risks(today=clock.today()) == count * 2
