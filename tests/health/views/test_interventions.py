"""The pages of save plans: list, plan, panel, report; what people do there, and what is refused."""

from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Task
from cs_workspace.common import clock
from health.models import Escalation, Intervention, InterventionCheckpoint, InterventionPromise
from health.services import intervention_parts as parts
from health.services.interventions import edit_intervention, start_play
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    CheckpointFactory,
    ChurnSignalFactory,
    EscalationFactory,
    InterventionFactory,
    PromiseFactory,
    day,
)

pytestmark = pytest.mark.django_db
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
IN_PANEL = {"HX-Request": "true", "HX-Target": "intervention"}
IN_ROWS = {"HX-Request": "true", "HX-Target": "rows"}
KEY = "9f1f7c3e-2a55-4c4b-9f44-0f1d3b7a1a11"


def text(response) -> str:
    return unescape(response.content.decode())


def url(name: str, pk: int) -> str:
    return reverse(f"health:{name}", args=[pk])


def begun(**fields) -> dict[str, object]:
    return {"reason": "price", "root_cause": "", "detail": "20 % or they leave", "owner": "", "sponsor": ""} | fields


def exported(user, address: str) -> list[str]:
    response = logged_in(user).get(address)
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


# The panel of the account


def test_the_panel_shows_the_plan_what_is_due_and_the_plans_before(cast):
    plan = InterventionFactory(account=cast.account, reason="price", late=True, sponsor=cast.executive)
    InterventionFactory(account=cast.account, reason="champion_left", recovered=True, began=60)
    shown = text(logged_in(cast.owner).get(url("account-intervention", cast.account.pk), headers=IN_PANEL))
    assert "<html" not in shown
    for words in (
        "Price", "Nobody uses the reports", "Agree it with the customer", "Overdue", "Olga Owner",
        "sponsored by Edda Executive", "Recovered", "Champion left", "score 41 → 71", url("intervention", plan.pk),
    ):  # fmt: skip
        assert words in shown, words
    assert "Start a save plan" not in shown


def test_without_a_plan_the_panel_offers_one(cast):
    shown = text(logged_in(cast.owner).get(url("account-intervention", cast.account.pk)))
    assert "<html" in shown
    for words in ("Nothing is under way to keep Halden Logistics.", "Start a save plan", "Escalate"):
        assert words in shown, words


@pytest.mark.parametrize("count", [1, 5])
def test_the_panel_costs_the_same_however_many_plans_there_were(cast, django_assert_num_queries, count):
    InterventionFactory(account=cast.account)
    for _ in range(count):
        InterventionFactory(account=cast.account, recovered=True, ended_by=cast.owner)
    client = logged_in(cast.owner)
    with django_assert_num_queries(5):
        client.get(url("account-intervention", cast.account.pk), headers=IN_PANEL)


def test_the_account_page_asks_for_the_panel(cast):
    page = text(logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk])))
    assert f'hx-get="{url("account-intervention", cast.account.pk)}"' in page


# Beginning one


def test_a_plan_begins_with_the_reason_that_the_signals_speak_for(cast):
    ChurnSignalFactory(account=cast.account, kind="contact_left")
    asked = text(logged_in(cast.owner).get(url("intervention-new", cast.account.pk), headers=IN_DIALOG))
    assert '<option value="champion_left" selected>' in asked
    assert "Key contact left" in asked


def test_a_plan_is_begun_and_can_be_taken_back(cast):
    client = logged_in(cast.owner)
    sent = begun(owner=cast.team_mate.pk, sponsor=cast.executive.pk, key=KEY)
    response = client.post(url("intervention-new", cast.account.pk), sent, headers=IN_DIALOG)
    plan = Intervention.objects.get()
    assert (plan.reason, plan.owner, plan.sponsor, plan.detail) == (
        "price", cast.team_mate, cast.executive, "20 % or they leave",
    )  # fmt: skip
    assert "interventionsChanged" in response["HX-Trigger"]
    assert url("intervention-withdraw", plan.pk) in text(response)
    client.post(url("intervention-withdraw", plan.pk))
    plan.refresh_from_db()
    assert (plan.outcome, plan.run.state) == ("withdrawn", "cancelled")


