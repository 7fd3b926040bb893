"""Playbooks on the page of an account: seen, started, paused, resumed, a step skipped, cancelled; by whom it may be."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.domain.playbooks import Step, StepKind
from accounts.models import Mail, Playbook, PlaybookRun, Task
from accounts.services.playbook_starting import start_run
from tests import factories as make
from tests.cast import logged_in
from tests.factories.playbooks import CALL, WRITE

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "playbooks"}


@pytest.fixture(autouse=True)
def _no_playbook_of_the_workspace(db):
    Playbook.objects.update(active_since=None)


@pytest.fixture
def playbook():
    return make.PlaybookFactory(name="Save the day")


@pytest.fixture
def run(cast, playbook):
    return start_run(by=cast.owner, playbook=playbook, account=cast.account, key="k")


def url(name: str, run: PlaybookRun) -> str:
    return reverse(f"accounts:{name}", args=[run.pk])


def panel(user, account) -> str:
    return logged_in(user).get(reverse("accounts:account-playbooks", args=[account.pk]), headers=HTMX).content.decode()


def test_the_panel_says_how_far_a_run_is_and_what_is_under_way(cast, run):
    shown = panel(cast.owner, cast.account)
    assert "Save the day" in shown
    assert "0 of 2 steps" in shown
    assert "Call Halden Logistics" in shown
    assert "Write down what came of it" in shown
    assert "under way" in shown
    assert "to come" in shown


def test_the_panel_says_what_holds_a_run_up_and_how_it_ended(cast):
    make.PlaybookRunFactory(account=cast.account, problem="Not known for this account: its tier.")
    make.PlaybookRunFactory(account=cast.account, finished=True, end_reason="All is well")
    shown = panel(cast.owner, cast.account)
    assert "Held up at step 1. Not known for this account: its tier." in shown
    assert "All is well" in shown


def test_the_step_under_way_leads_to_the_e_mail_that_it_is_about(cast):
    make.ContactFactory(account=cast.account, roles=["champion"])
    news = Step(StepKind.EMAIL, title="News", body="All is well.", to="champion")
    start_run(by=cast.owner, playbook=make.PlaybookFactory(plan__steps=(news,)), account=cast.account, key="w")
    assert f'href="{reverse("accounts:mail", args=[Mail.objects.get().pk])}"' in panel(cast.owner, cast.account)


@pytest.mark.parametrize("number", [1, 12])
def test_the_panel_takes_as_many_queries_for_many_runs(cast, number, django_assert_num_queries):
    for place in range(number):
        make.PlaybookRunFactory(account=cast.account, finished=place % 2 == 1)
    client = logged_in(cast.owner)
    with django_assert_num_queries(7):
        client.get(reverse("accounts:account-playbooks", args=[cast.account.pk]), headers=HTMX)


def test_a_playbook_is_started_once_however_often_the_form_is_sent(cast, playbook):
    client, address = logged_in(cast.owner), reverse("accounts:playbook-start", args=[cast.account.pk])
    form = client.get(address).context["form"]
    for _ in range(2):
        answer = client.post(address, {"playbook": playbook.pk, "key": form["key"].value()}, headers=HTMX)
        assert answer.status_code == 200
    run = PlaybookRun.objects.get()
    assert (run.account, run.started_by, Task.objects.count()) == (cast.account, cast.owner, 1)


def test_what_cannot_start_says_why_by_the_form(cast, playbook, run):
    client, address = logged_in(cast.owner), reverse("accounts:playbook-start", args=[cast.account.pk])
    again = client.post(address, {"playbook": playbook.pk})
    assert again.status_code == 422
    assert "“Save the day” runs on Halden Logistics already." in again.content.decode()
    nothing = client.post(address, {})
    assert (nothing.status_code, "playbook" in nothing.context["form"].errors) == (422, True)
    Playbook.objects.update(active_since=None)
    assert client.post(address, {"playbook": playbook.pk}).status_code == 422


def test_a_run_is_paused_and_goes_on(cast, run):
    client = logged_in(cast.owner)
    answer = client.post(url("run-pause", run), headers=HTMX)
    assert "playbooksChanged" in answer["HX-Trigger"]
    run.refresh_from_db()
    assert run.state == "paused"
    assert "Resume" in panel(cast.owner, cast.account)
    client.post(url("run-resume", run), headers=HTMX)
    run.refresh_from_db()
    assert run.state == "running"
    refused = client.post(url("run-resume", run), follow=True)
    assert "This run is not paused." in refused.content.decode()


def test_a_step_is_skipped_for_a_reason(cast, run):
    client = logged_in(cast.owner)
    assert client.post(url("run-skip", run), {"place": 0, "reason": ""}).status_code == 422
    assert client.post(url("run-skip", run), {"place": 1, "reason": "Other step"}).status_code == 422
    assert client.post(url("run-skip", run), {"place": "x", "reason": "No step"}).status_code == 422
    client.post(url("run-skip", run), {"place": 0, "reason": "They called us"})
    run.refresh_from_db()
    assert run.position == 1
    assert "skipped by Olga Owner: They called us" in panel(cast.owner, cast.account)


def test_a_run_is_cancelled_with_or_without_a_reason(cast, run):
    client = logged_in(cast.owner)
    assert client.get(url("run-cancel", run)).status_code == 200
    client.post(url("run-cancel", run), {"reason": "They signed"})
    run.refresh_from_db()
    assert (run.state, run.end_reason, run.ended_by) == ("cancelled", "They signed", cast.owner)
    assert client.post(url("run-cancel", run)).status_code == 422


def test_to_tick_its_task_lets_the_run_go_on_to_its_end(cast, run):
    client = logged_in(cast.owner)
    for _ in range(2):
        task = Task.objects.unfinished().get(playbook_steps__run=run)
        client.post(reverse("accounts:task-done", args=[task.pk]), headers=HTMX)
    run.refresh_from_db()
    assert run.state == "finished"


@pytest.mark.parametrize("name", ["run-pause", "run-resume", "run-skip", "run-cancel"])
def test_only_who_may_change_the_account_handles_its_runs(cast, run, name):
    assert logged_in(cast.outsider).post(url(name, run)).status_code == 404
    assert logged_in(cast.read_only).post(url(name, run)).status_code == 403
    if name in ("run-pause", "run-resume"):
        assert logged_in(cast.owner).get(url(name, run)).status_code == 405
    assert logged_in(cast.owner).put(url(name, run)).status_code == 405


def test_who_may_only_look_sees_no_buttons(cast, run):
    shown = panel(cast.read_only, cast.account)
    assert "Save the day" in shown
    for word in ("Start playbook", "Pause", "Skip step", "Cancel"):
        assert word not in shown
    address = reverse("accounts:playbook-start", args=[cast.account.pk])
    assert logged_in(cast.read_only).get(address).status_code == 403
    assert logged_in(cast.outsider).get(address).status_code == 404


def test_the_timeline_tells_when_a_run_began_and_ended(cast, run):
    logged_in(cast.owner).post(url("run-cancel", run), {"reason": "They signed"})
    shown = logged_in(cast.owner).get(reverse("accounts:timeline", args=[cast.account.pk])).content.decode()
    assert "Playbook “Save the day” started" in shown
    assert "Playbook “Save the day” cancelled" in shown


def test_what_the_texts_of_a_plan_say_is_shown_and_not_run(cast):
    evil = make.PlaybookFactory(name="<script>x</script>", plan__steps=(CALL, WRITE))
    start_run(by=cast.owner, playbook=evil, account=cast.account, key="k")
    assert "<script>x" not in panel(cast.owner, cast.account)


def test_a_playbook_is_started_on_ticked_accounts_of_the_book_and_taken_back(cast, playbook, run):
    other = make.AccountFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    form = {"account": [cast.account.pk, other.pk], "count": 2, "key": str(uuid4()), "playbook": playbook.pk}
    shown = client.post("/accounts/bulk/playbook/", form, headers=HTMX).content.decode()
    assert "“Save the day” started on 1 account" in shown
    assert "(1 left out)" in shown
    started = PlaybookRun.objects.get(account=other)
    assert (started.state, started.started_by) == ("running", cast.owner)
    client.post(reverse("accounts:bulk-undo", args=[form["key"]]), headers=HTMX)
    started.refresh_from_db()
    run.refresh_from_db()
    assert (started.state, run.state) == ("cancelled", "running")
    assert client.post("/accounts/bulk/playbook/", {**form, "playbook": ""}, headers=HTMX).status_code == 422
