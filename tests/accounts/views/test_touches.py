import datetime as dt
import json
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import SentForm, Task, Touch
from accounts.services.touches import edit_touch, log_touch
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests.cast import logged_in
from tests.factories import ContactFactory, TouchFactory, day, days_ago

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def call(**fields):
    return {
        "kind": "call",
        "direction": "out",
        "result": "held",
        "at": local(days_ago(1)),
        "key": str(uuid4()),
    } | fields


def log(cast, user=None, htmx=True, **fields):
    url = reverse("accounts:touch-new", args=[cast.account.pk])
    return logged_in(user or cast.owner).post(url, call(**fields), headers=HTMX if htmx else {})


def edit(touch, user, **fields):
    url = reverse("accounts:touch-edit", args=[touch.pk])
    return logged_in(user).post(url, call(version=touch.version, **fields), headers=HTMX)


def events_of(response):
    return set(json.loads(response["HX-Trigger"]))


def test_a_touch_is_logged_in_the_dialog_and_everything_that_shows_it_is_read_anew(cast):
    contact = ContactFactory(account=cast.account)
    response = log(cast, attendees=[contact.pk], sentiment="positive", summary="All well")
    touch = Touch.objects.get()
    assert (touch.account, touch.by, touch.attended, touch.summary) == (cast.account, cast.owner, True, "All well")
    assert list(touch.attendees.all()) == [contact]
    assert {"touchesChanged", "timelineChanged", "countsChanged", "closeDialog"} <= events_of(response)
    assert reverse("accounts:touch-archive", args=[touch.pk]) in response.content.decode()


def test_a_plain_form_goes_back_to_the_account(cast):
    response = log(cast, htmx=False)
    assert response.status_code == 302
    assert response["Location"] == reverse("accounts:account", args=[cast.account.pk])


def test_the_form_is_a_page_by_plain_get_and_a_dialog_for_htmx(cast):
    client, url = logged_in(cast.owner), reverse("accounts:touch-new", args=[cast.account.pk])
    page, dialog = client.get(url).content.decode(), client.get(url, headers=HTMX).content.decode()
    assert "<main" in page
    assert "<main" not in dialog
    assert "Log a touch" in page
    assert "Log a touch" in dialog


def test_a_form_that_comes_twice_logs_once(cast):
    key = str(uuid4())
    log(cast, key=key, next_step="Send it", follow_up_on=str(day(2)))
    again = log(cast, key=key, next_step="Send it", follow_up_on=str(day(2)))
    assert Touch.objects.count() == 1
    assert Task.objects.count() == 1
    assert again.status_code == 200
    assert "It was saved once." in again.content.decode()


def test_a_form_that_was_refused_can_be_sent_again_with_its_key(cast):
    key, account = uuid4(), cast.account
    with pytest.raises(RefusedError):
        log_touch(by=cast.owner, account=account, fields={"kind": "call", "at": days_ago(-1)}, key=key)
    log_touch(by=cast.owner, account=account, fields={"kind": "call", "at": days_ago(1)}, key=key)
    assert Touch.objects.count() == 1


def test_nobody_takes_the_key_of_somebody_else(cast):
    key = str(uuid4())
    log(cast, key=key)
    log(cast, cast.team_mate, key=key)
    assert Touch.objects.count() == 2


def test_old_keys_go_when_the_next_form_comes(cast):
    old = SentForm.objects.create(by=cast.owner, key=uuid4())
    SentForm.objects.filter(pk=old.pk).update(at=clock.now() - dt.timedelta(days=8))
    log(cast)
    assert [form.pk == old.pk for form in SentForm.objects.all()] == [False]


