"""What people do with an onboarding: tick, skip, reopen, move, complete, give up; and how it is taken back."""

import re
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Onboarding, OnboardingStep
from accounts.services.onboarding_course import settle
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import OnboardingFactory, OnboardingStepFactory, day

pytestmark = pytest.mark.django_db
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def one(cast) -> Onboarding:
    onboarding = OnboardingFactory(account=cast.account)
    OnboardingStepFactory(onboarding=onboarding, key="kickoff", title="Hold the kick-off", place=0, longest_on=day(9))
    OnboardingStepFactory(onboarding=onboarding, key="live", title="Go live", place=1, stage="core")
    settle([onboarding], at=clock.now(), by=None)
    return onboarding


def text(response) -> str:
    return unescape(response.content.decode())


def url(name: str, pk: int) -> str:
    return reverse(f"accounts:onboarding-{name}", args=[pk])


def step(key: str) -> OnboardingStep:
    return OnboardingStep.objects.get(key=key)


def now() -> tuple[str, str]:
    onboarding = Onboarding.objects.get()
    return onboarding.stage, onboarding.state


def undo_of(response) -> str:
    """The address that the toast offers to take it back."""
    found = re.search(r'(?:action|hx-post)="([^"]+(?:reopen|move-back|resume)/[^"]*)"', text(response))
    assert found, text(response)
    return found[1]


def test_a_step_is_ticked_and_taken_back_from_the_toast(cast, one):
    client = logged_in(cast.owner)
    response = client.post(url("tick", step("kickoff").pk), headers={"HX-Request": "true"})
    assert "Done · Hold the kick-off" in text(response)
    assert "onboardingChanged" in response["HX-Trigger"]
    assert now() == ("core", "running")
    client.post(undo_of(response))
    assert now() == ("foundation", "running")


def test_without_script_a_tick_leads_back_to_the_checklist(cast, one):
    response = logged_in(cast.owner).post(url("tick", step("kickoff").pk))
    assert response.status_code == 302
    assert response["Location"] == reverse("accounts:account-onboarding", args=[cast.account.pk])


def test_a_second_tick_says_that_it_is_done(cast, one):
    client = logged_in(cast.owner)
    client.post(url("tick", step("kickoff").pk))
    assert "is done already" in text(client.post(url("tick", step("kickoff").pk), headers={"HX-Request": "true"}))


def test_a_step_is_skipped_for_a_reason_and_taken_back(cast, one):
    client = logged_in(cast.owner)
    assert "Skip “Hold the kick-off”" in text(client.get(url("skip", step("kickoff").pk), headers=IN_DIALOG))
    refused = client.post(url("skip", step("kickoff").pk), {"reason": " "}, headers=IN_DIALOG)
    assert refused.status_code == 422
    response = client.post(url("skip", step("kickoff").pk), {"reason": "Met before"}, headers=IN_DIALOG)
    assert step("kickoff").reason == "Met before"
    client.post(undo_of(response))
    assert step("kickoff").state == "open"


def test_moving_ahead_asks_about_open_steps_first(cast, one):
    client = logged_in(cast.owner)
    asked = client.post(url("move", one.pk), {"stage": "core"}, headers=IN_DIALOG)
    assert "1 step before it is still open" in text(asked)
    assert "Hold the kick-off" in text(asked)
    assert now() == ("foundation", "running")
    response = client.post(url("move", one.pk), {"stage": "core", "rest": "keep"}, headers=IN_DIALOG)
    assert "Moved to Core adoption" in text(response)
    assert now() == ("core", "running")
    assert step("kickoff").state == "open"
    client.post(undo_of(response))
    assert now() == ("foundation", "running")


