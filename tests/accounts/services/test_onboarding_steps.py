"""What people do with steps: tick, skip, open again, lead on; each can be taken back, and the row follows."""

import pytest
from django.db import IntegrityError, transaction

from accounts.domain.onboarding import Stage
from accounts.models import Account, Onboarding, OnboardingStep
from accounts.services.onboarding_course import settle
from accounts.services.onboarding_steps import (
    cancel_onboarding,
    complete_onboarding,
    move_stage,
    reopen_step,
    skip_step,
    take_back_move,
    tick_step,
    tick_steps,
)
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from tests.factories import OnboardingFactory, OnboardingRiskFactory, OnboardingStepFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(cast) -> Onboarding:
    """One milestone and one step in Foundation, one step in Core."""
    Account.objects.filter(pk=cast.account.pk).update(stage="onboarding")
    onboarding = OnboardingFactory(account=cast.account)
    OnboardingStepFactory(onboarding=onboarding, key="kickoff", place=0, due_on=day(-2), longest_on=day(5))
    OnboardingStepFactory(onboarding=onboarding, key="channels", place=1)
    OnboardingStepFactory(onboarding=onboarding, key="value", place=2, stage="core", is_first_value=True)
    settle([onboarding], at=clock.now(), by=None)
    return onboarding


def step(key: str) -> OnboardingStep:
    return OnboardingStep.objects.get(key=key)


def row() -> tuple[str, str, int, int]:
    one = Onboarding.objects.get()
    return one.stage, one.state, one.steps_done, one.steps_counted


def test_a_tick_is_kept_with_who_and_when_and_the_row_follows(cast, one):
    ticked = tick_step(by=cast.owner, step=step("kickoff"))
    assert (ticked.state, ticked.by, ticked.closed_on) == ("done", cast.owner, clock.today())
    assert row() == ("foundation", "running", 1, 3)
    assert Onboarding.objects.get().behind_from is None


def test_the_last_tick_of_a_stage_leads_it_on_and_taking_it_back_leads_it_back(cast, one):
    tick_step(by=cast.owner, step=step("kickoff"))
    tick_step(by=cast.owner, step=step("channels"))
    assert row()[0] == "core"
    reopen_step(by=cast.owner, step=step("channels"))
    assert row() == ("foundation", "running", 1, 3)


def test_a_skipped_step_needs_a_reason_and_does_not_count(cast, one):
    with pytest.raises(RefusedError, match="Say why"):
        skip_step(by=cast.owner, step=step("channels"), reason="  ")
    skip_step(by=cast.owner, step=step("channels"), reason="They use ours")
    assert row() == ("foundation", "running", 0, 2)


def test_a_step_is_closed_once(cast, one):
    tick_step(by=cast.owner, step=step("kickoff"))
    with pytest.raises(RefusedError, match="is done already"):
        tick_step(by=cast.team_mate, step=step("kickoff"))
    with pytest.raises(RefusedError, match="is open already"):
        reopen_step(by=cast.owner, step=step("channels"))


def test_what_data_ticked_is_not_ticked_by_them_again_once_a_person_took_it_back(cast, one):
    OnboardingStep.objects.filter(key="kickoff").update(
        state="done", closed_on=day(0), closed_at=clock.now(), evidence="Met with Ina Ito", proof="kickoff_met"
    )
    reopened = reopen_step(by=cast.owner, step=step("kickoff"))
    assert (reopened.is_watched, reopened.evidence) == (False, "")
    assert list(OnboardingStep.objects.to_prove()) == []


def test_all_steps_closed_completes_it_and_the_account_comes_to_its_next_stage(cast, one):
    OnboardingRiskFactory(onboarding=one)
    for key in ("kickoff", "channels", "value"):
        tick_step(by=cast.owner, step=step(key))
    assert row() == ("core", "completed", 3, 3)
    done = Onboarding.objects.get()
    assert (done.first_value_on, done.ended_by) == (clock.today(), cast.owner)
    assert not done.risks.open().exists()
    assert Account.objects.get(pk=cast.account.pk).stage == "adopting"
    reopen_step(by=cast.owner, step=step("value"))
    assert row() == ("core", "running", 2, 3)
    assert Account.objects.get(pk=cast.account.pk).stage == "onboarding"
    assert Onboarding.objects.get().first_value_on is None


def test_leading_it_on_leaves_open_steps_open_or_skips_them_for_a_reason(cast, one):
    move_stage(by=cast.owner, onboarding=one, stage=Stage.CORE)
    assert row() == ("core", "running", 0, 3)
    move_stage(by=cast.owner, onboarding=one, stage=Stage.FOUNDATION)
    assert row()[0] == "foundation"
    move_stage(by=cast.owner, onboarding=one, stage=Stage.CORE, skip_reason="Done before")
    assert row() == ("core", "running", 0, 1)
    assert set(OnboardingStep.objects.filter(state="skipped").values_list("reason", "by")) == {
        ("Done before", cast.owner.pk)
    }