def test_a_form_sent_twice_begins_one_plan(cast):
    client, sent = logged_in(cast.owner), begun(key=KEY)
    for _ in range(2):
        assert client.post(url("intervention-new", cast.account.pk), sent).status_code == 302
    assert Intervention.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "weather"}, "Select a valid choice"),
        ({"root_cause": "luck"}, "Select a valid choice"),
        ({"detail": "x" * 501}, "at most 500 characters"),
        ({"detail": "a\0b"}, "Null characters are not allowed."),
        ({"owner": "x"}, "Select a valid choice"),
        ({"owner": "99999999999999999999999999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(cast, fields, words):
    response = logged_in(cast.owner).post(url("intervention-new", cast.account.pk), begun(**fields), headers=IN_DIALOG)
    assert (response.status_code, words in text(response)) == (422, True)
    assert not Intervention.objects.exists()


def test_people_who_do_not_see_the_account_are_refused_by_the_field(cast):
    sent = begun(sponsor=cast.outsider.pk)
    response = logged_in(cast.owner).post(url("intervention-new", cast.account.pk), sent, headers=IN_DIALOG)
    assert (response.status_code, "Udo Outsider may not see" in text(response)) == (422, True)


def test_a_second_plan_is_refused_in_the_form_and_what_was_typed_stays(cast):
    InterventionFactory(account=cast.account)
    response = logged_in(cast.owner).post(url("intervention-new", cast.account.pk), begun(), headers=IN_DIALOG)
    assert response.status_code == 422
    assert "Halden Logistics has a save plan already." in text(response)
    assert "20 % or they leave" in text(response)


# Its page


def test_the_page_shows_everything_of_the_plan(cast):
    plan = InterventionFactory(account=cast.account, reason="price", agreed=True, started_by=cast.manager)
    CheckpointFactory(intervention=plan, number=1, held=True, note="They answer again", score=Decimal(48))
    CheckpointFactory(intervention=plan, number=2)
    PromiseFactory(intervention=plan, text="A roadmap date", user=cast.executive)
    EscalationFactory(account=cast.account, intervention=plan, to=cast.manager, by=cast.owner)
    parts.add_step(by=cast.owner, intervention=plan, title="Send figures", user=cast.owner, due_at=clock.now())
    start_play(by=cast.owner, intervention=plan)
    page = text(logged_in(cast.owner).get(url("intervention", plan.pk)))
    for words in (
        "Keep Halden Logistics: price", "by Mona Manager", "1 of 2 held", "They answer again", "score 48", "Better",
        "A roadmap date", "Edda Executive", "Send figures", "Save play: price", "They ask for somebody above me",
        "It is not agreed after all",
    ):  # fmt: skip
        assert words in page, words
    assert "Agreed with the customer" not in page


def test_an_empty_plan_says_what_comes_next(cast):
    plan = InterventionFactory(account=cast.account)
    page = text(logged_in(cast.owner).get(url("intervention", plan.pk)))
    for words in ("No step yet.", "Nothing was promised yet.", "Start the save play", "Agreed with the customer"):
        assert words in page, words


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_however_much_there_is(cast, django_assert_num_queries, count):
    plan = InterventionFactory(account=cast.account)
    for number in range(count):
        CheckpointFactory(intervention=plan, number=number)
        PromiseFactory(intervention=plan, user=cast.owner)
        EscalationFactory(account=cast.account, intervention=plan, to=cast.manager)
        parts.add_step(by=cast.owner, intervention=plan, title="Do", user=cast.owner, due_at=clock.now())
    start_play(by=cast.owner, intervention=plan)
    client = logged_in(cast.owner)
    with django_assert_num_queries(12):
        client.get(url("intervention", plan.pk))


def test_one_that_ended_says_how_and_can_be_reopened(cast):
    plan = InterventionFactory(account=cast.account, recovered=True, outcome_note="A new sponsor")
    client = logged_in(cast.owner)
    page = text(client.get(url("intervention", plan.pk)))
    for words in ("Recovered", "A new sponsor", "by itself", "Reopen"):
        assert words in page, words
    client.post(url("intervention-reopen", plan.pk))
    plan.refresh_from_db()
    assert plan.is_live


def test_it_is_edited_and_the_edit_is_taken_back(cast):
    plan = InterventionFactory(account=cast.account, reason="price")
    client = logged_in(cast.owner)
    sent = begun(reason="price", root_cause="people", owner=cast.owner.pk, version=1)
    saved = client.post(url("intervention-edit", plan.pk), sent, headers=IN_DIALOG)
    plan.refresh_from_db()
    assert (plan.root_cause, plan.detail) == ("people", "20 % or they leave")
    back = f"{url('intervention-back', plan.pk)}?version=2"
    assert back in text(saved)
    client.post(back)
    plan.refresh_from_db()
    assert (plan.root_cause, plan.detail) == ("", "Nobody uses the reports")
    assert client.post(f"{url('intervention-back', plan.pk)}?version=9", headers=IN_PANEL).status_code == 409


def test_the_second_writer_sees_what_the_first_one_changed(cast):
    plan = InterventionFactory(account=cast.account, reason="price")
    edit_intervention(by=cast.manager, intervention=plan, fields={"root_cause": "product"})
    sent = begun(owner=cast.owner.pk, version=1)
    response = logged_in(cast.owner).post(url("intervention-edit", plan.pk), sent, headers=IN_DIALOG)
    assert response.status_code == 409
    assert "Mona Manager changed this while you had it open." in text(response)


def test_agreeing_is_one_click_and_can_be_taken_back(cast):
    plan = InterventionFactory(account=cast.account)
    client = logged_in(cast.owner)
    assert url("intervention-disagree", plan.pk) in text(
        client.post(url("intervention-agree", plan.pk), headers=IN_PANEL)
    )
    plan.refresh_from_db()
    assert plan.agreed_by == cast.owner
    client.post(url("intervention-disagree", plan.pk))
    plan.refresh_from_db()
    assert plan.agreed_at is None


def test_closing_asks_for_outcome_and_root_cause(cast):
    plan = InterventionFactory(account=cast.account)
    client = logged_in(cast.manager)
    refused = client.post(url("intervention-close", plan.pk), {"outcome": "recovered"}, headers=IN_DIALOG)
    assert (refused.status_code, "Name the root cause" in text(refused)) == (422, True)
    refused = client.post(url("intervention-close", plan.pk), {"outcome": "withdrawn"}, headers=IN_DIALOG)
    assert (refused.status_code, "Say why the plan is withdrawn." in text(refused)) == (422, True)
    sent = {"outcome": "recovered", "root_cause": "process", "note": "Weekly calls"}
    done = client.post(url("intervention-close", plan.pk), sent, headers=IN_DIALOG)
    assert url("intervention-reopen", plan.pk) in text(done)
    plan.refresh_from_db()
    assert (plan.outcome, plan.root_cause, plan.ended_by) == ("recovered", "process", cast.manager)


def test_a_refusal_is_said_in_words(cast):
    plan = InterventionFactory(account=cast.account, recovered=True)
    for name in ("intervention-agree", "intervention-play", "intervention-disagree"):
        response = logged_in(cast.owner).post(url(name, plan.pk), headers=IN_PANEL)
        assert "The save plan is closed. Reopen it first." in text(response)


# Its parts


def test_steps_checkpoints_and_promises_are_added_in_the_dialog(cast):
    plan = InterventionFactory(account=cast.account)
    client = logged_in(cast.owner)
    for name, sent in {
        "save-step-new": {"title": "Send figures", "user": cast.team_mate.pk, "due_at": "2026-12-01T17:00"},
        "checkpoint-new": {"due_on": day(9).isoformat()},
        "promise-new": {"side": "us", "text": "A roadmap date", "user": "", "due_on": day(3).isoformat()},
    }.items():
        assert client.get(url(name, plan.pk), headers=IN_DIALOG).status_code == 200
        assert client.post(url(name, plan.pk), {}, headers=IN_DIALOG).status_code == 422
        assert "interventionsChanged" in client.post(url(name, plan.pk), sent, headers=IN_DIALOG)["HX-Trigger"]
    assert list(Task.objects.get().assignees.all()) == [cast.team_mate]
    checkpoint = plan.checkpoints.get()
    assert checkpoint.due_on == day(9)
    assert plan.promises.get().user == cast.owner


def test_a_checkpoint_is_held_and_reopened(cast):
    checkpoint = CheckpointFactory(account=cast.account)
    client = logged_in(cast.owner)
    assert client.post(url("checkpoint-hold", checkpoint.pk), {}, headers=IN_DIALOG).status_code == 422
    held = client.post(url("checkpoint-hold", checkpoint.pk), {"seen": "worse"}, headers=IN_DIALOG)
    assert url("checkpoint-reopen", checkpoint.pk) in text(held)
    checkpoint.refresh_from_db()
    assert checkpoint.seen == "worse"
    again = client.post(url("checkpoint-hold", checkpoint.pk), {"seen": "better"}, headers=IN_DIALOG)
    assert (again.status_code, "held already" in text(again)) == (422, True)
    client.post(url("checkpoint-reopen", checkpoint.pk))
    assert InterventionCheckpoint.objects.get().held_at is None


def test_a_checkpoint_that_was_added_is_taken_back_by_the_toast_and_by_its_row(cast):
    plan = InterventionFactory(account=cast.account)
    for number in (1, 2, 3, 4):
        CheckpointFactory(intervention=plan, number=number)
    client = logged_in(cast.owner)
    for times in range(2):  # the second of two clicks finds that it was done
        sent = {"due_on": day(9).isoformat(), "key": KEY}
        answer = client.post(url("checkpoint-new", plan.pk), sent, headers=IN_DIALOG)
        added = plan.checkpoints.get(number=5)
        assert (url("checkpoint-remove", added.pk) in text(answer)) == (times == 0)
    page = text(client.get(url("intervention", plan.pk)))
    assert [number for number in range(1, 6) if f'aria-label="Remove checkpoint {number}"' in page] == [5]
    CheckpointFactory(intervention=plan, number=6, held=True)
    assert 'aria-label="Remove checkpoint 6"' not in text(client.get(url("intervention", plan.pk)))
    answer = client.post(url("checkpoint-remove", added.pk), headers=IN_PANEL)
    assert "checkpoint 5 taken out" in text(answer)
    assert "interventionsChanged" in answer["HX-Trigger"]
    assert not plan.checkpoints.filter(number=5).exists()
    for left, words in ((1, "one of the weekly ones"), (6, "Something is written at checkpoint 6")):
        refused = client.post(url("checkpoint-remove", plan.checkpoints.get(number=left).pk), headers=IN_PANEL)
        assert words in text(refused)
    assert plan.checkpoints.count() == 5


def test_a_promise_is_kept_broken_reopened_and_taken_out(cast):
    promise = PromiseFactory(account=cast.account)
    client = logged_in(cast.owner)
    for name, state in (
        ("promise-keep", "kept"), ("promise-reopen", "open"), ("promise-break", "broken"), ("promise-reopen", "open"),
    ):  # fmt: skip
        client.post(url(name, promise.pk))
        promise.refresh_from_db()
        assert promise.state == state
    client.post(url("promise-remove", promise.pk))
    assert not InterventionPromise.objects.exists()


# Escalating


def test_an_account_is_escalated_to_whom_the_form_names(cast):
    client = logged_in(cast.owner)
    asked = text(client.get(url("account-escalate", cast.account.pk), headers=IN_DIALOG))
    assert "Manager: Mona Manager" in asked
    assert "Executive: Edda Executive" in asked
    sent = {"level": "executive", "why": "They want to speak with our VP"}
    done = client.post(url("account-escalate", cast.account.pk), sent, headers=IN_DIALOG)
    assert "Edda Executive has a task and was told" in text(done)
    assert Escalation.objects.get().to == cast.executive


def test_nobody_is_offered_themselves(cast):
    asked = text(logged_in(cast.manager).get(url("account-escalate", cast.account.pk), headers=IN_DIALOG))
    assert "Mona Manager" not in asked.split("<footer>")[0]
    response = logged_in(cast.manager).post(
        url("account-escalate", cast.account.pk), {"level": "manager", "why": "Me"}, headers=IN_DIALOG
    )
    assert response.status_code == 422


# The list and the report


def test_the_list_shows_plans_under_way_and_htmx_gets_its_part(cast):
    InterventionFactory(account=cast.account, reason="price")
    client = logged_in(cast.manager)
    page, part = client.get("/save-plans/"), client.get("/save-plans/", headers=IN_ROWS)
    for words in ("Halden Logistics", "Price", "Agree it with the customer", "Under way <b>1</b>"):
        assert words in text(page), words
    assert ("<html" in text(part), "Halden Logistics" in text(part)) == (False, True)


@pytest.mark.parametrize("state", ["live", "overdue", "ended", "recovered", "withdrawn"])
def test_each_empty_list_says_why(cast, state):
    assert '<div class="empty">' in text(logged_in(cast.owner).get(f"/save-plans/?state={state}"))


def test_what_a_filter_cannot_mean_is_named(cast):
    page = text(logged_in(cast.owner).get("/save-plans/?state=odd&reason=weather&owner=x&period=1&root_cause=luck"))
    for name in ("state", "reason", "owner", "period", "root_cause"):
        assert f"The filter “{name}” was left out" in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_however_long_it_is(cast, django_assert_num_queries, count):
    for _ in range(count):
        InterventionFactory(account=AccountFactory(owner=cast.owner))
        InterventionFactory(account=AccountFactory(owner=cast.owner), recovered=True, ended_by=cast.owner)
    client = logged_in(cast.manager)
    for address in ("/save-plans/", "/save-plans/?state=ended"):
        with django_assert_num_queries(6):
            client.get(address)


def test_the_file_holds_what_the_list_shows(cast):
    InterventionFactory(account=cast.account, reason="price", detail="=cmd()")
    header, row = exported(cast.manager, "/save-plans/export/")
    assert header.startswith("Account,Reason,Root cause,What is wrong,Owner")
    assert row.startswith("Halden Logistics,Price,,'=cmd(),Olga Owner,")
    assert len(exported(cast.outsider, "/save-plans/export/")) == 1
    workbook = logged_in(cast.manager).get("/save-plans/export/?format=xlsx")
    assert b"".join(workbook.streaming_content).startswith(b"PK")


def test_the_report_leads_to_the_plans_behind_each_figure(cast):
    for _ in range(5):
        InterventionFactory(account=AccountFactory(owner=cast.owner), reason="price", recovered=True)
    InterventionFactory(account=AccountFactory(owner=cast.owner), reason="value", recovered=True)
    page = text(logged_in(cast.manager).get("/save-plans/results/"))
    for words in ("100 %", "unknown below 5", "state=recovered&period=365&reason=price", "By root cause"):
        assert words in page, words
    rows = exported(cast.manager, "/save-plans/results/export/")
    assert rows[0].startswith("Group,Kind,Ended,Recovered")
    assert rows[1].startswith("All,All,6,6,0,0,1.0,")


def test_an_empty_report_says_so(cast):
    assert "No save plan ended in this period" in text(logged_in(cast.owner).get("/save-plans/results/?period=90"))
    assert "The filter “period” was left out" in text(logged_in(cast.owner).get("/save-plans/results/?period=1"))


@pytest.mark.parametrize("count", [1, 12])
def test_the_report_costs_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for _ in range(count):
        InterventionFactory(account=AccountFactory(owner=cast.owner), recovered=True)
    client = logged_in(cast.manager)
    with django_assert_num_queries(8):
        client.get("/save-plans/results/")


# Who may not

CHANGING = {
    "intervention-edit": InterventionFactory,
    "intervention-back": InterventionFactory,
    "intervention-agree": InterventionFactory,
    "intervention-disagree": InterventionFactory,
    "intervention-play": InterventionFactory,
    "intervention-close": InterventionFactory,
    "intervention-reopen": InterventionFactory,
    "intervention-withdraw": InterventionFactory,
    "save-step-new": InterventionFactory,
    "checkpoint-new": InterventionFactory,
    "promise-new": InterventionFactory,
    "checkpoint-hold": CheckpointFactory,
    "checkpoint-reopen": CheckpointFactory,
    "checkpoint-remove": CheckpointFactory,
    "promise-keep": PromiseFactory,
    "promise-break": PromiseFactory,
    "promise-reopen": PromiseFactory,
    "promise-remove": PromiseFactory,
}
ASKING = {
    *("intervention-edit", "intervention-close", "save-step-new", "checkpoint-new", "promise-new", "checkpoint-hold"),
}


@pytest.mark.parametrize("name", CHANGING)
def test_outsiders_find_nothing_readers_may_not_and_other_methods_are_refused(cast, name):
    address = url(name, CHANGING[name](account=cast.account).pk)
    assert logged_in(cast.outsider).post(address).status_code == 404
    assert logged_in(cast.read_only).post(address).status_code == 403
    refused = logged_in(cast.owner).put(address) if name in ASKING else logged_in(cast.owner).get(address)
    assert refused.status_code == 405


@pytest.mark.parametrize("name", ["intervention-new", "account-escalate"])
def test_so_they_do_of_the_account(cast, name):
    address = url(name, cast.account.pk)
    assert logged_in(cast.outsider).post(address).status_code == 404
    assert logged_in(cast.read_only).post(address).status_code == 403
    assert logged_in(cast.owner).put(address).status_code == 405


def test_readers_see_plans_without_a_button(cast):
    plan = InterventionFactory(account=cast.account)
    CheckpointFactory(intervention=plan, number=5)
    PromiseFactory(intervention=plan)
    client = logged_in(cast.read_only)
    for address in ("/save-plans/", url("intervention", plan.pk), url("account-intervention", cast.account.pk)):
        shown = text(client.get(address))
        assert "Halden Logistics" in shown
        for verb in ("edit", "agree", "close", "play", "steps", "hold", "remove", "keep", "break", "escalate"):
            assert f"/{verb}/" not in shown.split("<main")[-1], (address, verb)