def test_moving_ahead_skips_open_steps_for_a_reason_and_takes_both_back(cast, one):
    client = logged_in(cast.owner)
    refused = client.post(url("move", one.pk), {"stage": "core", "rest": "skip"}, headers=IN_DIALOG)
    assert refused.status_code == 422
    assert "Say why they are skipped." in text(refused)
    sent = {"stage": "core", "rest": "skip", "reason": "Done before"}
    response = client.post(url("move", one.pk), sent, headers=IN_DIALOG)
    assert "1 step skipped" in text(response)
    assert step("kickoff").state == "skipped"
    client.post(undo_of(response))
    assert step("kickoff").state == "open"
    assert now() == ("foundation", "running")


def test_moving_back_asks_nothing(cast, one):
    client = logged_in(cast.owner)
    client.post(url("move", one.pk), {"stage": "core", "rest": "keep"})
    client.post(url("move", one.pk), {"stage": "foundation"}, headers=IN_DIALOG)
    assert now() == ("foundation", "running")


@pytest.mark.parametrize("stage", ["wider", "nonsense", "foundation"])
def test_it_is_moved_only_to_where_something_is_open(cast, one, stage):
    response = logged_in(cast.owner).post(url("move", one.pk), {"stage": stage, "rest": "keep"}, headers=IN_DIALOG)
    assert response.status_code == 422
    assert now() == ("foundation", "running")


def test_who_moves_what_was_moved_meanwhile_is_told(cast, one):
    sent = {"stage": "core", "rest": "keep", "version": one.version - 1}
    response = logged_in(cast.owner).post(url("move", one.pk), sent, headers=IN_DIALOG)
    assert response.status_code == 409
    assert "Somebody changed this onboarding meanwhile" in text(response)


def test_without_script_the_question_is_a_page(cast, one):
    response = logged_in(cast.owner).post(url("move", one.pk), {"stage": "core"})
    assert "<html" in text(response)
    assert "is still open" in text(response)


def test_completing_asks_why_the_rest_is_not_done_and_is_taken_back(cast, one):
    client = logged_in(cast.owner)
    assert "2 steps are still open" in text(client.get(url("complete", one.pk), headers=IN_DIALOG))
    assert client.post(url("complete", one.pk), headers=IN_DIALOG).status_code == 422
    response = client.post(url("complete", one.pk), {"reason": "They know it"}, headers=IN_DIALOG)
    assert now() == ("core", "completed")
    client.post(undo_of(response))
    assert now() == ("foundation", "running")


def test_giving_up_asks_why_and_is_taken_back(cast, one):
    client = logged_in(cast.owner)
    assert client.post(url("cancel", one.pk), headers=IN_DIALOG).status_code == 422
    response = client.post(url("cancel", one.pk), {"reason": "Sold by mistake"}, headers=IN_DIALOG)
    assert now()[1] == "cancelled"
    client.post(undo_of(response))
    assert now() == ("foundation", "running")


@pytest.mark.parametrize("query", ["", "?stage=nonsense"])
def test_an_undo_that_names_no_stage_takes_nothing_back(cast, one, query):
    response = logged_in(cast.owner).post(url("move-back", one.pk) + query, headers={"HX-Request": "true"})
    assert "There is nothing to take back." in text(response)
    assert now() == ("foundation", "running")


STEP_VERBS = ["tick", "skip", "reopen"]
VERBS = ["move", "move-back", "complete", "cancel", "resume"]


@pytest.mark.parametrize("verb", STEP_VERBS + VERBS)
def test_every_verb_is_refused_to_readers_and_not_there_for_strangers(cast, one, verb):
    pk = step("kickoff").pk if verb in STEP_VERBS else one.pk
    assert logged_in(cast.read_only).post(url(verb, pk)).status_code == 403
    assert logged_in(cast.outsider).post(url(verb, pk)).status_code == 404
    assert now() == ("foundation", "running")


@pytest.mark.parametrize("verb", ["tick", "reopen", "move-back", "resume"])
def test_what_only_changes_is_not_asked_by_get(cast, one, verb):
    pk = step("kickoff").pk if verb in STEP_VERBS else one.pk
    assert logged_in(cast.owner).get(url(verb, pk)).status_code == 405
