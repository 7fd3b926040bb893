from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Note
from accounts.services.notes import edit_note
from tests.cast import logged_in
from tests.factories import NoteFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
ACTIONS = ("note-pin", "note-archive")


def add(cast, user=None, htmx=True, **fields):
    url = reverse("accounts:note-new", args=[cast.account.pk])
    given = {"body": "They **like** it", "key": str(uuid4())} | fields
    return logged_in(user or cast.owner).post(url, given, headers=HTMX if htmx else {})


def edit(note, user, **fields):
    url = reverse("accounts:note-edit", args=[note.pk])
    return logged_in(user).post(url, {"version": note.version} | fields, headers=HTMX)


def do(note, name, user, query=""):
    return logged_in(user).post(reverse(f"accounts:{name}", args=[note.pk]) + query, headers=HTMX)


def test_a_note_is_added_and_the_notes_are_read_anew(cast):
    response = add(cast, pinned="on", template="churn_risk")
    note = Note.objects.get()
    assert (note.account, note.by, note.body, note.pinned, note.template) == (
        cast.account, cast.owner, "They **like** it", True, "churn_risk",
    )  # fmt: skip
    assert "notesChanged" in response["HX-Trigger"]
    assert "closeDialog" in response["HX-Trigger"]
    assert reverse("accounts:note-archive", args=[note.pk]) in response.content.decode()


def test_a_plain_form_goes_back_to_the_account(cast):
    assert add(cast, htmx=False)["Location"] == reverse("accounts:account", args=[cast.account.pk])


def test_a_form_that_comes_twice_adds_once(cast):
    key = str(uuid4())
    add(cast, key=key)
    assert "It was saved once." in add(cast, key=key).content.decode()
    assert Note.objects.count() == 1


@pytest.mark.parametrize("fields", [{"body": ""}, {"body": "  \n "}, {"template": "nonsense"}, {"body": "a\x00b"}])
def test_what_cannot_be_a_note_is_told(cast, fields):
    assert add(cast, **fields).status_code == 422
    assert not Note.objects.exists()


def test_an_outline_fills_the_text_saves_nothing_and_keeps_what_was_typed(cast):
    response = add(cast, body="First impression", outline="churn_risk")
    assert response.status_code == 200
    shown = response.content.decode()
    assert "First impression" in shown
    assert "## What would turn it" in shown
    assert not Note.objects.exists()


def test_an_outline_can_be_chosen_without_javascript(cast):
    page = logged_in(cast.owner).get(reverse("accounts:note-new", args=[cast.account.pk]), {"outline": "handover"})
    assert "## What was promised" in page.content.decode()
    assert 'value="handover"' in page.content.decode()


def test_the_preview_shows_the_text_as_it_will_be_and_does_no_harm(cast):
    url, text = reverse("accounts:note-preview"), "**Bold** <img src=x onerror=alert(1)>"
    shown = logged_in(cast.owner).post(url, {"body": text}).content.decode()
    assert "<strong>Bold</strong>" in shown
    assert "<img" not in shown
    assert logged_in(cast.owner).get(url).status_code == 405


def test_a_note_is_changed_by_its_second_writer_only_after_seeing_the_first(cast):
    note = NoteFactory(account=cast.account, body="Before")
    page = logged_in(cast.owner).get(reverse("accounts:note-edit", args=[note.pk]), headers=HTMX)
    edit_note(by=cast.team_mate, note=note, body="Theirs", pinned=False, version=1)
    response = edit(note, cast.owner, body="Mine", seen=page.context["form"]["seen"].value())
    assert response.status_code == 409
    assert "<ins>Theirs</ins>" in response.content.decode()
    assert "Mine</textarea>" in response.content.decode()
    note.refresh_from_db()
    assert note.body == "Theirs"
    assert edit(note, cast.owner, body="Mine", pinned="on").status_code == 200
    note.refresh_from_db()
    assert (note.body, note.pinned) == ("Mine", True)


def test_a_note_is_pinned_unpinned_and_each_can_be_undone(cast):
    note = NoteFactory(account=cast.account)
    response = do(note, "note-pin", cast.owner, "?pinned=1")
    note.refresh_from_db()
    assert note.pinned
    assert "?pinned=0" in response.content.decode()
    do(note, "note-pin", cast.owner, "?pinned=0")
    note.refresh_from_db()
    assert not note.pinned


def test_an_archived_note_is_gone_and_undo_brings_it_back(cast):
    note = NoteFactory(account=cast.account)
    undo = reverse("accounts:put-back", args=["note", note.pk]) + "?version=2"
    assert undo in do(note, "note-archive", cast.owner).content.decode()
    assert not Note.objects.visible_to(cast.owner).exists()
    assert do(note, "note-pin", cast.owner).status_code == 404
    assert logged_in(cast.owner).post(undo, headers=HTMX).status_code == 200
    assert Note.objects.visible_to(cast.owner).exists()


def test_outsiders_find_nothing_read_only_users_change_nothing_and_gets_do_not_act(cast):
    note = NoteFactory(account=cast.account, body="Ours")
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert add(cast, user).status_code == status
        assert edit(note, user, body="Theirs").status_code == status
        assert {do(note, name, user).status_code for name in ACTIONS} == {status}
    for name in ACTIONS:
        assert logged_in(cast.owner).get(reverse(f"accounts:{name}", args=[note.pk])).status_code == 405
    assert logged_in(cast.owner).put(reverse("accounts:note-edit", args=[note.pk])).status_code == 405
    assert [(one.body, one.pinned, one.archived_at) for one in Note.objects.all()] == [("Ours", False, None)]


def test_the_form_is_refused_to_read_only_users_and_not_found_by_outsiders(cast):
    url = reverse("accounts:note-new", args=[cast.account.pk])
    assert [logged_in(user).get(url).status_code for user in (cast.read_only, cast.outsider)] == [403, 404]