def test_the_next_step_with_a_day_becomes_a_task_and_the_tasks_are_read_anew(cast):
    response = log(cast, next_step="Send the offer", follow_up_on=str(day(2)))
    assert Task.objects.get().title == "Send the offer"
    assert "tasksChanged" in events_of(response)
    assert "its next step became a task" in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"at": "2199-01-01T10:00"}, "A touch has happened."),
        ({"at": "soon"}, "Give a day and a time."),
        ({"at": ""}, "This field is required."),
        ({"kind": "telepathy"}, "Select a valid choice."),
        ({"summary": "a\x00b"}, "Null characters are not allowed."),
        ({"follow_up_on": "2199-01-01"}, "Say what the task is."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(cast, fields, words):
    response = log(cast, **{"summary": "Typed with care"} | fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert fields.get("summary", "Typed with care").replace("\x00", "") in response.content.decode().replace("\x00", "")
    assert not Touch.objects.exists()


def test_a_touch_is_changed(cast):
    touch = TouchFactory(account=cast.account)
    response = edit(touch, cast.team_mate, kind="email", direction="out", answered="on", summary="They said yes")
    touch.refresh_from_db()
    assert (touch.kind, touch.attended, touch.summary, touch.version) == ("email", None, "They said yes", 2)
    assert touch.answered_at is not None
    assert "closeDialog" in events_of(response)


def test_the_second_writer_sees_what_the_first_changed_and_can_save_over_it(cast):
    touch = TouchFactory(account=cast.account, summary="Before")
    form = logged_in(cast.owner).get(reverse("accounts:touch-edit", args=[touch.pk]), headers=HTMX).context["form"]
    seen = form["seen"].value()
    edit_touch(by=cast.team_mate, touch=touch, fields={"summary": "Theirs"}, version=1)
    response = edit(touch, cast.owner, summary="Mine", seen=seen)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Tim Teammate changed this while you had it open." in shown
    assert "<del>Before</del>" in shown
    assert "<ins>Theirs</ins>" in shown
    assert "Mine</textarea>" in shown
    touch.refresh_from_db()
    assert touch.summary == "Theirs"
    again = response.context["form"]
    assert again["version"].value() == "2"
    touch.version = 2
    assert edit(touch, cast.owner, summary="Mine", seen=again["seen"].value()).status_code == 200
    touch.refresh_from_db()
    assert touch.summary == "Mine"


def test_saving_twice_is_no_conflict_with_oneself(cast):
    touch = TouchFactory(account=cast.account)
    fields = {"summary": "Said so", "at": local(touch.at)}
    assert edit(touch, cast.owner, **fields).status_code == 200
    assert edit(touch, cast.owner, **fields).status_code == 200
    touch.refresh_from_db()
    assert touch.version == 2


@pytest.mark.parametrize("seen", ["not json", "[]", '{"Summary": 7}', ""])
def test_a_spoilt_memory_of_what_was_seen_never_breaks_the_form(cast, seen):
    touch = TouchFactory(account=cast.account)
    edit_touch(by=cast.team_mate, touch=touch, fields={"summary": "Theirs"}, version=1)
    assert edit(touch, cast.owner, summary="Mine", seen=seen).status_code in (409, 422)


def test_an_archived_touch_is_gone_and_undo_brings_it_back(cast):
    touch, client = TouchFactory(account=cast.account), logged_in(cast.owner)
    undo = reverse("accounts:put-back", args=["touch", touch.pk]) + "?version=2"
    response = client.post(reverse("accounts:touch-archive", args=[touch.pk]), headers=HTMX)
    assert undo in response.content.decode()
    assert not Touch.objects.visible_to(cast.owner).exists()
    assert client.get(reverse("accounts:touch-edit", args=[touch.pk])).status_code == 404
    assert client.post(undo, headers=HTMX).status_code == 200
    assert client.post(undo, headers=HTMX).status_code == 200
    assert Touch.objects.visible_to(cast.owner).exists()


def test_outsiders_find_nothing_and_change_nothing(cast):
    touch = TouchFactory(account=cast.account, summary="Ours")
    assert log(cast, cast.outsider).status_code == 404
    assert edit(touch, cast.outsider, summary="Theirs").status_code == 404
    assert logged_in(cast.outsider).post(reverse("accounts:touch-archive", args=[touch.pk])).status_code == 404
    assert [(one.summary, one.archived_at) for one in Touch.objects.all()] == [("Ours", None)]


def test_read_only_users_change_nothing(cast):
    touch = TouchFactory(account=cast.account, summary="Ours")
    assert log(cast, cast.read_only).status_code == 403
    assert edit(touch, cast.read_only, summary="Mine").status_code == 403
    assert logged_in(cast.read_only).post(reverse("accounts:touch-archive", args=[touch.pk])).status_code == 403


def test_wrong_methods_are_refused(cast):
    touch, client = TouchFactory(account=cast.account), logged_in(cast.owner)
    assert client.get(reverse("accounts:touch-archive", args=[touch.pk])).status_code == 405
    assert client.put(reverse("accounts:touch-new", args=[cast.account.pk])).status_code == 405
    assert client.put(reverse("accounts:touch-edit", args=[touch.pk])).status_code == 405


@pytest.mark.parametrize("people", [1, 8])
def test_the_form_costs_the_same_however_many_people_there_are(cast, people, django_assert_num_queries):
    touch = TouchFactory(account=cast.account, attendees=ContactFactory.create_batch(people, account=cast.account))
    client = logged_in(cast.owner)
    with django_assert_num_queries(5):
        client.get(reverse("accounts:touch-new", args=[cast.account.pk]), headers=HTMX)
    with django_assert_num_queries(6):
        client.get(reverse("accounts:touch-edit", args=[touch.pk]), headers=HTMX)


def test_the_form_is_refused_to_read_only_users_and_not_found_by_outsiders(cast):
    url = reverse("accounts:touch-new", args=[cast.account.pk])
    assert [logged_in(user).get(url).status_code for user in (cast.read_only, cast.outsider)] == [403, 404]