def test_it_is_not_led_to_where_nothing_is_left_to_do(cast, one):
    with pytest.raises(RefusedError, match="Nothing is left to do in Wider adoption"):
        move_stage(by=cast.owner, onboarding=one, stage=Stage.WIDER)
    with pytest.raises(RefusedError, match="is in Foundation already"):
        move_stage(by=cast.owner, onboarding=one, stage=Stage.FOUNDATION)


def test_the_second_of_two_who_move_it_is_told(cast, one):
    one.refresh_from_db()
    move_stage(by=cast.owner, onboarding=one, stage=Stage.CORE, version=one.version)
    with pytest.raises(StaleError):
        move_stage(by=cast.team_mate, onboarding=one, stage=Stage.CORE, version=one.version)


def test_completing_it_skips_what_is_open_for_a_reason(cast, one):
    with pytest.raises(RefusedError, match="Say why"):
        complete_onboarding(by=cast.owner, onboarding=one)
    complete_onboarding(by=cast.owner, onboarding=one, reason="They know the product")
    assert row()[1] == "completed"


def test_what_is_over_is_changed_no_more(cast, one):
    cancel_onboarding(by=cast.owner, onboarding=one, reason="Sold by mistake")
    with pytest.raises(RefusedError, match="is over"):
        tick_step(by=cast.owner, step=step("kickoff"))
    with pytest.raises(RefusedError, match="is over"):
        move_stage(by=cast.owner, onboarding=one, stage=Stage.CORE)


def test_a_change_lets_the_score_be_computed_anew(cast, one):
    seen = []

    def note(account_ids, **_):
        seen.extend(account_ids)

    account_observed.connect(note, weak=False, dispatch_uid="onboarding test")
    try:
        tick_step(by=cast.owner, step=step("kickoff"))
    finally:
        account_observed.disconnect(dispatch_uid="onboarding test")
    assert seen == [cast.account.pk]


def test_the_history_says_who_ticked(cast, one):
    tick_step(by=cast.owner, step=step("kickoff"))
    event = step("kickoff").history.order_by("-pgh_id").first()
    assert event.pgh_context.metadata["user"] == cast.owner.pk


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "done"}, "onboarding_step_closed_has_a_day"),
        ({"state": "skipped", "closed_on": day(0), "closed_at": clock.now()}, "onboarding_step_skipped_for_a_reason"),
        ({"longest_on": day(-30)}, "onboarding_step_longest_after_due"),
        ({"key": "channels"}, "onboarding_step_once"),
    ],
)
def test_the_database_holds_what_a_step_may_be(one, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OnboardingStep.objects.filter(key="kickoff").update(**fields)


def test_a_move_is_taken_back_with_what_it_skipped(cast, one):
    moved = move_stage(by=cast.owner, onboarding=one, stage=Stage.CORE, skip_reason="Done before")
    assert (moved.was, len(moved.skipped)) == (Stage.FOUNDATION, 2)
    take_back_move(by=cast.owner, onboarding=one, stage=moved.was, step_ids=moved.skipped)
    assert row() == ("foundation", "running", 0, 3)


def test_a_completion_is_taken_back_with_what_it_skipped(cast, one):
    tick_step(by=cast.owner, step=step("kickoff"))
    moved = complete_onboarding(by=cast.owner, onboarding=one, reason="They know the product")
    take_back_move(by=cast.owner, onboarding=one, stage=moved.was, step_ids=moved.skipped)
    assert row() == ("foundation", "running", 1, 3)
    assert Account.objects.get(pk=cast.account.pk).stage == "onboarding"


def test_taking_back_opens_no_steps_that_were_done_or_are_of_others(cast, one):
    tick_step(by=cast.owner, step=step("kickoff"))
    other = OnboardingStepFactory(state="skipped", reason="x", closed_on=day(0), closed_at=clock.now())
    take_back_move(by=cast.owner, onboarding=one, stage=Stage.FOUNDATION, step_ids=[step("kickoff").pk, other.pk])
    assert step("kickoff").state == "done"
    assert step(other.key).state == "skipped"


@pytest.mark.parametrize("count", [1, 2])
def test_many_are_ticked_at_once_but_those_that_are_not_open(cast, one, django_assert_num_queries, count):
    OnboardingStepFactory(onboarding=one, key="later", stage="foundation")
    skip_step(by=cast.owner, step=step("value"), reason="Not wanted")
    wanted = [step(key) for key in ("kickoff", "channels")[:count]]
    with django_assert_num_queries(9):
        assert len(tick_steps(by=cast.owner, steps=[*wanted, step("value")])) == count
    assert step("value").state == "skipped"
    assert row()[2] == count
