"""Steps tick themselves when the ground's own records prove it: meetings, people and the success plan."""

import pytest

from accounts.models import Onboarding, OnboardingStep
from accounts.services.onboarding_proving import prove_steps
from accounts.services.onboarding_steps import reopen_step
from cs_workspace.common import clock
from tests.factories import (
    ContactFactory,
    ObjectiveFactory,
    OnboardingFactory,
    OnboardingStepFactory,
    RoiRecordFactory,
    SuccessPlanFactory,
    TouchFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db


def to_prove(cast, proof: str, **fields) -> OnboardingStep:
    onboarding = Onboarding.objects.filter(account=cast.account).first() or OnboardingFactory(account=cast.account)
    return OnboardingStepFactory(onboarding=onboarding, proof=proof, key=proof, **fields)


def proved(step: OnboardingStep) -> str | None:
    """What the data showed, once they were asked; None where it is still open."""
    prove_steps(today=clock.today())
    step.refresh_from_db()
    return None if step.is_open else step.evidence


def people(cast):
    champion = ContactFactory(account=cast.account, name="Ina Ito", roles=["champion"])
    sponsor = ContactFactory(account=cast.account, name="Sue Sponsor", roles=["sponsor"])
    return champion, sponsor


def test_a_kick_off_is_proved_by_a_meeting_with_champion_and_sponsor(cast):
    step = to_prove(cast, "kickoff_met")
    champion, sponsor = people(cast)
    TouchFactory(account=cast.account, attendees=[champion])
    assert proved(step) is None
    TouchFactory(account=cast.account, attendees=[champion, sponsor], attended=False)
    assert proved(step) is None
    TouchFactory(account=cast.account, attendees=[champion, sponsor], at=days_ago(40))
    assert proved(step) is None
    TouchFactory(account=cast.account, attendees=[champion, sponsor], at=days_ago(2))
    assert proved(step) == "Met with Ina Ito and Sue Sponsor"
    assert step.closed_on == clock.day_of(days_ago(2))


def test_the_stakeholder_map_is_proved_by_three_people_with_champion_and_sponsor(cast):
    step = to_prove(cast, "stakeholders_known")
    people(cast)
    assert proved(step) is None
    ContactFactory(account=cast.account, status="left", left_on=day(-1))
    assert proved(step) is None
    ContactFactory(account=cast.account)
    assert proved(step) == "3 people known, Ina Ito as champion, Sue Sponsor as sponsor"


def test_success_criteria_are_proved_by_an_objective_of_the_plan(cast):
    step = to_prove(cast, "criteria_written")
    plan = SuccessPlanFactory(account=cast.account)
    assert proved(step) is None
    ObjectiveFactory(plan=plan, title="Faster invoices")
    assert proved(step) == "Objective “Faster invoices”"


def test_first_roi_figures_are_proved_by_a_record_since_the_start(cast):
    step = to_prove(cast, "roi_recorded")
    RoiRecordFactory(account=cast.account, on=day(-40))
    assert proved(step) is None
    plan = cast.account.success_plans.get()
    RoiRecordFactory(plan=plan, on=day(-1), method="Hours saved")
    assert proved(step) == "Recorded: Hours saved"


def test_the_row_follows_what_is_proved_and_twice_is_once(cast):
    step = to_prove(cast, "stakeholders_known")
    people(cast)
    ContactFactory(account=cast.account)
    assert prove_steps(today=clock.today()) == 1
    assert prove_steps(today=clock.today()) == 0
    onboarding = Onboarding.objects.get()
    assert (onboarding.state, onboarding.steps_done) == ("completed", 1)
    step.refresh_from_db()
    assert step.by is None


def test_what_a_person_took_back_is_not_ticked_again(cast):
    step = to_prove(cast, "stakeholders_known")
    people(cast)
    ContactFactory(account=cast.account)
    prove_steps(today=clock.today())
    reopen_step(by=cast.owner, step=step)
    assert prove_steps(today=clock.today()) == 0


def test_only_the_accounts_that_are_named_are_looked_at(cast):
    to_prove(cast, "stakeholders_known")
    people(cast)
    ContactFactory(account=cast.account)
    assert prove_steps(today=clock.today(), account_ids=[cast.strangers.pk]) == 0
    assert prove_steps(today=clock.today(), account_ids=[cast.account.pk]) == 1


def test_what_is_over_and_an_unknown_proof_are_not_asked_about(cast):
    to_prove(cast, "gone")
    Onboarding.objects.update(state="cancelled", ended_at=clock.now(), end_reason="Sold by mistake")
    to_prove(cast, "stakeholders_known")
    assert prove_steps(today=clock.today()) == 0


@pytest.mark.parametrize("count", [1, 5])
def test_proving_takes_as_many_queries_for_many_as_for_one(cast, django_assert_num_queries, count):
    for _ in range(count):
        one = OnboardingStepFactory(proof="stakeholders_known").onboarding
        for roles in (["champion"], ["sponsor"], []):
            ContactFactory(account=one.account, roles=roles)
    with django_assert_num_queries(13):
        assert prove_steps(today=clock.today()) == count
